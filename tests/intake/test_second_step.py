"""The second step: codes of an app written otherwise, once each; recovery codes; who needs it; what a password alone opens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from authenticator import App
from house import PASSWORD, Cast, SetClock, open_as_owner
from sqlalchemy import text

from intake.embedded.demo import furnish
from intake.errors import NotAllowed
from intake.house import House
from intake.models import Person
from intake.people.second_step import CODES, address_of
from intake.settings import Settings
from intake.store.acting import acting
from intake.store.keeping import Secrets


def set_up(house: House, person: Person, clock: SetClock) -> tuple[App, tuple[str, ...]]:
    """Set the second step up for somebody; half a minute later, so that the app shows another code."""
    app = App(house.second_step.begin(person))
    codes = house.second_step.confirm(person, app.code(clock.now()))
    assert codes is not None and len(set(codes)) == CODES
    clock.pass_by(seconds=30)
    return app, codes


def kinds(house: House) -> list[str]:
    with open_as_owner(house) as connection:
        return list(connection.scalars(text("SELECT kind FROM audit ORDER BY number")))


def test_the_app_of_these_tests_shows_what_the_standard_says() -> None:
    # RFC 6238, appendix B, the last six of its eight digits.
    app = App("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    shown = {59: "287082", 1111111109: "081804", 20000000000: "353130"}
    assert {second: app.code(datetime.fromtimestamp(second, UTC)) for second in shown} == shown


def test_a_code_counts_once_and_about_now_only(house: House, cast: Cast, clock: SetClock) -> None:
    app, _ = set_up(house, cast.coordinator, clock)
    passes, now = house.second_step.passes, clock.now()
    early, late, stale = (
        app.code(now.replace(minute=now.minute + minutes, second=seconds))
        for minutes, seconds in ((1, 30), (0, 0), (-2, 0))
    )
    assert not passes(cast.coordinator, stale) and not passes(cast.coordinator, early)
    assert passes(cast.coordinator, app.code(now))
    assert not passes(cast.coordinator, app.code(now)) and not passes(cast.coordinator, late)
    clock.pass_by(minutes=10)
    assert passes(cast.coordinator, " " + app.code(clock.now())[:3] + " " + app.code(clock.now())[3:])


def test_a_phone_whose_clock_is_half_a_minute_off_still_signs_in(house: House, cast: Cast, clock: SetClock) -> None:
    app, _ = set_up(house, cast.coordinator, clock)
    for off in (-30, 30):
        clock.pass_by(minutes=5)
        moment = datetime.fromtimestamp(clock.now().timestamp() + off, UTC)
        assert house.second_step.passes(cast.coordinator, app.code(moment))


def test_a_code_sent_twice_at_once_counts_once(house: House, cast: Cast, clock: SetClock) -> None:
    app, codes = set_up(house, cast.coordinator, clock)
    for code in (app.code(clock.now()), codes[0]):
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _, code=code: house.second_step.passes(cast.coordinator, code), range(4)))
        assert answers.count(True) == 1


@pytest.mark.parametrize("wrong", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "٠٠٠٠٠٠", "0" * 5000, "-12345"])
def test_nothing_but_six_digits_is_a_code(house: House, cast: Cast, clock: SetClock, wrong: str) -> None:
    set_up(house, cast.coordinator, clock)
    assert not house.second_step.passes(cast.coordinator, wrong)


def test_wrong_codes_are_throttled_and_told(house: House, cast: Cast, clock: SetClock) -> None:
    app, codes = set_up(house, cast.coordinator, clock)
    for _ in range(6):
        assert not house.second_step.passes(cast.coordinator, "000000")
    assert not house.second_step.passes(cast.coordinator, app.code(clock.now()))
    assert not house.second_step.passes(cast.coordinator, codes[0])
    assert kinds(house).count("second_step_failed") == 8
    clock.pass_by(minutes=31)
    assert house.second_step.passes(cast.coordinator, codes[0])


def test_a_recovery_code_counts_once_however_it_is_typed(house: House, cast: Cast, clock: SetClock) -> None:
    _, codes = set_up(house, cast.coordinator, clock)
    assert house.second_step.passes(cast.coordinator, codes[0].upper().replace("-", " "))
    assert not house.second_step.passes(cast.coordinator, codes[0])
    factor = house.second_step.of(cast.coordinator.id)
    assert factor is not None and factor.codes_left == CODES - 1
    assert not house.second_step.passes(cast.administrator, codes[1])
    _, fresh = set_up(house, cast.coordinator, clock)
    assert not house.second_step.passes(cast.coordinator, codes[1])
    assert house.second_step.passes(cast.coordinator, fresh[1])


def test_secrets_and_codes_are_nowhere_in_clear(house: House, cast: Cast, clock: SetClock) -> None:
    app, codes = set_up(house, cast.coordinator, clock)
    with acting(house.engine, "door") as connection:
        kept = connection.execute(text("SELECT * FROM second_factors")).all()
        kept += connection.execute(text("SELECT * FROM recovery_codes")).all()
    told = "".join(str(bytes(value) if isinstance(value, memoryview) else value) for row in kept for value in row)
    assert app.secret not in told and not any(code in told or code.replace("-", "") in told for code in codes)
    address = urlsplit(address_of(cast.coordinator, app.secret))
    assert parse_qs(address.query) == {"secret": [app.secret], "issuer": ["MAPPA referral desk"]}


def test_what_is_begun_stays_the_same_until_it_is_confirmed(house: House, cast: Cast, clock: SetClock) -> None:
    begin, confirm = house.second_step.begin, house.second_step.confirm
    old = App(begin(cast.coordinator))
    assert begin(cast.coordinator) == old.secret and confirm(cast.coordinator, "000000") is None
    assert house.second_step.of(cast.coordinator.id) is None
    assert confirm(cast.coordinator, old.code(clock.now())) is not None
    assert confirm(cast.coordinator, old.code(clock.now())) is None
    new = App(begin(cast.coordinator))
    clock.pass_by(minutes=1)
    assert new != old and house.second_step.passes(cast.coordinator, old.code(clock.now()))
    assert confirm(cast.coordinator, new.code(clock.now())) is not None
    clock.pass_by(minutes=1)
    assert not house.second_step.passes(cast.coordinator, old.code(clock.now()))
    assert house.second_step.passes(cast.coordinator, new.code(clock.now()))


def test_a_password_alone_opens_nothing_where_the_second_step_is_needed(
    house: House, cast: Cast, clock: SetClock
) -> None:
    before = house.people.open_session(cast.coordinator)
    house.second_step.ask_of(cast.administrator, ["coordinator", "administrator"])
    assert house.people.person_of(before) is None
    assert house.people.sign_in(cast.coordinator.email, PASSWORD) == cast.coordinator
    assert (
        house.second_step.next_for(cast.coordinator) == "set_up" and house.second_step.next_for(cast.yot) == "nothing"
    )
    halfway = house.people.open_session(cast.coordinator)
    assert house.people.person_of(halfway) is None and house.people.halfway_of(halfway) == cast.coordinator
    set_up(house, cast.coordinator, clock)
    assert house.second_step.next_for(cast.coordinator) == "code" and house.people.person_of(halfway) is None
    assert house.people.person_of(house.people.open_session(cast.coordinator, second_step=True)) == cast.coordinator
    assert kinds(house).count("password_given") == 1 and "signed_in" not in kinds(house)
    clock.pass_by(minutes=16)
    assert house.people.halfway_of(halfway) is None


def test_whoever_has_set_it_up_of_their_own_will_needs_it_too(house: House, cast: Cast, clock: SetClock) -> None:
    before = house.people.open_session(cast.yot)
    set_up(house, cast.yot, clock)
    assert house.second_step.next_for(cast.yot) == "code"
    assert house.people.person_of(before) is None


def test_a_new_password_leaves_the_second_step_as_it_is(house: House, cast: Cast, clock: SetClock) -> None:
    app, _ = set_up(house, cast.coordinator, clock)
    house.administration.set_password(cast.administrator, cast.coordinator.id, "lamp river seven")
    assert house.people.sign_in(cast.coordinator.email, "lamp river seven") == cast.coordinator
    assert house.second_step.next_for(cast.coordinator) == "code"
    assert house.second_step.passes(cast.coordinator, app.code(clock.now()))


def test_a_new_role_that_needs_it_ends_what_a_password_opened(house: House, cast: Cast) -> None:
    house.second_step.ask_of(cast.administrator, ["coordinator"])
    token = house.people.open_session(cast.yot)
    assert house.people.person_of(token) is not None
    house.staffing.change(cast.administrator, cast.yot.id, name="Y", role="coordinator", agency_id=None, area="WM")
    assert house.people.person_of(token) is None


def test_a_served_desk_asks_all_who_see_more_than_an_agencys_unless_it_is_for_trying_out(
    house: House, settings: Settings, cast: Cast
) -> None:
    with open_as_owner(house) as connection:
        connection.execute(text("DELETE FROM second_step_roles"))
    assert house.second_step.asked_of() == {"coordinator", "administrator", "auditor"}
    furnish(house, Secrets(settings.data / "secrets"))
    assert house.second_step.asked_of() == {"coordinator", "administrator", "auditor"}


def test_an_administrator_takes_it_away_with_a_line_in_the_trail(house: House, cast: Cast, clock: SetClock) -> None:
    app, _ = set_up(house, cast.coordinator, clock)
    token = house.people.open_session(cast.coordinator, second_step=True)
    with pytest.raises(NotAllowed):
        house.second_step.reset(cast.other_coordinator, cast.coordinator.id)
    with pytest.raises(NotAllowed):
        house.second_step.ask_of(cast.coordinator, [])
    house.second_step.reset(cast.administrator, cast.coordinator.id)
    assert house.people.person_of(token) is None and house.second_step.of(cast.coordinator.id) is None
    assert not house.second_step.passes(cast.coordinator, app.code(clock.now()))
    assert "second_step_reset" in kinds(house)
