"""Tables whose labels stand right of their answers: they are read as if each pair of columns were the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from extractors.forms.definitions import Definition
from extractors.matching.labels.hits import LONGEST_LABEL, known_for_sure
from extractors.page import Cell, Document, Table
from extractors.wording import plain

_FEWEST = 6
"""So many labels right of what is none tell that a form is made so."""
_OFTEN = 4
"""So many times as often as the other way round."""
_NUMBER = re.compile(r"\W*(?:[a-z]\W*)?(?:\d{1,2}(?:\W\d{1,2})?\W*)?(?:[a-z]\W*)?", re.IGNORECASE)
"""The number or the tick box of a question, which is no answer."""


def unmirrored(document: Document, definition: Definition) -> Document:
    """The document with such tables turned; itself where it has none."""
    tables = [block for block in document.blocks if isinstance(block, Table) and _in_pairs(block)]
    turned = [id(table) for table in tables if _mirrored(table, definition) > _straight(table, definition)]
    right = sum(_mirrored(table, definition) for table in tables)
    if right < _FEWEST or right < _OFTEN * sum(_straight(table, definition) for table in tables):
        return document
    return replace(
        document,
        blocks=tuple(_turned(one) if id(one) in turned and isinstance(one, Table) else one for one in document.blocks),
    )


def _in_pairs(table: Table) -> bool:
    """Whether every row has cells for labels and answers in turn, none merged."""
    widths = {len(row) for row in table.rows}
    single = all(cell.col_span == cell.row_span == 1 for cell in table.cells)
    return single and len(widths) == 1 and not widths.pop() % 2 and len(table.rows) > 1


def _pairs(table: Table) -> Iterator[tuple[Cell, Cell]]:
    return ((row[at], row[at + 1]) for row in table.rows for at in range(0, len(row), 2))


def _mirrored(table: Table, definition: Definition) -> int:
    """How many labels stand right of an answer, in a table whose labels stand below each other in every other column."""
    columns = [[_known(row[at], definition) for row in table.rows] for at in range(1, len(table.rows[0]), 2)]
    below = all(any(one and other for one, other in pairwise(column)) for column in columns)
    said = [left for left, right in _pairs(table) if _known(right, definition) and not _known(left, definition)]
    told = [text for cell in said if not _NUMBER.fullmatch(text := plain(cell.text))]
    apart = len(set(told)) * 2 > len(told) and len(told) * 2 > len(said)
    return len(told) if apart and below else 0


def _straight(table: Table, definition: Definition) -> int:
    return sum(_known(left, definition) for left, _ in _pairs(table))


def _known(cell: Cell, definition: Definition) -> bool:
    text = plain(cell.text)
    return 1 < len(text) <= LONGEST_LABEL and known_for_sure(text, definition)


def _turned(table: Table) -> Table:
    rows = []
    for row in table.rows:
        pairs = [
            (replace(row[at + 1], col=row[at].col), replace(row[at], col=row[at + 1].col))
            for at in range(0, len(row), 2)
        ]
        rows.append(tuple(cell for pair in pairs for cell in pair))
    return replace(table, rows=tuple(rows))
