"""What a page break cuts is made whole, and what stands in every margin is set apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.extractors.drawn import line, read, table, told

Page = Callable[[Canvas], None]


def margins(canvas: Canvas, number: int, pages: int) -> None:
    canvas.drawCentredString(297, 812, "OFFICIAL-SENSITIVE")
    canvas.drawString(50, 28, "MAPPA A v3")
    canvas.drawRightString(545, 28, f"Page {number} of {pages}")


def paged(*bodies: Page) -> list[Page]:
    def page(number: int, body: Page) -> Page:
        def draw(canvas: Canvas) -> None:
            margins(canvas, number, len(bodies))
            body(canvas)

        return draw

    return [page(number, body) for number, body in enumerate(bodies, 1)]


def test_running_lines_are_header_and_footer_once() -> None:
    document = read(*paged(*[lambda c, k=k: c.drawString(60, 600, f"Body {k}") for k in range(3)]))
    assert [line(one) for one in document.header] == ["OFFICIAL-SENSITIVE"]
    assert len(document.footer) == 1 and "MAPPA A v3" in document.footer[0].text
    assert told(document) == ["Body 0", "Body 1", "Body 2"]


def test_on_a_single_page_lines_in_the_margins_are_header_and_footer() -> None:
    document = read(*paged(lambda c: c.drawString(60, 600, "Body")))
    assert [line(one) for one in document.header] == ["OFFICIAL-SENSITIVE"]
    assert told(document) == ["Body"]


def test_text_that_begins_high_on_the_page_or_ends_low_is_no_header_or_footer() -> None:
    def full(canvas: Canvas) -> None:
        for k in range(57):
            canvas.drawString(50, 794 - 13.5 * k, f"Line {k} of the body")

    def short(canvas: Canvas) -> None:
        canvas.drawString(50, 794, "Leeds Crown Court")
        canvas.drawString(50, 740, "Reasons")

    document = read(full, short)
    assert not document.header and not document.footer
    assert told(document)[0] == "Line 0 of the body" and "Line 56 of the body" in told(document)
    assert told(document)[-2:] == ["Leeds Crown Court", "Reasons"]


def test_answers_alike_at_the_top_of_two_pages_are_no_header() -> None:
    def body(*lines: str) -> Page:
        return lambda canvas: [canvas.drawString(50, 770 - 13.5 * k, text) for k, text in enumerate(lines)]

    document = read(body("12/03/2021", "Court"), body("04/11/2019", "Sentence"), body("30/06/2020", "Age"))
    assert told(document) == ["12/03/2021", "Court", "04/11/2019", "Sentence", "30/06/2020", "Age"]


def test_a_sentence_that_two_pages_begin_with_alike_is_no_header() -> None:
    def body(*lines: str) -> Page:
        return lambda canvas: [canvas.drawString(50, 770 - 13.5 * k, text) for k, text in enumerate(lines)]

    told_twice = "The panel could share what each agency knows."
    document = read(body("12/03/2021", "Age"), body(told_twice, "Court"), body(told_twice, "Sentence"))
    assert told(document) == ["12/03/2021", "Age", told_twice, "Court", told_twice, "Sentence"]
    above = [lambda canvas: canvas.drawString(50, 800, "This form is restricted when complete.")] * 3
    pages = [lambda c, k=k: (above[k](c), c.drawString(50, 700, f"Body {k}")) for k in range(3)]
    assert told(read(*pages)) == ["Body 0", "Body 1", "Body 2"]


def test_the_rest_of_a_label_with_no_colon_or_number_of_its_own_belongs_to_the_label_before_the_break() -> None:
    for labels, head, rest in (
        (["Surname:", "Court:", "Sentence:"], "Referral to", "MAPPA area:"),
        (["1. Surname", "2. Court", "3. Sentence"], "4. Referral to", "MAPPA area"),
    ):
        first = [[label, "Smith"] for label in labels] + [[head, "Gwent"]]
        pages = paged(
            lambda c, rows=first: table(c, rows, top=140),
            lambda c, rest=rest: table(c, [[rest, ""], ["5. Address:", "None"]]),
        )
        assert told(read(*pages))[3][0] == f"{head} / {rest}"


def test_a_value_cut_by_the_page_break_is_one_cell() -> None:
    def first(c):
        return table(
            c, [["Surname", "Smith"], ["Reason for referral", "He was seen at the address on Monday and"]], top=100
        )

    def second(c):
        return table(c, [["", "again on Tuesday."], ["Court", "Walsall"]])

    assert told(read(*paged(first, second))) == [
        ["Surname", "Smith"],
        ["Reason for referral", "He was seen at the address on Monday and / again on Tuesday."],
        ["Court", "Walsall"],
    ]


def test_a_label_cut_by_the_page_break_is_one_label() -> None:
    def first(c):
        return table(c, [["Surname", "Smith"], ["Subject to sexual offender", "Yes"]], top=100)

    def second(c):
        return table(c, [["notification requirements", ""], ["Court", "Walsall"]])

    assert told(read(*paged(first, second)))[1] == ["Subject to sexual offender / +notification requirements", "Yes"]


def test_the_rest_of_an_answer_below_its_bold_label_and_of_an_address_is_joined_over_a_page_break() -> None:
    def first(canvas: Canvas) -> None:
        canvas.rect(50, 60, 450, 40)
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(55, 88, "Manager's remarks")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(
            55, 70, "He was seen at the office every week until the summer and the date of the next review is"
        )

    def second(canvas: Canvas) -> None:
        canvas.rect(50, 740, 450, 40)
        canvas.drawString(55, 768, "not fixed.")

    assert len(told(read(first, second))) == 1

    def narrow(canvas: Canvas) -> None:
        table(canvas, [["Agency", "Ann", "desk@probati"]], top=100, xs=(50, 180, 300, 366))

    def rest(canvas: Canvas) -> None:
        table(canvas, [["", "", "on.example"], ["Police", "Ben", "None"]], xs=(50, 180, 300, 366))

    assert told(read(*paged(narrow, rest)))[0] == ["Agency", "Ann", "desk@probation.example"]


def test_a_row_of_its_own_after_a_page_break_is_the_rest_of_the_one_before_only_where_it_reads_on() -> None:
    def first(canvas: Canvas) -> None:
        canvas.rect(50, 60, 450, 40)
        canvas.drawString(55, 88, "Address")
        canvas.drawString(55, 70, "14 Mill Lane was left in May.")

    def second(text: str) -> Page:
        return lambda canvas: [canvas.rect(50, 740, 450, 40), canvas.drawString(55, 768, text)]

    assert len(told(read(first, second("He now lives with his brother.")))) == 1
    assert len(told(read(first, second("Telephone number")))) == 2


def test_an_address_at_the_top_of_a_page_does_not_go_on_with_the_cell_above() -> None:
    first = [
        ["Surname", "Smith"],
        ["Agency", "Midvale Health Foundation Trust and its partners at the hospital in Aldmere by"],
    ]
    pages = paged(
        lambda c: table(c, first, top=100, xs=(50, 180, 545)),
        lambda c: table(c, [["Your e-mail", "g_pym2@midvale.example"], ["Age", "40"]], xs=(50, 180, 545)),
    )
    assert len(told(read(*pages))) == 4


def test_a_label_that_ends_in_a_note_is_whole_at_a_page_break() -> None:
    first = [["Surname:", "Smith"], ["Court:", "Leeds"], ["Sentence:", "Life"], ["Address: (as on file)", "None"]]
    pages = paged(lambda c: table(c, first, top=140), lambda c: table(c, [["Approved?", "Yes"], ["Age:", "40"]]))
    assert len(told(read(*pages))) == 6


def test_a_narrative_that_goes_on_over_whole_pages_is_one_cell() -> None:
    def label(canvas: Canvas) -> None:
        canvas.setFillGray(0.9)
        canvas.rect(50, 80, 450, 20, stroke=1, fill=1)
        canvas.setFillGray(0)
        canvas.drawString(54, 87, "Reason for referral")
        canvas.rect(50, 60, 450, 20)
        canvas.drawString(54, 67, "line 0")

    def body(number: int) -> Page:
        def draw(canvas: Canvas) -> None:
            canvas.rect(50, 50, 450, 740)
            for k in range(40):
                canvas.drawString(54, 775 - 18 * k, f"line {number}.{k}")

        return draw

    told_rows = told(read(*paged(label, body(1), body(2))))
    assert told_rows[0] == ["Reason for referral"]
    assert isinstance(told_rows[1], list) and told_rows[1][0].count(" / ") == 80
    assert len(told_rows) == 2


def test_a_repeated_heading_row_is_dropped_and_the_table_goes_on() -> None:
    def part(first: int, last: int, top: float) -> Page:
        def draw(canvas: Canvas) -> None:
            canvas.setFont("Helvetica-Bold", 10)
            below = table(canvas, [["Agency", "Name"]], top=top)
            canvas.setFont("Helvetica", 10)
            table(canvas, [[f"agency {k}", f"name {k}"] for k in range(first, last)], top=below)

        return draw

    assert told(read(*paged(part(0, 2, 100), part(2, 4, 780)))) == [
        ["Agency", "Name"],
        *[[f"agency {k}", f"name {k}"] for k in range(4)],
    ]


def test_a_new_section_at_the_top_of_a_page_is_a_table_of_its_own() -> None:
    def section(canvas: Canvas) -> None:
        canvas.setFillGray(0.8)
        canvas.rect(50, 760, 450, 20, stroke=1, fill=1)
        canvas.setFillGray(0)
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(54, 767, "3. OFFENCE")
        canvas.setFont("Helvetica", 10)
        table(canvas, [["Court", "Walsall"]], top=760)

    document = read(*paged(lambda c: table(c, [["Surname", "Smith"]], top=80), section))
    assert len(document.blocks) == 2


@pytest.mark.parametrize("widths", [(50, 180, 500), (50, 120, 300, 500)])
def test_tables_of_other_widths_stay_apart(widths: tuple[float, ...]) -> None:
    def first(c):
        return table(c, [["Surname", "Smith"]], top=80, xs=(50, 200, 450))

    def second(c):
        return table(c, [[f"cell {k}" for k in range(len(widths) - 1)]], xs=widths)

    assert len(read(*paged(first, second)).blocks) == 2


def test_what_begins_a_page_without_a_label_is_the_rest_of_cells_that_begin_with_labels_of_their_own() -> None:
    def rows(*texts: tuple[str, str], top: float) -> Page:
        return lambda canvas: table(canvas, texts, top=top, xs=(50, 275, 500))

    for first, before, rest in (
        ([(f"2.{k} Name: Smith", f"3.{k} Court: Walsall") for k in range(3)], ("2.4 Unit:", "3.4 Officer:"), "Carrow"),
        ([("Name: Smith", "Which court? Walsall")] * 3, ("Unit:", "Officer:"), "Carrow"),
    ):
        pages = paged(rows(*first, before, top=140), rows((rest, "Idowu"), ("2.6 Age: 34", "3.6 Area: Gwent"), top=780))
        assert told(read(*pages))[3:] == [
            [f"{before[0]} / {rest}", f"{before[1]} / Idowu"],
            ["2.6 Age: 34", "3.6 Area: Gwent"],
        ]


def test_an_empty_row_that_begins_a_page_is_what_is_left_of_a_row_that_was_cut() -> None:
    def first(canvas: Canvas, last: float) -> None:
        y = table(canvas, [["Court:"], ["Walsall"], ["Age:"], ["34"]], top=140, xs=(50, 500))
        canvas.drawString(54, y - 11, "Area:")
        canvas.rect(50, y - last, 450, last)

    def second(canvas: Canvas) -> None:
        table(canvas, [[""], ["Gwent"]], xs=(50, 500))

    assert told(read(*paged(lambda c: first(c, 16), second)))[4:] == [["Area:"], ["Gwent"]]
    assert told(read(*paged(lambda c: first(c, 20), second)))[4:] == [["Area:"], [""], ["Gwent"]]


def test_what_begins_a_page_in_plain_print_is_the_rest_where_every_cell_begins_in_bold() -> None:
    def rows(texts: list[tuple[str, str]], top: float) -> Page:
        def draw(canvas: Canvas) -> None:
            y = top
            for label, answer in texts:
                canvas.rect(50, y - 34, 450, 34)
                canvas.setFont("Helvetica-Bold", 10)
                canvas.drawString(54, y - 13, label)
                canvas.setFont("Helvetica", 10)
                canvas.drawString(54, y - 27, answer)
                y -= 34

        return draw

    first = [(label, "Walsall") for label in ("Court", "Prison", "Area", "Ward", "Born in")] + [("Risk to staff", "")]
    found = told(read(*paged(rows(first, 300), rows([("", "High"), ("Risk to self", "Low")], 780))))
    assert found[-2:] == [["Risk to staff / High"], ["Risk to self / Low"]]


def test_the_heading_at_the_side_that_goes_on_over_a_page_break_joins_no_rows_beside_it() -> None:
    def side(rows: list[tuple[str, str]], heading: str, top: float) -> Page:
        def draw(canvas: Canvas) -> None:
            table(canvas, rows, top=top, xs=(100, 250, 500))
            canvas.rect(50, top - 20 * len(rows), 50, 20 * len(rows))
            canvas.setFont("Helvetica-Bold", 10)
            for k, word in enumerate(heading.split()):
                canvas.drawString(54, top - 13 - 12 * k, word)

        return draw

    first = side([("Offence", "Affray"), ("Date of guilt", "04/10/2019")], "4. Convi", 100)
    second = side([("Court", "Cardiff"), ("Register", "Yes")], "ction detail", 780)
    found = told(read(*paged(first, second)))
    assert [row[-2:] for row in found] == [
        ["Offence", "Affray"],
        ["Date of guilt", "04/10/2019"],
        ["Court", "Cardiff"],
        ["Register", "Yes"],
    ]
