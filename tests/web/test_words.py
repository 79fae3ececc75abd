"""Codes, dates and values in plain English, and the part of a page that is shown beside a value."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.contract import FIELDS
from extractors.models import Box
from extractors.refusals import CURES
from intake.terms import OUTCOMES, STATUS_WORDS
from validation.check import DEFAULT_PACK
from validation.models import Step
from validation.pack import load_pack
from web import words
from web.rows import A4, LEAST_WIDTH, MOST_HEIGHT, spot_within


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.2, "less than a second"),
        (1, "1 second"),
        (59.9, "59 seconds"),
        (60, "1 minute"),
        (7199, "1 hour"),
        (200_000, "2 days"),
    ],
)
def test_a_span_of_time_is_told_in_its_largest_unit(seconds: float, told: str) -> None:
    assert words.how_long(seconds) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (date(2026, 3, 3), "3 March 2026"),
        ("2026-11-20", "20 November 2026"),
        ("Spring 2027", "Spring 2027"),
        (None, ""),
    ],
)
def test_days_are_told_in_words(value: date | str | None, told: str) -> None:
    assert words.day(value) == told


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (datetime(2026, 11, 20, 0, 5, tzinfo=UTC), "20 November 2026 at 12:05am"),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "1 July 2026 at 12:30am"),
        (datetime(2026, 11, 20, 12, 0, tzinfo=UTC), "20 November 2026 at 12:00pm"),
        (datetime(2026, 11, 20, 21, 7, tzinfo=UTC), "20 November 2026 at 9:07pm"),
    ],
)
def test_moments_are_told_in_london_time(moment: datetime, told: str) -> None:
    assert words.moment(moment) == told


@pytest.mark.parametrize(("count", "told"), [(0, "0 questions"), (1, "1 question"), (2, "2 questions")])
def test_numbers_agree_with_their_nouns(count: int, told: str) -> None:
    assert words.number_of(count, "question") == told


def test_values_are_told_by_their_kind() -> None:
    assert words.value_lines("person.date_of_birth", "2010-04-02") == ("2 April 2010",)
    assert words.value_lines("endorsement.endorsed", "no") == ("No",)
    assert words.value_lines("risk.overall", "very_high") == ("Very high",)
    assert words.value_lines("category", ("1", "3"))[1] == "Category 3: other dangerous offender"
    assert words.value_lines("referral.reason", "One\nTwo") == ("One", "Two")
    assert words.value_lines("person.family_name", None) == ()
    tools = ({"tool": "OASys", "score": None, "date": "2026-09-01"},)
    assert words.value_rows("risk.tools", tools) == (("OASys", "", "1 September 2026"),)
    assert words.value_lines("risk.tools", tools) == ()


def test_every_code_that_pages_show_has_words() -> None:
    assert {field.section for field in FIELDS.values()} == words.SECTIONS.keys()
    assert set(words.ROUTES) >= set(load_pack(DEFAULT_PACK).routes)
    assert all(words.outcome_words(form, code) for form, outcomes in OUTCOMES.items() for code, _ in outcomes)
    assert all(STATUS_WORDS.values()) and all(CURES.values())


def test_a_trace_leaves_out_what_only_turns_it_round() -> None:
    leaf = Step(says="the form says so", truth="true")
    met = Step(says="met when", truth="true", parts=(leaf,))
    opposite = Step(says="the opposite of", truth="false", parts=(leaf,))
    not_met = Step(says="not met when", truth="false", parts=(opposite,))
    own = Step(says="not met when", truth="false", parts=(Step(says="it says no", truth="false"),))
    assert words.parts_worth_reading((met, not_met)) == (met,)
    assert words.parts_worth_reading((met, own)) == (met, own)


SIDES = st.floats(min_value=0, max_value=2000, allow_nan=False)
WIDTHS = st.floats(min_value=100, max_value=3000, allow_nan=False)


@given(WIDTHS, WIDTHS, SIDES, SIDES, SIDES, SIDES)
def test_the_part_of_a_page_beside_a_value_lies_on_the_page_and_shows_the_value(
    width: float, height: float, x: float, top: float, across: float, down: float
) -> None:
    x0, top = min(x, width - 1), min(top, height - 1)
    box = Box(x0=x0, top=top, x1=min(width, x0 + across), bottom=min(height, top + down))
    crop = spot_within(1, width, height, box).crop
    assert 0 <= crop.x0 <= box.x0 + 0.01 and box.x1 - 0.01 <= crop.x1 <= width
    assert 0 <= crop.top <= box.top and crop.bottom <= height
    assert crop.bottom - crop.top <= MOST_HEIGHT + 0.01
    assert crop.x1 - crop.x0 >= min(width, LEAST_WIDTH) - 0.01
    assert crop.bottom > crop.top


def test_a_small_spot_shows_its_label_to_the_left() -> None:
    crop = spot_within(1, *A4, Box(x0=300, top=100, x1=360, bottom=112)).crop
    assert crop.x0 == 170 and crop.x1 == 490
