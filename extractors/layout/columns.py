"""Columns without rulings: rows of words cut where their starts line up, where gaps are wide, or where drawn pieces meet."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from extractors.layout.ink import Word
from extractors.layout.lines import TAB
from extractors.layout.symbols import UNICODE

ALIGNED = 2.5
"""Words that start within so many points of each other start in one column."""
_WEAK = 0.45
"""Gap, in ems, that may part two columns where others show that there is one."""
_NARROW = 0.6
"""Least gap, in ems, before a column that other lines show."""
_PADDED = 0.87
"""The same where lines far away show it: three blanks between options are less, the padding of two cells is more."""
_EXACTLY = 0.6
"""Points by which words in one column of a file begin unlike."""
_SHOWN = 4
"""So many lines show where a column begins."""
_BEFORE_BOX = 1.2
"""Least gap, in ems, between a label and the first tick box of its answer: a box within a sentence stands closer."""
_VERY_WIDE = 2.2
"""Gap, in ems, that parts two cells even where no other row shows it."""
_GUTTER = 12.0
"""Two places nearer than this many points are one boundary."""
_SHORT = 26.0
"""Widest answer that is taken for a tick in the middle of its column, in points."""
_PADDING = 9.0
"""A line that begins no further behind a column's edge stands in that column."""
_UNDER = 8.0
"""Points by which the first tick box of a question may stand beside where the question begins."""
_ROOM = 36.0
"""Least width of a cell that is made although nothing stands in it."""
_TICKS = 2
"""Ticks on a row of a table of ticks, at least."""
_BOXES = {character for character, kind in UNICODE.items() if kind != "bullet"}


class Row(NamedTuple):
    """One row of a table in the making.

    joints: x places where drawn pieces of its border meet, or its shading ends. drawn: the joints are all there are,
    since its border is drawn cell by cell.
    """

    top: float
    bottom: float
    lines: list[list[Word]]
    joints: tuple[float, ...] = ()
    drawn: bool = False

    @property
    def words(self) -> list[Word]:
        """All words of the row."""
        return [word for line in self.lines for word in line]


class Piece(NamedTuple):
    """One cell of a cut row: where it reaches, and the printed lines in it."""

    x0: float
    x1: float
    lines: list[list[Word]]


def is_box(word: Word) -> bool:
    """Whether a word is a tick box, drawn or printed."""
    return word.mark is not None or word.text in _BOXES


def chunks(line: Sequence[Word]) -> list[list[Word]]:
    """One printed line parted at wide gaps; the options of one question (box, words, box, words) stay together."""
    parts: list[list[Word]] = [[line[0]]]
    for before, word in pairwise(line):
        first_box = is_box(word) and not any(map(is_box, parts[-1]))
        if word.begins or word.x0 - before.x1 > (_BEFORE_BOX if first_box else TAB) * max(before.size, word.size):
            parts.append([word])
        else:
            parts[-1].append(word)
    joined = [parts[0]]
    for part in parts[1:]:
        previous = joined[-1]
        if len(part) > 1 and is_box(part[0]) and not part[0].begins and len(previous) > 1 and is_box(previous[0]):
            previous.extend(part)
        else:
            joined.append(part)
    return joined


def columns_of(line: Sequence[Word]) -> list[float]:
    """Where something begins on a printed line after a wide gap, and is no further option of one question."""
    return [part[0].x0 for before, part in pairwise(chunks(line)) if not any(map(is_box, before))]


def mark_columns(lines: Sequence[list[Word]]) -> list[float]:
    """Marks the words with which a column begins, where the print before them leaves less than a wide gap: in enough other
    lines something begins there after one. Returns where such columns begin."""
    found = sorted(x for line in lines for x in columns_of(line))
    starts = [x for k, x in enumerate(found) if len(found) > k + _SHOWN - 1 and found[k + _SHOWN - 1] - x <= 1]
    for line in map(_before_options, lines):
        for before, word in pairwise(line):
            apart = word.x0 - before.x1
            if _PADDED * word.size < apart <= TAB * word.size and any(abs(word.x0 - x) <= _EXACTLY for x in starts):
                word.begins = True
    return [x for k, x in enumerate(starts) if k == 0 or x - starts[k - 1] > 1]


def _before_options(line: list[Word]) -> list[Word]:
    """A printed line up to its first tick box: what follows are options."""
    return line[: next((k + 1 for k, word in enumerate(line) if is_box(word)), len(line))]


def begin_at(starts: Sequence[float], lines: Sequence[list[Word]]) -> None:
    """Marks the words that stand where columns are known to begin, with more than a blank before them."""
    for line in lines if starts else ():
        for k, (before, word) in enumerate(pairwise(line), 1):
            apart = word.x0 - before.x1
            there = any(-1 <= word.x0 - x <= 2 for x in starts) and not _further_option(line, k)
            if there and _NARROW * word.size < apart <= TAB * word.size:
                word.begins = True


