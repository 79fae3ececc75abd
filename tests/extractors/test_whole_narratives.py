"""A narrative is read whole, though its lines begin like labels, dates or instructions; else it is not called sure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from extractors.dates import is_when
from extractors.models import Value
from extractors.read import read
from tests.extractors.documents import cell, docx, paragraph, row, run, table
from tests.extractors.test_word import RELATED

HEADED = """The offences show a capacity for serious harm which no single agency can manage.
Accommodation: he has lived at nine addresses since 2019 and has lost each of them through arrears.
Licence conditions: exclusion zone, no contact with victim, residence as approved
Contingency: emergency placement agreed with the out of hours team, and the police told of it"""
DATED = """He has been difficult to engage since he was released in the summer of this year.
Chronology of concerns:
03/10/25: Drug test negative
28th Dec 25: Failed to attend; said that the bus was late
June 2026: Seen by a patrol near the exclusion zone"""
BEGUN = (
    "Mark was arrested at home, and his sister called the police.",
    "If released he will live with his mother and will be tagged.",
    "When unwell he believes that neighbours poison him, and carries a knife.",
    "State benefits are her only income and she owes rent.",
    "For three years there was no offending; since then he has been arrested twice.",
)
ROWS = [
    ("Surname", "Okonkwo"),
    ("Forenames", "Daniel"),
    ("Date of birth", "24/10/1993"),
    ("Nationality", "British"),
    ("PNC number", "2012/0673173R"),
    ("Current address", "1 Bridge Road, Dudley"),
    ("Prison number", "A5356GK"),
    ("ViSOR reference", "WM94806"),
    ("Level of MAPPA requested", "Level 3"),
    ("Risk management plan", ""),
    ("Reason for referral", "Many agencies must act together."),
]
TITLE = paragraph(run("MAPPA A: Referral to level 2 or level 3", "<w:b/>"))


def bold(text: str) -> str:
    return run(text, "<w:b/>")


def lines(said: str) -> list[str]:
    return said.split("\n")


def _on_the_line(label: str, said: str, number: int) -> str:
    first, *more = lines(said)
    return paragraph(run(f"{label}: {first}")) + "".join(paragraph(run(line)) for line in more)


def _bold_on_the_line(label: str, said: str, number: int) -> str:
    first, *more = lines(said)
    return paragraph(bold(f"{label} ") + run(first)) + "".join(paragraph(run(line)) for line in more)


def _numbered(label: str, said: str, number: int) -> str:
    return paragraph(run(f"{number}. {label}")) + "".join(paragraph(run(line)) for line in lines(said))


def _above_a_box(label: str, said: str, number: int) -> str:
    return paragraph(bold(label)) + table(row(cell(*[paragraph(run(line)) for line in lines(said)])))


def _in_one_cell(label: str, said: str, number: int) -> str:
    return table(row(cell(paragraph(bold(label)), *[paragraph(run(line)) for line in lines(said)])))


def _beside(label: str, said: str, number: int) -> str:
    return table(row(cell(paragraph(bold(label))), cell(*[paragraph(run(line)) for line in lines(said)])))


LAYOUTS: dict[str, Callable[[str, str, int], str]] = {
    "on the line": _on_the_line,
    "bold on the line": _bold_on_the_line,
    "numbered, below": _numbered,
    "above a box": _above_a_box,
    "in one cell": _in_one_cell,
    "beside": _beside,
}


def plan(layout: str, said: str) -> Value:
    body = "".join(
        LAYOUTS[layout](label, said if label == "Risk management plan" else answer, number)
        for number, (label, answer) in enumerate(ROWS, 1)
    )
    (form,) = read(docx(TITLE + body, RELATED), "form.docx", date(2026, 11, 20)).forms
    assert form.value("person.family_name") == "Okonkwo"
    assert form.value("referral.reason") == "Many agencies must act together."
    return form.values["risk.management_plan"]


@pytest.mark.parametrize("said", [HEADED, DATED], ids=["headed lines", "a chronology"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_lines_like_labels_belong_to_the_narrative(layout: str, said: str) -> None:
    assert plan(layout, said).value == said


@pytest.mark.parametrize("said", BEGUN)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_narrative_that_begins_like_an_instruction_is_one(layout: str, said: str) -> None:
    assert plan(layout, said).value == said


def test_an_instruction_below_a_label_is_no_answer() -> None:
    for layout in ("in one cell", "numbered, below"):
        found = plan(layout, "Please state what each agency will do.")
        assert found.status == "blank"


def test_a_bold_line_among_bold_answers_leaves_the_narrative_unsure() -> None:
    said = "Series of offences against two former partners\nEach was charged at the lowest level\nPetrol was poured"
    body = "".join(
        paragraph(run(f"{label} ") + bold(first)) + "".join(paragraph(bold(line)) for line in more)
        for label, answer in ROWS
        for first, *more in [lines(answer or said)]
    )
    (form,) = read(docx(TITLE + body, RELATED), "form.docx", date(2026, 11, 20)).forms
    found = form.values["risk.management_plan"]
    assert found.value == said or found.confidence < 0.9


@pytest.mark.parametrize("text", ["03/10/25", "28th Dec 25", "June 2019", "2019-20", "14:30", "Mon 3 June 2024:"])
def test_a_day_month_year_or_hour_is_a_time(text: str) -> None:
    assert is_when(text)


@pytest.mark.parametrize("text", ["Date", "Level 3", "2 of 3", "May", "March against violence"])
def test_other_words_are_none(text: str) -> None:
    assert not is_when(text)
