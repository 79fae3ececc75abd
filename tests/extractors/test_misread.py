"""Identifiers with signs that recognition confused."""

from __future__ import annotations

from datetime import date

import pytest

from extractors.identifiers import CHECKS
from extractors.matching.values.misread import corrected

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("key", "seen", "meant"),
    [
        ("person.pnc_id", "2012/O394773H", "2012/0394773H"),
        ("person.pnc_id", "Z0I2/0394773H", "2012/0394773H"),
        ("person.cro_number", "O29906/12J", "029906/12J"),
        ("person.nhs_number", "943 476 S919", "9434765919"),
        ("person.prison_number", "AI234BC", "A1234BC"),
        ("person.prison_number", "A1234B8", "A1234BB"),
    ],
)
def test_a_sign_taken_for_its_like_is_put_right(key: str, seen: str, meant: str) -> None:
    found = corrected(seen, CHECKS[key], DAY)
    assert found is not None and found.normalised == meant


@pytest.mark.parametrize(
    ("key", "seen"),
    [
        ("person.pnc_id", "2012/0123456A"),  # the right shape, the wrong letter: the writer's slip
        ("person.prison_number", "AQ234BC"),  # a nought or a nine
        ("person.nhs_number", "943 476 S918"),  # put right, it fails its check
        ("person.pnc_id", "unknown"),
    ],
)
def test_what_nothing_proves_is_left_as_it_was_read(key: str, seen: str) -> None:
    assert corrected(seen, CHECKS[key], DAY) is None
