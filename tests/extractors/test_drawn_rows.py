"""Rows without vertical rulings, as case systems print them: between rules, on stripes, with headings of columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors.layout.columns import Row, places
from extractors.layout.ink import Word
from extractors.layout.lines import Sheet
from extractors.models import FormReading
from extractors.page import Document
from extractors.read import read
from tests.extractors.drawn import drawn, told
from tests.extractors.drawn import read as document

DAY = date(2026, 11, 20)
PERSON = (("Surname", "Nwachukwu", "Forename(s)", "Tobias"), ("Gender", "Male", "Ethnicity", "Black African"))
MEDIUM = "Medium, as the panel of the ward saw it in the spring of 2026"
NONE = "None known to the team, who asked twice in the last two months"
PAIRS = (50, 150, 300, 400)


class Paper:
    """A page on which rows are set one below the other."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas, self.y = canvas, 800.0
        canvas.drawString(50, 815, "MAPPA A")

    def row(self, texts: Sequence[str], xs: Sequence[float] = PAIRS, *, bold: bool = False, rule: bool = True) -> None:
        self.canvas.setFont("Helvetica-Bold" if bold else "Helvetica", 9)
        for x, text in zip(xs, texts, strict=False):
            self.canvas.drawString(x, self.y - 12, text)
        self.y -= 18
        if rule:
            self.canvas.line(48, self.y, 540, self.y)


def form(page: Callable[[Canvas], None]) -> FormReading:
    return read(drawn(page), "form.pdf", DAY).forms[0]


def test_the_heading_of_the_next_section_is_no_row_of_a_table() -> None:
    def page(canvas: Canvas) -> None:
        paper = Paper(canvas)
        for row in PERSON:
            paper.row(row)
        columns = (50, 180, 300, 420)
        paper.row(("Agency", "Name", "Role", "Contact"), columns, bold=True)
        paper.row(("Police", "Oona Brackley", "Offender manager", "01632 960233"), columns)
        paper.row(("Housing", "Ilse Vantongeren", "Manager", "01632 960981"), columns)
        paper.row(("6 Referrer",), bold=True)
        paper.row(("Name", "Kemi Adelaja", "Job title", "Probation officer"))

    found = form(page)
    agencies = found.value("agencies")
    assert isinstance(agencies, tuple)
    assert [row["agency"] for row in agencies if isinstance(row, dict)] == ["Police", "Housing"]
    assert found.value("referrer.name") == "Kemi Adelaja"


def test_a_row_with_one_cell_alone_makes_a_table_without_rulings_doubtful() -> None:
    def page(canvas: Canvas) -> None:
        paper = Paper(canvas)
        for row in PERSON:
            paper.row(row)
        columns = (50, 180, 300, 420)
        paper.row(("Agency", "Name", "Role", "Contact"), columns, bold=True)
        paper.row(("Police", "Oona Brackley", "Offender manager", "01632 960233"), columns)
        paper.row(("Housing",), columns)

    assert form(page).values["agencies"].confidence < 0.9


def test_a_shaded_cell_down_the_side_leaves_the_shaded_rows_beside_it_apart() -> None:
    def page(canvas: Canvas) -> None:
        rows = (("Telephone", "01632 960118", "Date sent", "17 Sep 2017"), ("Job title", "Manager", "Agency", "Trust"))
        for top, side in ((760, "Sender"), (660, "Other")):
            canvas.setFillGray(0.85)
            canvas.rect(50, top - 60, 50, 60, stroke=0, fill=1)
            for bottom in (20, 40, 60):
                canvas.rect(100.1, top - bottom, 100, 20, stroke=0, fill=1)
            for bottom in (20, 40):
                canvas.rect(310, top - bottom, 90, 20, stroke=0, fill=1)
            canvas.setFillGray(0)
            canvas.drawString(54, top - 14, side)
            for at, row in enumerate((*rows, ("Signed by", "Lorna Idowu"))):
                for x, text in zip((104, 206, 314, 406), row, strict=False):
                    canvas.drawString(x, top - 14 - 20 * at, text)

    rows = [
        ["Telephone", "01632 960118", "Date sent", "17 Sep 2017"],
        ["Job title", "Manager", "Agency", "Trust"],
        ["Signed by", "Lorna Idowu"],
    ]
    assert filled(document(page)) == [["Sender", *rows[0]], *rows[1:], ["Other", *rows[0]], *rows[1:]]


