"""Panels as iCalendar (RFC 5545), to take along into a diary and to take in from one. No case is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from extractors.models import Model
from intake.now import LONDON
from intake.panels.calendar import LONGEST_RULE, PANEL_KINDS, Panel

LARGEST = 1024 * 1024
"""Bytes of a calendar that is taken in."""
MOST_MEETINGS = 500
LENGTH = timedelta(hours=1)
"""How long a meeting is shown to last: the calendar of panels holds no end."""


class Meeting(Model):
    """When a meeting starts, in London's time."""

    day: date
    starts: time


class NoCalendar(ValueError):
    """Why a file gives no meetings, as a sentence."""


def icalendar_of(panels: Iterable[Panel], now: datetime) -> bytes:
    """The meetings, the cancelled ones marked so."""
    calendar = Calendar()
    calendar.add("prodid", "-//mappa-intake//panels//EN")
    calendar.add("version", "2.0")
    for panel in panels:
        starts = datetime.combine(panel.day, panel.starts, LONDON)
        event = Event()
        event.add("uid", f"{panel.id}@mappa-intake")
        event.add("dtstamp", now)
        event.add("dtstart", starts)
        event.add("dtend", starts + LENGTH)
        event.add("summary", ", ".join(filter(None, (f"MAPPA panel: {PANEL_KINDS[panel.kind]}", panel.district))))
        event.add("status", "CANCELLED" if panel.cancelled else "CONFIRMED")
        calendar.add_component(event)
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def meetings_of(content: bytes, today: date) -> tuple[Meeting, ...]:
    """The meetings of a calendar from today on, within five years, repeated ones one by one. Raises NoCalendar."""
    if len(content) > LARGEST:
        raise NoCalendar("The file is larger than 1 MB")
    try:
        calendar = Calendar.from_ical(content)
        events: list[Any] = calendar.walk("VEVENT")
        # A meeting of a series that was moved or called off comes as an event of its own, and names the one it replaces.
        replaced = {
            (event.get("uid"), _in_london(event["recurrence-id"].dt)) for event in events if "recurrence-id" in event
        }
        found = {meeting for event in events for meeting in _of_event(event, today, replaced)}
    except NoCalendar:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as error:
        raise NoCalendar("The file is not a calendar in the iCalendar format (.ics)") from error
    if not found:
        raise NoCalendar("The calendar holds no meeting from today on")
    if len(found) > MOST_MEETINGS:
        raise NoCalendar(f"The calendar holds more than {MOST_MEETINGS} meetings: choose a shorter time to export")
    return tuple(sorted(found, key=lambda meeting: (meeting.day, meeting.starts)))


def _of_event(event: Any, today: date, replaced: Set[tuple[str | None, datetime]]) -> Iterator[Meeting]:
    if str(event.get("status", "")).upper() == "CANCELLED":
        return
    first = event["dtstart"].dt
    if not isinstance(first, datetime):
        raise NoCalendar(f"The meeting on {first:%d/%m/%Y} has no time of day")
    first = _in_london(first)
    begins, ends = datetime.combine(today, time()), datetime.combine(today + LONGEST_RULE, time())
    if "rrule" not in event:
        days = [first]
    else:
        # Repeated by London's wall clock, as a meeting "at two" stays at two when the clocks change.
        rule = event["rrule"]
        if "UNTIL" in rule:
            rule["UNTIL"] = [_in_london(until) if isinstance(until, datetime) else until for until in rule["UNTIL"]]
        left_out = event.get("exdate", [])
        out = {
            _in_london(one.dt)
            for dates in (left_out if isinstance(left_out, list) else [left_out])
            for one in dates.dts
        }
        repeated = rrulestr(rule.to_ical().decode().replace("Z", ""), dtstart=first)
        out |= {day for uid, day in replaced if uid == event.get("uid")}
        days = [day for day in repeated.xafter(begins, count=MOST_MEETINGS + 1, inc=True) if day not in out]
    for day in days:
        if begins <= day < ends:
            yield Meeting(day=day.date(), starts=day.time().replace(second=0, microsecond=0))


def _in_london(moment: datetime | date) -> datetime:
    """London's wall clock, without a zone; a moment without one is London's."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    return moment.astimezone(LONDON).replace(tzinfo=None) if moment.tzinfo else moment
