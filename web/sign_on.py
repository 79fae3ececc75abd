"""Signing in with the organisation's own account: to its provider and back, and which of its groups may do what here."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.errors import DeskError
from intake.people.provider import NotBelieved, ProviderAway
from intake.people.sign_on import Admitted, Kept, SignOn, Waiting, Why
from web.account import kept_typed, own_path, second_step_page, signed_in
from web.errors import Answer, page
from web.going import go_on
from web.notices import notice
from web.session import allowed, begin, browser, for_everybody, person, the_house, token
from web.staff import Typed, areas, place_typed

pages = Blueprint("sign_on", __name__)

BY_ITSELF = "Your organisation knows you, but this desk cannot let you in by itself. Ask an administrator of this desk: give the time, and say that you signed in with your organisation's account."
REFUSALS: Mapping[Why, str] = {
    "no_group": "Your organisation knows you, but you are in none of its groups that may use this desk. Ask your IT service desk, or an administrator of this desk, for the group that you need. Then sign in again.",
    "several_places": "Your organisation has you in several groups that do different work here, and here a person does one. Ask your IT service desk to take you out of the others. Then sign in again.",
    "closed": BY_ITSELF,
    "known_otherwise": BY_ITSELF,
    "no_address": BY_ITSELF,
}
AWAY = "Your organisation's sign-in cannot be reached at the moment. Try again in a few minutes. Nothing that you sent before is lost."
GROUP = ("group", "role", "agency_id", "area")


def _sign_on() -> SignOn:
    return the_house().sign_on or abort(404)


@pages.post("/sign-in/organisation")
@for_everybody
def start() -> Response | str | Answer:
    """To the provider; what was typed when a session ended waits here meanwhile."""
    sign_on, kept, next_path = _sign_on(), kept_typed(), own_path(request.form.get("next"))
    try:
        return go_on(sign_on.begin(token(), Waiting(next_path=next_path, kept=tuple(kept))), "Signing in")
    except ProviderAway:
        return _sign_in_page(next_path, kept, AWAY), 503


@pages.get("/sign-in/organisation/back")
@for_everybody
def back() -> Response | str | Answer:
    """From the provider, with a code that says who it is, or with a reason why not."""
    sign_on, waiting = _sign_on(), Waiting(next_path=own_path(None), kept=())
    try:
        began, waiting = sign_on.take_up(g.token or "", request.args.get("state", ""))
        code = request.args.get("code")
        if not code:
            raise NotBelieved("You did not finish signing in with your organisation's account.")
        found = sign_on.finish(code, request.args.get("iss"), began)
    except ProviderAway:
        return _sign_in_page(waiting.next_path, waiting.kept, AWAY), 503
    except NotBelieved as problem:
        return _sign_in_page(waiting.next_path, waiting.kept, problem.message), 422
    if isinstance(found, Admitted):
        return _admitted(found, waiting)
    return page(403, "You have no access to this desk", REFUSALS[found.why], kept=[value for _, value in waiting.kept])


def _admitted(found: Admitted, waiting: Waiting) -> Response | str:
    house = the_house()
    begin(house.people.open_session(found.person, second_step=found.strong, signed_on=True, browser=browser()))
    if not found.strong and house.second_step.next_for(found.person) != "nothing":
        return second_step_page(found.person, waiting.next_path, waiting.kept)
    return signed_in(found.person, waiting.next_path, waiting.kept)


def _sign_in_page(next_path: str, kept: Kept, problem: str) -> str:
    return render_template("sign-in.html", next=next_path, kept=kept, organisation_error=problem)


# Groups


@pages.get("/administration/groups")
@allowed("people")
def groups() -> str:
    """Which groups of the organisation may do what here."""
    return _groups_page({**dict.fromkeys(GROUP, ""), "area": the_house().settings.area}, {})


@pages.post("/administration/groups")
@allowed("people")
def add_group() -> Response | Answer:
    """Let one more group in."""
    typed, errors = {name: request.form.get(name, "").strip() for name in GROUP}, Typed()
    role, agency, area = place_typed(typed, errors)
    if not typed["group"]:
        errors["group"] = "Enter the group's name as the provider gives it"
    if not errors and role is not None:
        try:
            the_house().groups.add(person(), typed["group"], role, agency, area)
            return redirect(url_for("sign_on.groups", done="group-added"))
        except DeskError as error:
            errors["group"] = error.message
    return _groups_page(typed, errors), 422


@pages.post("/administration/groups/remove")
@allowed("people")
def remove_group() -> Response:
    """Let a group in no longer."""
    the_house().groups.remove(person(), request.form.get("group", ""))
    return redirect(url_for("sign_on.groups", done="group-removed"))


def _groups_page(typed: Typed, errors: Typed) -> str:
    house = the_house()
    return render_template(
        "groups.html",
        groups=house.groups.listed(person()),
        agencies=[agency for agency in house.people.agencies() if agency.active],
        areas=areas(),
        typed=typed,
        errors=errors,
        notice=notice(),
    )


@pages.post("/administration/people/<uuid:person_id>/sign-on")
@allowed("people")
def allow(person_id: UUID) -> Response:
    """Let somebody who has a password sign in with the organisation's account instead."""
    _sign_on().allow(person(), person_id)
    return redirect(url_for("staff.people", done="person-changed"))
