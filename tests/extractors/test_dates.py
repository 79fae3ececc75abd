"""Dates are read day first, as real calendar days, in every way people write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.dates import dates_in, parse_date

TODAY = date(2026, 11, 20)
DAYS = st.dates(date(1920, 1, 1), date(2075, 12, 31))


def ordinal(day: int) -> str:
    return f"{day}{'th' if 10 <= day % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


WAYS = [
    lambda d: d.isoformat(),
    lambda d: d.strftime("%d/%m/%Y"),
    lambda d: f"{d.day}/{d.month}/{d.year}",
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: d.strftime("%d-%m-%Y"),
    lambda d: d.strftime("%d %m %Y"),
    lambda d: f"{d.day} {d.strftime('%B')} {d.year}",
    lambda d: f"{ordinal(d.day)} {d.strftime('%b')} {d.year}",
    lambda d: f"{ordinal(d.day)} of {d.strftime('%B')}, {d.year}",
    lambda d: d.strftime("%d-%b-%Y"),
    lambda d: d.strftime("%A %d %B %Y"),
    lambda d: d.strftime("%d%m%Y"),
]


@given(day=DAYS, way=st.sampled_from(WAYS))
def test_every_way_of_writing_a_day_gives_that_day(day: date, way) -> None:
    if len(way(day)) == 8 and way(day).isdigit() and not 1900 <= day.year < 2100:
        return
    assert parse_date(way(day), TODAY) == day
    assert parse_date(f"  {way(day)}. ", TODAY) == day


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("31/03/1980", "1980-03-31"),
        ("31.3.80", "1980-03-31"),
        ("31st Mar 80", "1980-03-31"),
        ("22nd Jun 26", "2026-06-22"),
        ("13 - 06 - 2024", "2024-06-13"),
        ("3rd Sept. 2026", "2026-09-03"),
        ("Fri 20 Nov 2026", "2026-11-20"),
    ],
)
def test_short_years_and_odd_spacing_are_understood(written: str, iso: str) -> None:
    assert parse_date(written, TODAY) == date.fromisoformat(iso)


@pytest.mark.parametrize(
    "written",
    [
        "03/31/1980",
        "31/02/2020",
        "Spring 2027",
        "March 2027",
        "31/03",
        "00/01/2020",
        "Indefinite",
        "Life",
        "",
        "1/2/345",
        "12/03/2027 or 14/04/2027",
    ],
)
def test_what_is_no_single_real_day_is_no_date(written: str) -> None:
    assert parse_date(written, TODAY) is None


@given(DAYS)
def test_numbers_are_never_read_month_first(day: date) -> None:
    if day.day > 12:
        assert parse_date(f"{day.month}/{day.day}/{day.year}", TODAY) is None


@given(st.dates(TODAY - timedelta(days=365 * 99), TODAY - timedelta(days=366 * 10)))
def test_a_short_birth_year_makes_a_person_of_ten_or_more(day: date) -> None:
    read = parse_date(day.strftime("%d/%m/%y"), TODAY, "birth")
    assert read is not None and read.year <= TODAY.year - 10


def test_a_short_year_of_a_day_to_come_is_of_this_century() -> None:
    assert parse_date("1/6/61", TODAY, "future") == date(2061, 6, 1)
    assert parse_date("1/6/61", TODAY, "past") == date(1961, 6, 1)
    assert parse_date("1/6/14", TODAY, "birth") == date(2014, 6, 1)
    assert parse_date("1/6/20", TODAY, "birth") == date(1920, 6, 1)


def test_all_dates_of_a_sentence_are_found_in_order() -> None:
    text = "Sentenced on 3 May 2024, released 12.6.25 and recalled 01/07/2025."
    assert [found.day.isoformat() for found in dates_in(text, TODAY)] == ["2024-05-03", "2025-06-12", "2025-07-01"]
    assert [text[found.start : found.end] for found in dates_in(text, TODAY)] == ["3 May 2024", "12.6.25", "01/07/2025"]


def test_numbers_that_are_no_dates_are_left_alone() -> None:
    assert dates_in("OGRS3 52%, RSR 6.4%, 01632 960 187, 2012/0394773H, s.37/41", TODAY) == ()
