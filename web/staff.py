"""People and agencies, as administrators look after them: added, changed, closed and opened again."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.errors import DeskError, NotFound
from intake.models import Agency
from intake.people.administration import Account
from intake.terms import OF_AN_AGENCY, AgencyType, Role
from web.answers import uuid_or_none
from web.errors import Answer
from web.notices import notice
from web.session import allowed, person, the_house
from web.words import AGENCY_TYPES, ROLES

pages = Blueprint("staff", __name__, url_prefix="/administration")

Typed = dict[str, str]
Errors = Mapping[str, str]

PLACE = ("name", "role", "agency_id", "area")
PERSON = (*PLACE, "email", "password")


def _typed(*names: str) -> Typed:
    return {name: request.form.get(name, "").strip() for name in names}


# People


@pages.get("/people")
@allowed("people")
def people() -> str:
    """Everybody with an account."""
    house = the_house()
    agencies = {agency.id: agency.name for agency in house.people.agencies()}
    accounts = house.administration.accounts(person())
    return render_template("people.html", accounts=accounts, agencies=agencies, notice=notice())


def areas() -> list[str]:
    """The areas that have anything here, and the desk's own."""
    return sorted({the_house().settings.area, *the_house().people.areas()})


def place_typed(typed: Typed, errors: Typed) -> tuple[Role | None, UUID | None, str | None]:
    """Role, agency and area as chosen; what a role does not have is left out."""
    role = next((code for code in ROLES if code == typed["role"]), None)
    agency = uuid_or_none(typed["agency_id"]) if role in OF_AN_AGENCY else None
    area = next((area for area in areas() if area == typed["area"]), None) if role == "coordinator" else None
    if role is None:
        errors["role"] = "Choose what the person does"
    if role in OF_AN_AGENCY and agency is None:
        errors["agency_id"] = "Choose the agency the person works for"
    if role == "coordinator" and area is None:
        errors["area"] = "Choose the area the person coordinates for"
    return role, agency, area


def _person_typed(typed: Typed, errors: Typed) -> tuple[Role | None, UUID | None, str | None]:
    if not typed["name"]:
        errors["name"] = "Enter the person's name"
    return place_typed(typed, errors)


@pages.route("/people/add", methods=["GET", "POST"])
@allowed("people")
def add_person() -> Response | str | Answer:
    """Give somebody an account."""
    if request.method != "POST":
        return _person_page({**dict.fromkeys(PERSON, ""), "area": the_house().settings.area}, {})
    typed = _typed(*PERSON)
    errors: Typed = {}
    role, agency, area = _person_typed(typed, errors)
    if not typed["email"]:
        errors["email"] = "Enter the person's work email address"
    if not errors and role is not None:
        try:
            the_house().people.add_person(
                typed["email"], typed["name"], role, typed["password"], agency_id=agency, area=area, by=person().id
            )
            return redirect(url_for("staff.people", done="person-added"))
        except DeskError as error:
            errors["password" if "password" in error.message.lower() else "email"] = error.message
    return _person_page(typed, errors), 422


def _person_page(typed: Typed, errors: Errors) -> str:
    agencies = [agency for agency in the_house().people.agencies() if agency.active]
    return render_template("person-add.html", typed=typed, errors=errors, agencies=agencies, areas=areas())


@pages.get("/people/<uuid:person_id>")
@allowed("people")
def account(person_id: UUID) -> str:
    """One account: what the person does, a new password, close it or open it again."""
    return _account_page(person_id, {})


def _account(person_id: UUID) -> Account:
    accounts = the_house().administration.accounts(person())
    found = next((one for one in accounts if one.person.id == person_id), None)
    return found or abort(404)


def _account_page(person_id: UUID, errors: Errors, typed: Typed | None = None) -> str:
    found = _account(person_id)
    now = {name: str(getattr(found.person, name) or "") for name in PLACE}
    now["area"] = now["area"] or the_house().settings.area
    agencies = [
        agency for agency in the_house().people.agencies() if agency.active or agency.id == found.person.agency_id
    ]
    return render_template(
        "account.html",
        account=found,
        errors=errors,
        typed=typed or now,
        agencies=agencies,
        areas=areas(),
        sessions=the_house().sessions.of(person(), person_id),
        factor=the_house().second_step.of(person_id),
    )


@pages.post("/people/<uuid:person_id>")
@allowed("people")
def change_person(person_id: UUID) -> Response | Answer:
    """Give somebody another name, role, agency or area."""
    typed, errors = _typed(*PLACE), Typed()
    role, agency, area = _person_typed(typed, errors)
    if not errors and role is not None:
        try:
            the_house().staffing.change(person(), person_id, name=typed["name"], role=role, agency_id=agency, area=area)
            return redirect(url_for("staff.people", done="person-changed"))
        except NotFound:
            raise
        except DeskError as error:
            errors["agency_id" if role in OF_AN_AGENCY else "role"] = error.message
    return _account_page(person_id, errors, typed), 422


