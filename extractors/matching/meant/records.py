"""Previous convictions in a table of their own below the question: "Date | Offence | Court | Sentence". Its headings are no
questions about the index offence, and its rows are the answer, a line each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from extractors.forms.definitions import Definition
from extractors.matching.labels.hits import LONGEST_LABEL
from extractors.page import Block, Cell, Document, Line, Run, Table
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
    """The document with lines for such rows; itself where it has none."""
    blocks = document.blocks
    below = {
        at: part
        for at, (label, table) in enumerate(pairwise(blocks), 1)
        if isinstance(label, Line) and isinstance(table, Table) and _asks(label.text, definition)
        if (part := _records(table.rows))
    }
    if not below:
        return document
    return replace(document, blocks=tuple(part for at, block in enumerate(blocks) for part in below.get(at, (block,))))


def _asks(text: str, definition: Definition) -> bool:
    label = plain(text)
    asked = definition.labels.exact(label) if len(label) <= LONGEST_LABEL else ()
    return any(match.owner == _KEY for match in asked)


def _records(rows: Sequence[Row]) -> tuple[Block, ...]:
    """A line for each row below the headings; none where the first row heads no records."""
    heads = [plain(cell.text) for cell in rows[0]] if rows else []
    told = len(heads) >= _FEWEST and all(map(_HEAD.fullmatch, heads)) and any(map(_OFFENCE.search, heads))
    return tuple(_lines(rows[1:])) if told else ()


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
