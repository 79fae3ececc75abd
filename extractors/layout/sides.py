"""A heading in a narrow column of its own, down the left side of the rows it belongs to, in tables without rulings.

Its lines follow each other whatever the rows beside it do, so that read with them it would tear them apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from extractors.layout.columns import Row, chunks, column_starts
from extractors.layout.ink import Word
from extractors.layout.lines import TAB, rows_of
from extractors.looks import like_heading

_WIDEST = 0.2
"""Share of the width of the print that such a column takes at most."""
_EVEN = 0.6
"""Points by which equal distances between lines may differ."""
_APART = 1.75
"""How many times as far apart as wrapped lines two printed lines are that an empty line parts."""
_LEAST = 2
"""Columns that rows beside such a heading have at least."""


class Part(NamedTuple):
    """Printed lines between two empty ones: a heading over them, the heading at their side, and the rest."""

    heading: list[list[Word]]
    side: list[list[Word]]
    lines: list[list[Word]]


def parts(lines: Sequence[list[Word]], start: float, tight: float) -> list[Part]:
    """The lines of a table part by part, where at least one has a heading at its side, left of `start`; else none.

    tight: the most that wrapped lines are apart, in points; 0 where nothing tells.
    """
    x0 = min(word.x0 for line in lines for word in line)
    x1 = max(word.x1 for line in lines for word in line)
    if start - x0 > _WIDEST * (x1 - x0):
        return []
    left = rows_of([word for line in lines for word in line if word.x0 < start - 3])
    tight = tight or min((b[0].top - a[0].top for a, b in pairwise(left)), default=0.0) + _EVEN
    found = [_part(stretch, start, tight) for stretch in _stretches(lines, tight)]
    return found if any(part.side for part in found) else []


def under_headings(lines: Sequence[list[Word]], tight: float) -> list[Part]:
    """The lines of a table part by part, each under its own heading that an empty line parts from the rows above; else none."""
    found: list[Part] = []
    for stretch in _stretches(lines, tight) if tight else ():
        text = " ".join(word.text for word in stretch[0])
        alone = len(stretch) > 1 and len(chunks(stretch[0])) == 1 and stretch[0][0].mark is None
        if alone and like_heading(text, all(word.bold for word in stretch[0])):
            found.append(Part(stretch[:1], [], stretch[1:]))
        elif found:
            found[-1].lines.extend(stretch)
        else:
            found.append(Part([], [], stretch))
    return found if any(part.heading for part in found) else []


def _stretches(lines: Sequence[list[Word]], tight: float) -> Iterator[list[list[Word]]]:
    stretch = [lines[0]]
    for before, line in pairwise(lines):
        if min(word.top for word in line) - min(word.top for word in before) > _APART * tight:
            yield stretch
            stretch = []
        stretch.append(line)
    yield stretch


def _part(lines: list[list[Word]], start: float, tight: float) -> Part:
    heading = lines[:1] if len(lines) > 1 and _stands_over(lines[0], lines[1], start) else []
    words = [word for line in lines[len(heading) :] for word in line]
    side = rows_of([word for word in words if word.x0 < start - 3])
    beside = rows_of([word for word in words if word.x0 >= start - 3])
    if not side or not beside or any(word.x1 > start for line in side for word in line):
        return Part([], [], lines)
    together = all(b[0].top - a[0].top <= tight for a, b in pairwise(side))
    level = abs(side[0][0].top - beside[0][0].top) < side[0][0].size / 2
    rows = sum(b[0].top - a[0].top > tight and _opens_row(b, start) for a, b in pairwise(beside))
    return Part(heading, side, beside) if together and level and rows else Part([], [], lines)


def _stands_over(line: Sequence[Word], following: Sequence[Word], start: float) -> bool:
    """Whether a line is one piece of text that does not heed the columns, or stands alone over a line that has all of them."""
    gaps = all(b.x0 - a.x1 <= TAB * a.size / 2 for a, b in pairwise(line))
    alone = following[0].x0 < start - 3 and any(abs(word.x0 - start) <= 3 for word in following)
    alone = alone and like_heading(" ".join(word.text for word in line), all(word.bold for word in line))
    return gaps and line[0].x0 < start - 3 and (line[-1].x1 > start + 3 or alone)


def _opens_row(line: Sequence[Word], start: float) -> bool:
    """Whether a line beside the heading has a label and an answer: it begins in the first column and goes on in others. A
    bold one is a label without an answer."""
    return abs(line[0].x0 - start) <= 3 and (len(chunks(line)) >= _LEAST or line[0].bold)


def starts_beside(lines: Sequence[list[Word]]) -> list[float]:
    """Where the columns beside such a heading begin, behind the first."""
    return column_starts([Row(line[0].top, line[0].bottom, [line]) for line in lines])
