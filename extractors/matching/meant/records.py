"""Previous convictions in a table of their own below the question: "Date | Offence | Court | Sentence". Its headings are no
questions about the index offence, and its rows are the answer, a line each in one box."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from extractors.forms.definitions import Definition
from extractors.matching.labels.hits import LONGEST_LABEL
from extractors.page import Cell, Document, Line, Run, Table
from extractors.wording import plain

_KEY = "conviction.previous"
_HEAD = re.compile(
    r"(?:(?:date|year|age|court|plea|offences?|convictions?|details?|sentence|disposal|outcome|result|number|type|place|no|the|of|and|at|"
    r"convicted|conviction|passed|given|length)\W*)+",
    re.IGNORECASE,
)
_OFFENCE = re.compile(r"offence|conviction", re.IGNORECASE)
_FEWEST = 2
"""Columns of the smallest such table."""

Row = tuple[Cell, ...]


def with_records(document: Document, definition: Definition) -> Document:
    """The document with a box for such rows; itself where it has none."""
    blocks = document.blocks
    boxes = {
        at: box
        for at, (label, table) in enumerate(pairwise(blocks), 1)
        if isinstance(label, Line) and isinstance(table, Table) and _asks(label.text, definition)
        if (box := _boxed(table)) is not None
    }
    return (
        replace(document, blocks=tuple(boxes.get(at, block) for at, block in enumerate(blocks))) if boxes else document
    )


def _asks(text: str, definition: Definition) -> bool:
    label = plain(text)
    asked = definition.labels.exact(label) if len(label) <= LONGEST_LABEL else ()
    return any(match.owner == _KEY for match in asked)


def _boxed(table: Table) -> Table | None:
    """A line for each row below the headings; None where the first row heads no records."""
    rows = table.rows
    heads = [plain(cell.text) for cell in rows[0]] if rows else []
    if len(heads) < _FEWEST or not all(map(_HEAD.fullmatch, heads)) or not any(map(_OFFENCE.search, heads)):
        return None
    first = rows[0][0]
    return Table(((Cell(tuple(_lines(rows[1:])), 0, 0, page=first.page, box=first.box, path=first.path),),))


def _lines(rows: Sequence[Row]) -> Iterator[Line]:
    for row in rows:
        runs: list[Run] = []
        for cell in (cell for cell in row if cell.text.strip()):
            runs.append(Run(", "))
            for line in cell.lines:
                runs += (*line.runs, Run(" "))
            runs.pop()
        if runs:
            yield Line(tuple(runs[1:]))
