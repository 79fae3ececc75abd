"""Tokens of case systems: made and revoked by administrators, shown once, and worth no more than they say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from house import Cast, SetClock, form_file, open_as_owner
from sqlalchemy import text

from intake.cases.reading import ReadingDesk
from intake.errors import DeskError, NotAllowed, NotFound
from intake.house import House
from intake.mail.outbox import Outbox
from intake.models import Person
from intake.systems.tokens import LONGEST_LIFE


@pytest.fixture
def system(house: House, cast: Cast) -> Person:
    return house.systems.add(cast.administrator, " Careworks ", agency_id=cast.yot.agency_id)


def test_of_a_token_only_a_keyed_hash_is_kept(house: House, cast: Cast, system: Person) -> None:
    token = house.systems.issue(cast.administrator, system.id, ["read"], 30)
    with open_as_owner(house) as connection:
        kept = connection.execute(text("SELECT row_to_json(tokens)::text, token_hash FROM tokens")).one()
        trail = connection.scalars(text("SELECT facts::text FROM audit")).all()
    assert token not in kept[0] + "".join(trail) and len(token) > 40
    assert bytes(kept[1]) == house.registry.index.token("api token", token)


def test_a_system_acts_as_a_person_of_its_reach(house: House, cast: Cast, system: Person) -> None:
    grant = house.systems.grant_of(house.systems.issue(cast.administrator, system.id, ["submit", "read"], 30))
    assert grant is not None and grant.person == system
    assert (system.name, system.role, system.agency_id, system.area) == (
        "Careworks",
        "referrer",
        cast.yot.agency_id,
        None,
    )
    assert grant.covers("submit") and grant.covers("read") and not grant.covers("answer")


def test_the_last_use_of_a_token_is_shown(house: House, cast: Cast, system: Person, clock: SetClock) -> None:
    token = house.systems.issue(cast.administrator, system.id, ["read"], 30)
    (unused,) = house.systems.system(cast.administrator, system.id).tokens
    clock.pass_by(days=2)
    house.systems.grant_of(token)
    (used,) = house.systems.system(cast.administrator, system.id).tokens
    assert unused.used_at is None and used.used_at == clock.now() and used.made_by == "Adam Heron"
    assert used.expires_at - used.made_at == timedelta(days=30)


@pytest.mark.parametrize("days", [0, -1, LONGEST_LIFE + 1])
def test_every_token_ends(house: House, cast: Cast, system: Person, days: int) -> None:
    with pytest.raises(DeskError, match="how long"):
        house.systems.issue(cast.administrator, system.id, ["read"], days)


def test_a_coordinators_system_gets_no_token_for_what_coordinators_do_not(house: House, cast: Cast) -> None:
    system = house.systems.add(cast.administrator, "Overview", area="WM")
    for scope in ("submit", "answer"):
        with pytest.raises(DeskError, match="cannot submit or answer"):
            house.systems.issue(cast.administrator, system.id, [scope, "read"], 30)
    with pytest.raises(DeskError, match="what the token is for"):
        house.systems.issue(cast.administrator, system.id, ["everything"], 30)


def test_nobody_but_administrators_looks_after_systems(house: House, cast: Cast, system: Person) -> None:
    house.systems.issue(cast.administrator, system.id, ["read"], 30)
    (token,) = house.systems.system(cast.administrator, system.id).tokens
    for person in (cast.yot, cast.manager, cast.coordinator, cast.auditor, system):
        for order in (
            lambda who: house.systems.listed(who),
            lambda who: house.systems.add(who, "Another", area="WM"),
            lambda who: house.systems.issue(who, system.id, ["read"], 30),
            lambda who: house.systems.revoke(who, system.id, token.id),
        ):
            with pytest.raises(NotAllowed):
                order(person)


def test_a_system_is_nobody_who_signs_in_is_written_to_or_has_a_case_in_hand(
    house: House, cast: Cast, system: Person, reading: ReadingDesk
) -> None:
    overview = house.systems.add(cast.administrator, "Overview", area="WM")
    assert house.people.sign_in(system.email, "") is None
    everybody = [
        *house.people.people(),
        *house.people.colleagues(cast.coordinator),
        *house.people.of_agency(cast.manager),
    ]
    everybody += [account.person for account in house.administration.accounts(cast.administrator)]
    assert not {system.id, overview.id} & {one.id for one in everybody}
    referral_id = house.desk.receive(system, "form.pdf", form_file()).referral_id
    assert reading.do_next()
    with pytest.raises(NotFound):
        house.desk.assign(cast.coordinator, referral_id, overview.id)
    assert "Choose among" in (
        house.desk.restrict(cast.coordinator, referral_id, {cast.coordinator.id, overview.id}, "Staff.") or ""
    )
    with pytest.raises(NotFound):
        house.staffing.change(cast.administrator, system.id, name="X", role="administrator", agency_id=None, area=None)
    Outbox(house.engine, house.clock).address()
    with open_as_owner(house) as connection:
        to = set(connection.scalars(text("SELECT person_id FROM mails")))
    assert to == {cast.yot.id}, "what a system sent is told to the people of its agency"


def test_a_mail_in_a_systems_name_is_a_strangers(house: House, cast: Cast, system: Person) -> None:
    mail = f"From: {system.email}\r\nMessage-ID: <1>\r\n\r\nhello".encode()
    house.incoming.take(mail, len(mail))
    assert [one.sender for one in house.incoming.arrived(cast.coordinator)] == [system.email]


def test_revoking_twice_or_of_another_system_ends_nothing(house: House, cast: Cast, system: Person) -> None:
    other = house.systems.add(cast.administrator, "Other", area="WM")
    token = house.systems.issue(cast.administrator, system.id, ["read"], 30)
    (one,) = house.systems.system(cast.administrator, system.id).tokens
    with pytest.raises(NotFound):
        house.systems.revoke(cast.administrator, other.id, one.id)
    assert house.systems.grant_of(token) is not None
    house.systems.revoke(cast.administrator, system.id, one.id)
    with pytest.raises(NotFound):
        house.systems.revoke(cast.administrator, system.id, one.id)
