"""Forms as local areas write them: questions in plain words, running text, dashes, boxes below questions, rows of headings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors.forms.definitions import definition
from extractors.matching.labels.hits import NEAR, claims
from extractors.models import FormReading
from extractors.page import Line
from extractors.pdf.document import read_pdf
from extractors.read import read
from tests.extractors.documents import cell, docx, paragraph, row, run
from tests.extractors.drawn import drawn

DAY = date(2026, 11, 20)
REASON = (
    "He was moved to a hostel in March. Since then two complaints were made by neighbours, and a window was broken."
)


def form(body: str) -> FormReading:
    return read(docx(body), "form.docx", DAY).forms[0]


def lines(*texts: str) -> str:
    return "".join(paragraph(run(text)) for text in texts)


def table(*rows: tuple[str, ...]) -> str:
    grid = "".join('<w:gridCol w:w="1500"/>' for _ in rows[0])
    inside = "".join(row(*(cell(paragraph(run(text)) if text else paragraph()) for text in cells)) for cells in rows)
    return f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{inside}</w:tbl>"


ASKED = (
    ("What is the young person's last name?", "Vance", "person.family_name", "Vance"),
    ("What are their first names?", "Rhys", "person.given_names", "Rhys"),
    ("When were they born?", "09/12/2008", "person.date_of_birth", "2008-12-09"),
    ("Which court sentenced them?", "Leeds Crown Court", "conviction.court", "Leeds Crown Court"),
    ("What sentence did they get?", "3 years detention", "conviction.sentence", "3 years detention"),
    ("When will they be released?", "10/10/2027", "dates.release", "2027-10-10"),
    ("What is your name?", "Nadia Farouk", "referrer.name", "Nadia Farouk"),
    ("What is your job?", "Case manager", "referrer.role", "Case manager"),
)


def test_questions_in_plain_words_are_read_with_their_answers_below() -> None:
    asked = "".join(lines(question, answer) for question, answer, *_ in ASKED)
    found = form(lines("MAPPA H") + asked)
    assert found.form == "H"
    assert {key: found.value(key) for *_, key, _ in ASKED} == {key: value for *_, key, value in ASKED}


def test_the_box_that_follows_a_question_holds_its_answer_even_where_it_reads_like_a_label() -> None:
    asked = "".join(lines(question) + table((answer,)) for question, answer, *_ in ASKED)
    found = form(lines("MAPPA H") + asked)
    assert {key: found.value(key) for *_, key, _ in ASKED} == {key: value for *_, key, value in ASKED}


def test_several_labels_on_one_line_each_have_their_own_answer() -> None:
    found = form(
        lines(
            "MAPPA A",
            "Name: Dorian OKAFOR DOB: 04/07/1988 Gender: Male",
            "Index offence: Wounding with intent Convicted: 11/02/2021 Court: Leeds Crown Court",
            "Sentence: 6 years custody Date of sentence: 12/03/2021 Release date: 12/03/2027",
            "MAPPA Category: 2 Level requested: 3",
            f"Why are you referring this case? {REASON}",
        )
    )
    assert {
        key: found.value(key)
        for key in (
            "person.given_names",
            "person.family_name",
            "person.date_of_birth",
            "conviction.index_offence",
            "conviction.date",
            "conviction.court",
            "conviction.sentence",
            "conviction.sentence_date",
            "category",
            "level_requested",
            "referral.reason",
        )
    } == {
        "person.given_names": "Dorian",
        "person.family_name": "OKAFOR",
        "person.date_of_birth": "1988-07-04",
        "conviction.index_offence": "Wounding with intent",
        "conviction.date": "2021-02-11",
        "conviction.court": "Leeds Crown Court",
        "conviction.sentence": "6 years custody",
        "conviction.sentence_date": "2021-03-12",
        "category": ("2",),
        "level_requested": "3",
        "referral.reason": REASON,
    }


def test_dashes_part_labels_from_answers_where_the_form_writes_them_so() -> None:
    found = form(
        lines(
            "Please accept this as our MAPPA H notification.",
            "Surname - Marsh",
            "First name - Abel",
            "Date of birth - 05/05/2009",
            "Offence - Robbery",
            "Court - Cardiff Youth Court",
            "Sentence - Detention, 30 months",
            "Release date - 05/05/2027",
        )
    )
    assert (found.form, found.value("person.family_name"), found.value("conviction.sentence")) == (
        "H",
        "Marsh",
        "Detention, 30 months",
    )
    assert found.value("dates.release") == "2027-05-05"


def test_one_row_of_the_referrers_details_is_no_table_of_agencies() -> None:
    heads = ("Name", "Role", "Agency", "Tel", "Email", "Date")
    said = ("PC Tully", "Offender manager", "Police", "01632 960771", "tully@police.example", "17/11/2026")
    person = (("Last name", "First name", "D.O.B.", "Sex"), ("Ferreira", "Ines", "13/03/1971", "Female"))
    offence = (("Index offence", "Court", "Conviction date", "Sentence"), ("Arson", "Leeds", "04/04/2018", "Life"))
    bold = [paragraph(run(text, "<w:b/>")) for text in ("1. Subject", "2. Conviction", "3. Referrer")]
    found = form(lines("MAPPA A") + bold[0] + table(*person) + bold[1] + table(*offence) + bold[2] + table(heads, said))
    assert found.values["agencies"].status == "absent"
    assert [found.value(f"referrer.{name}") for name in ("name", "role", "agency", "email", "date")] == [
        "PC Tully",
        "Offender manager",
        "Police",
        "tully@police.example",
        "2026-11-17",
    ]


def test_the_name_of_the_arrangements_at_the_end_of_a_line_is_no_code_of_a_form() -> None:
    asked = "".join(lines(question, answer) for question, answer, *_ in ASKED)
    found = form(lines("MAPPA H", "Tell us about a young person who comes under MAPPA") + asked)
    assert found.form == "H"


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Surname as on the passport", "person.family_name"),
        ("Ethnicity stated by the person", "person.ethnicity"),
        ("Complete forenames", "person.given_names"),
        ("Index offence (most serious first)", "conviction.index_offence"),
        ("Line manager who read this", "endorsement.name"),
    ],
)
def test_words_added_to_a_known_label_leave_its_meaning(label: str, key: str) -> None:
    assert claims(label, definition("A"), NEAR)[0][0].owner == key


@pytest.mark.parametrize(
    "label", ["Sister's surname", "Address where the victim lives", "Ward round day", "Name of dog"]
)
def test_words_that_turn_a_known_label_to_something_else_leave_nothing_sure(label: str) -> None:
    assert all(match.owner == "other" or match.score < 0.8 for match in claims(label, definition("A"), NEAR)[0])


def test_a_heading_between_shaded_rows_of_labels_is_no_part_of_the_answer_above_it() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 800, "MAPPA A")
        top = 770.0
        for heading, labels, answers in (
            ("1. Subject", ("Last name", "First name"), ("Ferreira", "Ines")),
            ("2. Offence", ("Index offence", "Court"), ("Arson", "Leeds Crown Court")),
            ("3. Sentence", ("Sentence", "Date of sentence"), ("", "04/04/2018")),
            ("4. Risk", ("Overall risk of serious harm", "Risk to children"), ("High", "Low")),
        ):
            canvas.setFont("Helvetica-Bold", 10)
            canvas.drawString(50, top, heading)
            canvas.setFont("Helvetica", 10)
            for x, label, answer in ((50, labels[0], answers[0]), (300, labels[1], answers[1])):
                canvas.setFillGray(0.85)
                canvas.rect(x, top - 22, 250, 16, stroke=0, fill=1)
                canvas.setFillGray(0)
                canvas.drawString(x + 5.4, top - 18, label)
                canvas.drawString(x + 5.4, top - 34, answer)
            top -= 62

    values = read(drawn(page), "form.pdf", DAY).forms[0].values
    wanted = {
        "person.family_name": "Ferreira",
        "person.given_names": "Ines",
        "conviction.index_offence": "Arson",
        "conviction.court": "Leeds Crown Court",
        "conviction.sentence": None,
        "conviction.sentence_date": "2018-04-04",
        "risk.overall": "high",
        "risk.children": "low",
    }
    assert {key: values[key].value for key in wanted} == wanted


def test_answers_that_two_pages_begin_with_alike_are_no_running_header() -> None:
    def page(*asked: str) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            for at, text in enumerate(asked):
                canvas.drawString(56, 780 - 17 * at, text)

        return draw

    found = read_pdf(
        drawn(
            page("MAPPA H", "Child's surname:", "Vance", "First names:", "Rhys"),
            page("Links to terrorism or extremism:", "Yes", "Date of birth:", "09/12/2008"),
            page("Agreed by manager:", "Yes", "Court:", "Leeds Crown Court"),
        )
    )
    assert [line.text for line in found.header] == []
    assert [block.text for block in found.blocks if isinstance(block, Line)].count("Yes") == 2


def test_a_line_that_is_worded_nearly_as_a_label_is_one_where_labels_carry_no_mark() -> None:
    asked = [text for question, answer, *_ in ASKED for text in (question.rstrip("?"), answer)]
    found = form(lines("MAPPA H", *asked, "Gender as stated by the person", "Female", "Offence", "Robbery"))
    assert (found.value("person.gender"), found.value("conviction.index_offence")) == ("Female", "Robbery")
    assert found.values["person.gender"].confidence < 0.9


def test_a_question_about_an_office_closes_no_section() -> None:
    bold = "<w:b/>"
    asked = (*ASKED[:3], ("Office opening hours", "9am to 5pm", "", ""), *ASKED[3:])
    found = form(
        lines("MAPPA H")
        + "".join(paragraph(run(question, bold)) + paragraph(run(answer)) for question, answer, *_ in asked)
    )
    assert {key: found.value(key) for *_, key, _ in ASKED} == {key: value for *_, key, value in ASKED}


def test_notes_below_labels_belong_to_them_where_columns_are_told_by_alignment() -> None:
    asked = (
        ("Last name", "", "Ferreira"),
        ("Court", "(as on the record)", "Leeds Crown Court"),
        ("Index offence", "In full, please", "Arson"),
        ("Date of sentence", "", "04/04/2018"),
        ("Sentence", "(with its length)", "Life"),
        ("Gender", "", "Female"),
    )

    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 800, "MAPPA A")
        top = 760
        for label, note, answer in asked:
            canvas.setFont("Helvetica-Bold", 10)
            canvas.drawString(50, top, label)
            canvas.setFont("Helvetica", 10)
            canvas.drawString(250, top, answer)
            canvas.drawString(50, top - 12, note)
            top -= 27

    values = read(drawn(page), "form.pdf", DAY).forms[0].values
    wanted = {
        "person.family_name": "Ferreira",
        "conviction.court": "Leeds Crown Court",
        "conviction.index_offence": "Arson",
        "conviction.sentence_date": "2018-04-04",
        "conviction.sentence": "Life",
        "person.gender": "Female",
    }
    assert {key: values[key].value for key in wanted} == wanted
