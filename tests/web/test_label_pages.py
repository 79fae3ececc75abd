"""Administrators teach the reader, by pages, what local forms print."""

from __future__ import annotations

import io

import pytest
from house import Cast
from local_form import OWN, local_form
from visitors import Visitor, text_of

from intake.house import House

PATH = "/administration/labels"
FORM = {"form": "A", "key": "person.agency_ref", "label": OWN}


@pytest.fixture
def administrator(visitors: dict[str, Visitor]) -> Visitor:
    return visitors["administrator"]


def test_a_label_is_added_listed_and_removed(administrator: Visitor) -> None:
    page = administrator.page(administrator.send(PATH, FORM).location)
    assert OWN in text_of(page.xpath("//tbody/tr")[0]) and "Agency unique identifier" in text_of(page)
    (remove,) = page.xpath("//tbody//form/@action")
    page = administrator.page(administrator.send(remove).location)
    assert "no longer known" in text_of(page) and not page.xpath("//tbody")
    assert administrator.send(remove).status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"form": "Q"}, "form"),
        ({"form": ""}, "form"),
        ({"key": ""}, "key"),
        ({"key": "person.shoe_size"}, "label"),
        ({"label": ""}, "label"),
        ({"label": "Nationality"}, "label"),
        ({"form": "H", "key": "risk.public"}, "label"),
        ({"label": "x" * 100_000}, "label"),
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
    assert page.xpath("//input[@id='label']")[0].value == (FORM | changed)["label"]


def test_every_field_is_offered_once(administrator: Visitor) -> None:
    offered = administrator.page(PATH).xpath("//select[@id='key']//option/@value")
    assert len(offered) == len(set(offered)) > 90


def test_a_tried_form_shows_what_is_not_known_and_offers_to_add_it(
    administrator: Visitor, house: House, cast: Cast
) -> None:
    response = administrator.send(f"{PATH}/try", {"form_file": (io.BytesIO(local_form()), "a.docx")})
    page = administrator.parsed(response)
    assert response.status_code == 200 and f"and not known {OWN} Say below" in text_of(page)
    assert page.xpath("//input[@id='label']")[0].value == OWN
    assert page.xpath("//input[@name='form'][@checked]/@value") == ["A"]
    assert "Marrowby" not in response.get_data(as_text=True)
    assert house.views.my_referrals(cast.yot).lines == ()


@pytest.mark.parametrize(("content", "says"), [(b"", "empty"), (b"just words", ""), (b"x" * (1024 * 1024 + 1), "1 MB")])
def test_a_file_that_cannot_be_tried_is_refused_in_words(administrator: Visitor, content: bytes, says: str) -> None:
    response = administrator.send(f"{PATH}/try", {"form_file": (io.BytesIO(content), "a.docx")})
    assert response.status_code == 422
    summary = administrator.parsed(response).xpath("//div[contains(@class, 'govuk-error-summary')]")[0]
    assert says in text_of(summary) and summary.xpath(".//a/@href") == ["#form_file"]


def test_labels_are_taught_only_by_those_who_may(coordinator: Visitor, yot: Visitor) -> None:
    for visitor in (coordinator, yot):
        assert visitor.get(PATH).status_code == 403
        assert visitor.send(f"{PATH}/try", {}).status_code == 403