def mark_asked(lines: Sequence[list[Word]]) -> None:
    """Marks the tick boxes with which the options of several questions side by side begin, each under its own question, and
    those of further printed lines of options below. Such a box stands where its question begins."""
    starts: list[float] = []
    for above, line in pairwise(lines):
        if not is_box(line[0]) or line[0].top - above[0].bottom > line[0].size:
            starts = []
            continue
        if goes_on := any(map(is_box, above)):
            asked = [next((w for w in line if is_box(w) and -1 <= w.x0 - x <= _UNDER), None) for x in starts]
        else:
            starts = [part[0].x0 for part in chunks(above)]
            asked = [next((w for w in line if is_box(w) and abs(w.x0 - x) <= _UNDER), None) for x in starts]
        first = [word for word in asked if word is not None]
        if len(starts) < 2 or not first or first[0] is not line[0] or (len(first) < len(starts) and not goes_on):
            starts = []
            continue
        for number, word in enumerate(line):
            # Every question has two options or more: boxes under headings of columns are no questions.
            if word in first[1:] and not is_box(line[number - 1]):
                word.begins = True
        for box, x in zip(asked, starts, strict=True):
            if box is not None and (box.begins or box is line[0]):
                box.x0 = min(box.x0, x)


def mark_centred(lines: Sequence[list[Word]]) -> None:
    """Lets ticks that stand each under the middle of its heading, in the rows of a table of ticks, begin where their headings
    do."""
    heads: list[list[Word]] = []
    for line in lines:
        parts = chunks(line)
        ticks = [part[0] for part in parts[1:] if len(part) == 1 and is_box(part[0])]
        if len(ticks) < _TICKS or len(ticks) < len(parts) - 1:
            heads = parts
            continue
        if len(heads) != len(parts) or abs(heads[0][0].x0 - parts[0][0].x0) > ALIGNED:
            continue
        if all(head[0].x0 < (tick.x0 + tick.x1) / 2 < head[-1].x1 for tick, head in zip(ticks, heads[1:], strict=True)):
            for tick, head in zip(ticks, heads[1:], strict=True):
                tick.x0 = min(tick.x0, head[0].x0)


def column_starts(rows: Sequence[Row], known: Sequence[float] = ()) -> list[float]:
    """Places where chunks begin, after a wide gap, in two rows or more, or in one where a column is known to begin; the
    leftmost column is not among them."""
    found: list[tuple[float, int]] = []
    for number, row in enumerate(rows):
        for line in row.lines:
            found += [(part[0].x0, number) for part in chunks(line)[1:]]
    found.sort()
    starts: list[float] = []
    group: list[tuple[float, int]] = []
    for place in [*found, (float("inf"), -1)]:
        if group and place[0] - group[0][0] > ALIGNED:
            if len({number for _, number in group}) > 1 or any(abs(group[0][0] - x) <= 1 for x in known):
                starts.append(group[0][0])
            group = []
        group.append(place)
    return starts


def places(rows: Sequence[Row], x0: float, x1: float, known: Sequence[float] = ()) -> list[list[float]]:
    """For each row from top to bottom, where it is cut into cells between `x0` and `x1`.

    By its drawn joints; else where its own chunks begin, in the columns of the row above as long as they fit. A row
    without wide gaps takes over columns that leave its words whole. `known`: where columns of the table begin for certain.
    """
    own = [_own(row) for row in rows]
    common = [*column_starts(rows), *known]
    found: list[list[float]] = []
    current: list[float] = []
    for k, row in enumerate(rows):
        words = row.words
        joints = [x for x in row.joints if x0 + 4 < x < x1 - 4 and not _crossed(words, x)]
        if row.drawn or not words:
            found.append(joints)
            current = joints or current
            continue
        starts = [x for x in own[k] if not _parted(x, joints, row)]
        if starts and not joints and _heads_others(row, x0, own[k + 1 : k + 2]):
            starts = [min(word.x0 for word in words) - 2, *starts]
        ahead = next((starts for starts in own[k:] if starts), [])
        if starts:
            whole = [x - 2 for x in known if not _crossed(words, x - 2) and not _parts_words(row, x - 2)]
            shown = [x for x in whole if not _parts_options(row, x)]
            if _fits(current, starts, row):
                cuts = current
            elif all(any(abs(x - other) <= ALIGNED for other in shown) for x in starts):
                cuts = shown
            else:
                cuts = [x for x in starts if _holds(x, common, row)]
            if starts[0] < own[k][0] and starts[0] not in cuts and cuts is not current:
                cuts = [starts[0], *cuts]
            current = sorted({*joints, *cuts}) if cuts else current
        else:
            cuts = _taken_over(current or ahead, row, x1, blanks=not joints)
        cuts = [x for x in cuts if all(abs(x - joint) > _GUTTER for joint in joints)]
        found.append(sorted([*joints, *cuts]))
        current = found[-1] if joints else current
    return found


def cut(row: Row, x0: float, x1: float, at: Sequence[float]) -> list[Piece]:
    """The row's cells from `x0` to `x1`, cut at the given places."""
    edges = [x0, *at, x1]
    pieces: list[Piece] = []
    for low, high in pairwise(edges):
        inside = [
            [
                word
                for word in line
                if (low <= (word.x0 + word.x1) / 2 or low == x0) and ((word.x0 + word.x1) / 2 < high or high == x1)
            ]
            for line in row.lines
        ]
        pieces.append(Piece(low, high, [line for line in inside if line]))
    return pieces


