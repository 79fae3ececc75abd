"""Panels that stand side by side in one table, each under a heading of its own: the person's details left, the sender's right.
They are read one after the other, as they are filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from extractors.forms.definitions import Definition
from extractors.matching.labels.hits import LONGEST_LABEL, known_for_sure
from extractors.page import Block, Cell, Document, Table
from extractors.wording import plain

_FEWEST = 2
"""Rows of labels and answers in the smallest panel."""

Row = tuple[Cell, ...]


def one_by_one(document: Document, definition: Definition) -> Document:
    """The document with a table for each panel; itself where it has none."""
    blocks = tuple(part for block in document.blocks for part in _parts(block, definition))
    return document if blocks == document.blocks else replace(document, blocks=blocks)


def _parts(block: Block, definition: Definition) -> Iterator[Block]:
    """The panels of a table, and the rows before, between and behind them as tables of their own."""
    rows = block.rows if isinstance(block, Table) else ()
    start = 0
    for at, row in enumerate(rows):
        heads = _headings(row, definition)
        if heads is None or at < start or not isinstance(block, Table):
            continue
        right = heads[1]
        panels = [row, *_under(rows[at + 1 :], *heads, definition)]
        sides = [[tuple(cell for cell in one if cell.col < right.col) for one in panels]]
        sides.append([tuple(cell for cell in one if cell.col >= right.col) for one in panels])
        if all(sum(_asks(one, definition) for one in side[1:]) >= _FEWEST for side in sides):
            yield from (_table(block, part) for part in (rows[start:at], *sides) if part)
            start = at + len(panels)
    if start == 0:
        yield block
    elif isinstance(block, Table) and start < len(rows):
        yield _table(block, rows[start:])


def _asks(row: Row, definition: Definition) -> bool:
    """Whether a row begins with a label, with room for the answer beside it."""
    text = plain(row[0].text) if len(row) > 1 else ""
    return 1 < len(text) <= LONGEST_LABEL and (known_for_sure(text, definition) or bool(definition.here.exact(text)))


def _filled(row: Row) -> list[Cell]:
    return [cell for cell in row if any(isinstance(one, Table) or one.text.strip() for one in cell.blocks)]


def _headings(row: Row, definition: Definition) -> tuple[Cell, Cell] | None:
    """The two wide cells side by side that are all of a row and look alike, as headings do and a label and its answer do not."""
    filled = _filled(row)
    if len(filled) != 2 or not all(cell.col_span > 1 and cell.row_span == 1 for cell in filled):
        return None
    left, right = filled
    shown = left.shaded or _bold(left) or left.text.isupper()
    alike = left.shaded == right.shaded and _bold(left) == _bold(right) and left.text.isupper() == right.text.isupper()
    asks, answers = (known_for_sure(plain(cell.text), definition) for cell in filled)
    return (left, right) if shown and alike and (answers or not asks) else None


def _bold(cell: Cell) -> bool:
    runs = [run for line in cell.lines for run in line.runs if run.text.strip()]
    return bool(runs) and all(run.bold for run in runs)


def _under(rows: Sequence[Row], left: Cell, right: Cell, definition: Definition) -> Iterator[Row]:
    """The rows under two headings that belong to one panel or the other."""
    return takewhile(lambda row: _headings(row, definition) is None and not _crosses(row, left, right), rows)


def _crosses(row: Row, left: Cell, right: Cell) -> bool:
    """Whether a cell of a row reaches from one panel to the other, or fills the room between them."""
    end = left.col + left.col_span
    return any(cell.col < right.col and cell.col + cell.col_span > end for cell in _filled(row))


def _table(table: Table, rows: Sequence[Row]) -> Table:
    """Some cells of a table as one of its own."""
    top = min(cell.row for row in rows for cell in row)
    side = min(cell.col for row in rows for cell in row)
    moved = (tuple(replace(cell, row=cell.row - top, col=cell.col - side) for cell in row) for row in rows)
    return replace(table, rows=tuple(moved))
