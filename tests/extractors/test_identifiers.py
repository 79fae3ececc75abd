"""Identifiers are normalised and checked as the contract says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.identifiers import CHECK_LETTERS, cro, nhs, pnc, prison, visor

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("1979/0163001B", "1979/0163001B"),
        ("2002/0073319Z", "2002/0073319Z"),
        ("81/34U", "1981/0000034U"),
        ("033Y", "2003/0000003Y"),
        ("2012/0394773H", "2012/0394773H"),
        ("1967/9893091D", "1967/9893091D"),
        (" 2012 / 0394773 h ", "2012/0394773H"),
        ("12/394773H", "2012/0394773H"),
        ("20120394773H", "2012/0394773H"),
    ],
)
def test_a_good_pnc_id_is_valid_in_its_long_form(written: str, normal: str) -> None:
    found = pnc(written, TODAY)
    assert (found.normalised, found.outcome, found.as_written) == (normal, "valid", written)


@pytest.mark.parametrize("written", ["2012/0123456A", "2001/0171310S"])
def test_a_wrong_pnc_letter_is_noticed_and_the_value_kept(written: str) -> None:
    assert (pnc(written, TODAY).outcome, pnc(written, TODAY).normalised) == ("wrong_check", written)


@pytest.mark.parametrize("written", ["", "H", "212/0394773H", "2012/0394773", "2012/03947731H", "see OASys"])
def test_what_is_no_pnc_id_has_the_wrong_shape(written: str) -> None:
    assert pnc(written, TODAY).outcome == "wrong_shape"


def test_a_two_digit_pnc_year_up_to_this_year_is_of_this_century() -> None:
    assert pnc("26/34U", TODAY).normalised.startswith("2026/")
    assert pnc("27/34U", TODAY).normalised.startswith("1927/")


@given(year=st.integers(1950, 2026), serial=st.integers(0, 9_999_999))
def test_exactly_one_letter_fits_a_pnc_number_however_it_is_written(year: int, serial: int) -> None:
    fits = [letter for letter in CHECK_LETTERS if pnc(f"{year}/{serial}{letter}", TODAY).valid]
    assert len(fits) == 1
    short = pnc(f"{year:04d}/{serial:07d}{fits[0].lower()}", TODAY)
    assert short.valid and short.normalised == pnc(short.normalised, TODAY).normalised


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("65656/91H", "065656/91H"),
        ("029906/12J", "029906/12J"),
        ("SF05/482703J", "SF05/482703J"),
        ("sf83/50058z", "SF83/50058Z"),
    ],
)
def test_a_good_cro_number_is_valid(written: str, normal: str) -> None:
    assert (cro(written).normalised, cro(written).outcome) == (normal, "valid")


def test_a_wrong_cro_letter_or_shape_is_noticed() -> None:
    assert cro("85227/65G").outcome == "wrong_check"
    assert cro("85227-65G").outcome == "wrong_shape"


@pytest.mark.parametrize(
    ("written", "normal", "outcome"),
    [
        ("943 476 5919", "9434765919", "valid"),
        ("999-000-0018", "9990000018", "valid"),
        ("999 000 0019", "9990000019", "wrong_check"),
        ("999 000 001", "999 000 001", "wrong_shape"),
    ],
)
def test_nhs_numbers_are_checked_modulo_eleven(written: str, normal: str, outcome: str) -> None:
    assert (nhs(written).normalised, nhs(written).outcome) == (normal, outcome)


@given(st.integers(0, 999_999_999))
def test_an_nhs_number_has_at_most_one_check_digit(first_nine: int) -> None:
    assert sum(nhs(f"{first_nine:09d}{last}").valid for last in range(10)) <= 1


def test_prison_numbers_are_checked_by_shape() -> None:
    assert prison(" a1234bc").normalised == "A1234BC"
    assert prison("A1234B").outcome == "wrong_shape"


def test_a_visor_reference_is_taken_as_it_is_in_capitals() -> None:
    assert visor("  wm 88576 ").normalised == "WM 88576"