def _heads_others(row: Row, x0: float, following: Sequence[Sequence[float]]) -> bool:
    """Whether a row of headings begins over the second column of the row below it, with nothing over the first."""
    first = min(row.words, key=lambda word: word.x0)
    below = next(iter(following), [])
    over = bool(below) and first.x0 - 2 * _GUTTER < below[0] < first.x1 + 2
    return len(row.lines) == 1 and first.x0 - x0 > _ROOM and over and len(below) == len(chunks(row.lines[0]))


def _own(row: Row) -> list[float]:
    """Where chunks of a row begin after a wide gap, in a place that no other line of the row crosses."""
    words = row.words
    starts: list[float] = []
    for x in sorted(part[0].x0 for line in row.lines for part in chunks(line)[1:]):
        if (not starts or x - 2 - starts[-1] > ALIGNED) and not _crossed(words, x - 1):
            starts.append(x - 2)
    return starts


def _fits(current: Sequence[float], starts: Sequence[float], row: Row) -> bool:
    """Whether the columns in force part this row as its own gaps do, leaving every word whole."""
    if not current or any(_crossed(row.words, x) or _parts_words(row, x) for x in current):
        return False
    if all(any(abs(x - other) <= ALIGNED for other in current) for x in starts):
        return True
    edges = [float("-inf"), *current, float("inf")]
    columns: list[int] = []
    for line in row.lines:
        for part in chunks(line):
            held = [
                k for k, (low, high) in enumerate(pairwise(edges)) if low <= part[0].x0 + 1 and part[-1].x1 - 1 <= high
            ]
            if not held:
                return False
            columns.append(held[0])
    # Ticks and short answers stand in the middle of their columns, so that only their order tells.
    short = all(part[-1].x1 - part[0].x0 <= _SHORT for line in row.lines for part in chunks(line)[1:])
    return len(set(columns)) == len(columns) and (short or len(columns) == len(current) + 1)


def _holds(x: float, common: Sequence[float], row: Row) -> bool:
    """Whether a gap of this row is a column's: others share it, or it is very wide."""
    if any(abs(x + 2 - other) <= ALIGNED for other in common):
        return True
    for line in row.lines:
        for before, word in pairwise(line):
            if abs(word.x0 - x - 2) <= ALIGNED and word.x0 - before.x1 > _VERY_WIDE * word.size:
                return True
    return False


def _parted(x: float, joints: Sequence[float], row: Row) -> bool:
    """Whether a joint already parts the chunk that begins at `x` from the one before it."""
    for line in row.lines:
        for before, word in pairwise(line):
            if abs(word.x0 - x - 2) <= ALIGNED and not any(before.x1 - 2 <= joint <= word.x0 + 2 for joint in joints):
                return False
    return bool(joints)


def _taken_over(columns: Sequence[float], row: Row, x1: float, *, blanks: bool) -> list[float]:
    """The columns of other rows that a row without wide gaps may be cut at too.

    blanks: empty cells may be made of them, for a label with no answer beside it.
    """
    words = row.words
    blanks = blanks and bool(columns) and all((word.x0 + word.x1) / 2 < columns[0] for word in words)
    free = [x for x in columns if not _crossed(words, x + 1) and not _parts_words(row, x)]
    taken: list[float] = []
    for k, x in enumerate(free):
        following = free[k + 1] if k + 1 < len(free) else x1
        holds = any(x <= (word.x0 + word.x1) / 2 < following for word in words)
        begins = any(
            (abs(word.x0 - x - 2) <= ALIGNED and (i == 0 or word.x0 - line[i - 1].x1 >= _WEAK * word.size))
            or (i == 0 and x <= word.x0 <= x + _PADDING)
            for line in row.lines
            for i, word in enumerate(line)
        )
        if begins or (blanks and not holds and following - x >= _ROOM):
            taken.append(x)
    return taken


def _crossed(words: Sequence[Word], x: float) -> bool:
    return any(word.x0 < x - 1 and word.x1 > x + 1 for word in words)


def _parts_words(row: Row, x: float) -> bool:
    """Whether a column that begins at `x` would part words that but a blank parts."""
    return any(
        before.x0 < x - 1 and word.x1 > x + 1 and word.x0 - before.x1 < _WEAK * word.size and not word.begins
        for line in row.lines
        for before, word in pairwise(line)
    )


def _parts_options(row: Row, x: float) -> bool:
    """Whether a column that begins at `x` would part two options of one question."""
    return any(
        before.x0 < x - 1 and word.x1 > x + 1 and not word.begins and _further_option(line, k)
        for line in row.lines
        for k, (before, word) in enumerate(pairwise(line), 1)
    )


def _further_option(line: Sequence[Word], k: int) -> bool:
    """Whether the word at `k` is the box of a further option, behind the words of another one."""
    return is_box(line[k]) and not is_box(line[k - 1]) and any(map(is_box, line[:k]))
