"""Forms that set their labels apart by nothing but place: empty lines, the turns of labels and answers, numbers, tabs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from reportlab.pdfgen.canvas import Canvas

from extractors.models import FormReading
from extractors.read import read
from tests.extractors.documents import cell, docx, paragraph, row, run
from tests.extractors.drawn import drawn

DAY = date(2026, 11, 20)
ASKED = (
    ("What is the young person's last name", "Vance", "person.family_name", "Vance"),
    ("What are their first names", "Rhys", "person.given_names", "Rhys"),
    ("When were they born", "09/12/2008", "person.date_of_birth", "2008-12-09"),
    ("Which court sentenced them", "Leeds Crown Court", "conviction.court", "Leeds Crown Court"),
    ("What sentence did they get", "3 years detention", "conviction.sentence", "3 years detention"),
    ("When will they be released", "10/10/2027", "dates.release", "2027-10-10"),
    ("What is your name", "Nadia Farouk", "referrer.name", "Nadia Farouk"),
    ("What is your job", "Case manager", "referrer.role", "Case manager"),
)
KNOWN = {key: value for *_, key, value in ASKED}
TOLD = "He was moved to a hostel in March. Since then two complaints were made by neighbours."


def form(*texts: str) -> FormReading:
    """A form of one paragraph a line; an empty text is an empty paragraph."""
    body = "".join(paragraph(run(text)) if text else paragraph() for text in ("MAPPA H", *texts))
    return read(docx(body), "form.docx", DAY).forms[0]


def below(*more: str) -> FormReading:
    return form(*(text for label, answer, *_ in ASKED for text in (label, answer)), *more)


def told(found: FormReading) -> dict[str, object]:
    return {key: found.value(key) for key in KNOWN}


def test_an_empty_line_below_a_label_is_its_empty_answer_and_no_label_the_answer() -> None:
    found = below("Nationality and immigration status", "", "Gender as stated by the person", "Female")
    assert told(found) == KNOWN
    assert (found.values["person.nationality"].status, found.value("person.gender")) == ("blank", "Female")


def test_a_label_that_nobody_knows_ends_the_answer_before_it() -> None:
    found = below("Previous offending", TOLD, "Ward round day", "Thursday", "Offence", "Robbery")
    assert (found.value("conviction.previous"), found.value("conviction.index_offence")) == (TOLD, "Robbery")
    assert told(found) == KNOWN
    assert found.values["conviction.previous"].confidence < 0.9


def test_the_empty_line_is_seen_on_a_printed_page_too() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(56, 800, "MAPPA H")
        top = 780
        for label, answer, *_ in (*ASKED, ("Country of citizenship", ""), ("Gender of the person", "Female")):
            canvas.drawString(56, top, label)
            canvas.drawString(56, top - 15, answer)
            top -= 30

    found = read(drawn(page), "form.pdf", DAY).forms[0]
    assert told(found) == KNOWN
    assert (found.values["person.nationality"].status, found.value("person.gender")) == ("blank", "Female")


def test_where_every_label_has_its_number_a_line_with_the_next_one_is_a_label() -> None:
    asked = [f"1.{number} {label}" for number, (label, *_) in enumerate(ASKED, 1)]
    lines = [text for label, (_, answer, *_) in zip(asked, ASKED, strict=True) for text in (label, answer)]
    found = form(*lines, "1.9 Previous offending", TOLD, "1.10 Blood group", "O positive")
    assert (told(found), found.value("conviction.previous")) == (KNOWN, TOLD)


def test_where_every_answer_stands_behind_a_tab_what_stands_before_one_is_a_label() -> None:
    lines = [f"{label}\t{answer}" for label, answer, *_ in ASKED]
    found = form(*lines, f"Previous offending\t{TOLD}", "What the neighbours have asked us for so far\tA fence", TOLD)
    assert (told(found), found.value("conviction.previous")) == (KNOWN, TOLD)


def test_an_option_struck_out_right_behind_a_colon_is_seen() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 800, "MAPPA A")
        for at, (label, answer, *_) in enumerate(ASKED):
            canvas.drawString(50, 780 - 20 * at, f"{label}: {answer}")
        for at, (label, struck) in enumerate(
            (("Is there a MARAC referral:", "Yes"), ("Is domestic abuse a factor:", "No"))
        ):
            end = 50 + canvas.stringWidth(label, "Helvetica", 10)
            y = 600 - 20 * at
            canvas.drawString(50, y, label)
            canvas.drawString(end, y, "Yes / No")
            start = end + canvas.stringWidth("Yes / ", "Helvetica", 10) * (struck == "No")
            canvas.line(start, y + 3, start + canvas.stringWidth(struck, "Helvetica", 10), y + 3)

    values = read(drawn(page), "form.pdf", DAY).forms[0].values
    assert (values["safeguarding.marac"].value, values["safeguarding.domestic_abuse"].value) == ("no", "yes")


def test_a_label_that_goes_on_behind_its_colon_makes_nothing_sure() -> None:
    shade = '<w:shd w:val="clear" w:fill="D9E2EC"/>'
    asked = (*ASKED, ("Index offence: what was done to whom", "Robbery", "", ""))
    rows = "".join(
        row(cell(paragraph(run(label)), shade)) + row(cell(paragraph(run(answer)))) for label, answer, *_ in asked
    )
    body = paragraph(run("MAPPA H")) + f'<w:tbl><w:tblGrid><w:gridCol w:w="9000"/></w:tblGrid>{rows}</w:tbl>'
    found = read(docx(body), "form.docx", DAY).forms[0]
    assert told(found) == KNOWN
    assert found.values["conviction.index_offence"].confidence < 0.9


def test_a_sentence_that_a_page_break_cuts_goes_on_even_where_it_names_a_label() -> None:
    def first(canvas: Canvas) -> None:
        for at, (label, answer, *_) in enumerate((("MAPPA H", "", "", ""), *ASKED)):
            canvas.drawString(50, 800 - 20 * at, f"{label}: {answer}" if answer else label)
        canvas.drawString(50, 620, "Previous offending: The name of the neighbour is withheld here on")

    def second(canvas: Canvas) -> None:
        canvas.drawString(50, 800, "purpose. Mental health: no symptoms are reported.")
        canvas.drawString(50, 780, "Nationality: Polish")

    found = read(drawn(first, second), "form.pdf", DAY).forms[0]
    assert " ".join(str(found.value("conviction.previous")).split()) == (
        "The name of the neighbour is withheld here on purpose. Mental health: no symptoms are reported."
    )
    assert found.value("person.nationality") == "Polish"


def test_a_heading_down_the_side_of_its_rows_does_not_tear_them_apart() -> None:
    asked = (
        ("Last name", "Vance", "Gender", "Female"),
        ("Date of birth", "09/12/2008", "Nationality", "Polish"),
        ("Which court sentenced them", "Leeds Crown Court", "When convicted", "04/04/2018"),
        ("Sentence", "Life", "Date of sentence", "05/04/2018"),
    )

    def page(canvas: Canvas) -> None:
        canvas.drawString(56, 800, "MAPPA H")
        for at, piece in enumerate(("2. The", "young", "person", "and", "the", "court")):
            canvas.drawString(56, 760 - 12 * at, piece)
        top = 760
        for number, texts in enumerate(asked):
            for x, text in zip((120, 220, 330, 430), texts, strict=True):
                head, _, tail = text.partition(" court ")
                canvas.drawString(x, top, head)
                canvas.drawString(x, top - 12, tail and f"court {tail}")
            top -= 27 if number == 2 else 17

    found = read(drawn(page), "form.pdf", DAY).forms[0]
    wanted = {
        "person.family_name": "Vance",
        "person.gender": "Female",
        "person.date_of_birth": "2008-12-09",
        "person.nationality": "Polish",
        "conviction.court": "Leeds Crown Court",
        "conviction.date": "2018-04-04",
        "conviction.sentence": "Life",
        "conviction.sentence_date": "2018-04-05",
    }
    assert {key: found.value(key) for key in wanted} == wanted


def test_paragraphs_below_a_bold_label_are_its_answer_and_what_asks_to_be_filled_in_is_none() -> None:
    asked = (
        (("Last name", "First names"), (("Vance",), ("Rhys",))),
        (("Previous offending",), (("Please write clearly.",), (TOLD,), ("A window was broken.",))),
        (("Date of birth", "Gender"), (("09/12/2008",), ("Female",))),
        (("Sentence", "Court"), (("Life",), ("Leeds Crown Court",))),
    )

    def page(canvas: Canvas) -> None:
        canvas.drawString(56, 800, "MAPPA H")
        top = 770
        for labels, answers in asked:
            canvas.setFont("Helvetica-Bold", 10)
            for x, label in zip((56, 330), labels, strict=False):
                canvas.drawString(x, top, label)
            canvas.setFont("Helvetica", 10)
            if len(labels) > 1:
                for x, (answer,) in zip((56, 330), answers, strict=True):
                    canvas.drawString(x, top - 17, answer)
                top -= 34
                continue
            for (answer,) in answers:
                top -= 17
                canvas.drawString(56, top, answer)
            top -= 17

    found = read(drawn(page), "form.pdf", DAY).forms[0]
    assert found.value("conviction.previous") == f"{TOLD}\nA window was broken."
    assert (found.value("person.gender"), found.value("conviction.court")) == ("Female", "Leeds Crown Court")
    assert all(value.confidence < 0.9 for value in found.values.values() if value.status == "absent")


def test_an_answer_that_the_next_label_may_have_cut_is_not_sure() -> None:
    found = form(
        "Surname: Vance",
        "First names: Rhys",
        "Date of birth: 09/12/2008",
        "Court of conviction: Cardiff Youth Court Sentence: Life",
        "Your job: Case manager",
    )
    assert found.values["conviction.court"].confidence < 0.9


def test_a_wide_cell_with_a_bold_label_above_its_answer_is_no_heading() -> None:
    def asked(label: str, answer: str, wide: bool = False) -> str:
        inside = paragraph(run(label, "<w:b/>")) + (paragraph(run(answer)) if answer else "")
        return cell(inside, look='<w:gridSpan w:val="2"/>' if wide else "")

    pairs = [ASKED[at : at + 2] for at in range(0, len(ASKED), 2)]
    rows = [row(*(asked(label, answer) for label, answer, *_ in pair)) for pair in pairs]
    rows.insert(1, row(asked("Index offence for which sentenced", TOLD, wide=True)))
    grid = '<w:tblGrid><w:gridCol w:w="4500"/><w:gridCol w:w="4500"/></w:tblGrid>'
    body = paragraph(run("MAPPA A")) + f"<w:tbl>{grid}{''.join(rows)}</w:tbl>"
    found = read(docx(body), "form.docx", DAY).forms[0]
    assert (told(found), found.value("conviction.index_offence")) == (KNOWN, TOLD)


def test_a_cell_with_a_label_of_its_own_answers_none_above_it_where_labels_share_their_cells() -> None:
    cells = [(label, answer) for label, answer, *_ in ASKED]
    cells[2:2] = [("Nationality", ""), ("What the neighbours say", TOLD)]
    rows = "".join(row(cell(paragraph(run(label)) + (paragraph(run(text)) if text else ""))) for label, text in cells)
    body = paragraph(run("MAPPA H")) + f'<w:tbl><w:tblGrid><w:gridCol w:w="9000"/></w:tblGrid>{rows}</w:tbl>'
    found = read(docx(body), "form.docx", DAY).forms[0]
    assert (told(found), found.values["person.nationality"].status) == (KNOWN, "blank")


def test_the_answer_to_a_shaded_label_that_ends_a_page_begins_the_next() -> None:
    def shaded(canvas: Canvas, top: float, label: str) -> None:
        canvas.setFillGray(0.85)
        canvas.rect(56, top - 4, 480, 16, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.drawString(61, top, label)

    def first(canvas: Canvas) -> None:
        canvas.drawString(56, 800, "MAPPA H")
        for at, (label, answer, *_) in enumerate(ASKED):
            shaded(canvas, 770 - 34 * at, label)
            canvas.drawString(61, 753 - 34 * at, answer)
        shaded(canvas, 770 - 34 * len(ASKED), "Nationality and immigration status")

    def second(canvas: Canvas) -> None:
        canvas.drawString(61, 800, "Polish")
        for at, (label, answer) in enumerate((("Gender of the person", "Female"), ("Index offence", "Robbery"))):
            shaded(canvas, 783 - 34 * at, label)
            canvas.drawString(61, 766 - 34 * at, answer)

    found = read(drawn(first, second), "form.pdf", DAY).forms[0]
    assert told(found) == KNOWN
    nationality = found.values["person.nationality"]
    assert (nationality.value, found.value("person.gender")) == ("Polish", "Female")
    assert nationality.confidence < 0.9


def test_a_label_that_a_page_break_may_have_cut_makes_nothing_sure() -> None:
    def page(*rows: tuple[str, str]) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            canvas.drawString(50, 810, "MAPPA A")
            for at, (label, answer) in enumerate(rows):
                y = 780 - 20 * at
                for x, text in ((50, label), (300, answer)):
                    canvas.rect(x, y - 6, 250, 20)
                    canvas.drawString(x + 5, y, text)

        return draw

    asked = [(label, answer) for label, answer, *_ in ASKED]
    found = read(
        drawn(page(*asked, ("Risk of serious harm", "Medium")), page(("to a known adult", ""), ("Gender", "Female"))),
        "form.pdf",
        DAY,
    ).forms[0]
    assert [value.confidence < 0.9 for value in found.values.values() if value.value == "medium"] == [True]
