"""Coordinators look at statistics, follow a number to its cases, and take along what may be published."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from uuid import UUID

import pytest
from house import Cast
from visitors import Visitor, text_of

from web.statistics import shown

PERIOD = "from-day=1&from-month=4&from-year=2026&to-day=31&to-month=3&to-year=2027"


def test_a_number_leads_to_its_cases(coordinator: Visitor, arrived: Callable[..., UUID]) -> None:
    first = arrived(level_requested="3")
    arrived(level_requested="2")
    page = coordinator.page(f"/statistics?{PERIOD}")
    level_3 = page.xpath("//section[h2[@id='asked']]//tr[th[contains(., 'Level 3')]]//a")
    assert [text_of(link).split()[0] for link in level_3] == ["1", "1"]
    cases = coordinator.page(level_3[0].get("href"))
    assert cases.xpath("//tbody//a/@href") == [f"/cases/{first}"]
    assert text_of(cases.xpath("//h1")[0]) == "By level asked for: Level 3"


def test_what_is_published_has_no_small_number_and_no_link(coordinator: Visitor, arrived: Callable[..., UUID]) -> None:
    for _ in range(2):
        arrived()
    page = coordinator.page(f"/statistics?{PERIOD}&public=1")
    numbers = {text_of(cell) for cell in page.xpath("//section//td[contains(@class, 'numeric')]")}
    assert numbers == {"0", "under 5"}
    assert not page.xpath("//section//a") and not page.xpath("//svg")
    rows = list(
        csv.DictReader(io.StringIO(coordinator.get(f"/statistics/figures.csv?{PERIOD}&public=1").text.lstrip("\ufeff")))
    )
    assert {row["number"] for row in rows} == {"0", "under 5"}


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0"), (1, "under 5"), (4, "under 5"), (5, "5"), (7, "5"), (8, "10"), (12, "10"), (13, "15"), (1000, "1000")],
)
def test_published_numbers_are_rounded_to_the_nearest_five(number: int, words: str) -> None:
    assert shown(number) == words


def test_numbers_to_take_along_are_those_of_the_page(coordinator: Visitor, arrived: Callable[..., UUID]) -> None:
    arrived(category=["1"])
    answer = coordinator.get(f"/statistics/figures.csv?{PERIOD}")
    assert answer.headers["Content-Disposition"].endswith('mappa-statistics-2026-04-01-2027-03-31.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    found = [row for row in rows if row["count"] == "By MAPPA category" and row["number"] != "0"]
    assert [(row["line"], row["form"], row["number"]) for row in found] == [("Category 1", "Form A", "1")]


def test_an_agency_named_like_a_formula_is_text_in_a_spreadsheet(
    visitors: dict[str, Visitor], arrived: Callable[..., UUID], cast: Cast
) -> None:
    arrived()
    assert cast.yot.agency_id
    visitors["administrator"].send(
        f"/administration/agencies/{cast.yot.agency_id}", {"name": "=1+1", "type": "yot", "area": "WM"}
    )
    rows = csv.DictReader(io.StringIO(visitors["coordinator"].get(f"/statistics/figures.csv?{PERIOD}").text))
    assert "'=1+1" in [row["line"] for row in rows]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from-day=31&from-month=2&from-year=2026&to-day=1&to-month=3&to-year=2026", "from-day"),
        ("from-day=1&from-month=4&from-year=2026", "to-day"),
        ("from-day=2&from-month=4&from-year=2026&to-day=1&to-month=4&to-year=2026", "to-day"),
        ("from-day=1&from-month=1&from-year=1926&to-day=1&to-month=4&to-year=2026", "to-day"),
        ("from-day=one&from-month=4&from-year=2026&to-day=1&to-month=4&to-year=2026", "from-day"),
    ],
)
def test_a_period_that_is_none_is_told_at_its_field(coordinator: Visitor, query: str, field: str) -> None:
    response = coordinator.get(f"/statistics?{query}")
    assert response.status_code == 422
    page = coordinator.parsed(response)
    assert page.xpath("//div[contains(@class, 'govuk-error-summary')]//a/@href") == [f"#{field}"]
    assert page.xpath(f"//*[@id='{field}']")
    assert coordinator.get(f"/statistics/figures.csv?{query}").status_code == 404
    assert coordinator.get(f"/statistics/cases?count=asked&line=2&{query}").status_code == 404


def test_statistics_are_for_those_who_may_see_them(
    visitors: dict[str, Visitor], arrived: Callable[..., UUID], cast: Cast
) -> None:
    for sender in (cast.yot, cast.hospital):
        arrived(sender=sender)
    for who in ("yot", "administrator"):
        for path in ("/statistics", "/statistics/figures.csv", "/statistics/cases?count=asked&line=2"):
            assert visitors[who].get(path).status_code == 403
    for who, received in (("coordinator", "2"), ("manager", "1"), ("auditor", "under 5")):
        page = visitors[who].page(f"/statistics?{PERIOD}")
        assert text_of(page.xpath("//tr[th='Received']/td")[0]) == received
        assert bool(page.xpath("//section//a")) == (who == "coordinator")
        assert bool(page.xpath("//select[@name='agency_id']")) == (who != "manager")