def filled(found: Document) -> list[str | list[str]]:
    """What a document says, without its empty cells, and without the signs of lines that go on."""
    return [row if isinstance(row, str) else [text.replace("+", "") for text in row if text] for row in told(found)]


def beside(canvas: Canvas, rows: Sequence[tuple[float, Sequence[tuple[float, str]]]]) -> None:
    """Printed lines at their heights: the headings at the side and the labels are bold, the answers from 200 on are not."""
    for y, pieces in rows:
        for x, text in pieces:
            canvas.setFont("Helvetica-Bold" if x < 200 else "Helvetica", 10)
            canvas.drawString(x, y, text)


def test_rows_beside_a_heading_are_told_apart_under_a_short_heading_of_the_same_words() -> None:
    def page(canvas: Canvas) -> None:
        beside(
            canvas,
            [
                (811, [(50, "1."), (110, "Level of"), (210, "2")]),
                (799, [(50, "Level"), (110, "referral")]),
                (785, [(110, "Area"), (210, "Northumbria")]),
                (762, [(50, "2. Risk")]),
                (744, [(50, "2."), (110, "Overall risk"), (210, MEDIUM)]),
                (732, [(50, "Risk"), (110, "of serious")]),
                (720, [(110, "harm")]),
                (706, [(110, "Risk to the"), (210, "Very high")]),
                (694, [(110, "public")]),
                (680, [(110, "Risk to self"), (210, "Low")]),
            ],
        )

    assert filled(document(page)) == [
        ["1. / Level", "Level of / referral", "2"],
        ["Area", "Northumbria"],
        "2. Risk",
        ["2. / Risk", "Overall risk / of serious / harm", MEDIUM],
        ["Risk to the / public", "Very high"],
        ["Risk to self", "Low"],
    ]


def test_rows_whose_heading_at_the_side_stands_on_the_page_before_stay_rows() -> None:
    def page(canvas: Canvas) -> None:
        beside(
            canvas,
            [
                (760, [(110, "Date of"), (210, "15-11-2010")]),
                (748, [(110, "tribunal")]),
                (734, [(110, "Ward"), (210, "Beech")]),
                (720, [(110, "Clinician"), (210, "Lorna Idowu")]),
                (690, [(50, "Victims")]),
                (674, [(50, "Vic"), (110, "Victim"), (210, NONE)]),
                (662, [(50, "tims"), (110, "issues")]),
                (648, [(110, "VLO"), (210, "Ruth Castellan")]),
            ],
        )

    assert filled(document(page)) == [
        ["Date of / tribunal", "15-11-2010"],
        ["Ward", "Beech"],
        ["Clinician", "Lorna Idowu"],
        "Victims",
        ["Vic / tims", "Victim / issues", NONE],
        ["VLO", "Ruth Castellan"],
    ]


def test_the_number_of_a_question_is_no_label_without_the_words_below_it() -> None:
    def page(canvas: Canvas) -> None:
        beside(
            canvas,
            [
                (760, [(50, "1.2"), (210, "Ravensdale Crown Court")]),
                (748, [(50, "Convictionate")]),
                (736, [(50, "court")]),
                (720, [(50, "1.3"), (210, "14 May 2023")]),
                (708, [(50, "Date")]),
            ],
        )

    assert filled(document(page))[0] == ["1.2 / Convictionate / court", "Ravensdale Crown Court"]


UNDER = (
    ("Name of offence", "Court where sentenced"),
    ("Affray", "Leeds Crown Court"),
    ("Date of conviction", "Known to the library"),
    ("14/05/2023", "Yes"),
    ("Who is the care co-ordinator", "Gender"),
    ("State in full.", ""),
    ("Lorna Idowu", "Male"),
    ("Surname", "Shoe size"),
    ("Quarshie", "9"),
    ("Given names", "Nationality"),
    ("Emmanuel", "British"),
)


