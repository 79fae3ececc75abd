"""Labels set level with the middle of their options, which stand one below the other beside them, as in cells of web pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.layout.columns import is_box
from extractors.layout.ink import Word

_ALIGNED = 3.0
"""Points by which the boxes of one list differ in where they begin."""
_NEAR = 1.6
"""Ems between the printed lines of one list at most."""


def uncentred(lines: Sequence[list[Word]]) -> list[list[Word]]:
    """The printed lines, with every label between the options of its list set before the first of them."""
    found = list(lines)
    for number, line in enumerate(lines):
        if any(map(is_box, line)) or not 0 < number < len(lines) - 1:
            continue
        start = lines[number + 1][0].x0
        above = _list_from(lines, number - 1, -1, start)
        below = _list_from(lines, number + 1, 1, start)
        if not above or abs(above - below) > 1 or line[-1].x1 >= start or _begun(lines, number - above - 1, start):
            continue
        first = found[number - above]
        down = first[0].top - line[0].top
        found[number - above] = [*(replace(w, top=w.top + down, bottom=w.bottom + down) for w in line), *first]
        found[number] = []
    return [line for line in found if line]


def _list_from(lines: Sequence[list[Word]], at: int, step: int, start: float) -> int:
    """How many lines, from one on up or down, are options that begin with a box at `start`."""
    count = 0
    while 0 <= at < len(lines) and is_box(lines[at][0]) and abs(lines[at][0].x0 - start) <= _ALIGNED:
        before = lines[at - step]
        if count and abs(lines[at][0].top - before[0].top) > _NEAR * max(word.size for word in lines[at]):
            break
        count, at = count + 1, at + step
    return count


def _begun(lines: Sequence[list[Word]], at: int, start: float) -> bool:
    """Whether the line close above a list has its first option, behind a label of its own."""
    if at < 0 or lines[at + 1][0].top - lines[at][0].top > _NEAR * max(word.size for word in lines[at]):
        return False
    return any(is_box(word) and abs(word.x0 - start) <= _ALIGNED for word in lines[at])
