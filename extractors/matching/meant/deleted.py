"""Words that were deleted in the labels of a form and are printed struck through, as changes that nobody accepted are: the form
is read as if they were gone. Options that are struck through stay: that is how one of several is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractors.forms.definitions import Definition
from extractors.matching.labels.hits import LONGEST_LABEL, known_for_sure
from extractors.matching.values.choices import options_of
from extractors.page import Block, Document, Line, Run, Table

_FEWEST = 3
"""So many labels are known without the words struck through in them, and not with them."""


def without_deleted(document: Document, definition: Definition) -> Document:
    """The document without such words; itself where it has none."""
    changed = [line for line in _lines(document.blocks) if any(run.struck for run in line.runs)]
    if sum(_reworded(line, definition) for line in changed) < _FEWEST:
        return document
    return replace(document, blocks=_without(document.blocks, definition))


def _lines(blocks: Sequence[Block]) -> Iterator[Line]:
    for block in blocks:
        if isinstance(block, Line):
            yield block
        else:
            for row in block.rows:
                for cell in row:
                    yield from _lines(cell.blocks)


def _reworded(line: Line, definition: Definition) -> bool:
    """Whether a line begins with a label once the words struck through in it are gone."""
    kept = "".join(run.text for run in line.runs if not run.struck).strip()
    text = line.text.strip()
    return 1 < len(kept) <= LONGEST_LABEL and known_for_sure(kept, definition) and not known_for_sure(text, definition)


def _without(blocks: Sequence[Block], definition: Definition) -> tuple[Block, ...]:
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Table):
            rows = tuple(
                tuple(replace(cell, blocks=_without(cell.blocks, definition)) for cell in row) for row in block.rows
            )
            found.append(replace(block, rows=rows))
            continue
        runs = tuple(run for run in block.runs if not run.struck or _names_option(run, definition))
        if runs or not block.runs:
            found.append(replace(block, runs=runs) if len(runs) < len(block.runs) else block)
    return tuple(found)


def _names_option(run: Run, definition: Definition) -> bool:
    forms = (form for form in definition.fields.values() if form.options is not None)
    return any(options_of(form.options).found_in(run.text) for form in forms if form.options is not None)
