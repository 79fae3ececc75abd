"""The decision clock: ten days from receipt unless an area counts otherwise, counted so that anybody can count them again, and never stopped.

The memorandum says "within 10 days of receipt of the referral" and not which days: calendar days are the stricter reading
and the default, working days of England and Wales a setting. Day 1 is the day after receipt in London.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from intake.models import DueDate
from intake.now import LONDON, london_day
from intake.terms import Basis
from validation.calendar import bank_holidays, plus_days, plus_working_days

DECISION_DAYS = 10


def read_received(text: str) -> datetime:
    """The moment of receipt from an ISO date or date and time; without a zone it is London's.

    Raises ValueError, with a sentence for people, for anything else.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=LONDON)
        london_day(moment)
    except (ValueError, OverflowError):
        raise ValueError(
            f"“{text}” is no date: write it as 2026-11-20, 2026-11-20T09:30 or 2026-11-20T09:30:00+00:00."
        ) from None
    return moment


def due_date(
    received: datetime,
    basis: Basis = "calendar",
    closures: Collection[date] | Mapping[date, str] = (),
    days: int = DECISION_DAYS,
) -> DueDate:
    """When the decision is due on a referral received at `received`, and why: `days` days of `basis`, 1 or more, later.

    `closures` are the desk's own closed days beside weekends and bank holidays, with their names where it is a mapping;
    they count only in working days. Raises ValueError for a moment without a zone.
    """
    if received.tzinfo is None:
        raise ValueError("The moment of receipt must carry its time zone.")
    start = london_day(received)
    if basis == "calendar":
        first, due, left_out = plus_days(start, 1), plus_days(start, days), ""
    else:
        first = plus_working_days(start, 1, closures)
        due = plus_working_days(start, days, closures)
        left_out = f", leaving out weekends{_named(holidays_between(start, due, closures))}"
    return DueDate(
        due=due,
        basis=basis,
        why=f"Received on {said(start)}: counting {basis} days{left_out}, {_numbered(first, due, days)}.",
    )


def holidays_between(
    start: date, end: date, closures: Collection[date] | Mapping[date, str] = ()
) -> tuple[tuple[date, str], ...]:
    """The weekdays after `start` up to `end` that do not count, each with the name of the holiday or closure."""
    names = {day: name for year in range(start.year, end.year + 1) for day, name in bank_holidays(year).items()}
    own = closures if isinstance(closures, Mapping) else dict.fromkeys(closures, "desk closed")
    return tuple(
        (day, names.get(day) or own[day]) for day in sorted({*names, *own}) if start < day <= end and day.weekday() < 5
    )


def days_left(due: date, today: date) -> int:
    """Calendar days until the due day: 0 on the day itself, negative once overdue."""
    return (due - today).days


def said(day: date) -> str:
    """A day as it is said: Friday 20 November 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def _numbered(first: date, due: date, days: int) -> str:
    return f"day 1 is {said(first)}" + (f" and day {days} is {said(due)}" if days > 1 else "")


def _named(days: tuple[tuple[date, str], ...]) -> str:
    names = [f"{name} ({day.day} {day:%B})" for day, name in days]
    if not names:
        return ""
    return f", {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f" and {names[0]}"
