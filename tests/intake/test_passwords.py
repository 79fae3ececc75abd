"""Passwords: long, not among the first to be guessed, with no rule on which signs they are made of."""

from __future__ import annotations

import pytest

from intake.errors import DeskError
from intake.people.passwords import demand_good


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password1234!",
        "qwertyuiop12",
        "aaaaaaaaaaaa",
        "123456789012",
        "Yvonne Otter1",
        "yot@example.org",
        "iloveyou1234",
    ],
)
def test_what_is_guessed_first_is_not_taken(password: str) -> None:
    with pytest.raises(DeskError, match="would be guessed"):
        demand_good(password, "yot@example.org", "Yvonne Otter")


@pytest.mark.parametrize("password", ["short", "x", "", "a" * 201])
def test_its_length_is_the_first_thing_said(password: str) -> None:
    with pytest.raises(DeskError, match="12 to 200 characters"):
        demand_good(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "lampe garten fluss",
        "ünïcödé wörds hére",
        "4821 7730 1946 5502",
        "tq" * 3 + "lamp river " * 17,
    ],
)
def test_length_alone_is_enough_whatever_it_is_made_of(password: str) -> None:
    demand_good(password, "yot@example.org", "Yvonne Otter")
