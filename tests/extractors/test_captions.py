"""Entries under their captions: several side by side, each with its label printed above it and none beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors.models import FormReading
from extractors.read import read
from tests.extractors.drawn import drawn, told
from tests.extractors.drawn import read as document

DAY = date(2026, 11, 20)
ROWS = (
    (("Surname", "Prothero"), ("First name(s)", "Gareth"), ("Known as", "")),
    (("Date of birth", "27/01/1981"), ("Gender", "Male"), ("Ethnicity", "White Welsh")),
    (("Court", "Leeds Crown Court"), ("Date of conviction", "08/01/2026"), ("ViSOR reference", "")),
)
Entry = Callable[[Canvas, float, float, str], None]


def field(canvas: Canvas, x: float, y: float, value: str) -> None:
    canvas.acroForm.textfield(name=f"F{x}{y}", x=x, y=y, width=150, height=16, value=value, fontSize=9)


def box(canvas: Canvas, x: float, y: float, value: str) -> None:
    canvas.rect(x, y, 150, 16)
    canvas.drawString(x + 3, y + 4, value)


def question(canvas: Canvas, x: float, y: float, chosen: str) -> None:
    for nth, answer in enumerate(("Yes", "No")):
        at = x + 40 * nth
        canvas.acroForm.radio(name=f"Group{x}{y}", value=f"c{nth}", selected=answer == chosen, x=at, y=y, size=10)
        canvas.drawString(at + 14, y + 2, answer)


def captioned(entry: Entry) -> Callable[[Canvas], None]:
    def page(canvas: Canvas) -> None:
        canvas.drawString(40, 800, "MAPPA A")
        canvas.setFont("Helvetica", 9)
        for at, cells in enumerate(ROWS):
            for nth, (label, value) in enumerate(cells):
                canvas.drawString(40 + 170 * nth, 770 - 40 * at, label)
                entry(canvas, 40 + 170 * nth, 750 - 40 * at, value)

    return page


def form(page: Callable[[Canvas], None]) -> FormReading:
    return read(drawn(page), "form.pdf", DAY).forms[0]


@pytest.mark.parametrize("entry", [field, box], ids=lambda f: f.__name__)
def test_each_entry_answers_the_caption_above_it(entry: Entry) -> None:
    found = form(captioned(entry))
    keys = ("person.family_name", "person.given_names", "person.gender", "person.ethnicity", "conviction.court")
    assert [found.value(key) for key in keys] == ["Prothero", "Gareth", "Male", "White Welsh", "Leeds Crown Court"]
    assert found.value("person.date_of_birth") == "1981-01-27"
    assert found.value("conviction.date") == "2026-01-08"
    assert [found.values[key].status for key in ("person.aliases", "person.visor_ref")] == ["blank", "blank"]


def test_tick_boxes_among_entries_stand_under_their_own_caption() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        for nth, label in enumerate(("Victim Liaison Officer", "Media interest", "Telephone", "Domestic abuse")):
            canvas.drawString(40 + 130 * nth, 770, label)
        for x, value in ((40, "O Speight"), (300, "01632 960 777")):
            canvas.acroForm.textfield(name=f"T{x}", x=x, y=750, width=120, height=16, value=value)
        question(canvas, 170, 753, "No")
        question(canvas, 430, 753, "Yes")
        for nth in (1, 2, 3):  # a page that has several fields is a form to fill in
            canvas.acroForm.textfield(name=f"X{nth}", x=200, y=500 - 30 * nth, width=120, height=16, value="")

    assert told(document(page))[:2] == [
        ["Victim Liaison Officer", "Media interest", "Telephone", "Domestic abuse"],
        ["<O Speight>", "<[ ]> Yes <[x]> No", "<01632 960 777>", "<[x]> Yes <[ ]> No"],
    ]


def test_questions_side_by_side_over_their_boxes_are_not_read_across() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        asked = (("Likely media or public interest", "No"), ("Domestic abuse", "Yes"), ("Referred to MARAC", ""))
        for nth, (label, answer) in enumerate(asked):
            canvas.drawString(40 + 170 * nth, 760, label)
            question(canvas, 40 + 170 * nth, 743, answer)

    assert told(document(page)) == [
        ["Likely media or public interest", "Domestic abuse", "Referred to MARAC"],
        ["<[ ]> Yes <[x]> No", "<[x]> Yes <[ ]> No", "<[ ]> Yes <[ ]> No"],
    ]


def test_rows_of_entries_under_one_row_of_captions_are_one_table() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        for nth, label in enumerate(("Agency", "Name", "Contact")):
            canvas.drawString(40 + 170 * nth, 770, label)
        for at, row in enumerate((("Police", "D Reyes", "01632 960 001"), ("Housing", "", "housing@shire.gov.uk"))):
            for nth, value in enumerate(row):
                field(canvas, 40 + 170 * nth, 750 - 18 * at, value)

    assert told(document(page)) == [
        ["Agency", "Name", "Contact"],
        ["<Police>", "<D Reyes>", "<01632 960 001>"],
        ["<Housing>", "<>", "<housing@shire.gov.uk>"],
    ]


def test_a_heading_over_rows_of_labels_and_fields_is_no_caption() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        canvas.drawString(40, 782, "The person")
        for at, (label, value) in enumerate((("Surname", "Vance"), ("Gender", "Male"))):
            for nth in (0, 1):
                canvas.drawString(40 + 250 * nth, 766 - 18 * at, label if nth == 0 else "Ward")
                field(canvas, 110 + 250 * nth, 762 - 18 * at, value if nth == 0 else "2")

    assert told(document(page)) == [
        "The person",
        ["Surname", "<Vance>", "Ward", "<2>"],
        ["Gender", "<Male>", "Ward", "<2>"],
    ]
