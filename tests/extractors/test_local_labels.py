"""Labels of an area's own forms are data that comes with the file, checked so that no field is mistaken for another."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage
from typing import get_args

import pytest
from local_form import OWN, local_form

from extractors.contract import FIELDS, keys_of
from extractors.forms.definitions import OTHER, definition
from extractors.forms.local import LONGEST_LOCAL, LocalLabel, definition_with, names_of, problem_with
from extractors.models import FormCode
from extractors.read import read

DAY = date(2026, 11, 20)
OURS = LocalLabel(form="A", key="person.agency_ref", label=OWN)


def test_a_value_under_a_local_label_is_read_once_the_label_is_known() -> None:
    content = local_form()
    (before,), (after,) = read(content, "a.docx", DAY).forms, read(content, "a.docx", DAY, (OURS,)).forms
    assert before.value("person.agency_ref") is None
    found = after.values["person.agency_ref"]
    assert (found.status, found.value) == ("read", "AMB/77/19") and found.confidence >= 0.9
    assert found.evidence is not None and found.evidence.label == OWN
    assert (before.unknown_labels, after.unknown_labels) == ((OWN,), ())
    others = set(keys_of("A")) - {"person.agency_ref"}
    assert {key: before.value(key) for key in others} == {key: after.value(key) for key in others}


def test_a_local_label_is_known_in_a_form_that_came_by_mail() -> None:
    mail = EmailMessage()
    mail["Subject"] = "Form"
    mail.set_content("Please find the form.")
    mail.add_attachment(local_form(), maintype="application", subtype="octet-stream", filename="a.docx")
    (form,) = read(mail.as_bytes(), "mail.eml", DAY, (OURS,)).forms
    assert form.value("person.agency_ref") == "AMB/77/19"


def test_a_label_is_known_on_its_own_form_only() -> None:
    assert definition_with("H", (OURS,)) is definition("H")
    assert {match.owner for match in definition_with("A", (OURS,)).labels.exact(OWN)} == {"person.agency_ref"}
    assert not definition("A").labels.exact(OWN)


def test_a_label_of_a_field_that_is_gone_is_left_out() -> None:
    gone = LocalLabel(form="A", key="person.shoe_size", label="Shoe size")
    assert not definition_with("A", (gone,)).labels.exact("Shoe size")


def test_a_local_label_goes_before_a_wording_that_is_no_field() -> None:
    meant = definition("A")
    phrase = next(phrase for owner, phrase in meant.labels.phrases if owner == OTHER)
    new = LocalLabel(form="A", key="person.agency_ref", label=phrase)
    assert {match.owner for match in definition_with("A", (new,)).labels.exact(phrase)} == {"person.agency_ref"}


@pytest.mark.parametrize("form", get_args(FormCode))
def test_no_shipped_label_of_another_field_can_be_taken(form: FormCode) -> None:
    meant = definition(form)
    for owner, phrase in meant.labels.phrases:
        key = next(key for key in keys_of(form) if key != owner)
        if owner != OTHER:
            assert problem_with(LocalLabel(form=form, key=key, label=phrase), ()) is not None, phrase


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"key": "person.shoe_size"}, "no such field"),
        ({"label": ""}, "as it is printed"),
        ({"label": "  ?! "}, "as it is printed"),
        ({"label": "Who"}, "a word that tells"),
        ({"label": "12"}, "a word that tells"),
        ({"label": f"{OWN} " * 9}, f"below {LONGEST_LOCAL}"),
        ({"label": "unique identifier of the agency"}, "already"),
        ({"label": "3. DATE OF BIRTH:"}, "“Date of birth”"),
        ({"label": "Very high"}, "an answer"),
        ({"label": "Relevant information"}, "heading"),
        ({"label": OWN.upper()}, "means “Nationality”"),
    ],
)
def test_a_label_that_would_be_mistaken_is_refused(changed: dict[str, str], says: str) -> None:
    known = (LocalLabel(form="A", key="person.nationality", label=OWN),)
    new = OURS.model_copy(update={"label": "Casebook place"} | changed)
    assert says in (problem_with(new, known) or "")


def test_a_label_that_says_something_of_its_own_is_taken() -> None:
    assert problem_with(OURS, ()) is None
    assert problem_with(OURS.model_copy(update={"form": "H"}), (OURS,)) is None
    assert problem_with(LocalLabel(form="A", key="person.full_name", label="Whom this concerns by name"), ()) is None


@pytest.mark.parametrize("form", get_args(FormCode))
def test_every_field_of_a_form_can_be_chosen_by_its_name(form: FormCode) -> None:
    names = names_of(form)
    assert set(keys_of(form)) <= set(names) and all(names.values())
    assert set(names) - set(FIELDS) == set(definition(form).fields) - set(FIELDS)
