"""The pages of administrators: people, agencies, closed days, health. They see no content of any form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.errors import DeskError, NotFound
from intake.settings import BASES
from web.answers import uuid_or_none
from web.errors import Answer
from web.notices import notice
from web.session import allowed, person, the_house
from web.words import AGENCY_TYPES, ROLES

pages = Blueprint("administrator", __name__, url_prefix="/administration")

Typed = dict[str, str]
Errors = Mapping[str, str]


def _typed(*names: str) -> Typed:
    return {name: request.form.get(name, "").strip() for name in names}


@pages.get("/people")
@allowed("people")
def people() -> str:
    """Everybody with an account."""
    house = the_house()
    agencies = {agency.id: agency.name for agency in house.people.agencies()}
    accounts = house.administration.accounts(person())
    return render_template("people.html", accounts=accounts, agencies=agencies, notice=notice())


@pages.get("/people/<uuid:person_id>")
@allowed("people")
def account(person_id: UUID) -> str:
    """One account: close it, open it again, give it a new password."""
    return _account_page(person_id, None)


def _account_page(person_id: UUID, error: str | None) -> str:
    accounts = the_house().administration.accounts(person())
    found = next((one for one in accounts if one.person.id == person_id), None)
    if found is None:
        abort(404)
    return render_template("account.html", account=found, error=error)


@pages.post("/people/<uuid:person_id>/active")
@allowed("people")
def set_active(person_id: UUID) -> Response:
    """Close an account, which ends its sessions, or open it again."""
    the_house().administration.set_active(person(), person_id, request.form.get("active") == "yes")
    return redirect(url_for("administrator.people", done="person-changed"))


@pages.post("/people/<uuid:person_id>/password")
@allowed("people")
def set_password(person_id: UUID) -> Response | Answer:
    """Give somebody a new password, which ends their sessions."""
    try:
        the_house().administration.set_password(person(), person_id, request.form.get("password", ""))
    except NotFound:
        raise
    except DeskError as error:
        return _account_page(person_id, error.message), 422
    return redirect(url_for("administrator.people", done="person-changed"))


CLOSURE = ("day-day", "day-month", "day-year", "name")
PERSON = ("name", "email", "role", "agency_id", "area", "password")


def _person_page(typed: Typed, errors: Errors) -> str:
    house = the_house()
    return render_template(
        "person-add.html", typed=typed, errors=errors, agencies=house.people.agencies(), area=house.settings.area
    )


@pages.route("/people/add", methods=["GET", "POST"])
@allowed("people")
def add_person() -> Response | str | Answer:
    """Give somebody an account."""
    if request.method != "POST":
        return _person_page(dict.fromkeys(PERSON, ""), {})
    typed = _typed(*PERSON)
    role = next((code for code in ROLES if code == typed["role"]), None)
    errors = {
        name: words
        for name, words in (("name", "Enter the person's name"), ("email", "Enter the person's work email address"))
        if not typed[name]
    }
    if role is None:
        errors["role"] = "Choose what the person does"
    if role == "referrer" and uuid_or_none(typed["agency_id"]) is None:
        errors["agency_id"] = "Choose the agency the person refers for"
    if not errors and role is not None:
        try:
            the_house().people.add_person(
                typed["email"],
                typed["name"],
                role,
                typed["password"],
                agency_id=uuid_or_none(typed["agency_id"]) if role == "referrer" else None,
                area=the_house().settings.area if role == "coordinator" else None,
            )
            return redirect(url_for("administrator.people", done="person-added"))
        except DeskError as error:
            errors["password" if "password" in error.message.lower() else "email"] = error.message
    return _person_page(typed, errors), 422


@pages.route("/agencies", methods=["GET", "POST"])
@allowed("people")
def agencies() -> Response | str | Answer:
    """The agencies that refer, and one more."""
    house = the_house()
    typed = _typed("name", "type")
    errors: Typed = {}
    if request.method == "POST":
        kind = next((code for code in AGENCY_TYPES if code == typed["type"]), None)
        if not typed["name"]:
            errors["name"] = "Enter the agency's name"
        if kind is None:
            errors["type"] = "Choose what kind of agency it is"
        if kind is not None and not errors:
            try:
                house.people.add_agency(typed["name"], kind, house.settings.area)
                return redirect(url_for("administrator.agencies", done="agency-added"))
            except DeskError as error:
                errors["name"] = error.message
    page = render_template(
        "agencies.html", agencies=house.people.agencies(), typed=typed, errors=errors, notice=notice()
    )
    return (page, 422) if errors else page


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
    return render_template("health.html", health=the_house().administration.health(person()), notice=notice())


@pages.post("/health/<uuid:referral_id>/retry")
@allowed("retry")
def retry(referral_id: UUID) -> Response:
    """Have a form read again whose reading was set aside, without seeing it."""
    the_house().desk.retry(person(), referral_id)
    return redirect(url_for("administrator.health", done="retried"))
