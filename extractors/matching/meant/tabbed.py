"""Lines of labels with their answers behind a tab, which alignment alone made look like a table, become lines again.

As lines they stand in one stretch with the headings and the longer answers between them, as in the file they were printed from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from extractors.forms.definitions import Definition
from extractors.matching.labels.hits import LONGEST_LABEL, known_for_sure
from extractors.page import Block, Cell, Document, Line, Run, Table

_FEWEST = 3
"""So few rows tell nothing."""


def with_tabs(document: Document, definition: Definition) -> Document:
    """The document with such tables as lines; itself where there are none."""
    if not any(isinstance(block, Table) and _is_tabbed(block, definition) for block in document.blocks):
        return document
    return replace(document, blocks=tuple(part for block in document.blocks for part in _parts(block, definition)))


def _parts(block: Block, definition: Definition) -> Iterator[Block]:
    if not isinstance(block, Table) or not _is_tabbed(block, definition):
        yield block
        return
    for row in block.rows:
        first, *more = (cell.lines for cell in row)
        behind = more[0] if more else ()
        if first and behind:
            yield replace(first[0], runs=(*first[0].runs, Run("\t"), *behind[0].runs))
            yield from behind[1:]
        else:
            yield from first or behind


def _is_tabbed(table: Table, definition: Definition) -> bool:
    """Whether a table told by alignment alone has two columns, each label on one line in the first, and answers in the other."""
    rows = table.rows
    if not table.guessed or len(rows) < _FEWEST or any(cell.shaded for cell in table.cells):
        return False
    if any(len(row) > 2 or any(isinstance(block, Table) for cell in row for block in cell.blocks) for row in rows):
        return False
    if any(run.control is not None for cell in table.cells for line in cell.lines for run in line.runs):
        return False
    pairs = [row for row in rows if len(row) == 2 and row[0].blocks]
    if len(pairs) < _FEWEST or any(len(row[0].lines) > 1 for row in pairs):
        return False
    labels = sum(_known(row[0], definition) for row in pairs)
    strangers = sum(_known(row[1], definition) or _opens_with_label(row[1], definition) for row in pairs)
    if _takes_turns(table, definition):
        return False
    return labels * 2 >= len(pairs) and strangers * 5 <= len(pairs)


def _takes_turns(table: Table, definition: Definition) -> bool:
    """Whether rows of labels and rows of their answers take turns: what stands below a known label mostly is none, and some
    row has labels alone."""
    known = [bool(row) and _known(row[0], definition) for row in table.rows]
    both = any(len(row) == 2 and _known(row[1], definition) and one for row, one in zip(table.rows, known, strict=True))
    below = [following for label, following in pairwise(known) if label]
    return both and sum(below) * 2 < len(below)


def _opens_with_label(cell: Cell, definition: Definition) -> bool:
    """Whether a cell begins with a known label and a colon, as in forms whose labels and answers share cells."""
    label, colon, _ = cell.text.partition(":")
    return bool(colon) and 1 < len(label) <= LONGEST_LABEL and known_for_sure(label, definition)


def _known(cell: Cell, definition: Definition) -> bool:
    text = " ".join(line.text for line in cell.lines if isinstance(line, Line))
    return 0 < len(text) <= LONGEST_LABEL and known_for_sure(text, definition)
