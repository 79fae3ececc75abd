"""Panels go into a diary and come back the same; diaries of others come in as London's clock shows them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import uuid4

import pytest

from intake.panels.calendar import Panel
from intake.panels.diary import LARGEST, Meeting, NoCalendar, icalendar_of, meetings_of

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def _panel(day: date, starts: time, cancelled: str | None = None, district: str = "Dudley") -> Panel:
    return Panel(id=uuid4(), area="WM", kind="level_2", district=district, day=day, starts=starts, cancelled=cancelled)


def _calendar(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN", *lines, "END:VCALENDAR", ""]).encode()


def _event(*lines: str) -> bytes:
    return _calendar("BEGIN:VEVENT", "UID:1", "DTSTAMP:20261101T000000Z", *lines, "END:VEVENT")


def _days(content: bytes) -> list[tuple[str, str]]:
    return [(meeting.day.isoformat(), f"{meeting.starts:%H:%M}") for meeting in meetings_of(content, TODAY)]


def test_what_is_taken_along_comes_back_the_same() -> None:
    winter, summer = _panel(date(2026, 12, 7), time(10)), _panel(date(2027, 7, 5), time(14, 30), district="")
    cancelled = _panel(date(2027, 2, 1), time(9), "Desk closed: flood")
    content = icalendar_of([winter, summer, cancelled], NOW)
    assert meetings_of(content, TODAY) == (
        Meeting(day=winter.day, starts=winter.starts),
        Meeting(day=summer.day, starts=summer.starts),
    )
    text = content.decode()
    assert "MAPPA panel: Level 2\\, Dudley" in text and text.count("STATUS:CANCELLED") == 1
    assert "DTSTART;TZID=Europe/London:20270705T143000" in text and "BEGIN:VTIMEZONE" in text


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (["DTSTART:20270705T133000Z"], [("2027-07-05", "14:30")]),
        (["DTSTART:20270705T133000"], [("2027-07-05", "13:30")]),
        (["DTSTART;TZID=Europe/London:20270705T133000"], [("2027-07-05", "13:30")]),
        # Every two weeks over the change of the clocks on 28 March 2027: at ten before and after.
        (
            ["DTSTART;TZID=Europe/London:20270315T100000", "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3"],
            [("2027-03-15", "10:00"), ("2027-03-29", "10:00"), ("2027-04-12", "10:00")],
        ),
        # Begun long ago: from today on, to the day it says, one left out.
        (
            [
                "DTSTART;TZID=Europe/London:20200107T100000",
                "RRULE:FREQ=WEEKLY;UNTIL=20261215T235959Z",
                "EXDATE;TZID=Europe/London:20261208T100000",
            ],
            [("2026-11-24", "10:00"), ("2026-12-01", "10:00"), ("2026-12-15", "10:00")],
        ),
        (
            ["DTSTART;TZID=Europe/London:20261207T100000", "RRULE:FREQ=DAILY;UNTIL=20261208"],
            [("2026-12-07", "10:00")],
        ),
    ],
)
def test_meetings_are_taken_in_by_the_clock_of_london(lines: list[str], days: list[tuple[str, str]]) -> None:
    assert _days(_event(*lines)) == days


def test_a_meeting_of_a_series_that_was_moved_or_called_off_is_not_held_on_its_old_day() -> None:
    series = ["UID:1", "DTSTART;TZID=Europe/London:20261124T100000", "RRULE:FREQ=WEEKLY;COUNT=3"]
    moved = ["UID:1", "RECURRENCE-ID;TZID=Europe/London:20261201T100000", "DTSTART;TZID=Europe/London:20261203T140000"]
    called_off = ["UID:1", "RECURRENCE-ID:20261208T100000Z", "DTSTART:20261208T100000Z", "STATUS:CANCELLED"]
    events = [line for one in (series, moved, called_off) for line in ("BEGIN:VEVENT", *one, "END:VEVENT")]
    assert _days(_calendar(*events)) == [("2026-11-24", "10:00"), ("2026-12-03", "14:00")]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a calendar"),
        (b"\x00\xff\xfePK", "not a calendar"),
        (b"MAPPA panels 2027", "not a calendar"),
        (_event("DTSTART;VALUE=DATE:20270705"), "05/07/2027 has no time of day"),
        (_event("SUMMARY:without a start"), "not a calendar"),
        (_event("DTSTART:20270705T133000Z", "RRULE:FREQ=SOMETIMES"), "not a calendar"),
        (_event("DTSTART:20250705T133000Z"), "no meeting from today on"),
        (_event("DTSTART:20270705T133000Z", "STATUS:CANCELLED"), "no meeting from today on"),
        (_event("DTSTART:20261201T000000Z", "RRULE:FREQ=MINUTELY"), "more than 500"),
        (_calendar(), "no meeting from today on"),
        (b"x" * (LARGEST + 1), "larger than 1 MB"),
    ],
)
def test_what_is_no_calendar_of_meetings_is_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(NoCalendar, match=why):
        meetings_of(content, TODAY)
