"""Questions that seem to have no answer: where print stands that may be it, that is never sure."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from extractors.models import Value
from extractors.read import SURE, read
from tests.extractors.documents import cell, docx, paragraph, row, run, table
from tests.extractors.test_area_forms import DAY

BOLD = "<w:b/>"
ASKED = [
    ("MAPPA Area", "Staffordshire"),
    ("Last name", "Nowak"),
    ("First name(s)", "Anna Maria"),
    ("Date of birth", "03/06/1985"),
    ("Gender", "Female"),
    ("NHS number", "999 755 1613"),
    ("Court", "Stafford Crown Court"),
    ("Hospital and ward", "St Alphege Hospital, Kingfisher Ward"),
    ("Responsible Clinician", "Dr Colm Byrne"),
    ("Care co-ordinator / social supervisor", "Charlotte Venning (social supervisor)"),
    ("Telephone of referrer", "0121 496 0109"),
]
KEYS = [
    "area",
    "person.family_name",
    "person.given_names",
    "person.date_of_birth",
    "person.gender",
    "person.nhs_number",
    "conviction.court",
    "hospital.name",
    "hospital.responsible_clinician",
    "hospital.care_coordinator",
    "referrer.phone",
]


def values(body: str) -> dict[str, Value]:
    title = paragraph(run("MAPPA I")) + paragraph(run("Initial notification of MAPPA eligible patients"))
    (form,) = read(docx(title + body), "form.docx", DAY).forms
    return dict(form.values)


def lines(sign: str) -> str:
    return "".join(paragraph(run(label + sign, BOLD)) + paragraph(run(said, BOLD)) for label, said in ASKED)


def stacked(sign: str) -> str:
    rows = (row(cell(paragraph(run(text, BOLD)))) for label, said in ASKED for text in (label + sign, said))
    return table(*rows)


@pytest.mark.parametrize("sign", ["", ":"])
@pytest.mark.parametrize("draw", [lines, stacked])
def test_no_bold_answer_below_a_bold_label_is_surely_missing(draw: Callable[[str], str], sign: str) -> None:
    found = values(draw(sign))
    assert not [key for key in KEYS if found[key].status != "read" and found[key].confidence >= SURE]


def test_bold_answers_below_bold_labels_are_read() -> None:
    found = values(lines(""))
    assert sum(found[key].status == "read" for key in KEYS) >= len(KEYS) - 3


def test_print_below_a_label_beside_an_empty_cell_is_not_passed_over_for_sure() -> None:
    def drawn(number: int, label: str, said: str) -> str:
        head = paragraph(run(label, BOLD))
        return row(cell(head, said), cell("")) if number == 3 else row(cell(head), cell(said))

    rows = [drawn(number, label, said) for number, (label, said) in enumerate(ASKED)]
    found = values(table(*rows))
    assert found["person.date_of_birth"].confidence < SURE
    assert all(found[key].confidence >= SURE for key in KEYS if key != "person.date_of_birth")


def test_bold_labels_above_plain_answers_tell_beside_labels_that_nobody_knows() -> None:
    def drawn(label: str, said: str) -> str:
        return cell(paragraph(run(label, BOLD)), *([said] if said else []))

    strange = ["Visa expiry date", "Sibling's school", "Decision of the panel", "Tenancy number", "Dog's name"]
    rows = [row(drawn(*asked), drawn(other, "None")) for asked, other in zip(ASKED, strange * 3, strict=False)]
    notes = table(*(row(cell(f"Note {number} for whoever files this."), cell("Filed.")) for number in range(8)))
    found = values(table(*rows, row(drawn("Job title", "Social worker"), drawn("Pet", "None"))) + paragraph() + notes)
    assert found["referrer.role"].value == "Social worker"
    assert not any("reads like a label" in doubt for doubt in found["referrer.role"].doubts)