def test_rows_of_labels_over_rows_of_answers_are_no_labels_with_answers_behind_tabs() -> None:
    def page(canvas: Canvas) -> None:
        paper = Paper(canvas)
        for row in UNDER:
            paper.row(row, (50, 300), rule=False)

    found = form(page)
    keys = ("family_name", "given_names", "nationality")
    assert [found.value(f"person.{key}") for key in keys] == ["Quarshie", "Emmanuel", "British"]
    assert found.value("conviction.index_offence") == "Affray"
    assert found.value("hospital.care_coordinator") == "Lorna Idowu"  # not the instruction above it
    assert found.value("conviction.date") == "2023-05-14"


def test_lines_of_different_columns_do_not_tell_how_closely_lines_follow() -> None:
    sheet = Sheet(1, lambda *box: box)
    words = [Word("a", 50, 10, 60, 20, 10), Word("b", 210, 19.5, 220, 29.5, 10), Word("c", 210, 31.5, 220, 41.5, 10)]
    sheet.observe([[word] for word in words])
    assert set(sheet.pitches.values()) == {12.0}


def test_a_line_that_follows_an_answer_closely_makes_it_doubtful() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 800, "MAPPA A")
        asked = ("Surname: Nwachukwu", "Gender: Male", "Court: Leeds Crown Court", "Nationality: British")
        for at, text in enumerate((*asked, "Victim Liaison Officer: Nadia", "Farouk", "Ethnicity: Black African")):
            canvas.drawString(50, 770 - 14 * at, text)

    found = form(page).values
    assert found["victim.liaison_officer"].confidence < 0.9
    assert found["person.gender"].confidence >= 0.9


def test_the_headings_of_columns_of_boxes_stand_over_them_and_not_over_the_questions() -> None:
    def word(text: str, x0: float, x1: float, top: float, mark: bool | None = None) -> Word:
        return Word(text, x0, top, x1, top + 10, 10, mark=mark)

    levels = [word("Low", 290, 310, 100), word("Medium", 380, 420, 100), word("High", 478, 502, 100)]
    boxes = [word("", 296 + 95 * nth, 304 + 95 * nth, 118, mark=nth == 1) for nth in range(3)]
    rows = [
        Row(80, 98, [[word("Risk", 50, 75, 84)]]),
        Row(98, 116, [levels]),
        Row(116, 134, [[word("Public", 50, 80, 118), *boxes]]),
    ]
    headings, boxed = places(rows, 48, 545)[1:]
    assert (len(headings), len(boxed)) == (3, 3)
    assert all(abs(a - b) < 12 for a, b in zip(headings, boxed, strict=True))


def test_a_text_and_the_row_below_it_are_two_rows_though_only_labels_are_striped() -> None:
    def page(canvas: Canvas) -> None:
        paper = Paper(canvas)

        def striped(texts: Sequence[str]) -> None:
            canvas.setFillGray(0.93)
            canvas.rect(46, paper.y - 18, 500, 18, stroke=0, fill=1)
            canvas.setFillGray(0)
            paper.row(texts, rule=False)

        striped(PERSON[0])
        paper.row(PERSON[1], rule=False)
        striped(("Previous relevant convictions",))
        paper.row(
            ("2009 robbery, three years in custody, and 2015 possession of a blade, six months",), (58,), rule=False
        )
        paper.row(("Domestic abuse", "No", "Nationality", "British"), rule=False)
        striped(("Court", "Leeds Crown Court", "ViSOR reference", ""))
        paper.row(("Prison number", "A4471CK", "Telephone", "01632 960233"), rule=False)

    found = form(page)
    said = "2009 robbery, three years in custody, and 2015 possession of a blade, six months"
    assert found.value("conviction.previous") == said
    assert (found.value("safeguarding.domestic_abuse"), found.value("person.nationality")) == ("no", "British")


