"""Answers that stand where more than one label may claim them, or that a page or a frame cuts: right, or never sure."""

from __future__ import annotations

from collections.abc import Callable

from reportlab.pdfgen.canvas import Canvas

from extractors.models import Value
from extractors.pdf.document import read_pdf
from extractors.read import SURE, read
from tests.extractors.documents import cell, docx, paragraph, row, run, table
from tests.extractors.drawn import drawn, told
from tests.extractors.drawn import table as ruled
from tests.extractors.test_area_forms import DAY
from tests.extractors.test_unanswered import ASKED, BOLD, KEYS

TITLE = paragraph(run("MAPPA I")) + paragraph(run("Initial notification of MAPPA eligible patients"))


def values(body: str) -> dict[str, Value]:
    (form,) = read(docx(TITLE + body), "form.docx", DAY).forms
    return dict(form.values)


def beside(look: str = BOLD, said: str = "", **more: str) -> str:
    """The questions with their answers beside them; `said` is the look of the answers, `more` other answers by key."""
    pairs = [(label, more.get(key.replace(".", "_"), answer)) for key, (label, answer) in zip(KEYS, ASKED, strict=True)]
    rows = (row(cell(paragraph(run(label, look))), cell(paragraph(run(answer, said)))) for label, answer in pairs)
    return table(*rows)


def test_a_cross_belongs_to_the_option_on_its_own_line() -> None:
    options = (
        "Initial identification (within 3 days of sentence or admission) X",
        "First CPA meeting __",
        "Tribunal X",
    )
    told = row(cell(paragraph(run("Reason for this notification", BOLD))), cell(*map(paragraph, options)))
    found = values(beside() + table(told))["hospital.trigger"]
    assert found.value == ("identification", "tribunal")


def test_an_answer_that_alone_is_bold_like_the_labels_is_doubted() -> None:
    strange = row(cell(paragraph(run("Victim Liaison Officer", BOLD))), cell(paragraph(run("Photo enclosed", BOLD))))
    assert values(beside() + table(strange))["victim.liaison_officer"].confidence < SURE


def test_bold_answers_among_bold_answers_are_as_sure_as_others() -> None:
    found = values(beside(said=BOLD))
    assert all(found[key].confidence >= SURE for key in KEYS if key != "conviction.court")


def test_the_answer_beside_two_labels_in_one_cell_is_doubted() -> None:
    labels = [paragraph(run(text, BOLD)) for text in ("Victim issues:", "Victim Liaison Officer:")]
    found = values(beside() + table(row(cell(*labels), cell("None known", "Priya Ramanathan"))))
    assert found["victim.liaison_officer"].confidence < SURE
    assert found["victim.issues"].confidence < SURE


def test_a_dash_below_a_label_says_that_there_is_no_answer() -> None:
    def drawn_cell(label: str, said: str) -> str:
        return cell(paragraph(label), paragraph("-" if label == "Gender" else said))

    rows = (row(drawn_cell(*one), drawn_cell(*other)) for one, other in zip(ASKED[:4], ASKED[5:9], strict=True))
    assert values(table(*rows, row(drawn_cell(*ASKED[4]), cell(""))))["person.gender"].status == "not_known"


def test_the_next_number_begins_the_next_question() -> None:
    asked = [*ASKED, ("Current address", ""), ("Address the person will go to on release", "24 The Crescent, Aldmere")]
    lines = (
        paragraph(f"1.{number} {label}") + (paragraph(said) if said else "")
        for number, (label, said) in enumerate(asked, 1)
    )
    found = values("".join(lines))["person.current_address"]
    assert (found.status, found.value) == ("blank", None)


def test_words_in_capitals_below_a_question_are_no_sure_answer_where_headings_are() -> None:
    def headed(text: str) -> str:
        return paragraph(run(text)) + "".join(paragraph(label + ":") + paragraph(said) for label, said in ASKED[:5])

    asked = "".join(paragraph(label + ":") + paragraph(said) for label, said in ASKED[5:])
    body = headed("PERSONAL DETAILS") + paragraph("OFFENCE DETAILS") + asked
    found = values(
        body + paragraph("Victim Liaison Officer:") + paragraph("HOW DANGEROUS") + paragraph("Other matters:")
    )
    assert found["victim.liaison_officer"].value != "HOW DANGEROUS" or found["victim.liaison_officer"].confidence < SURE


def pages(canvas_rows: list[list[list[str]]]) -> dict[str, Value]:
    """A form of ruled rows, page by page, that fill each page to its foot and begin at its head."""

    def page(rows: list[list[str]], first: bool) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            if first:
                canvas.drawString(50, 800, "MAPPA I Initial notification of MAPPA eligible patients")
            ruled(canvas, rows, top=790 if not first else 60 + 20 * len(rows))

        return draw

    made = [page(rows, number == 0) for number, rows in enumerate(canvas_rows)]
    (form,) = read(drawn(*made), "form.pdf", DAY).forms
    return dict(form.values)


def test_a_label_whose_number_stands_on_the_page_before_is_no_whole_row() -> None:
    rows = [list(pair) for pair in ASKED]
    found = pages([[*rows, ["2.12", "British and"]], [["Nationality", "Irish"], ["Ethnicity", "White"]]])
    nationality = found["person.nationality"]
    assert nationality.value == "British and Irish" or nationality.confidence < SURE
    assert found["person.family_name"].confidence >= SURE


