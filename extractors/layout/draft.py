"""Blocks in the making: tables and cells of one page that may still be joined to those of the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from extractors.layout.grid import nearest
from extractors.layout.lines import Sheet
from extractors.page import Cell, Line, Table

SAME = 3.0
"""Column edges within so many points of each other are one edge."""

SAME_GUESSED = 9.0
"""The same where one row's edge is that of its shading, and another's where its print begins, behind the cell's padding."""


@dataclass(slots=True)
class DraftCell:
    """A cell in the upright frame of its page. It stands in `DraftTable.rows` under the row it begins in."""

    x0: float
    top: float
    x1: float
    bottom: float
    sheet: Sheet
    row_span: int = 1
    shaded: bool = False
    blocks: list[Line | DraftTable] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks if isinstance(block, Line)).strip()

    @property
    def empty(self) -> bool:
        """Whether nothing at all stands in the cell, not even a tick box or an empty control."""
        return not any(isinstance(block, DraftTable) or block.runs for block in self.blocks)

    @property
    def bold(self) -> bool:
        runs = [run for block in self.blocks if isinstance(block, Line) for run in block.runs if run.text.strip()]
        return bool(runs) and runs[0].bold


@dataclass(slots=True)
class DraftTable:
    """Rows of cells, one entry per grid row, empty where all cells of that row began above."""

    rows: list[list[DraftCell]]
    guessed: bool = False
    """told without rulings, see extractors/page.py"""

    @property
    def cells(self) -> Iterable[DraftCell]:
        return (cell for row in self.rows for cell in row)

    def table(self) -> Table:
        """The finished table: columns counted over all edges that occur in it, nested tables finished too."""
        edges: list[float] = []
        same = SAME_GUESSED if self.guessed else SAME
        for x in sorted({x for cell in self.cells for x in (cell.x0, cell.x1)}):
            if not edges or x - edges[-1] > same:
                edges.append(x)
        rows: list[tuple[Cell, ...]] = []
        for number, row in enumerate(self.rows):
            cells: list[Cell] = []
            for cell in row:
                first, last = nearest(edges, cell.x0), nearest(edges, cell.x1)
                cells.append(
                    Cell(
                        tuple(block.table() if isinstance(block, DraftTable) else block for block in cell.blocks),
                        number,
                        first,
                        cell.row_span,
                        max(1, last - first),
                        cell.sheet.number,
                        cell.sheet.box(cell.x0, cell.top, cell.x1, cell.bottom),
                        None,
                        cell.shaded,
                    )
                )
            if cells:
                rows.append(tuple(cells))
        return Table(tuple(rows), self.guessed)


class Placed(NamedTuple):
    """A line or table with its place on the page's upright frame."""

    top: float
    bottom: float
    x0: float
    x1: float
    block: Line | DraftTable
