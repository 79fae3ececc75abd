"""Frames round whole sections: lines of labels and answers with one rule round them all, as text boxes are printed, are no
cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractors.forms.definitions import Definition
from extractors.matching.labels.hits import LONGEST_LABEL, known_for_sure
from extractors.page import Block, Cell, Document, Line, Table

_FEWEST, _PLAIN_FEWEST = 2, 3
"""So many lines of a frame are known labels: where they alone are bold, and where nothing but their words tells them."""


def unframed(document: Document, definition: Definition) -> Document:
    """The document with the lines in such frames for the frames; itself where it has none."""
    blocks = tuple(_opened(document.blocks, definition))
    return document if blocks == document.blocks else replace(document, blocks=blocks)


def _opened(blocks: Sequence[Block], definition: Definition) -> Iterator[Block]:
    for block in blocks:
        cells = _stacked(block) if isinstance(block, Table) else ()
        labels = [_labels(cell, definition) for cell in cells]
        if labels and sum(count >= _FEWEST for count in labels) * 2 >= len(labels):
            for cell in cells:
                first, *more = cell.lines
                yield replace(first, apart=True)
                yield from more
        else:
            yield block


def _stacked(table: Table) -> tuple[Cell, ...]:
    """The cells of a table of one column in which nothing but lines stands; none of any other table."""
    cells = tuple(cell for row in table.rows for cell in row)
    lines_only = all(isinstance(block, Line) for cell in cells for block in cell.blocks)
    single = all(len(row) == 1 for row in table.rows)
    return cells if lines_only and single and all(cell.lines for cell in cells) else ()


def _labels(cell: Cell, definition: Definition) -> int:
    """How many lines of a cell are labels, of many or of bold ones."""
    lines = [line for line in cell.lines if line.text.strip() and not line.joins_previous]
    known = [line for line in lines if _known(line.text.strip(), definition)]
    bold = [line for line in lines if all(run.bold for run in line.runs if run.text.strip())]
    told = len(bold) < len(lines) and all(line in bold for line in known)
    return len(known) if told or len(known) >= _PLAIN_FEWEST else min(1, len(known))


def _known(text: str, definition: Definition) -> bool:
    return 1 < len(text) <= LONGEST_LABEL and known_for_sure(text, definition)