def test_a_text_that_its_frame_is_too_low_for_is_doubted() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 800, "MAPPA I Initial notification of MAPPA eligible patients")
        ruled(canvas, [[label, ""] for label, _ in ASKED], height=30)
        for number, (_, said) in enumerate(ASKED):
            top = 780 - 30 * number
            canvas.rect(186, top - (17 if number == 1 else 24), 200, 14 if number == 1 else 21)
            canvas.drawString(190, top - 15.5, said)

    (form,) = read(drawn(draw), "form.pdf", DAY).forms
    assert form.values["person.family_name"].value == "Nowak"
    assert form.values["person.family_name"].confidence < SURE
    assert form.values["person.given_names"].confidence >= SURE


def fixed(canvas: Canvas, answers: dict[str, list[str]], height: float = 26) -> None:
    """Rows of one height, each with a line or two, of which the second fills it."""
    canvas.drawString(50, 800, "MAPPA I Initial notification of MAPPA eligible patients")
    ruled(canvas, [[label, ""] for label, _ in ASKED], height=height)
    for number, (label, said) in enumerate(ASKED):
        for line, text in enumerate(answers.get(label, [said])):
            canvas.drawString(184, 780 - height * number - 10 - 12 * line, text)


def test_what_fills_a_row_of_fixed_height_is_doubted() -> None:
    two = {
        "Hospital and ward": ["St Alphege Hospital,", "Kingfisher Ward, which"],
        "Court": ["Stafford", "Crown Court,"],
    }
    (form,) = read(drawn(lambda canvas: fixed(canvas, two)), "form.pdf", DAY).forms
    assert form.values["hospital.name"].confidence < SURE
    assert form.values["person.family_name"].confidence >= SURE


def test_a_question_of_whose_options_few_are_printed_is_not_surely_left_out() -> None:
    def told(*options: str) -> Value:
        asked = row(cell(paragraph(run("MAPPA category", BOLD))), cell(*(paragraph(f"☐ {text}") for text in options)))
        return values(beside() + table(asked))["category"]

    options = ["Category 1: Registered sexual offender", "Category 2: Violent offender", "Category 3: Other dangerous"]
    assert told(options[0]).confidence < SURE
    assert told(*options).status == "blank" and told(*options).confidence >= SURE


def test_several_crosses_for_one_choice_are_doubted() -> None:
    told = row(
        cell(paragraph(run("Overall risk of serious harm", BOLD))), cell("Low X   Medium __   High X   Very high __")
    )
    assert values(beside() + table(told))["risk.overall"].confidence < SURE


def columned(canvas: Canvas) -> None:
    canvas.drawString(50, 800, "MAPPA I Initial notification of MAPPA eligible patients")
    left, right, rows = (50, 150, 280), (310, 410, 540), [list(pair) for pair in ASKED]
    ruled(canvas, rows[:2], top=780, xs=left)
    ruled(canvas, [*rows[2:4], ["Hospital and ward", "St Alphege Hospital,"]], top=720, xs=left)
    ruled(canvas, [["", "Kingfisher Ward"], *rows[4:6]], top=780, xs=right)
    ruled(canvas, [rows[6], rows[8]], top=700, xs=right)


def test_tables_in_two_columns_are_read_column_by_column_and_what_goes_on_in_the_next_is_doubted() -> None:
    document = read_pdf(drawn(columned))
    firsts = [line[0] for line in told(document) if isinstance(line, list)]
    assert firsts[:6] == ["MAPPA Area", "Last name", "First name(s)", "Date of birth", "Hospital and ward", ""]
    (form,) = read(drawn(columned), "form.pdf", DAY).forms
    assert form.values["hospital.name"].confidence < SURE
    assert form.values["person.given_names"].confidence >= SURE


def test_an_option_in_bold_print_makes_no_label_of_its_row() -> None:
    """The label that begins a page is no rest of the options above it, one of which is chosen in bold."""

    def first(canvas: Canvas) -> None:
        canvas.drawString(50, 800, "MAPPA I Initial notification of MAPPA eligible patients")
        ruled(
            canvas,
            [[text] for pair in ASKED for text in pair] + [["Overall risk of serious harm"]],
            top=540,
            xs=(50, 500),
        )
        canvas.rect(50, 60, 450, 20)
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(54, 67, "Low")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(76, 67, "/ Medium / High / Very high")

    def second(canvas: Canvas) -> None:
        ruled(canvas, [["Victim Liaison Officer"], ["Priya Ramanathan"]], top=790, xs=(50, 500))

    (form,) = read(drawn(first, second), "form.pdf", DAY).forms
    assert form.values["victim.liaison_officer"].value == "Priya Ramanathan"


def test_options_that_lines_part_are_not_surely_left_open() -> None:
    torn = row(cell(paragraph(run("Restricted patient", BOLD))), cell("Yes/"), cell("No"), cell(""))
    framed = cell("Low", table(row(cell("Medium"))), "High", "Very high")
    asked = row(cell(paragraph(run("Overall risk of serious harm", BOLD))), framed)
    found = values(beside() + table(torn) + table(asked))
    assert found["hospital.restricted"].confidence < SURE
    assert found["risk.overall"].confidence < SURE
