"""Rows without vertical rulings, as case systems print them: between rules, on stripes, with headings of columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from reportlab.pdfgen.canvas import Canvas

from extractors.models import FormReading
from extractors.read import read
from tests.extractors.drawn import drawn

DAY = date(2026, 11, 20)
PERSON = (("Surname", "Nwachukwu", "Forename(s)", "Tobias"), ("Gender", "Male", "Ethnicity", "Black African"))
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
