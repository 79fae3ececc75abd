"""Administrators keep the calendar of panels by pages."""

from __future__ import annotations

import pytest
from visitors import Visitor, text_of

PATH = "/administration/panels"
FORM = {
    "kind": "level_3",
    "district": " Dudley ",
    "first-day": "2",
    "first-month": "12",
    "first-year": "2026",
    "starts": "14:00",
    "weeks": "6",
    "until-day": "31",
    "until-month": "1",
    "until-year": "2027",
}


@pytest.fixture
def administrator(visitors: dict[str, Visitor]) -> Visitor:
    return visitors["administrator"]


def test_panels_are_added_by_rule_cancelled_and_held_after_all(administrator: Visitor) -> None:
    page = administrator.page(administrator.send(PATH, FORM).location)
    rows = [[text_of(cell) for cell in row][1:] for row in page.xpath("//tbody/tr")]
    assert rows == [
        ["Wednesday 2 December 2026", "2:00pm", "Level 3", "Dudley", "0", "Yes"],
        ["Wednesday 13 January 2027", "2:00pm", "Level 3", "Dudley", "0", "Yes"],
    ]
    first, _ = page.xpath("//tbody//input/@value")
    page = administrator.page(administrator.send(f"{PATH}/change", {"panel": first, "what": "cancel"}).location)
    assert [text_of(row).endswith("Cancelled") for row in page.xpath("//tbody/tr")] == [True, False]
    page = administrator.page(administrator.send(f"{PATH}/change", {"panel": first, "what": "hold"}).location)
    assert "Cancelled" not in text_of(page.xpath("//table")[0])


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "level_9"}, "kind"),
        ({"first-day": "31", "first-month": "2"}, "first-day"),
        ({"first-year": ""}, "first-day"),
        ({"first-day": "", "first-month": "", "first-year": ""}, "first-day"),
        ({"starts": "half past"}, "starts"),
        ({"starts": "25:00"}, "starts"),
        ({"weeks": "ten"}, "weeks"),
        ({"weeks": "²"}, "weeks"),
        ({"weeks": ""}, "weeks"),
        ({"until-year": "2026"}, "until-day"),
    ],
)
def test_an_error_leads_to_its_field_and_keeps_what_was_typed(
    administrator: Visitor, changed: dict[str, str], field: str
) -> None:
    response = administrator.send(PATH, FORM | changed)
    assert response.status_code == 422
    page = administrator.parsed(response)
    assert page.xpath("//div[contains(@class, 'govuk-error-summary')]//a/@href") == [f"#{field}"]
    assert page.xpath(f"//*[@id='{field}']")
    assert page.xpath("//input[@id='district']")[0].value == "Dudley"
    assert not page.xpath("//tbody")


def test_panels_are_kept_only_by_those_who_may(coordinator: Visitor, yot: Visitor) -> None:
    for visitor in (coordinator, yot):
        assert visitor.get(PATH).status_code == 403
        assert visitor.send(PATH, FORM).status_code == 403
