"""Furnishes a desk for trying things out: one fictional agency of each type, people with generated
passwords, and a calendar of panels."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import time, timedelta

from extractors.models import Model
from intake.house import House
from intake.models import Agency, Person
from intake.now import london_day
from intake.panels.calendar import PanelKind, PanelRule
from intake.store.keeping import Secrets
from intake.terms import AgencyType

FILE = "demo-sign-in.txt"
AGENCIES: Mapping[AgencyType, str] = {
    "yot": "Ambleford Youth Offending Team",
    "mental_health": "Ambleford Mental Health Trust",
    "probation": "Ambleford Probation",
    "police": "Ambleford Police",
    "prison": "HMP Ambleford",
    "private_provider": "Fernhollow Private Hospital",
}
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without characters that are mistaken for each other."""


class SignIn(Model):
    """How to sign in as somebody, and in words who that is."""

    email: str
    password: str
    words: str


def furnish(house: House, kept: Secrets) -> tuple[SignIn, ...]:
    """Make the fictional people once; gives how to sign in, read from the secrets folder after the first time.

    A desk that has people of its own gets none: fictional accounts have no place there.
    """
    known = kept.text(FILE)
    if known is None:
        if house.people.people():
            return ()
        # Kept before anybody is added: cut short, the next start goes on with the same passwords.
        known = "".join(sign_in.model_dump_json() + "\n" for sign_in in _new_sign_ins(house.settings.area))
        kept.keep(FILE, known)
    sign_ins = tuple(SignIn(**json.loads(line)) for line in known.splitlines())
    present = {person.email for person in house.people.people()}
    for sign_in in sign_ins:
        if sign_in.email not in present:
            _add(house, sign_in)
    if not house.second_step.was_said():
        # Whoever tries the desk out need not set up an app first; people of a real desk must.
        administrator = next(one for one in house.people.people() if one.role == "administrator")
        house.second_step.ask_of(administrator, [])
    return sign_ins


def _new_sign_ins(area: str) -> Iterator[SignIn]:
    for type_, name in AGENCIES.items():
        yield SignIn(email=f"{type_.replace('_', '-')}@example.org", password=_password(), words=f"referrer, {name}")
    yield SignIn(email="coordinator@example.org", password=_password(), words=f"coordinator of the area {area}")
    yield SignIn(email="administrator@example.org", password=_password(), words="administrator")


def _add(house: House, sign_in: SignIn) -> None:
    account = sign_in.email.partition("@")[0]
    if account == "coordinator":
        house.people.add_person(
            sign_in.email, "Demo Coordinator", "coordinator", sign_in.password, area=house.settings.area
        )
    elif account == "administrator":
        administrator = house.people.add_person(sign_in.email, "Demo Administrator", "administrator", sign_in.password)
        _keep_calendar(house, administrator)
    else:
        type_ = next(code for code in AGENCIES if code.replace("_", "-") == account)
        agency = _agency(house, type_, AGENCIES[type_])
        house.people.add_person(
            sign_in.email, f"Referrer of {agency.name}", "referrer", sign_in.password, agency_id=agency.id
        )


def _keep_calendar(house: House, administrator: Person) -> None:
    """A year of panels from next week on: 10-weekly at level 2, 6-weekly at level 3 and for youths."""
    first = london_day(house.clock.now()) + timedelta(weeks=1)
    first -= timedelta(days=first.weekday())
    calendar: tuple[tuple[int, PanelKind, int], ...] = ((1, "level_2", 10), (2, "level_3", 6), (3, "youth", 6))
    for day, kind, weeks in calendar:
        start = first + timedelta(days=day)
        rule = PanelRule(
            kind=kind, district="", first=start, starts=time(10), weeks=weeks, until=start + timedelta(weeks=52)
        )
        house.panels.add(administrator, house.settings.area, rule)


def _agency(house: House, type_: AgencyType, name: str) -> Agency:
    known = (agency for agency in house.people.agencies() if agency.name == name)
    return next(known, None) or house.people.add_agency(name, type_, house.settings.area)


def _password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
