"""What people type for want of rulings and columns: rows of dashes between parts, dots that lead from a label to its answer,
"Q." and "A." before questions and answers, stars round headings, dashes before labels. The document is read as if it had
none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from extractors.forms.definitions import Definition
from extractors.matching.hits import known_for_sure
from extractors.matching.places import cut
from extractors.page import Block, Document, Line, Run

_FEWEST = 4
"""From so many lines on, a sign is the form's way of writing."""
_RULE = re.compile(r"\s*(?:[-=*~#\u2500\u2550\u2013\u2014]\s?){8,}")
_LEADERS = re.compile(r"\s*(\S[^:?.\u2026]{0,110}(?:\.[^:?.\u2026]{0,40})?)(?:\.{4,}|\u2026{2,}|(?:\s\.){4,})\s*")
_STARS = re.compile(r"\s*(\*{1,2}|_{1,2})(?=[^\s*_])([^*_]{1,120}?)(?<=\S)\1")
_HEAD = re.compile(r"\s*([A-Z][^:?]{1,80})[:?](?=\s|$)")
_QUESTION = re.compile(r"\s*Q(?:uestion)?\s*\d{0,3}\s*[.:)\-]\s*(?=\S)", re.IGNORECASE)
_ANSWER = re.compile(r"\s*A(?:ns(?:wer)?)?\s*\d{0,3}\s*[.:)\-](?=\s|$)\s*", re.IGNORECASE)


def as_meant(document: Document, definition: Definition) -> Document:
    """The document without such signs; itself where it has none."""
    blocks = list(_without_rules(document.blocks))
    for change in (_starred, _leaders, _questions, _listed):
        for at, line in change(blocks, definition).items():
            blocks[at] = line
    return document if blocks == list(document.blocks) else replace(document, blocks=tuple(blocks))


def _without_rules(blocks: Sequence[Block]) -> Iterator[Block]:
    ruled = False
    for block in blocks:
        if (
            isinstance(block, Line)
            and _RULE.fullmatch(block.text)
            and not any(run.mark is not None for run in block.runs)
        ):
            ruled = True
            continue
        yield replace(block, apart=True, joins_previous=False) if ruled and isinstance(block, Line) else block
        ruled = False


def _starred(blocks: Sequence[Block], definition: Definition) -> dict[int, Line]:
    """The lines with bold print for the stars or bars round their first words, by their place, where many begin so."""
    found = {
        at: (block, stars)
        for at, block in enumerate(blocks)
        if isinstance(block, Line) and (stars := _STARS.match(block.text)) is not None
    }
    if len(found) < _FEWEST:
        return {}
    return {
        at: replace(
            line,
            runs=(
                *(replace(run, bold=True) for run in cut(line, stars.start(2), stars.end(2)).runs),
                *cut(line, stars.end()).runs,
            ),
        )
        for at, (line, stars) in found.items()
    }


def _listed(blocks: Sequence[Block], definition: Definition) -> dict[int, Line]:
    """The lines of lists that are labels with their answers, as lines of no list, by their place, where many are."""
    found = {
        at: (block, head)
        for at, block in enumerate(blocks)
        if isinstance(block, Line) and block.bullet and (head := _HEAD.match(block.text)) is not None
    }
    if sum(known_for_sure(head[1], definition) for _, head in found.values()) < 2 * _FEWEST:
        return {}
    return {at: replace(line, bullet=False) for at, (line, _) in found.items()}


def _leaders(blocks: Sequence[Block], definition: Definition) -> dict[int, Line]:
    """The lines with a colon for the dots behind the label, by their place, where many labels are led from so."""
    found = {
        at: (block, leaders)
        for at, block in enumerate(blocks)
        if isinstance(block, Line) and (leaders := _LEADERS.match(block.text)) is not None
    }
    if sum(known_for_sure(leaders[1], definition) for _, leaders in found.values()) < _FEWEST:
        return {}
    return {at: _with_colon(line, leaders) for at, (line, leaders) in found.items()}


def _with_colon(line: Line, found: re.Match[str]) -> Line:
    label = found[1].rstrip()
    return replace(
        line, runs=(*cut(line, 0, found.start(1) + len(label)).runs, Run(": "), *cut(line, found.end()).runs)
    )


def _questions(blocks: Sequence[Block], definition: Definition) -> dict[int, Line]:
    """The lines without the letters that say which are questions and which answers, by their place."""
    lines = [(at, block) for at, block in enumerate(blocks) if isinstance(block, Line) and block.text.strip()]
    changed: dict[int, Line] = {}
    for (at, line), (next_at, answer) in pairwise(lines):
        asks, says = _QUESTION.match(line.text), _ANSWER.match(answer.text)
        if asks is not None and says is not None:
            changed[at] = cut(line, asks.end())
            changed[next_at] = cut(answer, says.end())
    return changed if len(changed) >= 2 * _FEWEST else {}
