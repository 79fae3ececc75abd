"""Working days of England and Wales and calendar months, for deadlines; a date beyond the calendar stops at its edge."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache

import holidays
from dateutil.relativedelta import relativedelta


@lru_cache(maxsize=256)
def bank_holidays(year: int) -> dict[date, str]:
    """The bank holidays of England and Wales in `year`, each with its name."""
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date, closures: Collection[date] = ()) -> bool:
    """Monday to Friday, no bank holiday and no closure."""
    return day.weekday() < 5 and day not in bank_holidays(day.year) and day not in closures


def plus_days(day: date, days: int) -> date:
    """`days` calendar days after `day`."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def plus_working_days(day: date, days: int, closures: Collection[date] = ()) -> date:
    """The `days`-th working day after `day`; `day` itself never counts."""
    while days:
        if day == date.max:
            return day
        day = plus_days(day, 1)
        days -= is_working_day(day, closures)
    return day


def plus_months(day: date, months: int) -> date:
    """The corresponding day `months` calendar months on, the last of the month where it has no such day."""
    try:
        return day + relativedelta(months=months)
    except (OverflowError, ValueError):
        return date.max if months > 0 else date.min


def last_day_with_months_before(day: date, months: int) -> date:
    """The last day from which `day` is still `months` calendar months or more away."""
    latest = plus_months(day, -months)
    while latest < day and plus_months(plus_days(latest, 1), months) <= day:
        latest = plus_days(latest, 1)
    return latest
