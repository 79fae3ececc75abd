"""The case systems that come in by tokens, as administrators look after them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.errors import DeskError, NotAllowed, NotFound
from web.answers import uuid_or_none
from web.errors import Answer
from web.notices import notice
from web.session import allowed, person, the_house

pages = Blueprint("systems", __name__, url_prefix="/administration/systems")

Errors = Mapping[str, str]
SCOPES = {
    "submit": "Submit forms",
    "read": "Follow referrals and read what is asked",
    "answer": "Answer questions",
    "decisions": "Read decisions",
    "webhooks": "Say where it is to be told of what happens",
}
EVENTS = {
    "received": "A form was received",
    "questions": "Questions were asked",
    "answered": "Questions were answered",
    "decided": "A decision was recorded",
    "reopened": "A decision was reopened",
    "panel": "A panel was cancelled, or is held after all",
}
STATES = {
    "due": ("Wait", "grey"),
    "claimed": ("Under way", "blue"),
    "sent": ("Delivered", "green"),
    "failed": ("Given up", "red"),
    "dropped": ("Not sent", "grey"),
}
LIVES = {"30": "30 days", "90": "90 days", "365": "A year"}


@pages.get("")
@allowed("systems")
def listed() -> str:
    """Every case system, and one more."""
    return _list_page({"name": "", "place": ""}, {})


def _places() -> dict[str, str]:
    """Whose a system can be: an agency of this desk's area, or its coordinators."""
    house = the_house()
    area = house.settings.area
    open_ones = [one for one in house.people.agencies() if one.active and one.area == area]
    return {area: f"The coordinators of {area}"} | {str(one.id): one.name for one in open_ones}


def _list_page(typed: Mapping[str, str], errors: Errors) -> str:
    return render_template(
        "systems.html",
        systems=the_house().systems.listed(person()),
        agencies={agency.id: agency.name for agency in the_house().people.agencies()},
        places=list(_places().items()),
        typed=typed,
        errors=errors,
        notice=notice(),
    )


@pages.post("")
@allowed("systems")
def add() -> Response | Answer:
    """Add a system; it comes in once it has a token."""
    typed = {name: request.form.get(name, "").strip() for name in ("name", "place")}
    if typed["place"] not in _places():
        return _list_page(typed, {"place": "Choose whose system it is"}), 422
    agency_id = uuid_or_none(typed["place"])
    area = None if agency_id is not None else typed["place"]
    try:
        made = the_house().systems.add(person(), typed["name"], agency_id=agency_id, area=area)
    except NotAllowed:
        raise
    except DeskError as error:
        return _list_page(typed, {"name": error.message}), 422
    return redirect(url_for("systems.system", system_id=made.id, done="system-added"))


@pages.get("/<uuid:system_id>")
@allowed("systems")
def system(system_id: UUID) -> str:
    """One system: its tokens, and where it is told of what happens."""
    return _system_page(system_id, {})


def _system_page(system_id: UUID, errors: Errors) -> str:
    found = the_house().systems.system(person(), system_id)
    agencies = {agency.id: agency.name for agency in the_house().people.agencies()}
    return render_template(
        "system.html",
        system=found,
        whose=_whose(found.person.agency_id, found.person.area, agencies),
        scopes=SCOPES,
        lives=LIVES,
        chosen=request.form.getlist("scopes"),
        webhooks=the_house().webhooks.listed(person(), system_id),
        events=EVENTS,
        states=STATES,
        told=request.form.getlist("events"),
        url=request.form.get("url", ""),
        errors=errors,
        notice=notice(),
    )


def _whose(agency_id: UUID | None, area: str | None, agencies: Mapping[UUID, str]) -> str:
    return f"The coordinators of {area}" if agency_id is None else agencies.get(agency_id, "")


@pages.post("/<uuid:system_id>/tokens")
@allowed("systems")
def issue(system_id: UUID) -> str | Answer:
    """Make a token, and show it this once."""
    days = request.form.get("days", "")
    try:
        token = the_house().systems.issue(
            person(), system_id, request.form.getlist("scopes"), int(days) if days in LIVES else 0
        )
    except (NotAllowed, NotFound):
        raise
    except DeskError as error:
        return _system_page(system_id, {"days" if "how long" in error.message else "scopes": error.message}), 422
    return _secret_page(system_id, "A new token", token)


def _secret_page(system_id: UUID, title: str, secret: str) -> str:
    found = the_house().systems.system(person(), system_id)
    return render_template("system-secret.html", system=found, title=title, secret=secret)


@pages.post("/<uuid:system_id>/tokens/<uuid:token_id>/revoke")
@allowed("systems")
def revoke(system_id: UUID, token_id: UUID) -> Response:
    """End a token at once."""
    the_house().systems.revoke(person(), system_id, token_id)
    return redirect(url_for("systems.system", system_id=system_id, done="token-revoked"))


# Webhooks


@pages.post("/<uuid:system_id>/webhooks")
@allowed("systems")
def add_webhook(system_id: UUID) -> str | Answer:
    """Have a system told of what happens, and show this once what deliveries are signed with."""
    url, events = request.form.get("url", ""), request.form.getlist("events")
    inside = request.form.get("inside") == "yes"
    try:
        added = the_house().webhooks.add(person(), system_id, url, events, inside=inside)
    except (NotAllowed, NotFound):
        raise
    except DeskError as error:
        return _system_page(system_id, {"events" if "told of" in error.message else "url": error.message}), 422
    return _secret_page(system_id, "The secret of the new address", added.secret)


@pages.post("/<uuid:system_id>/webhooks/<uuid:webhook_id>/replay")
@allowed("systems")
def replay(system_id: UUID, webhook_id: UUID) -> Response:
    """Send again what was given up."""
    the_house().webhooks.replay(person(), system_id, webhook_id, None)
    return redirect(url_for("systems.system", system_id=system_id, done="webhook-replayed"))


@pages.post("/<uuid:system_id>/webhooks/<uuid:webhook_id>/end")
@allowed("systems")
def end_webhook(system_id: UUID, webhook_id: UUID) -> Response:
    """Tell nothing more to an address."""
    the_house().webhooks.end(person(), system_id, webhook_id)
    return redirect(url_for("systems.system", system_id=system_id, done="webhook-ended"))
