"""Dates as people write them, day first, to real calendar days; never month first, never guessed."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from extractors.models import Model

Sense = Literal["birth", "past", "future"]
"""What a two-digit year may mean: a birth at least ten years ago, a day gone by (or just ahead), or a day still to come."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb febuary",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_DAYS = {
    name: number
    for number, name in enumerate(
        (
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
            "twenty first",
            "twenty second",
            "twenty third",
            "twenty fourth",
            "twenty fifth",
            "twenty sixth",
            "twenty seventh",
            "twenty eighth",
            "twenty ninth",
            "thirtieth",
            "thirty first",
        ),
        start=1,
    )
}
_DAY_WORD = "|".join(sorted(_DAYS, key=len, reverse=True)).replace(" ", r"[\s\-]+")
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAY = r"(?:\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b[\s,.]*(?:the\s+)?)?"
_START, _END = r"(?<![\w/.\-])", r"(?![\w/\-]|\.\d)"
_SHAPES = tuple(
    re.compile(_START + _WEEKDAY + shape + _END, re.IGNORECASE)
    for shape in (
        r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})",
        r"(?P<d>\d{1,2})\s*(?P<sep>[-/.\\])\s*(?P<m>\d{1,2})\s*(?P=sep)\s*(?P<y>\d{4}|\d{2})",
        r"(?P<d>\d{1,2})\s+(?P<m>\d{1,2})\s+(?P<y>\d{4}|\d{2})",
        rf"(?P<d>\d{{1,2}})\s?(?:st|nd|rd|th)?[\s\-/.,]*(?:of\s+)?(?P<name>{_MONTH})[\s\-/.,']*(?P<y>\d{{4}}|\d{{2}})",
        rf"(?:the\s+)?(?P<word>{_DAY_WORD})\s+(?:day\s+)?(?:of\s+)?(?P<name>{_MONTH}),?\s+(?P<y>\d{{4}})",
        rf"(?P<name>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})",
        r"(?P<d>\d{2})(?P<m>\d{2})(?P<y>(?:19|20)\d{2})",
    )
)


_TIME = re.compile(
    rf"(?:(?:{_MONTH})\.?\s+)?(?:(?:19|20)\d\d(?:\s*[-/]\s*\d{{2,4}})?)|(?:{_MONTH})\.?\s+\d\d|(?:at\s+)?\d{{1,2}}[:.]\d\d(?:\s?hrs)?",
    re.IGNORECASE,
)
"""A year, month or hour by itself: "June 2019", "2019-20", "Oct 25", "14:30"."""


class WrittenDate(Model):
    """One date in a text: its day, and where it is written (character offsets)."""

    day: date
    start: int
    end: int


def dates_in(text: str, today: date, sense: Sense = "past") -> tuple[WrittenDate, ...]:
    """Every real date written in `text`, in order. `today` and `sense` decide the century of two-digit years."""
    found: list[WrittenDate] = []
    taken: list[tuple[int, int]] = []
    for shape in _SHAPES:
        for match in shape.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            day = _day(match, today, sense)
            if day is not None:
                found.append(WrittenDate(day=day, start=match.start(), end=match.end()))
    return tuple(sorted(found, key=lambda written: written.start))


def is_when(text: str) -> bool:
    """Whether a text is nothing but a day, month, year or hour, as the entries of a chronology begin."""
    said = text.strip(" .,;:()")
    return _TIME.fullmatch(said) is not None or any(shape.fullmatch(said) for shape in _SHAPES)


def parse_date(text: str, today: date, sense: Sense = "past") -> date | None:
    """The one date that `text` is, nothing else standing beside it; None otherwise."""
    found = dates_in(text, today, sense)
    if len(found) == 1 and not text[: found[0].start].strip() and not text[found[0].end :].strip(" .,;"):
        return found[0].day
    return None


def _day(match: re.Match[str], today: date, sense: Sense) -> date | None:
    parts = match.groupdict()
    month = _MONTHS[parts["name"].lower()] if parts.get("name") else int(parts["m"])
    year, word = int(parts["y"]), (parts.get("word") or "").replace("-", " ")
    if len(parts["y"]) == 2:
        year = _century(year, today, sense)
    try:
        return date(year, month, _DAYS[" ".join(word.lower().split())] if word else int(parts["d"]))
    except ValueError:
        return None


_AHEAD: dict[Sense, int] = {"birth": -10, "past": 1, "future": 50}
"""How many years after today a two-digit year may still mean this century."""


def _century(year: int, today: date, sense: Sense) -> int:
    century = today.year // 100 * 100
    return century + year if century + year <= today.year + _AHEAD[sense] else century - 100 + year
