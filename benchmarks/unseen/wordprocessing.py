"""Paragraphs and tables in WordprocessingML (ECMA-376 part 1), as the drawn forms need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from docx.oxml.ns import nsdecls

Piece = tuple[str, str]
"""(words, look): look is any of "bold", "strike", "highlight"."""
Paragraph = Sequence[Piece]
_LOOKS = {"bold": "<w:b/>", "strike": "<w:strike/>", "highlight": '<w:highlight w:val="yellow"/>', "": ""}


def _run(words: str, look: str) -> str:
    pieces = words.split("\t")
    inner = "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in pieces)
    return f"<w:r><w:rPr>{_LOOKS[look]}</w:rPr>{inner}</w:r>"


def paragraph(pieces: Paragraph, tab: int = 0) -> str:
    """`tab`: where what follows a tab begins, in twentieths of a point."""
    tabs = (
        f'<w:tabs><w:tab w:val="left" w:pos="{tab}"/></w:tabs><w:ind w:left="{tab}" w:hanging="{tab}"/>' if tab else ""
    )
    inner = "".join(_run(words, look) for words, look in pieces)
    return f'<w:p><w:pPr>{tabs}<w:spacing w:after="40"/></w:pPr>{inner}</w:p>'


@dataclass
class Cell:
    """`span`: how many columns it takes."""

    paragraphs: list[Paragraph]
    span: int = 1
    shaded: bool = False
    upright: str = ""
    """"restart" or "continue" of a cell merged down the rows"""


@dataclass
class Table:
    """`widths`: of its columns, in twentieths of a point."""

    widths: Sequence[int]
    borders: bool
    rows: list[list[Cell]] = field(default_factory=list)

    def xml(self) -> str:
        sides = ("top", "left", "bottom", "right", "insideH", "insideV")
        edges = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in sides)
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in self.widths)
        rows = "".join(f"<w:tr>{self._cells(row)}</w:tr>" for row in self.rows)
        borders = f"<w:tblBorders>{edges}</w:tblBorders>" if self.borders else ""
        return (
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(self.widths)}" w:type="dxa"/>{borders}'
            f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'
        )

    def _cells(self, row: Sequence[Cell]) -> str:
        out, at = "", 0
        for cell in row:
            width = sum(self.widths[at : at + cell.span])
            at += cell.span
            look = f'<w:tcW w:w="{width}" w:type="dxa"/><w:gridSpan w:val="{cell.span}"/>'
            if cell.upright:
                look += f'<w:vMerge w:val="{cell.upright}"/>'
            if cell.shaded:
                look += '<w:shd w:val="clear" w:color="auto" w:fill="D9E2EC"/>'
            inner = "".join(paragraph(pieces) for pieces in cell.paragraphs or [()])
            out += f"<w:tc><w:tcPr>{look}</w:tcPr>{inner}</w:tc>"
        return out
