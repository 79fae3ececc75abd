"""Sample forms as Word documents: plain tables with typed boxes, content controls, or legacy form fields."""

from __future__ import annotations

from io import BytesIO
from typing import Literal

from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

from samples.layout import Entry, SampleForm

W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
Style = Literal["tables", "controls", "legacy"]


def _shade(cell) -> None:
    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="D9E2EC"/>'))


def _label(cell, words: str) -> None:
    cell.text = ""
    cell.paragraphs[0].add_run(words).bold = True
    _shade(cell)


def _content_control(paragraph, text: str, prompt: str) -> None:
    control = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtPr>{'' if text else '<w:showingPlcHdr/>'}<w:text/></w:sdtPr>"
        "<w:sdtContent><w:r><w:t/></w:r></w:sdtContent></w:sdt>"
    )
    control.find(f".//{qn('w:t')}").text = text or prompt
    paragraph._p.append(control)


def _tick_control(paragraph, ticked: bool) -> None:
    paragraph._p.append(
        parse_xml(
            f'<w:sdt {nsdecls("w")} xmlns:w14="{W14}"><w:sdtPr><w14:checkbox><w14:checked w14:val="{int(ticked)}"/>'
            '<w14:checkedState w14:val="2612"/><w14:uncheckedState w14:val="2610"/></w14:checkbox></w:sdtPr>'
            f"<w:sdtContent><w:r><w:t>{'☒' if ticked else '☐'}</w:t></w:r></w:sdtContent></w:sdt>"
        )
    )


def _field(paragraph, definition: str, instruction: str, result: str | None) -> None:
    """A legacy form field: begin, instruction, separator and result, end."""

    def piece(kind: str):
        run = paragraph.add_run()._r
        char = OxmlElement("w:fldChar")
        char.set(qn("w:fldCharType"), kind)
        run.append(char)
        return char

    piece("begin").append(parse_xml(f'<w:ffData {nsdecls("w")}><w:name w:val=""/><w:enabled/>{definition}</w:ffData>'))
    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = f" {instruction} "
    paragraph.add_run()._r.append(code)
    if result is not None:
        piece("separate")
        paragraph.add_run(result or "\u2002" * 5)
    piece("end")


def _fill(cell, entry: Entry, style: Style) -> None:
    cell.text = ""
    paragraph = cell.paragraphs[0]
    if entry.boxes:
        for number, (words, ticked) in enumerate(entry.boxes):
            if number and max(len(words) for words, _ in entry.boxes) > 20:
                paragraph = cell.add_paragraph()
            if style == "controls":
                _tick_control(paragraph, ticked)
            elif style == "legacy":
                state = (
                    f'<w:checkBox><w:sizeAuto/><w:default w:val="0"/><w:checked w:val="{int(ticked)}"/></w:checkBox>'
                )
                _field(paragraph, state, "FORMCHECKBOX", None)
            else:
                paragraph.add_run("☒" if ticked else "☐")
            paragraph.add_run(f" {words}    ")
    elif style == "controls":
        prompt = "Click or tap to enter a date." if "date" in entry.key else "Click or tap here to enter text."
        _content_control(paragraph, entry.text, prompt)
    elif style == "legacy":
        _field(paragraph, "<w:textInput/>", "FORMTEXT", entry.text)
    else:
        for number, line in enumerate(entry.text.split("\n")):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            if line.startswith("- "):
                paragraph.style = "List Bullet"
            paragraph.add_run(line.removeprefix("- "))


def _rows(document, entry: Entry, style: Style) -> None:
    table = document.add_table(rows=1, cols=1, style="Table Grid")
    _label(table.cell(0, 0), entry.label)
    grid = document.add_table(rows=len(entry.rows), cols=len(entry.rows[0]), style="Table Grid")
    for r, row in enumerate(entry.rows):
        for c, text in enumerate(row):
            if r == 0:
                _label(grid.cell(r, c), text)
            else:
                _fill(grid.cell(r, c), Entry(entry.key, "", text), style)


def write(form: SampleForm, style: Style) -> bytes:
    """The form as .docx bytes."""
    document = Document()
    document.styles["Normal"].font.size = Pt(10)
    document.sections[0].header.paragraphs[0].text = form.marking
    heading = document.add_paragraph().add_run(form.title)
    heading.bold, heading.font.size = True, Pt(16)
    heading.font.highlight_color = WD_COLOR_INDEX.AUTO
    document.add_paragraph(form.subtitle)
    for title, rows in form.sections:
        band = document.add_table(rows=1, cols=1, style="Table Grid")
        _label(band.cell(0, 0), title)
        for row in rows:
            if row[0].rows:
                _rows(document, row[0], style)
                continue
            table = document.add_table(rows=1, cols=2 * len(row), style="Table Grid")
            for place, entry in enumerate(row):
                _label(table.cell(0, 2 * place), entry.label)
                _fill(table.cell(0, 2 * place + 1), entry, style)
        document.add_paragraph()
    out = BytesIO()
    document.save(out)
    return out.getvalue()
