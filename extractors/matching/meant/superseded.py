"""Columns that say what an earlier form said, beside those of this one: "At last referral" and "Now". A case is notified again and
brought back to a meeting on the same form; the form is read as if the earlier answers were gone."""

from __future__ import annotations

import re
from dataclasses import replace

from extractors.page import Block, Cell, Document, Table
from extractors.wording import plain

_FORM = r"(?:(?:mappa|mapp)\s+)?(?:form|referral|re-?referral|notification|review|meeting|panel|assessment|submission|report|time|position|answer|entry|status|level)"
_OLDER = re.compile(
    rf"(?:(?:as\s+)?(?:at|on|in)\s+)?(?:the\s+|our\s+)?(?:last|previous|prior|earlier|initial|original|first|old)(?:\s+{_FORM})?"
    r"|previously|before|then|was|superseded",
    re.IGNORECASE,
)
_NEWER = re.compile(
    rf"(?:(?:as\s+)?(?:at|on|in)\s+)?(?:the\s+|our\s+)?(?:this|current|present|latest|new|updated|today'?s)(?:\s+{_FORM})?"
    r"|now|currently|today|at\s+present|updated?|changed\s+to|is\s+now",
    re.IGNORECASE,
)
_NOTED = re.compile(r"\([^)]*\)|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}")
"""What may be noted in such a heading: the day, who fills the column in."""


def without_superseded(document: Document) -> Document:
    """The document without such columns; itself where it has none."""
    blocks = tuple(_current(block) if isinstance(block, Table) else block for block in document.blocks)
    return document if blocks == document.blocks else replace(document, blocks=blocks)


def _current(table: Table) -> Table:
    """A table without its columns of earlier answers, and without the headings that tell them apart."""
    rows: list[tuple[Cell, ...]] = []
    earlier: set[int] = set()
    for row in table.rows:
        newer = [cell for cell in row if _says(cell, _NEWER)]
        older = {cell.col for cell in row if cell.col_span == 1 and _says(cell, _OLDER)}
        if older & {col for cell in newer for col in (cell.col - 1, cell.col + cell.col_span)}:
            earlier = older
            row = tuple(replace(cell, blocks=()) if cell in newer else cell for cell in row)
        rows.append(tuple(cell for cell in row if cell.col not in earlier or cell.col_span > 1))
    inner = (tuple(replace(cell, blocks=tuple(map(_inside, cell.blocks))) for cell in row) for row in rows)
    return replace(table, rows=tuple(inner))


def _inside(block: Block) -> Block:
    return _current(block) if isinstance(block, Table) else block


def _says(cell: Cell, heading: re.Pattern[str]) -> bool:
    text = plain(_NOTED.sub(" ", cell.text)).strip(" :-–")
    return heading.fullmatch(text) is not None
