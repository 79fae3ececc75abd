"""Sessions are listed and ended by their owner and by administrators, and by nobody else."""

from __future__ import annotations

from uuid import uuid4

import pytest
from house import PASSWORD, Cast, SetClock

from intake.errors import NotAllowed, NotFound
from intake.house import House
from intake.store.trail import WHENCE


def test_ones_own_sessions_are_told_apart(house: House, cast: Cast, clock: SetClock) -> None:
    WHENCE.set("192.0.2.7")
    here = house.people.open_session(cast.yot, browser="Firefox on Windows")
    WHENCE.set(None)
    clock.pass_by(minutes=5)
    house.people.open_session(cast.yot)
    house.people.open_session(cast.hospital)
    other, mine = house.sessions.own(cast.yot, here)
    assert (mine.here, mine.whence, mine.browser) == (True, "192.0.2.7", "Firefox on Windows")
    assert (other.here, other.whence, other.browser) == (False, None, None)
    clock.pass_by(minutes=57)
    assert [one.id for one in house.sessions.own(cast.yot, here)] == [other.id]


def test_one_or_all_others_are_ended(house: House, cast: Cast) -> None:
    here, there, elsewhere = (house.people.open_session(cast.yot) for _ in range(3))
    hospital = house.people.open_session(cast.hospital)
    (theirs,) = house.sessions.own(cast.hospital, hospital)
    for nothing in (theirs.id, uuid4()):
        with pytest.raises(NotFound):
            house.sessions.end(cast.yot, nothing)
    house.sessions.end(cast.yot, next(one.id for one in house.sessions.own(cast.yot, there) if one.here))
    assert house.people.person_of(there) is None and house.people.person_of(elsewhere) == cast.yot
    house.sessions.end_others(cast.yot, here)
    assert house.people.person_of(elsewhere) is None
    assert house.people.person_of(here) == cast.yot and house.people.person_of(hospital) == cast.hospital


def test_an_administrator_sees_and_ends_anybodys_and_no_other_does(house: House, cast: Cast) -> None:
    token = house.people.open_session(cast.yot)
    for order in (house.sessions.of, house.sessions.end_all):
        for person in (cast.yot, cast.coordinator):
            with pytest.raises(NotAllowed):
                order(person, cast.yot.id)
    assert len(house.sessions.of(cast.administrator, cast.yot.id)) == 1
    house.sessions.end_all(cast.administrator, cast.yot.id)
    assert house.people.person_of(token) is None


def test_the_present_password_is_asked_and_guessing_it_is_throttled(house: House, cast: Cast, clock: SetClock) -> None:
    assert house.people.confirms(cast.yot, PASSWORD) and not house.people.confirms(cast.yot, "wrong")
    for _ in range(6):
        house.people.confirms(cast.yot, "wrong")
    assert not house.people.confirms(cast.yot, PASSWORD) and house.people.sign_in(cast.yot.email, PASSWORD) is None
    clock.pass_by(minutes=31)
    assert house.people.confirms(cast.yot, PASSWORD)
