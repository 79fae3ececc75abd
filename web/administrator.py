"""The pages of administrators: people and agencies. They see no content of any form."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.errors import DeskError
from web.errors import Answer
from web.notices import notice
from web.session import allowed, the_house
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
    return render_template("people.html", people=house.people.people(), agencies=agencies, notice=notice())


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
    if role == "referrer" and not typed["agency_id"]:
        errors["agency_id"] = "Choose the agency the person refers for"
    if not errors and role is not None:
        try:
            the_house().people.add_person(
                typed["email"],
                typed["name"],
                role,
                typed["password"],
                agency_id=UUID(typed["agency_id"]) if role == "referrer" else None,
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