@pages.post("/people/<uuid:person_id>/active")
@allowed("people")
def set_active(person_id: UUID) -> Response:
    """Close an account, which ends its sessions, or open it again."""
    the_house().staffing.set_active(person(), person_id, request.form.get("active") == "yes")
    return redirect(url_for("staff.people", done="person-changed"))


@pages.post("/people/<uuid:person_id>/password")
@allowed("people")
def set_password(person_id: UUID) -> Response | Answer:
    """Give somebody a new password, which ends their sessions."""
    try:
        the_house().administration.set_password(person(), person_id, request.form.get("password", ""))
    except NotFound:
        raise
    except DeskError as error:
        return _account_page(person_id, {"password": error.message}), 422
    return redirect(url_for("staff.people", done="person-changed"))


@pages.post("/people/<uuid:person_id>/sessions/end")
@allowed("people")
def end_sessions(person_id: UUID) -> Response:
    """End every session of somebody."""
    the_house().sessions.end_all(person(), person_id)
    return redirect(url_for("staff.people", done="person-changed"))


@pages.post("/people/<uuid:person_id>/second-step/reset")
@allowed("people")
def reset_second_step(person_id: UUID) -> Response:
    """Take somebody's second step away, so that they set it up anew."""
    the_house().second_step.reset(person(), person_id)
    return redirect(url_for("staff.people", done="person-changed"))


@pages.route("/signing-in", methods=["GET", "POST"])
@allowed("people")
def signing_in() -> Response | str:
    """Which roles need the second step of signing in."""
    second_step = the_house().second_step
    if request.method == "POST":
        chosen = request.form.getlist("roles")
        second_step.ask_of(person(), [role for role in ROLES if role in chosen])
        return redirect(url_for("staff.people", done="second-step-asked"))
    asked = second_step.asked_of()
    items = [{"value": role, "text": words, "checked": role in asked} for role, words in ROLES.items()]
    return render_template("signing-in.html", items=items)


# Agencies


def _kind(typed: Typed, errors: Typed) -> AgencyType | None:
    kind = next((code for code in AGENCY_TYPES if code == typed["type"]), None)
    if not typed["name"]:
        errors["name"] = "Enter the agency's name"
    if kind is None:
        errors["type"] = "Choose what kind of agency it is"
    return kind


@pages.route("/agencies", methods=["GET", "POST"])
@allowed("people")
def agencies() -> Response | str | Answer:
    """The agencies that refer, and one more."""
    house = the_house()
    typed, errors = _typed("name", "type"), Typed()
    if request.method == "POST":
        kind = _kind(typed, errors)
        if kind is not None and not errors:
            try:
                house.people.add_agency(typed["name"], kind, house.settings.area, by=person().id)
                return redirect(url_for("staff.agencies", done="agency-added"))
            except DeskError as error:
                errors["name"] = error.message
    page = render_template(
        "agencies.html", agencies=house.people.agencies(), typed=typed, errors=errors, notice=notice()
    )
    return (page, 422) if errors else page


def _agency(agency_id: UUID) -> Agency:
    found = next((one for one in the_house().people.agencies() if one.id == agency_id), None)
    return found or abort(404)


def _agency_page(agency: Agency, typed: Typed, errors: Errors) -> str:
    accounts = the_house().administration.accounts(person())
    theirs = [one for one in accounts if one.person.agency_id == agency.id]
    return render_template("agency.html", agency=agency, accounts=theirs, typed=typed, errors=errors)


@pages.get("/agencies/<uuid:agency_id>")
@allowed("people")
def agency(agency_id: UUID) -> str:
    """One agency: its name and kind, its people, close it or open it again."""
    found = _agency(agency_id)
    return _agency_page(found, {"name": found.name, "type": found.type}, {})


@pages.post("/agencies/<uuid:agency_id>")
@allowed("people")
def change_agency(agency_id: UUID) -> Response | Answer:
    """Give an agency another name or kind."""
    found, typed, errors = _agency(agency_id), _typed("name", "type"), Typed()
    kind = _kind(typed, errors)
    if kind is not None and not errors:
        try:
            the_house().staffing.change_agency(person(), agency_id, typed["name"], kind)
            return redirect(url_for("staff.agencies", done="agency-changed"))
        except DeskError as error:
            errors["name"] = error.message
    return _agency_page(found, typed, errors), 422


@pages.post("/agencies/<uuid:agency_id>/active")
@allowed("people")
def set_agency_active(agency_id: UUID) -> Response:
    """Close an agency, whose people then cannot sign in, or open it again."""
    the_house().staffing.set_agency_active(person(), agency_id, request.form.get("active") == "yes")
    return redirect(url_for("staff.agencies", done="agency-changed"))
