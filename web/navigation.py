"""Offers each person the pages that their role allows, with a mark on the one they are on."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from flask import Flask, g, request, url_for

from intake.models import Person
from intake.permissions import Action, may
from web.session import the_house

SERVICE = "MAPPA referral desk"
MARKING = "OFFICIAL-SENSITIVE"


ROLE_UNITS = {"auditor": "Audit"}


class Place(NamedTuple):
    """A page in the navigation; `action` is what one must be allowed to do to be offered it."""

    endpoint: str
    words: str
    action: Action | None


PLACES = (
    Place("referrer.mine", "My referrals", "receive"),
    Place("referrer.send", "Send a form", "receive"),
    Place("coordinator.queue", "Queue", "assign"),
    Place("incoming.listed", "Mails", "incoming"),
    Place("oversight.agency", "People", "agency_people"),
    Place("oversight.trail", "Trail", "trail"),
    Place("staff.people", "People", "people"),
    Place("staff.agencies", "Agencies", "people"),
    Place("panels.calendar", "Panels", "panels"),
    Place("labels.listed", "Labels", "labels"),
    Place("messages.standing", "Messages", "messages"),
    Place("incoming.senders", "Senders", "senders"),
    Place("systems.listed", "Systems", "systems"),
    Place("administrator.closures", "Time to decide", "closures"),
    Place("retention.coming", "Retention", "hold"),
    Place("administrator.health", "Health", "people"),
    Place("reviews.due", "Reviews", "decide"),
    Place("agenda.panels", "Panels", "decide"),
    Place("statistics.figures", "Statistics", "statistics"),
    Place("rulebook.rules", "Rule book", None),
)


def home_of(person: Person) -> str:
    """The endpoint where this person's work begins."""
    return next(place.endpoint for place in PLACES if place.action is None or may(person, place.action))


def page_of(referral_id: UUID, done: str | None = None) -> str:
    """The address of the page on which the signed-in person works with a referral."""
    endpoint = "coordinator.case" if may(g.person, "decide") else "referrer.status"
    return url_for(endpoint, referral_id=referral_id, done=done)


def offered(person: Person) -> list[dict[str, object]]:
    """The navigation for a person, as govukServiceNavigation takes it."""
    places = [place for place in PLACES if place.action is None or may(person, place.action)]
    here = next((place.endpoint for place in places if place.endpoint == request.endpoint), None)
    inside = here or next((place.endpoint for place in places if _blueprint(place) == request.blueprint), None)
    return [
        {
            "text": place.words,
            "href": url_for(place.endpoint),
            "current": place.endpoint == here,
            "active": place.endpoint == inside,
        }
        for place in places
    ]


def _blueprint(place: Place) -> str:
    return place.endpoint.partition(".")[0]


def _unit_of(person: Person) -> str:
    if person.agency_id is not None:
        return next((agency.name for agency in the_house().people.agencies() if agency.id == person.agency_id), "")
    return f"MAPPA co-ordination, {person.area}" if person.area else ROLE_UNITS.get(person.role, "Administration")


def connect(app: Flask) -> None:
    app.jinja_env.globals.update(SERVICE=SERVICE, MARKING=MARKING)

    @app.context_processor
    def offer() -> dict[str, object]:
        person = g.get("person")
        return {
            "person": person,
            "unit": _unit_of(person) if person else "",
            "navigation": offered(person) if person else [],
            "page_of": page_of,
            "may": lambda action: person is not None and may(person, action),
        }
