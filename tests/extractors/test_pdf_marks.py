"""Ticks, deletions and markings on a PDF are read, whatever they were made with."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise

import pikepdf
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from extractors.page import Run
from extractors.pdf.document import read_pdf
from tests.extractors.drawn import drawn, read, runs, table, told


def square(canvas: Canvas, x: float, y: float, side: float = 9) -> None:
    canvas.rect(x, y, side, side)


def square_of_lines(canvas: Canvas, x: float, y: float, side: float = 9) -> None:
    canvas.line(x, y, x + side, y)
    canvas.line(x, y + side, x + side, y + side)
    canvas.line(x, y, x, y + side)
    canvas.line(x + side, y, x + side, y + side)


def rounded(canvas: Canvas, x: float, y: float, side: float = 9) -> None:
    canvas.roundRect(x, y, side, side, 1.5)


def circle(canvas: Canvas, x: float, y: float, side: float = 9) -> None:
    canvas.circle(x + side / 2, y + side / 2, side / 2)


def hollow(canvas: Canvas, x: float, y: float, side: float = 9) -> None:
    path = canvas.beginPath()
    path.rect(x, y, side, side)
    path.rect(x + 0.8, y + 0.8, side - 1.6, side - 1.6)
    canvas.drawPath(path, stroke=0, fill=1, fillMode=0)


def cross(canvas: Canvas, x: float, y: float, side: float = 9) -> None:
    canvas.line(x + 1.5, y + 1.5, x + side - 1.5, y + side - 1.5)
    canvas.line(x + 1.5, y + side - 1.5, x + side - 1.5, y + 1.5)


def cross_beyond(canvas: Canvas, x: float, y: float, side: float = 9) -> None:
    cross(canvas, x - 2, y - 2, side + 4)


def hook(canvas: Canvas, x: float, y: float, side: float = 9) -> None:
    path = canvas.beginPath()
    path.moveTo(x + 2, y + 4)
    path.lineTo(x + 4, y + 2)
    path.lineTo(x + 8, y + 8)
    canvas.drawPath(path)


def middle(canvas: Canvas, x: float, y: float, side: float = 9) -> None:
    canvas.rect(x + 2, y + 2, side - 4, side - 4, stroke=0, fill=1)


def disc(canvas: Canvas, x: float, y: float, side: float = 9) -> None:
    canvas.circle(x + side / 2, y + side / 2, side / 4, stroke=0, fill=1)


def whole(canvas: Canvas, x: float, y: float, side: float = 9) -> None:
    canvas.rect(x, y, side, side, stroke=1, fill=1)


def letter(canvas: Canvas, x: float, y: float, side: float = 9) -> None:
    canvas.drawString(x + 1.3, y + 1, "X")


def dingbat(canvas: Canvas, x: float, y: float, side: float = 9) -> None:
    canvas.setFont("ZapfDingbats", 9)
    canvas.drawString(x + 0.8, y + 1.2, "4")
    canvas.setFont("Helvetica", 10)


Draw = Callable[[Canvas, float, float], None]


@pytest.mark.parametrize(
    "tick", [cross, cross_beyond, hook, middle, disc, whole, letter, dingbat], ids=lambda f: f.__name__
)
@pytest.mark.parametrize("frame", [square, square_of_lines, rounded, circle, hollow], ids=lambda f: f.__name__)
def test_drawn_boxes_are_ticked_or_empty_as_they_look(frame: Draw, tick: Draw) -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, [["Level requested", ""], ["Media interest", ""]])
        for k, y in enumerate((764, 744)):
            for nth, words in enumerate(("Level 2", "Level 3") if k == 0 else ("Yes", "No")):
                frame(canvas, 190 + 70 * nth, y)
                canvas.drawString(203 + 70 * nth, y + 1, words)
                if k == nth:
                    tick(canvas, 190 + 70 * nth, y)

    assert told(read(page)) == [
        ["Level requested", "[x] Level 2\t[ ] Level 3"],
        ["Media interest", "[ ] Yes\t[x] No"],
    ]


def test_a_box_within_a_small_column_is_a_box_and_an_x_in_a_small_cell_is_text() -> None:
    def page(canvas: Canvas) -> None:
        xs = (50, 150, 190, 230)
        table(canvas, [["", "Low", "High"], ["Public", "X", ""], ["Staff", "", ""]], xs=xs)
        square(canvas, 205, 726)
        cross(canvas, 205, 726)

    assert told(read(page)) == [["", "Low", "High"], ["Public", "X", ""], ["Staff", "", "[x]"]]


def test_a_numbered_square_is_no_tick_box() -> None:
    def page(canvas: Canvas) -> None:
        square(canvas, 50, 700, 12)
        canvas.drawString(53, 702, "3")
        canvas.drawString(70, 702, "Offence")

    assert all(run.mark is None for run in runs(read(page)))


def test_a_speck_in_a_box_is_doubtful_not_a_tick() -> None:
    def page(canvas: Canvas) -> None:
        square(canvas, 50, 700, 12)
        canvas.circle(53, 703, 0.9, stroke=0, fill=1)
        canvas.drawString(70, 702, "Yes")

    (mark,) = [run for run in runs(read(page)) if run.mark is not None]
    assert mark.mark is False and mark.confidence < 0.5


def hooked(canvas: Canvas, x: float, y: float) -> None:
    canvas.line(x, y + 4, x + 3, y)
    canvas.line(x + 3, y, x + 10, y + 10)


def crossed(canvas: Canvas, x: float, y: float) -> None:
    canvas.line(x, y, x + 9, y + 9)
    canvas.line(x, y + 9, x + 9, y)


def stroke(canvas: Canvas, x: float, y: float) -> None:
    canvas.line(x, y, x + 9, y + 9)


def long_stroke(canvas: Canvas, x: float, y: float) -> None:
    canvas.line(x - 12, y - 3, x + 38, y + 15)


@pytest.mark.parametrize(("tick", "sure"), [(hooked, 1.0), (crossed, 1.0), (stroke, 0.85), (long_stroke, None)])
def test_strokes_in_an_empty_cell_tick_it_without_a_box(tick: Draw, sure: float | None) -> None:
    """PDF programs draw the ticks of their pens as lines, wherever the hand puts them."""

    def page(canvas: Canvas) -> None:
        xs = (50, 150, 220, 290)
        table(canvas, [["", "Yes", "No"], ["Complex case", "", ""], ["Media interest", "", ""]], xs=xs)
        tick(canvas, 245, 745)
        tick(canvas, 80, 724)

    found = read(page)
    ticked = [run.confidence for run in runs(found) if run.mark]
    assert ticked == ([] if sure is None else [sure])
    assert told(found)[2] == ["Media interest", "", ""]


@pytest.mark.parametrize(
    ("written", "expected"),
    [("[x] Yes [ ] No", "[x] Yes [ ] No"), ("( ) Yes (X) No", "[ ] Yes [x] No"), ("[ ] Yes  [X] No", "[ ] Yes [x] No")],
)
def test_boxes_typed_with_brackets_are_boxes(written: str, expected: str) -> None:
    assert told(read(lambda canvas: canvas.drawString(60, 700, written))) == [expected]


def test_a_line_through_words_strikes_them_and_one_below_marks_them() -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, [["Level", "Level 2 / Level 3"], ["MARAC", "Yes / No"]])
        start = 184 + canvas.stringWidth("Level 2 / ", "Helvetica", 10)
        canvas.line(start, 770.2, start + canvas.stringWidth("Level 3", "Helvetica", 10), 770.2)
        canvas.line(184, 745.6, 184 + canvas.stringWidth("Yes", "Helvetica", 10), 745.6)

    assert told(read(page)) == [["Level", "Level 2 /~ Level 3~"], ["MARAC", "^Yes^ / No"]]


def test_a_line_below_words_and_the_blank_behind_them_marks_them() -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, [["MARAC", "Yes / No"]])
        canvas.line(184, 765.6, 184 + canvas.stringWidth("Yes", "Helvetica", 10) + 4.2, 765.6)

    assert told(read(page)) == [["MARAC", "^Yes^ / No"]]


def test_a_border_drawn_in_pieces_or_met_by_uprights_underlines_nothing() -> None:
    """Browsers draw the border of each cell by itself, and that of a cell over several columns in as many pieces."""
    words = "Two lines that fill"
    pieces = (50, 180, 184 + pdfmetrics.stringWidth(words, "Helvetica", 10), 500)

    def page(canvas: Canvas) -> None:
        for y, label, upright in ((780, "Details", True), (767, "Previous", True), (740, "Reason", False)):
            canvas.drawString(54, y - 10.5, label)
            canvas.drawString(184, y - 10.5, words)
            xs = pieces if upright else (50, *pieces[2:])
            for x0, x1 in pairwise(xs):
                canvas.line(x0, y, x1, y)
                canvas.line(x0, y - 13, x1, y - 13)
            for x in (50, 180, 500) if upright else ():
                canvas.line(x, y, x, y - 13)

    found = read(page)
    assert not any(run.highlighted for run in runs(found))
    assert told(found)[:2] == [["Details", words], ["Previous", words]]


def test_what_is_written_right_behind_a_deletion_is_not_deleted_with_it() -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, [["Name", ""], ["Court", "Leeds"]])
        text = canvas.beginText(184, 767)
        text.textOut("Smith 01/01/1999")
        end = text.getX()
        text.textOut("Ada")
        canvas.drawText(text)
        canvas.line(184, 770.2, end, 770.2)

    assert told(read(page)) == [["Name", "~Smith 01/01/1999~Ada"], ["Court", "Leeds"]]


def test_the_first_option_of_a_line_that_begins_with_a_stroke_may_be_bold() -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, [["Agency", ""]])
        text = canvas.beginText(184, 767)
        for piece, font in (("/", "Helvetica"), ("Probation", "Helvetica-Bold"), ("/Police/Other", "Helvetica")):
            text.setFont(font, 10)
            text.textOut(piece)
        canvas.drawText(text)

    assert [run.text for run in runs(read(page)) if run.bold] == ["Probation"]


def test_small_figures_raised_behind_a_word_are_the_number_of_a_note() -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, [["", "Ada"], ["Court", "Leeds 2"]])
        text = canvas.beginText(54, 767)
        text.textOut("Name")
        text.setFont("Helvetica", 6)
        text.setRise(4)
        text.textOut("12")
        canvas.drawText(text)

    assert told(read(page)) == [["Name\u00b9\u00b2", "Ada"], ["Court", "Leeds 2"]]


def test_words_on_a_marker_s_colour_or_within_a_drawn_ring_are_highlighted() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFillColorRGB(1, 1, 0)
        canvas.rect(183, 764, 20, 11, stroke=0, fill=1)
        canvas.setFillColorRGB(0, 0, 0)
        table(canvas, [["MARAC", "Yes / No"], ["Media", "Yes / No"]])
        canvas.ellipse(208, 741, 228, 759)

    assert told(read(page)) == [["MARAC", "^Yes^ / No"], ["Media", "Yes /^ No^"]]


def test_a_ring_of_arcs_joined_by_lines_of_no_length_is_a_ring_and_one_that_misses_its_words_is_a_picture() -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, [["MARAC", "Yes / No"], ["Media", "Yes / No"]])
        for x, wide in ((181, 24), (300, 60)):
            path = canvas.beginPath()
            path.moveTo(x, 770)
            for nth, side in enumerate((779, 761)):
                path.curveTo(x + nth * wide, side, x + (1 - nth) * wide, side, x + (1 - nth) * wide, 770)
                path.lineTo(x + (1 - nth) * wide, 770)
            canvas.drawPath(path)

    found = read(page)
    assert told(found) == [["MARAC", "^Yes^ / No"], ["Media", "Yes / No"]]
    assert [round(picture.box.x0) for picture in found.pictures if picture.box] == [300]


def test_of_options_divided_by_a_stroke_alone_one_may_be_struck_out() -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, [["MARAC", "Yes/No"], ["Level", "Level 2/Level 3"]])
        canvas.line(184, 770, 201, 770)
        canvas.line(184, 750, 216, 750)

    assert told(read(page)) == [["MARAC", "~Yes/~No"], ["Level", "~Level 2/~Level 3"]]


def test_the_colour_of_print_is_kept_but_for_black() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Low /")
        canvas.setFillColorRGB(0.8, 0, 0)
        canvas.drawString(90, 700, "High")

    assert [(run.text.strip(), run.ink) for run in runs(read(page))] == [("Low /", ""), ("High", "cc0000")]


def test_ticks_at_the_head_of_a_line_are_no_list_signs() -> None:
    def page(canvas: Canvas) -> None:
        table(canvas, [["MARAC", ""], ["Media", ""]])
        canvas.drawString(184, 767, "No")
        canvas.setFont("ZapfDingbats", 10)
        canvas.drawString(184, 747, "\u2714")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(196, 747, "Yes")

    assert told(read(page)) == [["MARAC", "No"], ["Media", "[x] Yes"]]


def annotated(page: Callable[[Canvas], None], *annotations: dict[str, object]) -> list[Run]:
    return runs(read_pdf(with_annotations(drawn(page), *annotations)))


def with_annotations(content: bytes, *annotations: dict[str, object]) -> bytes:
    pdf = pikepdf.open(io.BytesIO(content))
    found = [pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Annot, F=4, **entries)) for entries in annotations]
    pdf.pages[0].Annots = pikepdf.Array(found)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def yes_or_no(canvas: Canvas) -> None:
    table(canvas, [["MARAC", "Yes / No"], ["Surname", ""]])


def test_annotations_type_strike_and_mark_like_ink() -> None:
    yes, no = [183, 763, 203, 775], [208, 763, 222, 775]
    quads = [183, 775, 203, 775, 183, 763, 203, 763]
    struck = annotated(yes_or_no, {"Subtype": pikepdf.Name.StrikeOut, "Rect": yes, "QuadPoints": quads})
    assert [run.text for run in struck if run.struck] == ["Yes"]
    marked = annotated(yes_or_no, {"Subtype": pikepdf.Name.Highlight, "Rect": yes, "QuadPoints": quads})
    assert [run.text for run in marked if run.highlighted] == ["Yes"]
    ringed = annotated(yes_or_no, {"Subtype": pikepdf.Name.Circle, "Rect": no})
    assert [run.text.strip() for run in ringed if run.highlighted] == ["No"]
    typed = with_annotations(
        drawn(yes_or_no),
        {"Subtype": pikepdf.Name.FreeText, "Rect": [184, 742, 300, 757], "Contents": "O'Dowd", "DA": "/Helv 10 Tf"},
    )
    assert told(read_pdf(typed)) == [["MARAC", "Yes / No"], ["Surname", "O'Dowd"]]


def test_a_hidden_annotation_says_nothing() -> None:
    hidden = with_annotations(
        drawn(yes_or_no), {"Subtype": pikepdf.Name.FreeText, "Rect": [184, 742, 300, 757], "Contents": "x"}
    )
    pdf = pikepdf.open(io.BytesIO(hidden))
    pdf.pages[0].Annots[0].F = 2
    out = io.BytesIO()
    pdf.save(out)
    assert told(read_pdf(out.getvalue()))[1] == ["Surname", ""]
