"""Entry boxes under their captions: rows of boxes, each with its label printed above it, as fillable forms are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extractors.layout.columns import chunks, is_box
from extractors.layout.draft import DraftCell, DraftTable, Placed
from extractors.layout.grid import Grid
from extractors.layout.ink import Word
from extractors.layout.lines import Sheet, lines_of, rows_of

_ABOVE = 1.3
"""Ems between a caption and its box at most."""
_LEVEL = 8.0
"""Points by which a caption may begin beside the left side of its box."""
_SWITCH = 40.0
"""Points behind the beginning of a caption at which the word beside a drawn switch begins at most."""
_NARROW = 0.6
"""Least gap, in ems, between two captions."""
_SAME = 2.0
"""Points by which the sides of boxes in one column differ at most."""
_ROWS_APART = 8.0
"""Points between the boxes of one column that are rows of one table, at most."""
_TIGHT = 0.35
"""Ems between the two printed lines of a caption at most."""
_TWO = 2


def captioned(
    rows: Sequence[list[Grid]], words: Sequence[Word], loose: Sequence[Word], sheet: Sheet
) -> tuple[list[Placed], list[list[Grid]], list[Word]]:
    """Tables of captions over entries, the rows of boxes in them, and the loose words that are in none.

    rows: boxes side by side, from left to right, each row from top to bottom. words: all words of the page, loose: those
    in no box.
    """
    blocks: list[Placed] = []
    used: list[list[Grid]] = []
    left = list(loose)
    for number, row in enumerate(rows):
        if row in used:
            continue
        captions = _captions(row, words, left)
        if not captions:
            continue
        group = [row]
        for more in rows[number + 1 :]:
            if _goes_on(group[-1], more, left):
                group.append(more)
        blocks.append(_table(group, captions, words, left, sheet))
        gone = {id(word) for caption in captions for line in caption for word in line}
        left = [word for word in left if id(word) not in gone and not any(_level(word, boxes) for boxes in group)]
        used += group
    return blocks, used, left


def _captions(row: Sequence[Grid], words: Sequence[Word], left: Sequence[Word]) -> list[list[list[Word]]]:
    """The caption of each column over a row of boxes as printed lines, from left to right; none where a box has none.

    A column holds a box, or the tick boxes of a question between boxes, or a word that a switch tells. A lone box with print
    in it and nothing beside it is a cell of its own under a heading as likely as under its caption, unless it is a field.
    """
    lone = len(row) < _TWO and any(word.control is None and _holds(row[0], word) for word in words)
    top = min(box.ys[0] for box in row)
    near = [word for word in left if -2 <= top - word.bottom <= _ABOVE * word.size and word.mark is None]
    lines = rows_of([word for word in near if word.control is None])
    if not lines:
        return []
    line = lines[-1]
    starts = [_start(line, box) for box in row]
    if any(start is None for start in starts):
        return []
    at = sorted({start for start in starts if start is not None})
    beside = [word for word in left if _level(word, row)]
    for chunk in chunks(line):
        x = chunk[0].x0
        if not any(abs(x - start) <= 1 for start in at) and not any(box.xs[0] < x < box.xs[-1] for box in row):
            at = sorted({*at, x})
    if lone and len(at) < _TWO:
        return []
    if any(word.x1 < at[0] for word in beside) or not all(_answered(k, at, row, beside) for k in range(len(at))):
        return []
    upper = [word for word in left if 0 <= line[0].top - word.bottom <= _TIGHT * line[0].size and _alike(word, line[0])]
    more = chunks(rows_of(upper)[-1]) if upper else []
    whole = [upper, line] if more and all(_begins(chunk, at) and not _crosses(chunk, at) for chunk in more) else [line]
    return [_between(whole, low, high) for low, high in pairwise([*at, float("inf")])]


def _table(
    group: Sequence[list[Grid]],
    captions: Sequence[list[list[Word]]],
    words: Sequence[Word],
    left: Sequence[Word],
    sheet: Sheet,
) -> Placed:
    """A row of captions, and under it the rows of entries of `group`."""
    starts = [min(line[0].x0 for line in caption) for caption in captions]
    printed = [word for caption in captions for line in caption for word in line]
    beside = [[word for word in left if _level(word, boxes)] for boxes in group]
    right = max([box.xs[-1] for box in group[0]] + [word.x1 + 1 for line in (printed, *beside) for word in line])
    top, bottom = min(word.top for word in printed), max(box.ys[-1] for box in group[-1])
    table = [_cells(captions, starts, right, top, min(box.ys[0] for box in group[0]), sheet)]
    for boxes, others in zip(group, beside, strict=True):
        inside = [word for word in words if any(_holds(box, word) for box in boxes)]
        lows = [start - _LEVEL for start in starts]
        columns = [
            rows_of([word for word in (*inside, *others) if low <= word.x0 < high])
            for low, high in pairwise([*lows, float("inf")])
        ]
        y0, y1 = min(box.ys[0] for box in boxes), max(box.ys[-1] for box in boxes)
        table.append(_cells(columns, starts, right, y0, y1, sheet))
    return Placed(top, bottom, starts[0] - 1, right, DraftTable(table))


def _start(line: Sequence[Word], box: Grid) -> float | None:
    """Where the caption of a box begins in a printed line above it."""
    ends = [float("-inf"), *(word.x1 for word in line)]
    return next(
        (
            word.x0
            for end, word in zip(ends, line, strict=False)
            if abs(word.x0 - box.xs[0]) <= _LEVEL and word.x0 - end > _NARROW * word.size
        ),
        None,
    )


def _answered(k: int, starts: Sequence[float], row: Sequence[Grid], beside: Sequence[Word]) -> bool:
    """Whether something to fill in stands under the caption that begins at the k-th of `starts`."""
    low, high = starts[k] - _LEVEL, starts[k + 1] - 1 if k + 1 < len(starts) else float("inf")
    return any(low <= box.xs[0] < high for box in row) or any(
        low <= word.x0 < high and (is_box(word) or word.x0 - low < _SWITCH) for word in beside
    )


def _begins(chunk: Sequence[Word], starts: Sequence[float]) -> bool:
    return any(abs(chunk[0].x0 - start) <= 1 for start in starts)


def _crosses(chunk: Sequence[Word], starts: Sequence[float]) -> bool:
    """Whether print reaches into the next column, as a hint does that stands over all of them."""
    return any(chunk[0].x0 + 1 < start < chunk[-1].x1 for start in starts)


def _alike(a: Word, b: Word) -> bool:
    return a.bold == b.bold and abs(a.size - b.size) < 1 and a.control is None and a.mark is None


def _between(lines: Sequence[Sequence[Word]], low: float, high: float) -> list[list[Word]]:
    found = [[word for word in line if low - 1 <= word.x0 < high - 1] for line in lines]
    return [sorted(line, key=lambda word: word.x0) for line in found if line]


def _level(word: Word, row: Sequence[Grid]) -> bool:
    """Whether a word stands beside the boxes of a row."""
    middle = (word.top + word.bottom) / 2
    return min(box.ys[0] for box in row) - 2 < middle < max(box.ys[-1] for box in row) + 2


def _goes_on(row: Sequence[Grid], more: Sequence[Grid], left: Sequence[Word]) -> bool:
    """Whether the boxes of a row stand right under those of another, with no print between or beside them."""
    if len(row) != len(more) or not 0 <= more[0].ys[0] - row[0].ys[-1] + 2 <= _ROWS_APART:
        return False
    low, high = row[0].ys[-1], more[0].ys[-1]
    return all(
        abs(a.xs[0] - b.xs[0]) <= _SAME and abs(a.xs[-1] - b.xs[-1]) <= _SAME for a, b in zip(row, more, strict=True)
    ) and not any(low < (word.top + word.bottom) / 2 < high for word in left)


def _cells(
    columns: Sequence[list[list[Word]]], starts: Sequence[float], right: float, top: float, bottom: float, sheet: Sheet
) -> list[DraftCell]:
    edges = [*(start - 1 for start in starts), right]
    return [
        DraftCell(x0, top, x1, bottom, sheet, blocks=list(lines_of(lines, x0, x1, sheet)))
        for lines, (x0, x1) in zip(columns, pairwise(edges), strict=True)
    ]


def _holds(box: Grid, word: Word) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return box.xs[0] <= x <= box.xs[-1] and box.ys[0] <= y <= box.ys[-1]
