"""Lengths of time in a sentence as people write them: "4 yrs 6 mths", "18/12", "two years and six months", "2½ years"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from extractors.models import Model
from validation.sentence_words import Token

_UNITS: Mapping[str, str] = MappingProxyType(
    {
        word: unit
        for unit, words in {
            "years": "y yr yrs year years yr's years' year's yer yrss yeras",
            "months": "m mo mos mon mons mth mths mnth mnths month months mths' mth's month's mnts monthes",
            "weeks": "w wk wks week weeks wk's week's",
            "days": "d day days day's dys",
        }.items()
        for word in words.split()
    }
)
_ORDER = ("years", "months", "weeks", "days")
_MOST = {"months": 11, "weeks": 51, "days": 0}
"""Up to how many of a smaller unit belong to the greater one before it; of days that depends on what is said of them: see _with_days."""
_SHORTHAND = {"12": "months", "52": "weeks", "7": "days"}
_FRACTIONS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_SMALL: Mapping[str, int] = MappingProxyType(
    {
        "one": 1,
        "two": 2,
        "three": 3,
        "four": 4,
        "five": 5,
        "six": 6,
        "seven": 7,
        "eight": 8,
        "nine": 9,
        "ten": 10,
        "eleven": 11,
        "twelve": 12,
        "thirteen": 13,
        "fourteen": 14,
        "fifteen": 15,
        "sixteen": 16,
        "seventeen": 17,
        "eighteen": 18,
        "nineteen": 19,
    }
)
_TENS: Mapping[str, int] = MappingProxyType(
    {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
)


class Term(Model):
    """A length of time as written: 4 years 6 months stays 4 years 6 months."""

    years: Decimal = Decimal(0)
    months: Decimal = Decimal(0)
    weeks: Decimal = Decimal(0)
    days: Decimal = Decimal(0)

    @property
    def in_months(self) -> Decimal | None:
        """The exact number of months; None where weeks or days are in it."""
        return None if self.weeks or self.days else self.years * 12 + self.months

    @property
    def in_days(self) -> Decimal:
        """About how many days, to compare lengths: a year is 365 days, a month a twelfth of it."""
        return self.years * 365 + self.months * 365 / 12 + self.weeks * 7 + self.days

    def __add__(self, other: Term) -> Term:
        return Term(
            years=self.years + other.years,
            months=self.months + other.months,
            weeks=self.weeks + other.weeks,
            days=self.days + other.days,
        )

    def at_least_a_year(self) -> bool | None:
        """Whether this is 12 months or more; None for exactly 52 weeks (364 days) and where a month's length would decide."""
        months, days = self.years * 12 + self.months, self.weeks * 7 + self.days
        if days > 364:
            return True
        if not months:
            return None if days == 364 else False
        return True if days >= 31 * (12 - months) else False if days < 28 * (12 - months) else None

    def words(self) -> str:
        """`4 years 6 months`."""
        parts = []
        for unit in _ORDER:
            number = getattr(self, unit)
            if number:
                parts.append(f"{number.normalize():f} {unit[:-1] if number == 1 else unit}")
        return " ".join(parts)


class Found(NamedTuple):
    """A term at tokens `first` up to, not including, `last`."""

    term: Term
    first: int
    last: int


def _number(tokens: Sequence[Token], at: int) -> tuple[Decimal, int] | None:
    """The number that begins at `at`, and where it ends."""
    text = tokens[at].text
    rest = [token.text for token in tokens[at + 1 : at + 5]]
    if text in _FRACTIONS:
        return _FRACTIONS[text], at + 1
    if text[0].isdigit():
        number = Decimal(text)
        if rest and rest[0] in _FRACTIONS:
            return number + _FRACTIONS[rest[0]], at + 2
        if rest[:3] == ["1", "/", "2"]:
            return number + Decimal("0.5"), at + 4
        if text == "1" and rest[:2] == ["/", "2"]:
            return Decimal("0.5"), at + 3
        return number, at + 1
    if text in _TENS:
        skip = 1 if rest and rest[0] == "-" else 0
        if len(rest) > skip and _SMALL.get(rest[skip], 10) < 10:
            return Decimal(_TENS[text] + _SMALL[rest[skip]]), at + 2 + skip
        return Decimal(_TENS[text]), at + 1
    if text in _SMALL:
        return Decimal(_SMALL[text]), at + 1
    if text == "half" and rest[:1] == ["a"]:
        return Decimal("0.5"), at + 2
    if text == "a" and rest and rest[0].startswith(("year", "month")):
        return Decimal(1), at + 1
    return None


def _part(tokens: Sequence[Token], at: int) -> tuple[str, Decimal, int] | None:
    """A number with its unit beginning at `at`: the unit, the number, where it ends."""
    if at and tokens[at - 1].text in ("£", "$", ".") and tokens[at - 1].end == tokens[at].start:
        return None
    found = _number(tokens, at)
    if found is None or not found[0]:
        return None
    number, end = found
    rest = [token.text for token in tokens[end : end + 4]]
    if (
        rest[:1] == ["/"]
        and len(rest) > 1
        and rest[1] in _SHORTHAND
        and (len(rest) < 3 or rest[2] not in ("/", *_UNITS))
    ):
        return _SHORTHAND[rest[1]], number, end + 2
    if rest[:3] == ["and", "a", "half"]:
        number, rest, end = number + Decimal("0.5"), rest[3:], end + 3
    if rest[:1] == ["-"] and len(rest) > 1:
        rest, end = rest[1:], end + 1
    if rest[:1] == ["calendar"]:
        rest, end = rest[1:], end + 1
    if not rest or rest[0] not in _UNITS:
        return None
    unit, end = _UNITS[rest[0]], end + 1
    if rest[1:4] == ["and", "a", "half"]:
        number, end = number + Decimal("0.5"), end + 3
    return unit, number, end


def terms_of(tokens: Sequence[Token], *, joined: bool = True) -> tuple[Found, ...]:
    """Every length in order. Smaller units right after a greater one belong to it; a comma or `and` between joins only when `joined`."""
    found: list[Found] = []
    at = 0
    while at < len(tokens):
        part = _part(tokens, at)
        if part is None:
            at += 1
            continue
        first, lengths = at, dict.fromkeys(_ORDER, Decimal(0))
        while part is not None:
            unit, number, end = part
            lengths[unit] = number
            after = end
            if after < len(tokens) and tokens[after].text == "'":
                after += 1
            end = after
            if joined and after < len(tokens) and tokens[after].text in ("and", "&", ","):
                after += 1
            part = _part(tokens, after) if after < len(tokens) else None
            if part is not None and (_ORDER.index(part[0]) <= _ORDER.index(unit) or part[1] > _MOST[part[0]]):
                part = None
        found.append(Found(Term(**lengths), first, end))
        at = end
    return tuple(found)
