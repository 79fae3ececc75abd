"""What stands on darker ground: filled cells and headings, what a marker has coloured, and what is neither."""

from __future__ import annotations

import numpy as np
import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from extractors.layout.ink import Edge
from extractors.scan import document
from extractors.scan.filled import areas_of, without_rims
from extractors.scan.letters import Recognised
from extractors.scan.options import options
from extractors.scan.upright import upright
from tests.extractors.test_scan import DPI, HEIGHT, MIDDLE, ROWS, STEP, TOP, WIDTH, Grey, form, noisy, page, tilted


def test_a_pale_fill_is_seen_on_even_paper_and_paper_that_wanders_is_none() -> None:
    height, width = (round(side * DPI / 72) for side in (HEIGHT, WIDTH))
    filled = np.full((height, width), 240, np.uint8)
    filled[300:360, 100:900] = 232

    def count(grey: Grey) -> int:
        return len(areas_of(upright(grey, DPI), [], [], [], []))

    assert count(noisy(filled)) == 1
    waves = 250 + 4 * np.sin(np.arange(width) / 60)[None, :] * np.sin(np.arange(height) / 60)[:, None]
    assert count(waves.astype(np.uint8)) == 0


def test_what_a_marker_has_coloured_is_told_from_the_fill_of_a_cell_and_of_a_heading() -> None:
    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        for k in range(4):
            y = 250 - 30 * k
            canvas.setFillGray(0.89)
            canvas.rect(20, y - 8, 110, 24, stroke=1, fill=1)  # the cell of a label
            start = 160 + stringWidth("Low / ", "Helvetica", 11)
            canvas.rect(start, y - 4, stringWidth("Very high", "Helvetica", 11), 16, stroke=0, fill=1)
            canvas.setFillGray(0)
            canvas.drawString(24, y, "Risk to the public at")
            canvas.drawString(160, y, "Low / Very high / Medium")
        canvas.setFillGray(0.89)
        canvas.rect(20, 100, 380, 20, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.drawString(24, 105, "Section 4 of the form about risk to others")

    ink = document.read_picture(noisy(page(words)), DPI)
    assert {word.text for word in ink.words if word.highlighted} == {"Very", "high"}
    assert sum(word.highlighted for word in ink.words) == 8
    assert not [shade for shade in ink.shades if shade.x0 > 150]


@pytest.mark.parametrize(("gap", "told"), [(0, 0), (7, 4)])
def test_a_fill_that_runs_down_several_labels_tells_no_row(gap: int, told: int) -> None:
    """Nothing parts the fills of cells without rulings in a picture; drawn apart, they do tell rows."""

    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        for k, (label, answer) in enumerate(ROWS):
            y = 250 - 27 * k
            canvas.setFillGray(0.85)
            canvas.rect(20, y, 130, 27 - gap, stroke=0, fill=1)
            canvas.setFillGray(0)
            canvas.drawString(24, y + 7, label)
            canvas.drawString(160, y + 7, answer)

    ink = document.read_picture(noisy(page(words)), DPI)
    assert {"Surname", "Hargreave", "Court", "Walsall"} <= {word.text for word in ink.words}
    assert len(ink.shades) == told


def test_a_marker_is_told_where_the_next_cell_is_filled() -> None:
    def words(canvas: Canvas) -> None:
        form(canvas)
        for k in (0, 1):
            y = TOP - STEP * (k + 1)
            canvas.setFillGray(0.89)
            canvas.rect(MIDDLE + 4, y + 3, stringWidth(ROWS[k][1], "Helvetica", 11) + 2, 16, stroke=0, fill=1)
            canvas.setFillGray(0)
            canvas.drawString(MIDDLE + 5, y + 7, ROWS[k][1])

    ink = document.read_picture(noisy(page(words)), DPI)
    assert {word.text for word in ink.words if word.highlighted} == {"Hargreave", "Walsall"}


def test_light_print_on_a_dark_heading_is_read_and_the_heading_is_a_fill() -> None:
    def heading(canvas: Canvas) -> None:
        canvas.setFillGray(0.25)
        canvas.rect(20, 200, 380, 22, stroke=0, fill=1)
        canvas.setFillGray(1)
        canvas.setFont("Helvetica-Bold", 11)
        canvas.drawString(24, 207, "2. Conviction or caution")
        canvas.setFillGray(0)
        canvas.setFont("Helvetica", 11)
        canvas.drawString(24, 180, "Robbery of a shop in Walsall, for which he was sent to prison for a year")

    ink = document.read_picture(noisy(page(heading)), DPI)
    assert [word.text for word in ink.words if word.top < HEIGHT - 200] == ["2.", "Conviction", "or", "caution"]
    assert ink.shades
    for shade in ink.shades:
        assert abs(shade.x0 - 20) < 4 and abs(shade.x1 - 400) < 4 and abs(shade.top - (HEIGHT - 222)) < 4


def test_filled_cells_of_two_columns_side_by_side_are_cells_and_nothing_else() -> None:
    """A section named in a cell down its rows, filled as its labels are: in a picture both are one grey area."""

    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        low = 250 - 27 * (len(ROWS) - 1)
        canvas.setFillGray(0.85)
        canvas.rect(20, low, 60, 27 * len(ROWS), stroke=1, fill=1)
        canvas.setFillGray(0)
        canvas.drawString(24, 257, "1. Person")
        for k, (label, answer) in enumerate(ROWS):
            y = 250 - 27 * k
            canvas.setFillGray(0.85)
            canvas.rect(80, y, 110, 27, stroke=1, fill=1)
            canvas.setFillGray(0)
            canvas.rect(190, y, 210, 27, stroke=1, fill=0)
            canvas.drawString(84, y + 7, label)
            canvas.drawString(196, y + 7, answer)

    ink = document.read_picture(noisy(page(words)), DPI)
    assert len(ink.shades) == 1 + len(ROWS)


def test_what_a_marker_leaves_between_two_rows_is_no_fill() -> None:
    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        wide = stringWidth("Yes", "Helvetica", 11)
        for k in range(6):
            y = 250 - 16.5 * k
            canvas.setFillGray(0.85)
            if k in (0, 1, 4):
                canvas.rect(260, y - 3, wide, 13, stroke=0, fill=1)
            canvas.setFillGray(0)
            canvas.drawString(24, y, "Are any children at risk")
            canvas.drawString(260, y, "Yes / No")

    ink = document.read_picture(noisy(tilted(page(words), 0.8)), DPI)
    assert not ink.shades
    assert [word.text for word in ink.words if word.highlighted] == ["Yes"] * 3


@pytest.mark.parametrize("marked", [None, "Yes", "No"])
def test_options_recognised_as_one_word_are_parted_where_one_is_marked(marked: str | None) -> None:
    wide = {text: stringWidth(text, "Helvetica", 11) for text in ("Yes", " / ", "No")}
    starts = {"Yes": 240.0, "No": 240 + wide["Yes"] + wide[" / "]}
    end = starts["No"] + wide["No"]

    def words(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        for k in range(3):
            canvas.drawString(24, 250 - 30 * k, "Is the person subject to notification")
        if marked:
            canvas.setFillGray(0.85)
            canvas.rect(starts[marked] - 1, 216, wide[marked] + 2, 14, stroke=0, fill=1)
            canvas.setFillGray(0)
        canvas.drawString(240, 220, "Yes / No")

    whole = upright(noisy(page(words)), DPI)
    place = (at * DPI / 72 for at in (236, HEIGHT - 229, end + 1, HEIGHT - 217))
    run = Recognised("Yes/No", *place, 0.9)
    parts = options(whole.even, run, [], lambda part: document.ground_of(whole, part))
    assert [part.text for part in parts] == (["Yes", "/", "No"] if marked else ["Yes/No"])


def test_the_rim_of_a_fill_is_no_ruling_and_a_ruling_along_it_is_one() -> None:
    """Of a fill that was flattened pieces of its rim stay, as dark as a hairline."""
    side = Edge(100.0, 20.0, 400.0)
    pieces = [Edge(100.4, 30.0, 60.0), Edge(99.8, 120.0, 190.0), Edge(100.0, 350.0, 380.0)]
    elsewhere = [Edge(130.0, 30.0, 60.0), Edge(100.0, 10.0, 500.0)]
    assert without_rims([*pieces, *elsewhere], [side]) == elsewhere
    ruling = [Edge(100.0, 20.0, 210.0), Edge(100.0, 214.0, 400.0)]
    assert without_rims(ruling, [side]) == ruling


def test_the_shade_of_print_below_a_fill_is_no_part_of_it() -> None:
    def count(hanging: int) -> list[float]:
        grey = np.full((round(HEIGHT * DPI / 72), round(WIDTH * DPI / 72)), 245, np.uint8)
        grey[300:344, 100:1000] = 205
        grey[344:384, 100 : 100 + hanging] = 232
        return [round(area.bottom) for area in areas_of(upright(noisy(grey), DPI), [], [], [], [])]

    (alone,), (hung,) = count(0), count(240)
    assert abs(alone - hung) <= 3
