"""Due dates worked out a second way, sharing nothing with the service: to compare with, never to use.

London's hour comes from the rule of law (last Sundays of March and October, 01:00 UTC), bank holidays from the proclamations
and Easter from the Gregorian computus, and the tenth working day from its place in one long list of working days.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta

FIRST, LAST = 2000, 2061

PROCLAIMED = {
    date(2002, 6, 3),
    date(2011, 4, 29),
    date(2012, 6, 5),
    date(2022, 6, 3),
    date(2022, 9, 19),
    date(2023, 5, 8),
}
SPRING_MOVED = {2002: date(2002, 6, 4), 2012: date(2012, 6, 4), 2022: date(2022, 6, 2)}
MAY_DAY_MOVED = {2020: date(2020, 5, 8)}
DAY = timedelta(days=1)


def easter(year: int) -> date:
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def nth_monday(year: int, month: int, last: bool) -> date:
    days = [date(year, month, 1) + DAY * i for i in range(31)]
    mondays = [d for d in days if d.month == month and d.isoweekday() == 1]
    return mondays[-1 if last else 0]


def bank_holidays(year: int) -> set[date]:
    """The days off, substitutes included, that fall on weekdays."""
    off = {easter(year) - 2 * DAY, easter(year) + DAY, nth_monday(year, 8, last=True)}
    off.add(MAY_DAY_MOVED.get(year) or nth_monday(year, 5, last=False))
    off.add(SPRING_MOVED.get(year) or nth_monday(year, 5, last=True))
    off |= {d for d in PROCLAIMED if d.year == year}
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while fixed.isoweekday() > 5 or fixed in off:
            fixed += DAY
        off.add(fixed)
    return off


HOLIDAYS = {d for year in range(FIRST, LAST + 1) for d in bank_holidays(year)}
WORKING = [
    d
    for n in range(date(FIRST, 1, 1).toordinal(), date(LAST, 12, 31).toordinal())
    if (d := date.fromordinal(n)).isoweekday() < 6 and d not in HOLIDAYS
]


def last_sunday(year: int, month: int) -> datetime:
    day = datetime(year, month, 31, 1, tzinfo=UTC)
    return day - DAY * (day.isoweekday() % 7)


def london_day(moment: datetime) -> date:
    utc = moment.astimezone(UTC)
    summer = last_sunday(utc.year, 3) <= utc < last_sunday(utc.year, 10)
    return (utc + timedelta(hours=1 if summer else 0)).date()


def due(moment: datetime, basis: str, closures: set[date]) -> date:
    start = london_day(moment)
    if basis == "calendar":
        return date.fromordinal(start.toordinal() + 10)
    place = bisect_right(WORKING, start)
    coming = [d for d in WORKING[place : place + 10 + len(closures)] if d not in closures]
    return coming[9]
