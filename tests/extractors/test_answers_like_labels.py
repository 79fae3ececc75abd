"""Answers worded as labels are: a narrative that names other questions stays whole, or is never called sure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from extractors.models import Value
from extractors.read import read
from tests.extractors.documents import cell, docx, paragraph, row, run, table

BOLD = "<w:b/>"
ISSUES = ("Address: the victim lives at 4 Mill Road.", "Telephone: 01632 960999.", "She asks: why now?")
ASKED = [
    ("Last name", ("Nowak",)),
    ("First name(s)", ("Anna",)),
    ("Date of birth", ("3 June 1985",)),
    ("NHS number", ("999 755 1613",)),
    ("Address before admission", ("40A Kiln Yard, Wolverhampton",)),
    ("Hospital and ward", ("St Alphege Hospital, Kingfisher Ward",)),
    ("Responsible Clinician", ("Dr Colm Byrne",)),
    ("Care co-ordinator / social supervisor", ("Charlotte Venning",)),
    ("Victim issues", ISSUES),
    ("Victim Liaison Officer", ("Priya Ramanathan",)),
    ("Telephone", ("0121 496 0109",)),
]
Rows = list[tuple[str, tuple[str, ...]]]


def in_cells(rows: Rows, look: str) -> str:
    """Label and answer below each other in one cell."""
    return table(*(row(cell(paragraph(run(label, look)), *map(paragraph, said))) for label, said in rows))


def on_lines(rows: Rows, look: str) -> str:
    return "".join(
        paragraph(run(f"{label}: ", look), said[0]) + "".join(map(paragraph, said[1:])) for label, said in rows
    )


def in_paragraphs(rows: Rows, look: str) -> str:
    return "".join(paragraph(run(label, look)) + "".join(map(paragraph, said)) for label, said in rows)


def in_boxes(rows: Rows, look: str) -> str:
    """Each answer in a table of one cell below its label."""
    return "".join(
        paragraph(run(label, look)) + table(row(cell(*map(paragraph, said)))) + paragraph() for label, said in rows
    )


def beside(rows: Rows, look: str) -> str:
    return table(*(row(cell(paragraph(run(label, look))), cell(*map(paragraph, said))) for label, said in rows))


def values(draw: Callable[[Rows, str], str], look: str, rows: Rows = ASKED) -> dict[str, Value]:
    title = paragraph(run("MAPPA I")) + paragraph(run("Initial notification of MAPPA eligible patients"))
    (form,) = read(docx(title + draw(rows, look)), "form.docx", date(2026, 11, 20)).forms
    return dict(form.values)


@pytest.mark.parametrize("draw", [in_cells, on_lines, in_paragraphs, in_boxes])
def test_plain_words_of_other_questions_in_an_answer_are_told_where_labels_are_bold(
    draw: Callable[[Rows, str], str],
) -> None:
    found = values(draw, BOLD)
    assert found["victim.issues"].value == "\n".join(ISSUES)
    assert found["referrer.phone"].value == "0121 496 0109"
    assert found["victim.liaison_officer"].value == "Priya Ramanathan"


@pytest.mark.parametrize("draw", [in_cells, on_lines, in_paragraphs, in_boxes])
def test_an_answer_that_other_labels_may_cut_short_is_whole_or_not_sure(draw: Callable[[Rows, str], str]) -> None:
    found = values(draw, "")["victim.issues"]
    assert found.value == "\n".join(ISSUES) or found.confidence < 0.9


@pytest.mark.parametrize("draw", [in_cells, on_lines, in_paragraphs, in_boxes])
@pytest.mark.parametrize("look", [BOLD, ""])
@pytest.mark.parametrize(
    ("label", "key", "said"),
    [
        ("Care co-ordinator / social supervisor", "hospital.care_coordinator", "Name: Jo Hall  Tel: 01632 960111"),
        ("Hospital and ward", "hospital.name", "Ward: Kingfisher, Hospital: St Alphege"),
    ],
)
def test_labels_inside_a_short_answer_take_nothing_from_it_for_certain(
    draw: Callable[[Rows, str], str], look: str, label: str, key: str, said: str
) -> None:
    found = values(draw, look, [(asked, (said,) if asked == label else answer) for asked, answer in ASKED])[key]
    assert found.value == " ".join(said.split()) or found.confidence < 0.9


def test_a_row_whose_answer_names_its_own_label_again_is_not_called_sure() -> None:
    said = "Ward: Kingfisher, Hospital: St Alphege"
    rows = [(label, (said,) if label == "Hospital and ward" else answer) for label, answer in ASKED]
    found = values(beside, BOLD, rows)["hospital.name"]
    assert found.value == said or found.confidence < 0.9


def test_an_instruction_in_brackets_above_an_answer_is_never_surely_part_of_it() -> None:
    rows = [(label, ("(please write in full)", *said)) for label, said in ASKED]
    assert all(value.confidence < 0.9 for value in values(beside, BOLD, rows).values() if "(" in str(value.value))


def test_a_raised_figure_behind_a_label_is_the_number_of_a_note() -> None:
    def noted(rows: Rows, look: str) -> str:
        raised = '<w:vertAlign w:val="superscript"/>'
        return table(
            *(
                row(cell(paragraph(run(label, look), run(f"{number}", raised))), said[0])
                for number, (label, said) in enumerate(rows, 1)
            )
        )

    found = values(noted, BOLD)
    assert (found["person.family_name"].value, found["person.date_of_birth"].value) == ("Nowak", "1985-06-03")
    assert found["victim.liaison_officer"].confidence >= 0.9


def test_a_line_to_write_on_below_empty_boxes_is_no_answer() -> None:
    rows: Rows = [*ASKED, ("Patient informed of this notification", ("☐ Yes    ☐ No", "______________"))]
    assert values(beside, BOLD, rows)["disclosure.person_informed"].status == "blank"
