"""Print on a page that is no part of the form: watermarks, marks in tiny print, white on white, up the margin."""

from __future__ import annotations

from reportlab.pdfgen.canvas import Canvas

from tests.extractors.drawn import read, runs, table, told

ROWS = [["Surname", "Nwachukwu"], ["Court", "Leeds"], ["Gender", "Male"], ["Age", "34"]]


def rows(canvas: Canvas, *, grid: bool = True) -> None:
    canvas.setFont("Helvetica", 10)
    table(canvas, ROWS, top=700, grid=grid)


def test_large_print_laid_across_rows_is_no_part_of_them() -> None:
    def look(canvas: Canvas) -> None:
        canvas.setFillGray(0.85)
        canvas.setFont("Helvetica-Bold", 60)
        canvas.drawString(60, 640, "CONFIDENTIAL")
        canvas.setFillGray(0)
        rows(canvas)

    assert told(read(look)) == ROWS


def test_a_large_heading_across_nothing_stays() -> None:
    def look(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 40)
        canvas.drawString(60, 730, "MAPPA A")
        rows(canvas)

    assert told(read(look)) == ["MAPPA A", *ROWS]


def test_tiny_print_is_not_read() -> None:
    def look(canvas: Canvas) -> None:
        rows(canvas)
        canvas.setFont("Helvetica", 1)
        canvas.drawString(184, 690, "sig1")

    assert told(read(look)) == ROWS


def test_white_print_is_doubted_unless_something_is_drawn_behind_it() -> None:
    def look(canvas: Canvas) -> None:
        rows(canvas)
        canvas.rect(50, 560, 100, 20, fill=1)
        canvas.setFillGray(1)
        canvas.drawString(54, 567, "Shown")
        canvas.drawString(300, 567, "Hidden")

    sure = {run.text.strip(): run.confidence for run in runs(read(look))}
    assert sure["Shown"] == 1.0
    assert sure["Hidden"] < 0.9


def test_print_up_the_margin_is_a_line_of_its_own_in_its_order() -> None:
    def look(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(30, 600)
        canvas.rotate(90)
        canvas.drawString(0, 0, "OFFICIAL SENSITIVE when complete")
        canvas.restoreState()
        rows(canvas, grid=False)

    document = read(look)
    assert [line.text for line in document.header] == ["OFFICIAL SENSITIVE when complete"]
    assert told(document) == ROWS
