"""Signing in: right passwords only, failures throttled, no hint whether an account exists, tokens kept as hashes."""

from __future__ import annotations

from uuid import uuid4

import pytest
from house import PASSWORD, Cast, SetClock
from sqlalchemy import select

from intake.errors import DeskError
from intake.house import House
from intake.store.acting import acting
from intake.store.tables import people, sessions, sign_in_failures


def test_the_right_password_opens_and_others_do_not(house: House, cast: Cast) -> None:
    assert house.people.sign_in(" YOT@example.org ", PASSWORD) == cast.yot
    assert house.people.sign_in("yot@example.org", PASSWORD + " ") is None
    assert house.people.sign_in("nobody@example.org", PASSWORD) is None
    assert house.people.sign_in("", "") is None


def test_a_password_counts_as_typed_to_its_last_sign(house: House, cast: Cast) -> None:
    longest = ("lamp river seven " * 12)[:200]
    house.people.set_password(cast.yot.email, longest)
    assert house.people.sign_in(cast.yot.email, longest) == cast.yot
    for other in (longest + "x", longest[:-1], longest.upper(), longest + "\0"):
        assert house.people.sign_in(cast.yot.email, other) is None


def test_failures_are_throttled_alike_with_and_without_an_account(house: House, cast: Cast, clock: SetClock) -> None:
    for email in ("yot@example.org", "nobody@example.org"):
        for _ in range(6):
            assert house.people.sign_in(email, "wrong password") is None
    assert house.people.sign_in("yot@example.org", PASSWORD) is None
    assert house.people.sign_in("hospital@example.org", PASSWORD) == cast.hospital
    with acting(house.engine, "door") as connection:
        rows = connection.execute(select(sign_in_failures)).all()
    assert sorted(row.failures for row in rows) == [6, 7]
    assert not any(b"example" in bytes(row.address) for row in rows)
    clock.pass_by(minutes=31)
    assert house.people.sign_in("yot@example.org", PASSWORD) == cast.yot
    assert house.people.sign_in("yot@example.org", PASSWORD) == cast.yot


def test_a_session_lasts_while_it_is_used_and_ends_with_the_day(house: House, cast: Cast, clock: SetClock) -> None:
    token = house.people.open_session(cast.yot)
    assert house.people.person_of(token) == cast.yot
    for _ in range(11):
        clock.pass_by(minutes=50)
        assert house.people.person_of(token) == cast.yot
    clock.pass_by(minutes=50)
    assert house.people.person_of(token) is None


def test_a_session_left_alone_ends(house: House, cast: Cast, clock: SetClock) -> None:
    token = house.people.open_session(cast.yot)
    clock.pass_by(minutes=61)
    assert house.people.person_of(token) is None


def test_signing_out_ends_one_session(house: House, cast: Cast) -> None:
    here, there = house.people.open_session(cast.yot), house.people.open_session(cast.yot)
    house.people.close_session(here)
    assert house.people.person_of(here) is None
    assert house.people.person_of(there) == cast.yot
    assert house.people.person_of("made up") is None


def test_tokens_and_passwords_are_kept_as_hashes(house: House, cast: Cast) -> None:
    token = house.people.open_session(cast.yot)
    with acting(house.engine, "door") as connection:
        assert token.encode() not in {bytes(row.token_hash) for row in connection.execute(select(sessions))}
        hashes = list(connection.scalars(select(people.c.password_hash)))
    assert all(one.startswith("$argon2id$") for one in hashes) and len(set(hashes)) == 7


def test_a_new_password_ends_every_session(house: House, cast: Cast) -> None:
    token = house.people.open_session(cast.yot)
    house.people.set_password("yot@example.org", "a new and longer one")
    assert house.people.person_of(token) is None
    assert house.people.sign_in("yot@example.org", PASSWORD) is None
    assert house.people.sign_in("yot@example.org", "a new and longer one") == cast.yot


def test_accounts_that_make_no_sense_are_not_made(house: House, cast: Cast) -> None:
    add = house.people.add_person
    for wrong in (
        lambda: add("yot@EXAMPLE.org", "Twice", "administrator", PASSWORD),
        lambda: add("new@example.org", "Short", "administrator", "short"),
        lambda: add("new@example.org", "No agency", "referrer", PASSWORD),
        lambda: add("new@example.org", "No area", "coordinator", PASSWORD),
        lambda: add("new@example.org", "No such agency", "referrer", PASSWORD, agency_id=uuid4()),
        lambda: house.people.add_agency("Ambleford Youth Offending Team", "yot", "WM"),
        lambda: house.people.set_password("nobody@example.org", PASSWORD),
    ):
        with pytest.raises(DeskError):
            wrong()


def test_colleagues_are_the_coordinators_of_ones_area(house: House, cast: Cast) -> None:
    assert house.people.colleagues(cast.coordinator) == (cast.coordinator,)


@pytest.mark.parametrize(
    "address", ["kim brook", "kim.brook@gov", "kim@brook@example.org", "Kim <kim@example.org>", "@example.org"]
)
def test_an_account_has_an_address_that_mails_can_reach(address: str, house: House) -> None:
    with pytest.raises(DeskError, match="Enter an e-mail address"):
        house.people.add_person(address, "Kim Brook", "auditor", PASSWORD)
    assert house.people.add_person("Kim.O'Brook@Example.ORG", "Kim Brook", "auditor", PASSWORD)
