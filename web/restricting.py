"""Restricting a case to named people, and lifting that."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from intake.models import Case
from web.answers import uuid_or_none
from web.errors import Answer
from web.navigation import page_of
from web.session import allowed, person, the_house

pages = Blueprint("restricting", __name__, url_prefix="/cases/<uuid:referral_id>/restrict")


@pages.route("", methods=["GET", "POST"])
@allowed("restrict")
def restrict(referral_id: UUID) -> Response | str | Answer:
    """Say who may see the case, and why nobody else."""
    house = the_house()
    case = house.views.case(person(), referral_id)
    if request.method != "POST":
        named = set(case.restriction.people) if case.restriction else {person().id}
        return _page(case, named, case.restriction.why if case.restriction else "", None)
    named = {one for text in request.form.getlist("people") if (one := uuid_or_none(text)) is not None}
    why = request.form.get("why", "").strip()
    problem = house.desk.restrict(person(), referral_id, named, why)
    if problem:
        return _page(case, named, why, problem), 422
    return redirect(page_of(referral_id, done="restricted"))


def _page(case: Case, named: set[UUID], why: str, problem: str | None) -> str:
    known = the_house().people.could_be_named(person(), case.line.agency_id)
    items = [
        {"value": str(one.id), "text": one.name, "hint": {"text": one.email}, "checked": one.id in named}
        for one in known
    ]
    field = "why" if problem and "why" in problem else "people"
    return render_template("restrict.html", case=case, items=items, why=why, problem=problem, field=field)


@pages.post("/lift")
@allowed("restrict")
def lift(referral_id: UUID) -> Response:
    """Let everybody of the area and agency see the case again."""
    the_house().desk.lift_restriction(person(), referral_id)
    return redirect(page_of(referral_id, done="restriction-lifted"))
