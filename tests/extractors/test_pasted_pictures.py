"""A picture pasted where an answer is awaited is not read, and the answer is not called blank for certain."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extractors.models import Value
from extractors.pdf.document import read_pdf
from extractors.read import read
from tests.extractors.documents import cell, docx, odt_parts, paragraph, row, run, table, zipped
from tests.extractors.drawn import HEIGHT, drawn
from tests.extractors.drawn import table as drawn_table

ROWS = [
    ("Family name", "Okonkwo"),
    ("First name(s)", "Daniel"),
    ("Date of birth", "24/10/1993"),
    ("Gender", "Male"),
    ("Nationality", ""),
    ("PNC ID", "2012/0673173R"),
    ("Reason for referral", "PICTURE"),
    ("Current address", "1 High Street, Dudley"),
]
PASTED = "A picture stands here, and what it shows was not read."


def as_word() -> bytes:
    picture = (
        '<w:r><w:drawing><wp:inline><wp:extent cx="2880000" cy="720000"/><a:graphic><a:graphicData>'
        '<a:blip r:embed="rId7"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )
    rows = [
        row(cell(paragraph(run(label, "<w:b/>"))), cell(paragraph(picture)) if said == "PICTURE" else said)
        for label, said in ROWS
    ]
    return docx(paragraph(run("MAPPA A: Referral to level 2 or level 3", "<w:b/>")) + table(*rows))


def as_odt() -> bytes:
    def cells(label: str, said: str) -> str:
        picture = '<text:p><draw:frame><draw:image xlink:href="Pictures/1.png" xmlns:xlink="x"/></draw:frame></text:p>'
        answer = picture if said == "PICTURE" else f"<text:p>{said}</text:p>"
        inside = f"<table:table-cell><text:p>{label}</text:p></table:table-cell><table:table-cell>{answer}</table:table-cell>"
        return f"<table:table-row>{inside}</table:table-row>"

    rows = "".join(cells(label, said) for label, said in ROWS)
    title = "<text:h>MAPPA A: Referral to level 2 or level 3</text:h>"
    return zipped(odt_parts(f"{title}<table:table>{rows}</table:table>"))


def as_pdf(background: bool = False) -> bytes:
    def page(canvas: Canvas) -> None:
        buffer = BytesIO()
        Image.new("RGB", (400, 40), "lightgrey").save(buffer, "PNG")
        if background:
            canvas.drawImage(ImageReader(BytesIO(buffer.getvalue())), 60, HEIGHT - 380, 450, 320)
        canvas.drawString(50, HEIGHT - 50, "MAPPA A: Referral to level 2 or level 3")
        drawn_table(
            canvas, [(label, "" if said == "PICTURE" else said) for label, said in ROWS], HEIGHT - 70, height=40
        )
        if not background:
            canvas.drawImage(ImageReader(BytesIO(buffer.getvalue())), 190, HEIGHT - 70 - 7 * 40 + 5, 200, 30)

    return drawn(page)


def values(content: bytes, name: str) -> dict[str, Value]:
    (form,) = read(content, name, date(2026, 11, 20)).forms
    return dict(form.values)


@pytest.mark.parametrize(("content", "name"), [(as_word(), "f.docx"), (as_odt(), "f.odt"), (as_pdf(), "f.pdf")])
def test_an_answer_that_may_be_in_a_picture_is_doubtful_and_others_are_not(content: bytes, name: str) -> None:
    found = values(content, name)
    pasted = found["referral.reason"]
    assert (pasted.status, pasted.confidence, pasted.doubts[-1]) == ("blank", 0.5, PASTED)
    assert all(PASTED not in value.doubts for key, value in found.items() if key != "referral.reason")
    assert found["person.nationality"].status == "blank" and found["person.nationality"].confidence >= 0.9


def test_a_large_picture_on_a_page_of_text_is_named() -> None:
    def page(canvas: Canvas) -> None:
        buffer = BytesIO()
        Image.new("RGB", (400, 200), "lightgrey").save(buffer, "PNG")
        drawn_table(canvas, ROWS, HEIGHT - 70)
        canvas.drawImage(ImageReader(buffer), 60, 100, 400, 200)

    assert read_pdf(drawn(page)).partly == ("A page holds a picture, whose text was not read.",)


def test_the_background_of_a_page_hides_no_answer() -> None:
    found = values(as_pdf(background=True), "f.pdf")
    assert found["referral.reason"].status == "blank"
    assert all(PASTED not in value.doubts for value in found.values())