def test_a_bold_label_whose_bracket_ends_on_its_next_line_is_answered_behind_it() -> None:
    asked = {
        "Surname": "Nwachukwu",
        "Forename(s)": "Tobias",
        "Gender": "Male",
        "Ethnicity": "Black African",
        "Nationality": "British",
        "Index offence": "Affray",
        "Date of conviction": "14/05/2023",
        "Notification requirements (sex": "",
    }

    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 815, "MAPPA A")
        y = 800
        for label, answer in asked.items():
            y -= 34
            canvas.rect(50, y, 165, 34)
            canvas.setFont("Helvetica-Bold", 10)
            canvas.drawString(55, y + 21, label)
            canvas.setFont("Helvetica", 10)
            canvas.drawString(55, y + 7, answer)
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(55, y + 9, "offences)?")
        canvas.setFont("Helvetica", 10)
        for x, word in ((115, "Yes"), (160, "No")):
            canvas.rect(x, y + 8, 8, 8)
            canvas.drawString(x + 12, y + 9, word)
        canvas.line(160, y + 8, 168, y + 16)
        canvas.line(160, y + 16, 168, y + 8)

    assert form(page).value("conviction.notification_required") == "no"


FRAMED = (
    ("Offender", ("Last name", "Nwachukwu"), ("First name(s)", "Tobias"), ("Date of birth", "3 May 1990")),
    (
        "Referring agency",
        ("Referring agency", "Probation"),
        ("Name of referrer", "Kemi Adelaja"),
        ("Job title", "Officer"),
    ),
)


def test_labels_and_answers_on_lines_with_one_frame_round_a_section_are_no_cell() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 815, "MAPPA A")
        y = 790.0
        for title, *asked in FRAMED:
            top = y
            lines = [
                (title, "Helvetica-Bold"),
                *((t, f) for q, a in asked for t, f in ((q, "Helvetica-Bold"), (a, "Helvetica"))),
            ]
            for text, font in lines:
                canvas.setFont(font, 10)
                canvas.drawString(60, y - 16, text)
                y -= 22
            canvas.rect(50, y - 6, 450, top - y + 6)
            y -= 30

    found = form(page)
    keys = ("person.family_name", "person.given_names", "person.date_of_birth", "referrer.agency", "referrer.name")
    assert [found.value(key) for key in keys] == ["Nwachukwu", "Tobias", "1990-05-03", "Probation", "Kemi Adelaja"]


def test_a_note_in_brackets_that_wraps_behind_its_label_is_no_answer() -> None:
    asked = (
        ("Last name", "Okoro"),
        ("Victim issues", "She fears him."),
        ("Name of referrer", "Kemi Adelaja"),
        ("Court", "Leeds"),
        ("Job title", "Officer"),
        ("PNC ID", "2012/0673173R"),
        ("Gender", "Male"),
    )

    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 815, "MAPPA A")
        y = 790.0
        for label, said in asked:
            canvas.rect(50, y - 46, 200, 46)
            canvas.rect(250, y - 46, 200, 46)
            for text, font, down in ((label, "Helvetica-Bold", 12), (said, "Helvetica", 40)):
                canvas.setFont(font, 10)
                canvas.drawString(54, y - down, text)
            canvas.setFont("Helvetica-Oblique", 10)
            canvas.drawString(58 + canvas.stringWidth(label, "Helvetica-Bold", 10), y - 12, "(see the guidance in")
            canvas.drawString(54, y - 24, "annex four)")
            y -= 46

    found = form(page)
    keys = ("person.family_name", "victim.issues", "referrer.name", "conviction.court")
    assert [found.value(key) for key in keys] == ["Okoro", "She fears him.", "Kemi Adelaja", "Leeds"]


def test_an_answer_that_wide_room_parts_and_one_beside_an_empty_place_for_a_cross_are_doubted() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 800, "MAPPA A")
        asked = {
            "Surname": "Nwachukwu",
            "Gender": "Male",
            "Court": "Leeds Crown Court",
            "Nationality": "British",
            "Children at risk": "Yes __",
        }
        for at, (label, answer) in enumerate(asked.items()):
            canvas.setFont("Helvetica-Bold", 10)
            canvas.drawString(50, 770 - 14 * at, f"{label}:")
            canvas.setFont("Helvetica", 10)
            canvas.drawString(60 + canvas.stringWidth(f"{label}:"), 770 - 14 * at, answer)
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(50, 660, "Index offence:")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(130, 660, "Two further counts were made")
        canvas.drawString(450, 660, "Referrer")

    found = form(page).values
    assert found["conviction.index_offence"].confidence < 0.9
    assert found["safeguarding.children"].confidence < 0.9
    assert found["person.gender"].confidence >= 0.9


