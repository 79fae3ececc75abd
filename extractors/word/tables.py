"""Makes a table of the page model from a w:tbl: grid places, merged cells, shading; deleted and hidden rows left out.

ECMA-376 part 1, 17.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from lxml import etree

from extractors.files.pieces import Control
from extractors.page import Block, Cell, Table
from extractors.word.names import VAL, W, is_on, number_of, value_of
from extractors.word.styles import Styles, is_shaded

COLUMNS_LIMIT = 500
_TR, _TC, _P, _SHADE, _PARAGRAPH_SHADE = W + "tr", W + "tc", W + "p", W + "shd", f"{W}pPr/{W}shd"
_TR_PR, _TC_PR, _DEL, _HIDDEN = W + "trPr", W + "tcPr", W + "del", W + "hidden"
_SPAN, _DOWN, _ACROSS, _CELL_DELETED = W + "gridSpan", W + "vMerge", W + "hMerge", W + "cellDel"


class Walker(Protocol):
    """The story that a table stands in."""

    def children(
        self, parent: etree._Element, control: Control | None
    ) -> Iterator[tuple[etree._Element, Control | None]]:
        """The children of an element with wrappers opened."""

    def cell_blocks(self, element: etree._Element, path: str, control: Control | None, depth: int) -> list[Block]:
        """The blocks of a cell."""

    def count(self) -> None:
        """Counts one row."""


def table_of(element: etree._Element, path: str, depth: int, walker: Walker, styles: Styles) -> Table:
    """The table that a w:tbl at `path` is. A cell's paths count what is there, hidden or merged away cells included."""
    properties = element.find(W + "tblPr")
    shaded = properties is not None and (
        is_shaded(properties.find(W + "shd")) or styles.shades_cells(value_of(properties, "tblStyle"))
    )
    rows: list[list[Cell]] = []
    above: dict[int, tuple[int, int]] = {}
    """Grid column to (row, place in row) of the cell that a vertically merged cell there belongs to."""
    for row_element, _ in walker.children(element, None):
        if row_element.tag != _TR:
            continue
        row_properties = row_element.find(_TR_PR)
        if row_properties is not None and (
            row_properties.find(_DEL) is not None or is_on(row_properties.find(_HIDDEN))
        ):
            continue
        row: list[Cell] = []
        rows.append(row)
        walker.count()
        column = min(number_of(value_of(row_properties, "gridBefore")), COLUMNS_LIMIT)
        merged: dict[int, tuple[int, int]] = {}
        number = 0
        for cell_element, control in walker.children(row_element, None):
            if cell_element.tag != _TC:
                continue
            number += 1
            cell_path = f"{path}/tr[{len(rows)}]/tc[{number}]"
            layout = _Layout(cell_element)
            if layout.deleted:
                continue
            if layout.goes_on_down and column in above:
                at_row, at = merged[column] = above[column]
                rows[at_row][at] = replace(rows[at_row][at], row_span=len(rows) - at_row)
            elif layout.goes_on_right and row:
                row[-1] = replace(row[-1], col_span=row[-1].col_span + layout.span)
            else:
                row.append(
                    Cell(
                        tuple(walker.cell_blocks(cell_element, cell_path, control, depth)),
                        row=len(rows) - 1,
                        col=column,
                        col_span=layout.span,
                        path=cell_path,
                        shaded=shaded if layout.shaded is None else layout.shaded,
                    )
                )
                if layout.merges_down:
                    merged[column] = (len(rows) - 1, len(row) - 1)
            column += layout.span
        above = merged
    return Table(tuple(tuple(row) for row in rows))


class _Layout:
    """What a w:tcPr says: grid columns taken, merging, tracked deletion, shading (None when it says nothing)."""

    __slots__ = ("deleted", "goes_on_down", "goes_on_right", "merges_down", "shaded", "span")

    def __init__(self, element: etree._Element) -> None:
        self.span = 1
        self.merges_down = self.goes_on_down = self.goes_on_right = self.deleted = False
        self.shaded: bool | None = None
        properties = element.find(_TC_PR)
        for child in () if properties is None else properties:
            tag = child.tag
            if tag == _SPAN:
                self.span = max(1, min(number_of(child.get(VAL), 1), COLUMNS_LIMIT))
            elif tag == _DOWN:
                self.merges_down = True
                self.goes_on_down = (child.get(VAL) or "continue") == "continue"
            elif tag == _ACROSS:
                self.goes_on_right = (child.get(VAL) or "continue") == "continue"
            elif tag == _CELL_DELETED:
                self.deleted = True
            elif tag == _SHADE:
                self.shaded = is_shaded(child)
        if self.shaded is None:
            paragraphs = element.findall(_P)
            if paragraphs and all(is_shaded(paragraph.find(_PARAGRAPH_SHADE)) for paragraph in paragraphs):
                self.shaded = True
