"""Forms of Wales say everything in both languages: the Welsh half takes nothing from what the English half says."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from spacy.lang.en.stop_words import STOP_WORDS

from extractors.forms import welsh
from extractors.forms.welsh import welsh_words
from extractors.read import read
from tests.extractors.documents import cell, docx, paragraph, row, run, table

ROWS = [
    ("Surname", "Cyfenw", "Okonkwo"),
    ("Forenames", "Enwau cyntaf", "Daniel"),
    ("Date of birth", "Dyddiad geni", "24/10/1993"),
    ("Nationality", "Cenedligrwydd", "British"),
    ("PNC number", "Rhif PNC", "2012/0673173R"),
    ("Current address", "Cyfeiriad presennol", "1 Heol y Bont, Caerdydd CF10 1AA"),
    ("Prison number", "Rhif carchar", "A5356GK"),
    ("Level of MAPPA requested", "Lefel MAPPA y gofynnir amdani", "☐ Level 2 / Lefel 2   ☒ Level 3 / Lefel 3"),
    ("Reason for referral", "Rheswm dros yr atgyfeiriad", "Many agencies must act together."),
    ("Is media interest likely?", "A oes diddordeb tebygol gan y cyfryngau?", "☐ Yes / Oes   ☒ No / Nac oes"),
]
MEANT = {
    "person.family_name": "Okonkwo",
    "person.given_names": "Daniel",
    "person.date_of_birth": "1993-10-24",
    "person.nationality": "British",
    "person.pnc_id": "2012/0673173R",
    "person.current_address": "1 Heol y Bont, Caerdydd CF10 1AA",
    "person.prison_number": "A5356GK",
    "level_requested": "3",
    "referral.reason": "Many agencies must act together.",
    "referral.media_interest": "no",
}


def form(written: str) -> bytes:
    """A form whose labels are written as `written` says, with {e} for the English and {w} for the Welsh."""
    labels = [
        paragraph(*(run(line, "<w:b/>") for line in [written.format(e=english, w=welsh)])) for english, welsh, _ in ROWS
    ]
    rows = [row(cell(label), said) for label, (_, _, said) in zip(labels, ROWS, strict=True)]
    title = "MAPPA A: Referral to level 2 or level 3 / Atgyfeiriad i lefel 2 neu lefel 3"
    return docx(paragraph(run(title, "<w:b/>")) + table(*rows))


@pytest.mark.parametrize("written", ["{e}", "{e} / {w}", "{w} / {e}", "{e} | {w}", "{e} ({w})", "{w} - {e}"])
def test_a_label_in_both_languages_is_the_label(written: str) -> None:
    (read_form,) = read(form(written), "form.docx", date(2026, 11, 20)).forms
    assert {key: read_form.values[key].value for key in MEANT} == MEANT
    assert [
        (k, read_form.values[k].confidence, read_form.values[k].doubts)
        for k in MEANT
        if read_form.values[k].confidence < 0.9
    ] == []


def test_no_word_taken_for_welsh_is_english_or_one_of_the_forms() -> None:
    data = Path(welsh.__file__).parent.glob("*.toml")
    english = {
        word for path in data if path.name != "welsh.toml" for word in re.findall(r"[a-z]+", path.read_text().lower())
    }
    assert welsh_words() & (english | STOP_WORDS) <= {"ie"}


def test_words_are_known_with_their_mutations() -> None:
    assert {"troseddwr", "droseddwr", "nhroseddwr", "throseddwr", "asiantaeth", "ddedfryd", "orchymyn"} <= welsh_words()
    assert {"an", "dan", "most"}.isdisjoint(welsh_words())