ANSWERED = {
    "Last name": "Okoro",
    "First name(s)": "Tobias",
    "Name of referrer": "Kemi Adelaja",
    "Job title": "Officer",
    "PNC ID": "2012/0673173R",
    "Gender": "Male",
    "Nationality": "British",
}


def answered(found: FormReading) -> list[object]:
    keys = ("family_name", "given_names", "pnc_id", "gender")
    return [*(found.value(f"person.{key}") for key in keys), found.value("referrer.name")]


def test_words_struck_out_of_labels_are_gone() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 815, "MAPPA A")
        y = 790.0
        for label, said in ANSWERED.items():
            first, *more = label.split()
            x = 54.0
            for text, struck in ((f"{first} ", False), ("old wording ", True), (" ".join(more), False)):
                canvas.drawString(x, y - 14, text)
                end = x + canvas.stringWidth(text, "Helvetica", 10)
                if struck:
                    canvas.line(x, y - 10.8, end - 3, y - 10.8)
                x = end
            canvas.drawString(304, y - 14, said)
            canvas.rect(50, y - 20, 250, 20)
            canvas.rect(300, y - 20, 200, 20)
            y -= 20

    assert answered(form(page)) == ["Okoro", "Tobias", "2012/0673173R", "Male", "Kemi Adelaja"]


@pytest.mark.parametrize(("inset", "foot"), [(5.0, 14.0), (5.0, 0.0)])
def test_a_frame_within_a_cell_that_touches_its_rulings_is_the_answer_in_it(inset: float, foot: float) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 815, "MAPPA A")
        y = 790.0
        for nth, (label, said) in enumerate(ANSWERED.items()):
            canvas.setFont("Helvetica-Bold", 10)
            canvas.drawString(54, y - 14, label)
            canvas.setFont("Helvetica", 10)
            canvas.drawString(310, y - 14, said)
            canvas.rect(50, y - 36, 250, 36)
            canvas.rect(300, y - 36, 230, 36)
            if nth != 1:
                canvas.rect(300 + inset, y - 36 + foot, 190, 36 - foot)
            y -= 36

    assert answered(form(page)) == ["Okoro", "Tobias", "2012/0673173R", "Male", "Kemi Adelaja"]


def test_an_empty_place_for_a_tick_within_a_cell_is_no_part_of_the_option_before_it() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 815, "MAPPA A")
        y = 790.0
        asked = {**ANSWERED, "Domestic abuse": "", "Court": "Leeds"}
        for label, said in asked.items():
            canvas.drawString(54, y - 14, label)
            canvas.rect(50, y - 20, 250, 20)
            canvas.rect(300, y - 20, 230, 20)
            if said:
                canvas.drawString(310, y - 14, said)
            else:
                for x, wide, text in ((305, 60, "Yes"), (365, 20, ""), (385, 60, "No"), (445, 20, "X")):
                    canvas.rect(x, y - 20, wide, 20)
                    canvas.drawString(x + 4, y - 14, text)
            y -= 20

    found = form(page).values["safeguarding.domestic_abuse"]
    assert found.value == "no" or found.confidence < 0.9


@pytest.mark.parametrize(("frame", "sure"), [(70, True), (46, False)])
def test_what_fills_a_frame_within_a_cell_may_be_cut_off(frame: float, sure: bool) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 815, "MAPPA A")
        y = 790.0
        for label, said in {**ANSWERED, "Victim issues": "The victim fears him and was told"}.items():
            high = 90 if label == "Victim issues" else 20
            canvas.drawString(54, y - 14, label)
            canvas.drawString(310, y - 14, said)
            canvas.rect(50, y - high, 250, high)
            canvas.rect(300, y - high, 230, high)
            if high > 20:
                canvas.drawString(310, y - 28, "of his release. She asks for a zone")
                canvas.drawString(310, y - 42, "that takes in the town.")
                canvas.rect(305, y - frame, 190, frame)
            y -= high

    found = form(page).values["victim.issues"]
    assert str(found.value).endswith("that takes in the town.")
    assert (found.confidence >= 0.9) == sure
