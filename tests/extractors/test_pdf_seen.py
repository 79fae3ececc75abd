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


def within(canvas: Canvas, x: float, y: float, width: float, height: float, *lines: tuple[float, float, str]) -> None:
    """Print that is shown only within a rectangle."""
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(x, y, width, height)
    canvas.clipPath(path, stroke=0, fill=0)
    for left, base, text in lines:
        canvas.drawString(left, base, text)
    canvas.restoreState()


def clipped(canvas: Canvas) -> None:
    table(canvas, [["Surname", ""], ["Court", ""], ["Victim issues", ""], ["Gender", "Male"], ["Area", ""]], top=720)
    within(canvas, 181, 701, 60, 18, (184, 707, "Nwachukwu Abdi Warsame"))
    within(canvas, 181, 691, 318, 3, (184, 682, "Leeds"))
    within(canvas, 181, 661, 318, 18, (184, 667, "First line"), (184, 655, "second line"), (184, 643, "third line"))
    within(canvas, 181, 621, 318, 18, (184, 627, "Wholly shown"))


def test_print_that_is_clipped_away_is_not_read_into_other_cells() -> None:
    shown = [["Surname", "Nwachukwu"], ["Court", "Leeds"], ["Victim issues", "First line"], ["Gender", "Male"]]
    assert told(read(clipped)) == [*shown, ["Area", "Wholly shown"]]


def test_what_is_clipped_and_what_stands_before_it_is_doubted() -> None:
    sure = {run.text.strip(): run.confidence for run in runs(read(clipped))}
    doubted = {text for text, confidence in sure.items() if confidence < 0.9}
    assert doubted == {"Nwachukwu", "Leeds", "First"}
