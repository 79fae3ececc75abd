"""The pages of reviews: which accepted cases are to be reviewed, and what a review that was held has found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.models import Case, ReviewDraft
from intake.terms import REVIEW_OUTCOMES
from web.errors import Answer
from web.notices import notice
from web.session import allowed, person, the_house

pages = Blueprint("reviews", __name__)

DATES: Mapping[str, str] = {"held_on": "day of the review", "next_by": "day of the next review"}
PARTS = ("day", "month", "year")
FIELDS = (*(f"{name}-{part}" for name in DATES for part in PARTS), "outcome", "level", "words")
ANCHORS = {"held_on": "held_on-day", "next_by": "next_by-day"}

Typed = dict[str, str]


@pages.get("/reviews")
@allowed("decide")
def due() -> str:
    """The cases of the area that are to be reviewed, overdue ones first."""
    return render_template("reviews.html", due=the_house().reviews.due(person()), notice=notice())


@pages.get("/cases/<uuid:referral_id>/review")
@allowed("decide")
def fill_in(referral_id: UUID) -> Response | str:
    """A review to record."""
    case = the_house().views.case(person(), referral_id)
    if case.review_due is None:
        return redirect(url_for("coordinator.case", referral_id=referral_id))
    return _form(case, dict.fromkeys(FIELDS, ""), {})


def _form(case: Case, typed: Typed, errors: Mapping[str, str]) -> str:
    problems = [(ANCHORS.get(name, name), sentence) for name, sentence in errors.items()]
    return render_template(
        "review.html", case=case, typed=typed, errors=errors, problems=problems, outcomes=REVIEW_OUTCOMES
    )


@pages.post("/cases/<uuid:referral_id>/review")
@allowed("decide")
def record(referral_id: UUID) -> Response | Answer:
    """Record a review that was held."""
    typed = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    errors: Typed = {}
    held_on, next_by = (_day(typed, name, errors) for name in DATES)
    draft = ReviewDraft(
        held_on=held_on,
        outcome=typed["outcome"],
        level=typed["level"] or None,
        next_by=next_by,
        words=typed["words"],
    )
    if not errors:
        errors = dict(the_house().desk.review(person(), referral_id, draft))
    if errors:
        return _form(the_house().views.case(person(), referral_id), typed, errors), 422
    return redirect(url_for("coordinator.case", referral_id=referral_id, done="reviewed"))


def _day(typed: Typed, name: str, errors: Typed) -> date | None:
    day, month, year = (typed[f"{name}-{part}"] for part in PARTS)
    if not day + month + year:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        errors[name] = f"The {DATES[name]} must be a real date, such as 27 3 2027"
        return None
