"""A new edition is data only: one that nobody has printed is read as soon as its words are laid over the form's data."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from extractors.files.office import to_pdf
from extractors.forms.definitions import Definition, compiled, definition, laid_over, read_files
from extractors.matching.match import Matched, match
from extractors.page import Document
from extractors.pdf.document import read_pdf
from extractors.word.document import read_docx
from tests.extractors.documents import cell, check_box, docx, paragraph, row, run

DAY = date(2031, 3, 3)
EDITION = tomllib.loads((Path(__file__).with_name("editions") / "a-2031.toml").read_text(encoding="utf-8"))
NARRATIVE = "She has begun to write to the family again: two letters came in a week, and a third by hand."
EXPECTED = {
    "referrer.name": "Oswin Tarrow",
    "referrer.phone": "01632 960007",
    "referral.reason": NARRATIVE,
    "referral.media_interest": "no",
    "risk.overall": "high",
    "conviction.sentence": "6 years' imprisonment",
    "conviction.sentence_date": "2029-06-04",
    "person.family_name": "Ashgrove",
    "person.given_names": "Petra Lyn",
    "person.date_of_birth": "1990-01-31",
    "person.pnc_id": "2012/0394773H",
    "person.gender": "Female",
}


def ours() -> Definition:
    shipped = read_files("A").model_dump(by_alias=True)
    return compiled(laid_over(shipped, EDITION))


def heading(text: str) -> str:
    return paragraph(run(text, "<w:b/>"))


def pair(label: str, *answer: str) -> str:
    """A label shaded and bold, its answer to the right."""
    shade = '<w:tcW w:w="4500" w:type="dxa"/><w:shd w:val="clear" w:fill="DDDDDD"/>'
    return row(
        cell(paragraph(run(label, "<w:b/>")), look=shade), cell(*answer, look='<w:tcW w:w="5000" w:type="dxa"/>')
    )


def ruled(*rows: str) -> str:
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="9500" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="4500"/><w:gridCol w:w="5000"/></w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def form() -> bytes:
    """The sections in an order, with numbers and questions, that no edition has."""
    return docx(
        paragraph("MAPPA A")
        + paragraph("Request for joint management of a dangerous person")
        + heading("IV. Cause of the paper")
        + ruled(
            pair("19) Quill held by:", "Oswin Tarrow"),
            pair("20) Bell rope of the quill holder:", "01632 960007"),
            pair("21) Wherefore this paper comes to you:", NARRATIVE),
            pair(
                "22) Will the town criers take it up:",
                paragraph(run("Yes "), check_box(False), run("  No "), check_box(True)),
            ),
            pair("23) Patron saint:", "Saint Osyth"),
            pair("24) Lucky number of the household:", "17"),
        )
        + heading("II. Peril")
        + ruled(pair("5) Peril, all things weighed:", "Grave"), pair("6) Phase of the moon:", "Waning"))
        + heading("VII. The bench")
        + ruled(
            pair("31) What the bench handed down:", "6 years' imprisonment"), pair("32) Handed down on:", "4 June 2029")
        )
        + heading("I. Who it is")
        + ruled(
            pair("1) Byname borne by the household:", "Ashgrove"),
            pair("2) Names bestowed at birth:", "Petra Lyn"),
            pair("3) Came into the world on:", "31/01/1990"),
            pair("4) Constabulary ledger entry:", "2012/0394773H"),
            pair("4a) Gender:", "Female"),
        )
    )


@pytest.fixture(scope="module", params=["Word", "PDF"])
def document(request: pytest.FixtureRequest) -> Document:
    return read_docx(form()) if request.param == "Word" else read_pdf(to_pdf(form(), ".docx"))


def test_an_invented_edition_is_read_by_its_data_alone(document: Document) -> None:
    found = match(document, ours(), DAY)
    assert {key: found.values[key].value for key in EXPECTED} == EXPECTED
    assert all(found.values[key].confidence >= 0.9 for key in EXPECTED)


def test_its_questions_of_no_key_take_nothing_and_give_nothing(document: Document) -> None:
    found = match(document, ours(), DAY)
    read = {key for key, value in found.values.items() if value.status == "read"}
    assert read <= {*EXPECTED, "marking"}
    assert "Lucky number of the household" in " ".join(found.unknown)


def test_without_the_data_its_own_words_are_not_guessed(document: Document) -> None:
    found: Matched = match(document, definition("A"), DAY)
    own = set(EXPECTED) - {"person.gender"}
    assert {key for key in own if found.values[key].confidence >= 0.9 and found.values[key].status == "read"} == set()
    assert found.values["person.gender"].value == "Female"
