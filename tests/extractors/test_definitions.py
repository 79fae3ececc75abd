"""Form data is checked when it is read: what does not fit the contract is refused by name."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from extractors.contract import keys_of
from extractors.forms.definitions import OTHER, compiled, definition, laid_over, read_files
from extractors.models import FormCode

FORMS: tuple[FormCode, ...] = get_args(FormCode)


@pytest.mark.parametrize("form", FORMS)
def test_every_key_of_a_form_has_a_label(form: FormCode) -> None:
    meant = definition(form)
    labelled = {owner for owner, _ in meant.labels.phrases}
    made = {part for field in meant.fields.values() for part in field.split}
    spread = {key for key, field in meant.fields.items() if field.spread}
    assert set(keys_of(form)) <= labelled | made | spread


@pytest.mark.parametrize("form", FORMS)
def test_every_label_shipped_is_found_by_its_own_wording(form: FormCode) -> None:
    meant = definition(form)
    lost = [
        label
        for row in read_files(form).field
        if row.key in meant.fields
        for label in row.labels
        if row.key not in {match.owner for match in meant.labels.exact(label)}
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        ({"field": [{"key": "person.shoe_size", "labels": ["Shoe size"]}]}, "person.shoe_size is no field key"),
        (
            {"field": [{"key": "person.both", "split": ["person.family_name", "person.shoe"]}]},
            "person.shoe, which is no",
        ),
        ({"field": [{"key": "risk.overall", "options": {"dire": ["Dire"]}}]}, "no option dire; it has high, low"),
        ({"field": [{"key": "risk.marac", "labels": ["MARAC"]}]}, "risk.marac is no field key"),
        (
            {"field": [{"key": "safeguarding.marac", "options": {"maybe": ["Perhaps"]}}]},
            "no option maybe; it has no, yes",
        ),
        ({"field": [{"key": "risk.tools", "columns": {"weight": ["Weight"]}}]}, "no column weight; it has tool, score"),
        ({"field": [{"key": "area", "found": "somewhere"}]}, "Input should be 'label', 'options' or 'title'"),
        ({"field": [{"key": "area", "lables": ["Area"]}]}, "Extra inputs are not permitted"),
        ({"field": [{"key": "area", "labels": "Area"}]}, "labels"),
        ({"part": [{"id": "person"}]}, "headings"),
        ({"form": "Z"}, "Input should be 'A', 'H' or 'I'"),
        ({"edition": [{"labels": ["Area"]}]}, "name"),
    ],
)
def test_data_that_does_not_fit_is_refused_by_name(layer: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        laid_over({"form": "A"}, layer)
    assert told in str(refused.value)


def test_layers_add_up() -> None:
    data = laid_over(
        {"form": "A", "field": [{"key": "area", "labels": ["Area"]}], "other": {"labels": ["Shoe size"]}},
        {"field": [{"key": "area", "labels": ["Patch"]}], "other": {"labels": ["Hat size"]}},
    )
    meant = compiled(data)
    for label, owner in (("Area", "area"), ("Patch", "area"), ("Shoe size", OTHER), ("Hat size", OTHER)):
        assert [match.owner for match in meant.labels.exact(label)] == [owner]


def test_a_label_of_another_form_is_known_as_no_key_here() -> None:
    (match,) = definition("A").labels.exact("Commissioning body")
    assert match.owner == OTHER
    assert "hospital.commissioner" in {match.owner for match in definition("I").labels.exact("Commissioning body")}
