"""A PDF says the same whatever drew it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors.page import Line, Table
from extractors.pdf.document import read_pdf
from tests.extractors.drawn import HEIGHT, read, runs, table, told

ROWS = [["Surname", "Okonkwo"], ["Date of birth", "14/03/1987"], ["Prison number", ""], ["Court", "Walsall"]]


def by_rectangles(canvas: Canvas) -> None:
    table(canvas, ROWS)


def by_long_lines(canvas: Canvas) -> None:
    table(canvas, ROWS, grid=False)
    canvas.grid([50, 180, 500], [780 - 20 * k for k in range(5)])


def by_thin_fills(canvas: Canvas) -> None:
    table(canvas, ROWS, grid=False)
    for k in range(5):
        canvas.rect(50, 780 - 20 * k - 0.25, 450, 0.5, stroke=0, fill=1)
    for x in (50, 180, 500):
        canvas.rect(x - 0.25, 700, 0.5, 80, stroke=0, fill=1)


def by_one_path(canvas: Canvas) -> None:
    table(canvas, ROWS, grid=False)
    path = canvas.beginPath()
    for k in range(5):
        path.moveTo(50, 780 - 20 * k)
        path.lineTo(500, 780 - 20 * k)
    for x in (50, 180, 500):
        path.moveTo(x, 780)
        path.lineTo(x, 700)
    canvas.drawPath(path)


def by_dashes(canvas: Canvas) -> None:
    canvas.setDash(2, 2)
    table(canvas, ROWS)


def by_many_dots(canvas: Canvas) -> None:
    table(canvas, ROWS, grid=False)
    for k in range(5):
        for x in range(50, 500, 2):
            canvas.rect(x, 780 - 20 * k, 0.7, 0.7, stroke=0, fill=1)
    for x in (50, 180, 500):
        for y in range(700, 780, 2):
            canvas.rect(x, y, 0.7, 0.7, stroke=0, fill=1)


def without_sides(canvas: Canvas) -> None:
    table(canvas, ROWS, grid=False)
    for k in range(5):
        canvas.line(50, 780 - 20 * k, 500, 780 - 20 * k)
    canvas.line(180, 780, 180, 700)


def rules_only(canvas: Canvas) -> None:
    table(canvas, ROWS, grid=False)
    for k in range(5):
        canvas.line(50, 780 - 20 * k, 500, 780 - 20 * k)


def rules_below_only(canvas: Canvas) -> None:
    table(canvas, ROWS, grid=False)
    for k in range(1, 5):
        canvas.line(50, 780 - 20 * k, 500, 780 - 20 * k)


def shaded_labels_only(canvas: Canvas) -> None:
    canvas.setFillGray(0.85)
    for k in range(4):
        canvas.rect(50, 761 - 20 * k, 130, 18, stroke=0, fill=1)
    canvas.setFillGray(0)
    table(canvas, ROWS, grid=False)


def shaded_every_other_row(canvas: Canvas) -> None:
    canvas.setFillGray(0.9)
    for k in (0, 2):
        canvas.rect(50, 760 - 20 * k, 450, 20, stroke=0, fill=1)
    canvas.setFillGray(0)
    table(canvas, ROWS, grid=False)


def nothing_drawn(canvas: Canvas) -> None:
    table(canvas, ROWS, grid=False)


def letter_by_letter(canvas: Canvas) -> None:
    canvas.grid([50, 180, 500], [780 - 20 * k for k in range(5)])
    for k, row in enumerate(ROWS):
        for x, text in zip((54, 184), row, strict=True):
            for letter in text:
                canvas.drawString(x, 767 - 20 * k, letter)
                x += canvas.stringWidth(letter, "Helvetica", 10)


def printed_twice_for_bold(canvas: Canvas) -> None:
    table(canvas, ROWS)
    canvas.translate(0.3, 0)
    table(canvas, ROWS, grid=False)


def on_a_landscape_page_shown_upright(canvas: Canvas) -> None:
    canvas.setPageRotation(90)
    canvas.translate(595, 0)
    canvas.rotate(90)
    canvas.translate(0, -200)
    table(canvas, ROWS)


def lying_on_its_side(canvas: Canvas) -> None:
    canvas.translate(595, 0)
    canvas.rotate(90)
    canvas.translate(0, -200)
    table(canvas, ROWS)


def standing_on_its_head(canvas: Canvas) -> None:
    canvas.translate(595, HEIGHT)
    canvas.rotate(180)
    table(canvas, ROWS)


def in_a_form_within(canvas: Canvas) -> None:
    canvas.beginForm("whole")
    table(canvas, ROWS)
    canvas.endForm()
    canvas.translate(10, -20)
    canvas.scale(0.9, 0.9)
    canvas.doForm("whole")


LOOKS: list[Callable[[Canvas], None]] = [
    by_rectangles,
    by_long_lines,
    by_thin_fills,
    by_one_path,
    by_dashes,
    by_many_dots,
    without_sides,
    rules_only,
    rules_below_only,
    shaded_labels_only,
    shaded_every_other_row,
    nothing_drawn,
    letter_by_letter,
    printed_twice_for_bold,
    on_a_landscape_page_shown_upright,
    lying_on_its_side,
    standing_on_its_head,
    in_a_form_within,
]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.__name__)
def test_labels_and_values_are_found_side_by_side_however_the_table_was_drawn(look: Callable[[Canvas], None]) -> None:
    document = read(look)
    assert told(document) == ROWS
    assert all(run.confidence >= 0.99 for run in runs(document))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.__name__)
def test_every_run_tells_its_place_on_the_page_as_displayed(look: Callable[[Canvas], None]) -> None:
    document = read(look)
    page = document.pages[0]
    for run in runs(document):
        assert run.page == 1 and run.box is not None
        assert -1 <= run.box.x0 < run.box.x1 <= page.width + 1
        assert -1 <= run.box.top < run.box.bottom <= page.height + 1


def test_a_page_on_its_side_has_boxes_that_stand_on_their_side() -> None:
    box = next(run.box for run in runs(read(lying_on_its_side)) if run.text == "14/03/1987")
    assert box is not None and box.bottom - box.top > 3 * (box.x1 - box.x0)


def test_two_four_and_six_columns_keep_their_cells() -> None:
    for columns in (2, 4, 6):
        xs = [40 + 85 * k for k in range(columns + 1)]
        rows = [[f"r{r}c{c}" for c in range(columns)] for r in range(5)]
        assert told(read(lambda canvas, rows=rows, xs=xs: table(canvas, rows, xs=xs))) == rows


def test_merged_cells_span_what_they_cover() -> None:
    def page(canvas: Canvas) -> None:
        canvas.rect(50, 760, 450, 20)
        canvas.drawString(54, 766, "1. PERSON")
        table(
            canvas, [["Surname", "Smith", "All"], ["Forename", "John", ""]], top=760, xs=(50, 180, 400, 500), grid=False
        )
        canvas.grid([50, 180, 400], [760, 740, 720])
        canvas.rect(400, 720, 100, 40)

    (block,) = read(page).blocks
    assert isinstance(block, Table)
    spans = {cell.text: (cell.row, cell.col, cell.row_span, cell.col_span) for cell in block.cells}
    assert spans["1. PERSON"] == (0, 0, 1, 3)
    assert spans["All"] == (1, 2, 2, 1)
    assert spans["John"] == (2, 1, 1, 1)


def test_short_lines_one_below_the_other_are_paragraphs_of_their_own() -> None:
    lines = [
        "Area: Gwent",
        "Shoe size: 9",
        "Level: 2",
        "Strategic Management Board area: Gwent",
        "Court: Leeds",
        "Age: 40",
    ]

    def listed(canvas: Canvas) -> None:
        for k, text in enumerate(lines):
            canvas.drawString(50, 700 - 13 * k, text)

    assert told(read(listed)) == lines


def test_two_long_words_on_two_lines_of_a_narrow_cell_stay_two_words() -> None:
    def narrow(canvas: Canvas) -> None:
        canvas.rect(50, 650, 80, 60)
        canvas.drawString(55, 696, "specialised")
        canvas.drawString(55, 683, "commissioning")
        canvas.rect(50, 590, 80, 60)
        canvas.drawString(55, 636, "desk@probation")
        canvas.drawString(55, 623, "partners.example")

    assert told(read(narrow)) == [["specialised / +commissioning"], ["desk@probationpartners.example"]]


def test_a_few_underscores_are_a_place_for_a_cross_and_many_are_a_line_to_write_on() -> None:
    assert told(read(lambda c: c.drawString(50, 700, "Yes X No __"))) == ["Yes X No __"]
    assert told(read(lambda c: c.drawString(50, 700, "Name ______ ended"))) == ["Name\tended"]


def test_shaded_labels_are_cells_of_their_own_though_rows_have_one_or_several() -> None:
    def look(canvas: Canvas) -> None:
        rows = [["Sentence", "Life"], ["Surname", "Smith", "Given names", "John"], ["Court", "Leeds", "Age", "40"]]
        for k, row in enumerate(rows):
            for n, text in enumerate(row):
                if n % 2 == 0:
                    canvas.setFillGray(0.85)
                    canvas.rect(50 + 120 * n, 700 - 30 * k, 115, 30, stroke=0, fill=1)
                canvas.setFillGray(0)
                canvas.drawString(55 + 120 * n, 715 - 30 * k, text)

    rows = told(read(look))
    assert ["Sentence", "Life"] in [[text for text in row if text] for row in rows]
    assert rows[1:] == [["Surname", "Smith", "Given names", "John"], ["Court", "Leeds", "Age", "40"]]


def test_labels_with_colons_and_answers_behind_a_tab_are_lines() -> None:
    def look(canvas: Canvas) -> None:
        rows = [
            ("Surname:", "Smith"),
            ("Address:", "14 Mill Lane, which stands behind the mill at"),
            ("", "Aldmere"),
            ("Age:", "40"),
        ]
        for k, (label, answer) in enumerate(rows):
            canvas.drawString(50, 700 - 14 * k, label)
            canvas.drawString(200, 700 - 14 * k, answer)

    assert told(read(look)) == [
        "Surname:\tSmith",
        "Address:\t14 Mill Lane, which stands behind the mill at",
        "Aldmere",
        "Age:\t40",
    ]


def test_a_word_cut_at_the_end_of_its_cell_is_whole_and_one_that_may_be_two_is_doubted() -> None:
    def look(canvas: Canvas) -> None:
        width = canvas.stringWidth("notificatio") + 10
        canvas.rect(50, 650, width, 60)
        canvas.drawString(55, 696, "notificatio")
        canvas.drawString(55, 683, "n")
        width = canvas.stringWidth("Conviction") + 10
        canvas.rect(50, 590, width, 60)
        canvas.drawString(55, 636, "Conviction")
        canvas.drawString(55, 623, "date")
        width = canvas.stringWidth("Supervis") + 10
        canvas.rect(50, 530, width, 60)
        canvas.drawString(55, 576, "Supervis")
        canvas.drawString(55, 563, "or's")

    document = read(look)
    assert told(document) == [["notification"], ["Conviction / +date"], ["Supervisor's"]]
    assert [run.confidence for run in runs(document)] == [1.0, 1.0, 1.0, 0.85, 1.0, 1.0]


def test_words_printed_over_each_other_are_doubted_and_words_beside_each_other_are_not() -> None:
    def look(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "Surname: Smith")
        canvas.drawString(93, 700.5, "Jones")
        canvas.drawString(50, 680, "Court: Leeds")

    doubted = {run.text.strip() for run in runs(read(look)) if run.confidence < 0.9}
    assert doubted == {"JonesSmith"}


def with_one_letter_mapped(text: bytes, letter: bytes, to: str) -> bytes:
    """A page with `text`, in which one letter stands for another character by the font's own table (PDF 32000, 9.10.3)."""
    code, said = letter.hex().encode(), to.encode("utf-16-be").hex().encode()
    table = b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <%s> <%s> endbfchar endcmap"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        *(
            b"<</Length %d>>stream\n%s\nendstream" % (len(data), data)
            for data in (b"BT /F 12 Tf 72 700 Td (%s) Tj ET" % text,)
        ),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
        *(b"<</Length %d>>stream\n%s\nendstream" % (len(data), data) for data in (table % (code, said),)),
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, data) for number, data in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer<</Root 1 0 R/Size 7>>\n%%EOF"


def test_a_sign_beyond_the_first_plane_of_unicode_is_one_sign() -> None:
    (line,) = read_pdf(with_one_letter_mapped(b"Yes ~ No", b"~", "🔘")).blocks
    assert isinstance(line, Line)
    assert [(run.mark, run.confidence) for run in line.runs if run.mark is not None] == [(True, 1.0)]
    assert line.text.split() == ["Yes", "No"]
