"""Tables without rulings in print as word processors set it: columns that other lines show, rows told by how near lines stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors.layout.columns import Row, begin_at, places
from extractors.layout.ink import Word
from extractors.layout.rows import wrapped_pitch
from tests.extractors.drawn import read, told

Lines = Sequence[tuple[float, Sequence[tuple[float, str]]]]
SIZE = 10


def page(rows: Lines, bold: float = 0) -> Callable[[Canvas], None]:
    """Printed lines at their heights, bold where they begin left of `bold`."""

    def draw(canvas: Canvas) -> None:
        for y, pieces in rows:
            for x, text in pieces:
                canvas.setFont("Helvetica-Bold" if x < bold else "Helvetica", SIZE)
                canvas.drawString(x, y, text)

    return draw


def filled(*pages: Callable[[Canvas], None]) -> list[str | list[str]]:
    """What is read, without empty cells and the signs of lines that go on."""
    return [
        row if isinstance(row, str) else [text.replace("+", "") for text in row if text] for row in told(read(*pages))
    ]


def width(text: str) -> float:
    return float(Canvas("").stringWidth(text, "Helvetica", SIZE))


SHOWN: Lines = [
    (780 - 20 * k, [(50, label), (140, answer), (300, other), (384, said)])
    for k, (label, answer, other, said) in enumerate(
        [
            ("Surname", "Ferreira", "Age", "34"),
            ("Gender", "Man", "Area", "Gwent"),
            ("Ward", "Beech", "Section", "37/41"),
            ("Court", "Walsall", "Age then", "31"),
        ]
    )
]


def test_a_column_that_other_pages_show_begins_behind_less_than_a_wide_gap() -> None:
    label = "Sentence end dt"
    assert 0.6 * SIZE < 84 - width(label) < 1.6 * SIZE
    second: Lines = [
        (780, [(50, "Prison"), (140, "Fennel Bank"), (300, label), (384, "see OASys")]),
        (760, [(50, "Aliases"), (140, "Big T")]),
    ]
    third: Lines = [(780, [(300, label), (384, "see OASys")])]
    found = filled(page(SHOWN), page(second), page(third))
    assert ["Prison", "Fennel Bank", label, "see OASys"] in found
    assert found[-1] == f"{label}\tsee OASys"


def test_a_column_parts_no_words_that_but_a_blank_parts() -> None:
    no = 140 + width("Gareth ")
    rows: Lines = [
        (780, [(50, "In contact"), (140, "Y"), (no, "No")]),
        (766, [(50, "Children"), (140, "Y"), (no, "No")]),
        (752, [(50, "Officer"), (140, "Gareth Pym")]),
    ]
    assert filled(page(rows))[-1] == ["Officer", "Gareth Pym"]


def test_a_column_that_others_show_parts_no_options_of_one_question() -> None:
    def word(text: str, x0: float, x1: float) -> Word:
        return Word(text, x0, 0, x1, SIZE, SIZE)

    options = [word("\u2610", 150, 159), word("Yes", 162, 180), word("\u2612", 193, 202), word("No", 205, 219)]
    asked = [word("after:", 50, 130), *options]
    other = [word("after:", 50, 130), word("Beech", 150, 180), word("\u2612", 193, 202)]
    begin_at([193], [asked, other])
    assert [w.begins for w in asked] == [False] * 5
    assert other[2].begins
    row = Row(0, SIZE, [asked])
    assert places([row], 50, 400, known=[150, 193]) == [[148]]


def test_one_row_beside_a_heading_stands_in_a_column_that_others_show() -> None:
    shown: Lines = [
        (780 - 20 * k, [(20, f"{k + 1}."), (90, label), (200, "None")])
        for k, label in enumerate(["Age", "Ward", "Court", "Area"])
    ]
    rows: Lines = [
        (400, [(50, "About")]),
        (384, [(50, "About"), (90, "Region"), (200, "Gwent")]),
        (372, [(50, "this")]),
        (360, [(50, "form")]),
    ]
    assert ["About / this / form", "Region", "Gwent"] in filled(page([*shown, *rows], bold=200))


def test_labels_of_several_lines_are_whole_where_nearness_tells_wrapped_lines() -> None:
    rows: Lines = [
        (780, [(50, "Date of the first"), (140, "Monday")]),
        (768, [(50, "next panel")]),
        (753, [(50, "Where held"), (140, "Fennel Bank")]),
        (738, [(50, "Category of"), (140, "Category 1: registered offender /")]),
        (726, [(50, "MAPPA area"), (140, "Category 2: violent offender /")]),
        (714, [(50, "offender")]),
        (711, [(140, "Category 3: other dangerous offender")]),
        (696, [(50, "Court"), (140, "Walsall")]),
    ]
    assert filled(page(rows)) == [
        ["Date of the first / next panel", "Monday"],
        ["Where held", "Fennel Bank"],
        [
            "Category of / MAPPA area / offender",
            "Category 1: registered offender / / Category 2: violent offender / / Category 3: other dangerous offender",
        ],
        ["Court", "Walsall"],
    ]


def test_columns_whose_lines_are_unlike_far_apart_tell_nothing_wrong_of_each_other() -> None:
    """Bold labels are 12 points apart and answers 11.6: line by line the two drift, and seem to stand nearer than either."""
    rows: Lines = [
        *[(780 - 12 * k, [(50, text)]) for k, text in enumerate(["Diversity or", "equality", "considerations"])],
        *[
            (780 - 11.6 * k, [(140, text)])
            for k, text in enumerate(["He asks for", "a quiet room", "and an hour", "alone."])
        ],
        (730, [(50, "Other names"), (140, "Big T")]),
        (718, [(50, "Nicknames")]),
        (704, [(50, "Court"), (140, "Walsall")]),
    ]
    assert filled(page(rows, bold=130)) == [
        ["Diversity or / equality / considerations", "He asks for / a quiet room / and an hour / alone."],
        ["Other names / Nicknames", "Big T"],
        ["Court", "Walsall"],
    ]


def test_a_label_without_an_answer_ends_where_the_column_of_answers_begins() -> None:
    rows: Lines = [
        (400, [(50, "Visa"), (140, "None"), (300, "Name of")]),
        (388, [(300, "referring")]),
        (372, [(50, "Date"), (140, "1 May"), (300, "Phone of the"), (384, "01632 960118")]),
        (360, [(300, "agency")]),
    ]
    assert told(read(page([*SHOWN, *rows])))[-2:] == [
        ["Visa", "None", "Name of / +referring", ""],
        ["Date", "1 May", "Phone of the / +agency", "01632 960118"],
    ]


def test_a_note_in_brackets_below_a_label_stays_in_its_row() -> None:
    rows: Lines = [
        (400, [(50, "Approved"), (140, "Yes")]),
        (386, [(50, "Agreed"), (140, "No")]),
        (374, [(50, "(required)")]),
    ]
    assert filled(page([*SHOWN, *rows]))[-1] == ["Agreed / (required)", "No"]


def test_a_row_cut_by_a_page_break_is_one_though_no_ruling_says_how_far_its_cells_reach() -> None:
    first: Lines = [*SHOWN, (60, [(50, "Referring part"), (140, "Northshire YJS")])]
    second: Lines = [
        (800, [(50, "agency and team")]),
        (784, [(50, "Type of agency"), (140, "Youth offending team of the whole county")]),
        (768, [(50, "Post"), (140, "Manager")]),
    ]

    def shaded(rows: Lines) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            canvas.setFillGray(0.85)
            for y, pieces in rows:
                canvas.rect(46, y - 4, 90, 16, stroke=0, fill=1)
                if len(pieces) > 2:
                    canvas.rect(296, y - 4, 84, 16, stroke=0, fill=1)
            canvas.setFillGray(0)
            page(rows)(canvas)

        return draw

    found = filled(shaded(first), shaded(second))
    assert found[-3:] == [
        ["Referring part / agency and team", "Northshire YJS"],
        ["Type of agency", "Youth offending team of the whole county"],
        ["Post", "Manager"],
    ]


def test_two_numbered_labels_are_two_rows_however_near_they_stand() -> None:
    rows: Lines = [
        (780, [(50, "5.1 Concerns"), (140, "No")]),
        (768, [(50, "about children")]),
        (753, [(50, "5.2 Adults at risk"), (140, "n/k")]),
        (741, [(50, "5.3 Abuse"), (140, "No")]),
    ]
    assert filled(page(rows)) == [
        ["5.1 Concerns / about children", "No"],
        ["5.2 Adults at risk", "n/k"],
        ["5.3 Abuse", "No"],
    ]


def test_the_rest_of_a_label_that_begins_a_page_belongs_to_its_row_and_the_rows_below_to_its_table() -> None:
    first: Lines = [
        *SHOWN,
        (75, [(50, "Held"), (140, "Fennel Bank"), (300, "Since"), (384, "2 May")]),
        (60, [(50, "Address they are"), (140, "3 Mill Lane, Aldmere")]),
    ]
    second: Lines = [
        (800, [(50, "discharged to")]),
        (784, [(50, "Approved"), (140, "Yes"), (300, "By"), (384, "Manager")]),
        (768, [(50, "Ward"), (140, "Beech"), (300, "Date"), (384, "1 May")]),
    ]
    found = filled(page(first, bold=130), page(second, bold=130))
    assert found[-3:] == [
        ["Address they are / discharged to", "3 Mill Lane, Aldmere"],
        ["Approved", "Yes", "By", "Manager"],
        ["Ward", "Beech", "Date", "1 May"],
    ]


@pytest.mark.parametrize(("method", "told"), [("ocr", 15.1), ("text", 14.6)])
def test_wrapped_lines_of_a_picture_are_told_from_rows_though_all_stand_on_whole_pixels(
    method: Literal["ocr", "text"], told: float
) -> None:
    """At 200 dots per inch a line is up to half a point off; print in a file stands where it is said to."""
    tops = [100.0]
    for apart in (14.0, 16.2, 14.4, 16.2, 14.4, 15.8, 14.0, 16.2):
        tops.append(tops[-1] + apart)
    lines = [[Word("Region", 50, top, 90, top + 11, 11, method=method)] for top in tops]
    assert wrapped_pitch(lines) == pytest.approx(told)
