"""What administrators look after beside people: how the time to decide is counted, and how the desk is doing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.errors import DeskError
from intake.settings import BASES
from web.errors import Answer
from web.notices import notice
from web.session import allowed, person, the_house

pages = Blueprint("administrator", __name__, url_prefix="/administration")

Typed = dict[str, str]
Errors = Mapping[str, str]


def _typed(*names: str) -> Typed:
    return {name: request.form.get(name, "").strip() for name in names}


CLOSURE = ("day-day", "day-month", "day-year", "name")


def _closures_page(typed: Typed, errors: Errors) -> str:
    house = the_house()
    counting = house.desk.counting(person(), house.settings.area)
    return render_template(
        "closures.html",
        closures=house.administration.closures(person()),
        counting=counting,
        area=house.settings.area,
        typed={"basis": counting.basis, "days": str(counting.days)} | typed,
        errors=errors,
        notice=notice(),
    )


@pages.get("/closures")
@allowed("closures")
def closures() -> str:
    """The days on which the desk is closed, and how the time to decide is counted."""
    return _closures_page(dict.fromkeys(CLOSURE, ""), {})


@pages.post("/closures/counting")
@allowed("closures")
def count_days() -> Response | Answer:
    """Count the time to decide otherwise; open cases get their new due dates at once."""
    typed = _typed("basis", "days")
    basis = BASES.get(typed["basis"])
    days = int(typed["days"]) if typed["days"].isdecimal() and len(typed["days"]) < 4 else 0
    error = "Choose which days count"
    if basis is not None:
        try:
            the_house().desk.count_days(person(), the_house().settings.area, basis, days)
            return redirect(url_for("administrator.closures", done="counting-changed"))
        except DeskError as problem:
            error = problem.message
    return _closures_page(dict.fromkeys(CLOSURE, "") | typed, {"days" if basis else "basis": error}), 422


@pages.post("/closures")
@allowed("closures")
def close_day() -> Response | Answer:
    """Close the desk on one more day; open cases get their new due dates at once."""
    typed, errors = _typed(*CLOSURE), {}
    day = None
    try:
        day = date(int(typed["day-year"]), int(typed["day-month"]), int(typed["day-day"]))
    except ValueError:
        errors["day"] = "Enter a real date, such as 27 3 2027"
    if not typed["name"]:
        errors["name"] = "Say why the desk is closed"
    if day is None or errors:
        return _closures_page(typed, errors), 422
    the_house().desk.close_day(person(), the_house().settings.area, day, typed["name"])
    return redirect(url_for("administrator.closures", done="closure-added"))


@pages.post("/closures/<area>/<day>/open")
@allowed("closures")
def open_day(area: str, day: str) -> Response:
    """Take a closed day back; open cases get their new due dates at once."""
    try:
        that_day = date.fromisoformat(day)
    except ValueError:
        abort(404)
    the_house().desk.open_day(person(), area, that_day)
    return redirect(url_for("administrator.closures", done="closure-removed"))


@pages.get("/health")
@allowed("people")
def health() -> str:
    """How the desk is doing: what waits and for how long, who works, what was set aside, how much room is left."""
    house = the_house()
    standing = house.correspondence.post(person())
    return render_template("health.html", health=house.administration.health(person()), post=standing, notice=notice())


@pages.post("/health/<uuid:referral_id>/retry")
@allowed("retry")
def retry(referral_id: UUID) -> Response:
    """Have a form read or drawn again where that was set aside, without seeing it."""
    desk = the_house().desk
    picture = request.form.get("kind") == "picture"
    (desk.redraw if picture else desk.retry)(person(), referral_id)
    return redirect(url_for("administrator.health", done="redrawn" if picture else "retried"))
