"""A file that is not taken is refused in a sentence that names the cause and the cure."""

from __future__ import annotations

import re
from datetime import date

import pytest

from extractors.read import read
from extractors.refusals import CURES, Refusal
from tests.extractors.documents import cell, docx, paragraph, row, run, table

TITLES = {
    "B": "Information sharing request",
    "C": "Agenda",
    "D": "Invitation to a meeting",
    "E": "Level 2 and 3 meeting minutes",
    "F": "Minutes executive summary",
    "G": "Attendance and confidentiality statement",
    "J": "Disclosure record",
    "K": "Serious case review notification",
}


def refusal(content: bytes, name: str = "form.docx") -> Refusal:
    with pytest.raises(Refusal) as refused:
        read(content, name, date(2026, 11, 20))
    return refused.value


def rows() -> str:
    pairs = (("Name", "Ann Hollins"), ("Date of birth", "12/03/1984"), ("Date of meeting", "2 March 2026"))
    return table(*[row(cell(paragraph(run(label, "<w:b/>"))), value) for label, value in pairs])


@pytest.mark.parametrize("letter", TITLES)
@pytest.mark.parametrize("written", ["MAPPA {}", "MAPPA Document Set: Form {}", "MAPPA {} – {title}", "MAPPA-{}"])
def test_another_form_of_the_set_is_named(letter: str, written: str) -> None:
    title = written.format(letter, title=TITLES[letter])
    refused = refusal(docx(paragraph(run(title, "<w:b/>")) + paragraph(TITLES[letter]) + rows()))
    assert refused.code == "other_form"
    assert f"MAPPA {letter}" in refused.message


def test_a_label_that_names_another_form_does_not_make_it_one() -> None:
    assert refusal(docx(paragraph("Date MAPPA Q /") + paragraph("screening completed") + rows())).code == "not_a_form"


@pytest.mark.parametrize("code", CURES)
def test_every_refusal_says_what_to_do(code: str) -> None:
    details = dict.fromkeys(re.findall(r"\{(\w+)\}", CURES[code]), "10 MB")
    message = Refusal(code, **details).message
    assert "{" not in message
    assert message.count(".") >= 2 and message.endswith(".")
    assert re.search(r"\b(send|save|check|print|rename|scan|ask|tell|takes)\b", message, re.IGNORECASE), "no cure"
