"""Hints printed where an answer stands, above it: "(please write in full)"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.looks import set_back
from extractors.matching.answers.answer import Answer
from extractors.matching.notes import all_note, surely_note
from extractors.matching.scene import Scene
from extractors.page import Line
from extractors.wording import plain

_OFTEN = 3
"""So many answers begin with the same words in brackets that are printed."""
_LONGEST = 4
"""Lines of the longest hint."""


def less_hint(found: Answer, here: Scene) -> Answer:
    """The answer without the hint in brackets, or in italic or grey print, above what is written; less sure unless its look or other
    answers tell that it is one."""
    hint, rest = _hint(found.lines, here.style.set_back_notes)
    if not hint:
        return found
    if all(map(set_back, hint)) or here.hints[_said(hint)] >= _OFTEN:
        return replace(found, lines=rest)
    doubt = "What stands in brackets before the answer was taken for an instruction."
    return replace(found, lines=rest, certainty=min(found.certainty, 0.85), doubts=(*found.doubts, doubt))


def _hint(lines: Sequence[Line], noted: bool) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The hint with which lines begin, and the lines behind it. `noted`: print that steps back is one in this form."""
    first = next((at for at, line in enumerate(lines) if line.text.strip()), len(lines))
    for end in range(first + 1, min(first + _LONGEST, len(lines)) + 1):
        hint, rest = tuple(lines[first:end]), tuple(lines[end:])
        if any(run.mark is not None or run.control is not None for line in hint for run in line.runs):
            break
        if all_note(_said(hint)):
            return hint, rest
        upright = any(line.text.strip() and not set_back(line) for line in rest)
        told = noted or surely_note(_said(hint))
        if upright and all(map(set_back, hint)) and told and not (set_back(rest[0]) or rest[0].joins_previous):
            return hint, rest
    return (), tuple(lines)


def _said(lines: Sequence[Line]) -> str:
    return plain(" ".join(line.text for line in lines))
