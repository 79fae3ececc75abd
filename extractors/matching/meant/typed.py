"""What people type for want of rulings and columns: rows of dashes between parts, dots that lead from a label to its answer,
"Q." and "A." before questions and answers, stars round headings, list signs before labels, dashes and other looks behind them.
The document is read as if it had colons and none of these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile

from extractors.forms.definitions import Definition
from extractors.matching.labels.hits import LONGEST_LABEL, known_for_sure
from extractors.matching.places import cut
from extractors.page import Block, Document, Line, Run

_FEWEST = 4
"""From so many lines on, a sign is the form's way of writing."""
_LETTER = 2
"""Signs of "A:" before an answer, which says so only behind the "Q" of its question."""
_RULE = re.compile(r"\s*(?:[-=*~#\u2500\u2550\u2013\u2014]\s?){8,}")
_LEADERS = re.compile(r"\s*(\S[^:?.\u2026]{0,110}(?:\.[^:?.\u2026]{0,40})?)(?:\.{4,}|\u2026{2,}|(?:\s\.){4,})\s*")
_TRAILING = re.compile(r"\s*(?:\.{2,}|\u2026+)\s*$")
_STARS = re.compile(r"\s*(\*{1,2}|_{1,2})(?=[^\s*_])([^*_]{1,120}?)(?<=\S)\1")
_DASH = re.compile(r"^\s*(\S[^:?|]{0,80}?)\s+(?:[-–—=|]+>?|→)(?:\s+(?=\S)|$)")
_LABEL_END = re.compile(r"[:?\t]|\s[-–—=]\s")
_QUESTION = re.compile(r"\s*Q(?:uestion)?\s*\d{0,3}\s*[.:)\-]\s*(?=\S)", re.IGNORECASE)
_ANSWER = re.compile(r"\s*(?:A(?:ns(?:wer)?)?|Response|Reply)\s*\d{0,3}\s*[.:)\-](?=\s|$)\s*", re.IGNORECASE)


def as_meant(document: Document, definition: Definition) -> Document:
    """The document without such signs; itself where it has none."""
    blocks = list(_without_rules(document.blocks))
    for change in (_starred, _leaders, _questions, _listed, _parted):
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
    """The questions that are listed as others list answers, as lines of no list, by their place, where many are; all lines of
    lists where most are questions."""
    listed = {at: block for at, block in enumerate(blocks) if isinstance(block, Line) and block.bullet}
    asked = {at: line for at, line in listed.items() if _asks(line, definition)}
    if len(asked) < _FEWEST:
        return {}
    return {
        at: replace(line, bullet=False) for at, line in (listed if len(asked) * 2 >= len(listed) else asked).items()
    }


def _asks(line: Line, definition: Definition) -> bool:
    """Whether a line is a known label, or begins with one."""
    bold = "".join(run.text for run in takewhile(lambda run: run.bold or not run.text.strip(), line.runs))
    heads = (line.text, _LABEL_END.split(line.text, maxsplit=1)[0], bold)
    return any(1 < len(head.strip()) <= LONGEST_LABEL and known_for_sure(head, definition) for head in heads)


def _leaders(blocks: Sequence[Block], definition: Definition) -> dict[int, Line]:
    """The lines with a colon for the dots behind the label, by their place, where many labels are led from so."""
    found = {
        at: (block, leaders)
        for at, block in enumerate(blocks)
        if isinstance(block, Line) and (leaders := _LEADERS.match(block.text)) is not None
    }
    if sum(known_for_sure(leaders[1], definition) for _, leaders in found.values()) < _FEWEST:
        return {}
    return {at: _led(line, leaders, definition) for at, (line, leaders) in found.items()}


def _led(line: Line, leaders: re.Match[str], definition: Definition) -> Line:
    """A line with a colon for the dots behind its label, and without those behind its answer. Before another label that dots
    follow they stand for no answer, and leave the wide room between two labels."""
    label_end, begin = leaders.start(1) + len(leaders[1].rstrip()), leaders.end()
    following = _LEADERS.match(line.text, begin)
    end = _TRAILING.search(line.text, begin)
    colon = ":   " if following is not None and known_for_sure(following[1], definition) else ": "
    runs = (*cut(line, 0, label_end).runs, Run(colon), *cut(line, begin, end.start() if end else None).runs)
    return replace(line, runs=runs)


def _parted(blocks: Sequence[Block], definition: Definition) -> dict[int, Line]:
    """The lines with colons for the dashes behind labels, or where labels in italic or plain print end, by their place, where
    many are written so."""
    found, sure = dict[int, Line](), 0
    for at, line in ((at, block) for at, block in enumerate(blocks) if isinstance(block, Line)):
        for end, begin in filter(None, (_dash(line), _end_of_look(line))):
            label = line.text[:end]
            known = known_for_sure(label, definition)
            if "\t" not in label.strip() and (known or definition.here.exact(label)):
                found[at] = _with_colon(line, end, begin)
                sure += known
    return found if sure >= _FEWEST else {}


def _dash(line: Line) -> tuple[int, int] | None:
    """Where a label ends before a dash, and where its answer begins."""
    found = _DASH.match(line.text)
    return (found.end(1), found.end()) if found else None


def _end_of_look(line: Line) -> tuple[int, int] | None:
    """The same where a label in italic or plain print is followed by print of another look on its line."""
    runs = [run for run in line.runs if run.text]
    if not runs or runs[0].bold or any(run.mark is not None for run in line.runs):
        return None
    head = "".join(run.text for run in takewhile(lambda run: _look(run) == _look(runs[0]), runs))
    told = head.strip() and line.text[len(head) :].strip() and head.rstrip()[-1] not in ":?"
    return (len(head.rstrip()), len(head)) if told else None


def _look(run: Run) -> tuple[bool, bool]:
    return run.bold, run.italic


def _with_colon(line: Line, end: int, begin: int) -> Line:
    """The line with a colon for what stands between the end of a label and the beginning of its answer."""
    return replace(line, runs=(*cut(line, 0, end).runs, Run(": "), *cut(line, begin).runs))


def _questions(blocks: Sequence[Block], definition: Definition) -> dict[int, Line]:
    """The lines without the letters and words that say which are questions and which answers, by their place."""
    lines = [(at, block) for at, block in enumerate(blocks) if isinstance(block, Line) and block.text.strip()]
    changed: dict[int, Line] = {}
    for (at, line), (next_at, answer) in pairwise(lines):
        asks, says = _QUESTION.match(line.text), _ANSWER.match(answer.text)
        known = asks is None and len(line.text) <= LONGEST_LABEL and known_for_sure(line.text, definition)
        if says is not None and (asks is not None or (known and len(says[0].split()[0]) > _LETTER)):
            changed[at] = cut(line, asks.end() if asks is not None else 0)
            changed[next_at] = cut(answer, says.end())
    return changed if len(changed) >= 2 * _FEWEST else {}
