"""Identifier formats: normalises what was written and says whether its check holds, for warning and never for rejection.

Shapes and check letters as published in HMPPS services (hmpps-person-record, hmpps-prisoner-search) and the NHS number
standard. A two-digit PNC year needs to know what year it is, so the day of reading is passed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Literal

from extractors.models import Model

Outcome = Literal["valid", "wrong_check", "wrong_shape"]

CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
"""The 23 letters (no I, O or S) that PNC and CRO numbers index by their number modulo 23."""

_PNC = re.compile(r"(?:(?P<year>\d{4}|\d{2})/(?P<serial>\d{1,7})|(?P<digits>\d{3,11}))(?P<letter>[A-Z])")
_CRO = re.compile(r"(?P<serial>\d{1,6})/(?P<year>\d{2})(?P<letter>[A-Z])")
_CRO_FINGERPRINT = re.compile(r"SF(?P<year>\d{2})/(?P<serial>\d{1,6})(?P<letter>[A-Z])")
_PRISON = re.compile(r"[A-Z]\d{4}[A-Z]{2}")
_NHS = re.compile(r"\d{10}")


class Identifier(Model):
    """An identifier as written, in its normal form (the text in capitals when the shape is wrong), and how its check ended."""

    as_written: str
    normalised: str
    outcome: Outcome

    @property
    def valid(self) -> bool:
        return self.outcome == "valid"


def pnc(text: str, today: date) -> Identifier:
    """PNC ID: year, serial and check letter, as YYYY/NNNNNNNX. `today` decides the century of a two-digit year.

    Without a slash, twelve characters have a four-digit year and fewer a two-digit one.
    """
    found = _PNC.fullmatch(_squeezed(text))
    if found is None:
        return _wrong_shape(text)
    year, serial, letter = found["year"], found["serial"], found["letter"]
    if year is None:
        digits = found["digits"]
        split = 4 if len(digits) == 11 else 2
        year, serial = digits[:split], digits[split:]
        if len(serial) > 7:
            return _wrong_shape(text)
    if len(year) == 2:
        year = f"20{year}" if 2000 + int(year) <= today.year else f"19{year}"
    serial = serial.zfill(7)
    return _checked(text, f"{year}/{serial}{letter}", int(year[-2:] + serial), letter)


def cro(text: str) -> Identifier:
    """CRO number: NNNNNN/YYX, the serial padded to six digits, or the fingerprint-only SFYY/NNNNNNX, never padded."""
    squeezed = _squeezed(text)
    if found := _CRO.fullmatch(squeezed):
        serial = found["serial"].zfill(6)
        return _checked(
            text, f"{serial}/{found['year']}{found['letter']}", int(found["year"] + serial), found["letter"]
        )
    if found := _CRO_FINGERPRINT.fullmatch(squeezed):
        return _checked(text, squeezed, int(found["year"] + found["serial"]), found["letter"])
    return _wrong_shape(text)


def prison(text: str) -> Identifier:
    """Prison (NOMIS) number: A1234BC. There is no published check character."""
    squeezed = _squeezed(text)
    if not _PRISON.fullmatch(squeezed):
        return _wrong_shape(text)
    return Identifier(as_written=text, normalised=squeezed, outcome="valid")


def nhs(text: str) -> Identifier:
    """NHS number: ten digits, the last one 11 less the weighted sum of the others modulo 11 (11 becomes 0, 10 is never issued)."""
    digits = _squeezed(text).replace("-", "")
    if not _NHS.fullmatch(digits):
        return _wrong_shape(text)
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    holds = check % 11 == int(digits[9]) and check != 10
    return Identifier(as_written=text, normalised=digits, outcome="valid" if holds else "wrong_check")


def visor(text: str) -> Identifier:
    """ViSOR (MAPPS) reference: no format is published, so anything is accepted, in capitals."""
    return Identifier(as_written=text, normalised=" ".join(text.split()).upper(), outcome="valid")


CHECKS: dict[str, Callable[[str, date], Identifier]] = {
    "person.pnc_id": pnc,
    "person.cro_number": lambda text, _: cro(text),
    "person.prison_number": lambda text, _: prison(text),
    "person.nhs_number": lambda text, _: nhs(text),
}
"""The check of each contract key of kind identifier: (text, day of reading) -> Identifier."""


def _squeezed(text: str) -> str:
    return "".join(text.split()).upper()


def _wrong_shape(text: str) -> Identifier:
    return Identifier(as_written=text, normalised=" ".join(text.split()).upper(), outcome="wrong_shape")


def _checked(text: str, normalised: str, number: int, letter: str) -> Identifier:
    holds = CHECK_LETTERS[number % 23] == letter
    return Identifier(as_written=text, normalised=normalised, outcome="valid" if holds else "wrong_check")
