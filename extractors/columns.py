"""Columns without rulings: rows of words cut where their starts line up, where gaps are wide, or where drawn pieces meet."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from extractors.ink import Word
from extractors.lines import TAB
from extractors.symbols import UNICODE

ALIGNED = 2.5
"""Words that start within so many points of each other start in one column."""
_WEAK = 0.45
"""Gap, in ems, that may part two columns where others show that there is one."""
_ROOM = 36.0
"""Least width of a cell that is made although nothing stands in it."""
_BOXES = {character for character, kind in UNICODE.items() if kind != "bullet"}


class Row(NamedTuple):
    """One row of a table in the making. `joints`: x places where drawn pieces of its border or shading meet.

    whole: it is one cell, whatever other rows are cut into.
    """

    top: float
    bottom: float
    lines: list[list[Word]]
    joints: tuple[float, ...] = ()
    whole: bool = False

    @property
    def words(self) -> list[Word]:
        """All words of the row."""
        return [word for line in self.lines for word in line]


class Piece(NamedTuple):
    """One cell of a cut row: where it reaches, and the words in it."""

    x0: float
    x1: float
    words: list[Word]


def is_box(word: Word) -> bool:
    """Whether a word is a tick box, drawn or printed."""
    return word.mark is not None or word.text in _BOXES


def chunks(line: Sequence[Word]) -> list[list[Word]]:
    """One printed line parted at wide gaps; the options of one question (box, words, box, words) stay together."""
    parts: list[list[Word]] = [[line[0]]]
    for before, word in pairwise(line):
        if word.x0 - before.x1 > TAB * max(before.size, word.size):
            parts.append([word])
        else:
            parts[-1].append(word)
    joined = [parts[0]]
    for part in parts[1:]:
        previous = joined[-1]
        if len(part) > 1 and is_box(part[0]) and len(previous) > 1 and is_box(previous[0]):
            previous.extend(part)
        else:
            joined.append(part)
    return joined


def column_starts(rows: Sequence[Row]) -> list[float]:
    """Places where chunks begin, after a wide gap, in two rows or more; the leftmost column is not among them."""
    found: list[tuple[float, int]] = []
    for number, row in enumerate(rows):
        for line in row.lines:
            found += [(part[0].x0, number) for part in chunks(line)[1:]]
    found.sort()
    starts: list[float] = []
    group: list[tuple[float, int]] = []
    for place in [*found, (float("inf"), -1)]:
        if group and place[0] - group[0][0] > ALIGNED:
            if len({number for _, number in group}) > 1:
                starts.append(group[0][0])
            group = []
        group.append(place)
    return starts


def cut(row: Row, x0: float, x1: float, starts: Sequence[float]) -> list[Piece]:
    """The row's cells from `x0` to `x1`: at its joints where it has any, else at the column starts that fit it."""
    words = row.words
    if row.whole:
        return [Piece(x0, x1, words)]
    if row.joints:
        places = [x for x in row.joints if x0 + 4 < x < x1 - 4 and not _crossed(words, x)]
    else:
        places = _fitting(row.lines, words, x1, starts)
    edges = [x0, *places, x1]
    pieces: list[Piece] = []
    for low, high in pairwise(edges):
        inside = [
            word
            for word in words
            if (low <= (word.x0 + word.x1) / 2 < high)
            or (low == x0 and (word.x0 + word.x1) / 2 < low)
            or (high == x1 and (word.x0 + word.x1) / 2 >= high)
        ]
        pieces.append(Piece(low, high, inside))
    return pieces


def _fitting(lines: list[list[Word]], words: Sequence[Word], x1: float, starts: Sequence[float]) -> list[float]:
    open_starts = [x - 2 for x in starts if not _crossed(words, x - 1)]
    places: list[float] = []
    for k, place in enumerate(open_starts):
        following = next((x for x in open_starts[k + 1 :]), x1)
        begins = any(
            abs(word.x0 - place - 2) <= ALIGNED and (i == 0 or word.x0 - line[i - 1].x1 >= _WEAK * word.size)
            for line in lines
            for i, word in enumerate(line)
        )
        holds = any(place <= (word.x0 + word.x1) / 2 < following for word in words)
        if begins or (not holds and following - place >= _ROOM) or (holds and _apart(lines, place)):
            places.append(place)
    return places


def _apart(lines: list[list[Word]], place: float) -> bool:
    """Whether a wide gap lies over `place` in every line that has words on both sides, as over a column of centred ticks."""
    both = False
    for line in lines:
        before = [word for word in line if word.x1 <= place + 1]
        after = [word for word in line if word.x0 >= place - 1]
        if before and after:
            both = True
            if after[0].x0 - before[-1].x1 <= TAB * after[0].size:
                return False
    return both


def _crossed(words: Sequence[Word], x: float) -> bool:
    return any(word.x0 < x - 1 and word.x1 > x + 1 for word in words)
