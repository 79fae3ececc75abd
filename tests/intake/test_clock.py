"""The decision clock counts ten days from receipt in London, says how, and agrees with an oracle that counts otherwise."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import clock_oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.due.clock import days_left, due_date, holidays_between, read_received
from intake.due.closures import OpenCase, redated
from intake.terms import Basis

MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2059, 12, 31), timezones=st.just(UTC))
CLOSURES = st.sets(st.integers(-3, 30), max_size=4)
BASES = st.sampled_from(["calendar", "working"])


def due(text: str, basis: Basis = "calendar", closures: tuple[str, ...] = ()) -> str:
    return due_date(read_received(text), basis, {date.fromisoformat(day) for day in closures}).due.isoformat()


@given(MOMENTS, BASES, CLOSURES)
def test_it_agrees_with_the_oracle(moment: datetime, basis: Basis, offsets: set[int]) -> None:
    closures = {moment.date() + timedelta(days=days) for days in offsets}
    assert due_date(moment, basis, closures).due == clock_oracle.due(moment, basis, closures)


@given(MOMENTS)
def test_working_days_are_never_stricter_than_calendar_days(moment: datetime) -> None:
    assert due_date(moment, "calendar").due < due_date(moment, "working").due


@pytest.mark.parametrize(
    ("received", "calendar", "working"),
    [
        ("2026-11-20", "2026-11-30", "2026-12-04"),
        ("2026-11-21", "2026-12-01", "2026-12-04"),
        ("2026-12-18", "2026-12-28", "2027-01-06"),
        ("2026-04-02", "2026-04-12", "2026-04-20"),
        ("2022-09-16", "2022-09-26", "2022-10-03"),
        ("2024-02-26", "2024-03-07", "2024-03-11"),
    ],
)
def test_day_1_is_the_day_after_receipt(received: str, calendar: str, working: str) -> None:
    assert (due(received), due(received, "working")) == (calendar, working)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-06-30T22:59:59+00:00", "2026-07-10"),
        ("2026-06-30T23:00:00+00:00", "2026-07-11"),
        ("2026-12-31T23:59:59+00:00", "2027-01-10"),
        ("2026-03-29T00:59:59+00:00", "2026-04-08"),
        ("2026-03-29T23:30:00+00:00", "2026-04-09"),
        ("2026-10-24T23:30:00+00:00", "2026-11-04"),
        ("2026-10-25T23:30:00+00:00", "2026-11-04"),
        ("2026-11-20T23:30:00-05:00", "2026-12-01"),
    ],
)
def test_the_day_of_receipt_is_londons_across_both_clock_changes(received: str, expected: str) -> None:
    assert due(received) == expected


def test_a_moment_written_without_a_zone_is_londons() -> None:
    assert read_received("2026-07-01T00:30") == datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert read_received(" 2026-11-20 ") == datetime(2026, 11, 20, tzinfo=ZoneInfo("Europe/London"))


@pytest.mark.parametrize("text", ["", "yesterday", "20/11/2026", "2026-02-30", "9999-12-31T23:59-10:00"])
def test_what_is_no_date_is_refused_with_the_ways_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 2026-11-20"):
        read_received(text)


def test_a_moment_that_carries_no_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due_date(datetime(2026, 11, 20))


def test_the_calendar_sentence_counts_the_days() -> None:
    found = due_date(read_received("2026-11-20"))
    assert found.basis == "calendar"
    assert found.why == (
        "Received on Friday 20 November 2026: counting calendar days, day 1 is Saturday 21 November 2026 "
        "and day 10 is Monday 30 November 2026."
    )


def test_the_working_sentence_names_every_day_left_out() -> None:
    found = due_date(read_received("2026-12-18"), "working", {date(2026, 12, 31): "Stocktaking"})
    assert found.due == date(2027, 1, 7)
    assert found.why == (
        "Received on Friday 18 December 2026: counting working days, leaving out weekends, Christmas Day (25 December), "
        "Boxing Day (observed) (28 December), Stocktaking (31 December) and New Year's Day (1 January), "
        "day 1 is Monday 21 December 2026 and day 10 is Thursday 7 January 2027."
    )


def test_one_day_left_out_and_none_are_said_plainly() -> None:
    one = due_date(read_received("2026-08-25"), "working").why
    none = due_date(read_received("2026-11-20"), "working").why
    assert "leaving out weekends and Late Summer Bank Holiday (31 August), day 1" in one
    assert "leaving out weekends, day 1" in none


def test_closures_count_only_in_working_days_and_only_on_weekdays() -> None:
    closed = ("2026-11-23", "2026-11-28")
    assert due("2026-11-20", "calendar", closed) == "2026-11-30"
    assert due("2026-11-20", "working", closed) == "2026-12-07"
    assert (
        "desk closed (23 November), day 1 is Tuesday 24 November"
        in due_date(read_received("2026-11-20"), "working", {date(2026, 11, 23), date(2026, 11, 28)}).why
    )


def test_a_closure_on_a_bank_holiday_is_counted_once_under_the_holidays_name() -> None:
    days = holidays_between(date(2026, 12, 24), date(2026, 12, 25), {date(2026, 12, 25)})
    assert days == ((date(2026, 12, 25), "Christmas Day"),)


def test_holidays_between_leave_out_the_start_and_keep_the_end() -> None:
    assert holidays_between(date(2026, 12, 25), date(2026, 12, 27)) == ()
    assert [day for day, _ in holidays_between(date(2026, 12, 31), date(2027, 1, 1))] == [date(2027, 1, 1)]


def test_a_single_day_is_explained_once() -> None:
    found = due_date(read_received("2026-11-20"), "working", (), 1)
    assert found.due == date(2026, 11, 23)
    assert found.why.endswith("leaving out weekends, day 1 is Monday 23 November 2026.")


def test_the_last_day_of_the_calendar_is_no_accident() -> None:
    assert due_date(read_received("9999-12-31"), "working").due == date.max
    assert due_date(read_received("9999-12-25"), "calendar").due == date.max


def test_days_left_are_none_on_the_day_and_negative_after() -> None:
    day = date(2026, 11, 30)
    assert [days_left(day, date(2026, 11, n)) for n in (20, 30)] == [10, 0]
    assert days_left(day, date(2026, 12, 2)) == -2


def test_a_holiday_announced_late_dates_open_cases_anew_from_their_receipt() -> None:
    early, late = read_received("2026-11-20"), read_received("2026-12-01")
    cases = [OpenCase(uuid4(), moment, due_date(moment, "working")) for moment in (early, late)]
    (changed,) = redated(cases, "working", {date(2026, 12, 11): "Day of mourning"})
    assert changed.referral_id == cases[1].referral_id
    assert (changed.was.due, changed.now.due) == (date(2026, 12, 15), date(2026, 12, 16))
    assert "Day of mourning (11 December)" in changed.now.why


def test_a_change_of_basis_dates_every_open_case_anew_and_back_again() -> None:
    moment = read_received("2026-11-20")
    case = OpenCase(uuid4(), moment, due_date(moment))
    (changed,) = redated([case], "working", {})
    assert changed.now.due == date(2026, 12, 4)
    (back,) = redated([case._replace(due=changed.now)], "calendar", {})
    assert back.now == case.due
    assert redated([case], "calendar", {}) == ()
