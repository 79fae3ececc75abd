"""What people put about a label takes nothing from it: stars, "(required)", raised figures, numbers, the signs of a list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from extractors.models import Value
from extractors.read import read
from tests.extractors.documents import cell, docx, paragraph, row, run, table
from tests.extractors.test_word import RELATED

LISTED = '<w:numPr><w:numId w:val="1"/></w:numPr>'
ROWS = [
    ("Surname", "Okonkwo", "person.family_name", "Okonkwo"),
    ("Forenames", "Daniel", "person.given_names", "Daniel"),
    ("Date of birth", "24/10/1993", "person.date_of_birth", "1993-10-24"),
    ("Nationality", "British", "person.nationality", "British"),
    ("PNC number", "2012/0673173R", "person.pnc_id", "2012/0673173R"),
    ("Current address", "1 Bridge Road, Dudley", "person.current_address", "1 Bridge Road, Dudley"),
    ("Prison number", "A5356GK", "person.prison_number", "A5356GK"),
    ("Level of MAPPA requested", "Level 3", "level_requested", "3"),
    ("Reason for referral", "Many agencies must act together.", "referral.reason", "Many agencies must act together."),
]
MARKS: dict[str, Callable[[str, int], str]] = {
    "a star": lambda label, _: f"{label} *",
    "required": lambda label, _: f"{label} (required)",
    "mandatory": lambda label, _: f"{label} [mandatory]",
    "a raised figure": lambda label, number: label + "¹²³"[number % 3],
    "capitals": lambda label, _: label.upper(),
    "a number": lambda label, number: f"{number}. {label}",
    "a number and a star": lambda label, number: f"Q{number}. {label}*",
    "a bullet": lambda label, _: f"• {label}",
    "a dash": lambda label, _: f"- {label}",
    "an arrow": lambda label, _: f"► {label}",
}
TITLE = paragraph(run("MAPPA A: Referral to level 2 or level 3", "<w:b/>"))


def values(body: str) -> dict[str, Value]:
    (form,) = read(docx(TITLE + body, RELATED), "form.docx", date(2026, 11, 20)).forms
    return dict(form.values)


def assert_all_read(body: str) -> None:
    found = values(body)
    assert {key: found[key].value for _, _, key, _ in ROWS} == {key: meant for _, _, key, meant in ROWS}
    assert all(
        value.status == "absent" or value.confidence < 0.9
        for key, value in found.items()
        if key not in {row[2] for row in ROWS}
    )


@pytest.mark.parametrize("mark", MARKS)
def test_a_marked_label_in_a_table_is_the_label(mark: str) -> None:
    marked = [(MARKS[mark](label, number), said) for number, (label, said, _, _) in enumerate(ROWS, 1)]
    assert_all_read(table(*[row(cell(paragraph(run(label, "<w:b/>"))), said) for label, said in marked]))


@pytest.mark.parametrize("mark", MARKS)
def test_a_marked_label_over_its_answer_is_the_label(mark: str) -> None:
    marked = [(MARKS[mark](label, number), said) for number, (label, said, _, _) in enumerate(ROWS, 1)]
    assert_all_read("".join(paragraph(run(label, "<w:b/>")) + paragraph(said) for label, said in marked))


@pytest.mark.parametrize("mark", MARKS)
def test_a_marked_label_before_its_answer_on_the_line_is_the_label(mark: str) -> None:
    marked = [(MARKS[mark](label, number), said) for number, (label, said, _, _) in enumerate(ROWS, 1)]
    assert_all_read("".join(paragraph(f"{label}: {said}") for label, said in marked))


def test_questions_that_word_lists_by_itself_are_questions() -> None:
    assert_all_read("".join(paragraph(f"{label}: {said}", look=LISTED) for label, said, _, _ in ROWS))
    assert_all_read(
        "".join(paragraph(run(label, "<w:b/>"), look=LISTED) + paragraph(said) for label, said, _, _ in ROWS)
    )


@pytest.mark.parametrize("between", [" | ", " - ", " = ", "\t", "     "])
def test_a_label_parted_from_its_answer_by_a_sign_is_the_label(between: str) -> None:
    assert_all_read("".join(paragraph(f"{label}{between}{said}") for label, said, _, _ in ROWS))


@pytest.mark.parametrize(("asked", "answered"), [("<w:b/>", ""), ("<w:i/>", ""), ("", "<w:b/>")])
def test_a_label_that_only_its_look_parts_from_its_answer_is_the_label(asked: str, answered: str) -> None:
    assert_all_read("".join(paragraph(run(f"{label} ", asked), run(said, answered)) for label, said, _, _ in ROWS))


def test_rows_of_labels_over_rows_of_answers_are_no_table_of_agencies() -> None:
    pairs = [
        ("Name of referrer", "Sian Prydderch"),
        ("Job title", "Probation officer"),
        ("Agency", "Probation Service"),
    ]
    pairs += [
        ("Telephone number", "01632 960123"),
        ("E-mail address", "sian@example.cjsm.net"),
        ("Date of referral", "09/11/2026"),
    ]
    rows: list[str] = []
    for (first, one), (second, two) in zip(pairs[::2], pairs[1::2], strict=True):
        rows += [row(*(cell(paragraph(run(label, "<w:b/>"))) for label in (first, second))), row(one, two)]
    asked = "".join(paragraph(f"{label}: {said}") for label, said, _, _ in ROWS)
    found = values(asked + paragraph(run("Referring agency", "<w:b/>")) + table(*rows))
    assert found["agencies"].status == "absent"
    assert (found["referrer.agency"].value, found["referrer.phone"].value) == ("Probation Service", "01632 960123")
    assert (found["referrer.email"].value, found["referrer.date"].value) == ("sian@example.cjsm.net", "2026-11-09")


def test_a_list_in_an_answer_stays_one() -> None:
    reason = "".join(
        paragraph(f"• {said}") for said in ("Threats to a neighbour", "Licence: breached twice", "Weapons")
    )
    body = "".join(paragraph(run(label, "<w:b/>")) + paragraph(said) for label, said, _, _ in ROWS[:-1])
    found = values(body + paragraph(run("Reason for referral", "<w:b/>")) + reason)
    assert found["referral.reason"].value == "Threats to a neighbour\nLicence: breached twice\nWeapons"


def test_a_question_whose_end_was_misread_is_not_what_its_first_line_alone_would_ask() -> None:
    asked = [*((label, said) for label, said, _, _ in ROWS), ("Proposed release address", "Flat 3, Dudley")]
    question = paragraph(run("Has the release address")) + paragraph(run("seenanproved?"))
    found = values(table(*(row(*map(cell, pair)) for pair in asked), row(cell(question), cell("Yes"))))
    assert found["person.release_address"].value == "Flat 3, Dudley"
    assert found["person.release_address"].doubts == ()
