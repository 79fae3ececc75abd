"""Fills that take the place of rulings: entry boxes told by their fill alone, and the filled row of headings over a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extractors.layout.columns import chunks
from extractors.layout.grid import SNAP, Face, Grid
from extractors.layout.ink import PageInk, Shade, Word
from extractors.layout.lines import rows_of

_SAME = 2.0
"""Points by which the sides of the entry boxes of a page differ at most."""
_FEWEST = 3
"""Entry boxes of one width that show that fills are entry boxes here."""
_ABOVE, _BESIDE = 1.0, 14.0
"""Ems between a label and the box below it at most, and points by which it begins beside the box's left side."""
_BAND = 72.0
"""Points above and below a fill beyond which no print is its label, or follows it."""
_NEARER = 0.4
"""Ems by which the label above a box is nearer to it than what follows it."""
_MOST = 0.8
"""Share of the fills of one width that must stand under their labels."""
_COVERED = 0.9
"""Share of a table's width that the fill of its headings covers at least."""


def entry_fills(shades: Sequence[Shade], words: Sequence[Word]) -> list[Grid]:
    """A box for every fill that stands close below a label, and further from what follows: a fill that is a row of a table,
    or a heading, is closer to what follows it."""
    found: list[Grid] = []
    left = sorted((shade for shade in shades if not shade.coloured), key=lambda shade: shade.top)
    while left:
        first = left[0]
        alike = [shade for shade in left if _as_wide(shade, first)]
        left = [shade for shade in left if not _as_wide(shade, first)]
        if len(alike) < _FEWEST:
            continue
        boxes = [shade for shade, below in pairwise([*alike, None]) if shade and _is_entry(shade, below, words)]
        if len(boxes) >= max(_FEWEST, _MOST * len(alike)):
            found += [_box(shade) for shade in alike]
    return found


def _as_wide(a: Shade, b: Shade) -> bool:
    return abs(a.x0 - b.x0) <= _SAME and abs(a.x1 - b.x1) <= _SAME


def _is_entry(shade: Shade, below: Shade | None, words: Sequence[Word]) -> bool:
    """Whether a label stands close above a fill, and what follows it further off, on white as well."""
    top, bottom = shade.top - _BAND, shade.bottom + _BAND
    near = [w for w in words if w.bottom > top and w.top < bottom and w.x0 < shade.x1 and w.x1 > shade.x0]
    above = [word for word in near if word.bottom <= shade.top + 1]
    after = [word for word in near if word.top >= shade.bottom - 1]
    inside = rows_of([word for word in near if shade.top < (word.top + word.bottom) / 2 < shade.bottom])
    if not above or any(len(chunks(line)) > 1 or line[0].bold for line in inside):
        return False
    label = max(above, key=lambda word: word.bottom)
    line = [word for word in above if word.bottom > label.top]
    room = min([word.top for word in after] + ([below.top] if below else [])) - shade.bottom if after or below else None
    over = shade.top - label.bottom
    close = over < _ABOVE * label.size and abs(min(word.x0 for word in line) - shade.x0) <= _BESIDE
    return close and (room is None or over + _NEARER * label.size < room)


def _box(shade: Shade) -> Grid:
    x0, top, x1, bottom = shade.x0, shade.top, shade.x1, shade.bottom
    return Grid((x0, x1), (top, bottom), (Face(0, 0, 1, 1, x0, top, x1, bottom, False),))


def headed(grid: Grid, ink: PageInk) -> Grid:
    """The grid with the filled row of headings that lies on it and has no rulings of its own: print in two of its columns or
    more, none across their sides."""
    x0, top, x1, _ = grid.box
    fills = [s for s in ink.shades if abs(s.bottom - top) <= SNAP + 1 and s.x0 >= x0 - SNAP and s.x1 <= x1 + SNAP]
    first = [face for face in grid.faces if face.row == 0]
    if len(first) < 2 or sum(s.x1 - s.x0 for s in fills) < _COVERED * (x1 - x0):
        return grid
    above = min(s.top for s in fills)
    inside = [word for word in ink.words if above < (word.top + word.bottom) / 2 < top and x0 < word.x0 < x1]
    columns = [[word for word in inside if face.x0 <= (word.x0 + word.x1) / 2 < face.x1] for face in first]
    whole = all(
        word.x0 >= face.x0 - 1 and word.x1 <= face.x1 + 1
        for face, own in zip(first, columns, strict=True)
        for word in own
    )
    if not whole or sum(map(bool, columns)) < 2 or any(_crossed(line, first) for line in rows_of(inside)):
        return grid
    row = [Face(0, 0, 1, 1, face.x0, above, face.x1, face.top, False) for face in first]
    return Grid.of([*row, *grid.faces])


def _crossed(line: Sequence[Word], faces: Sequence[Face]) -> bool:
    """Whether a piece of print goes over the side of a column."""
    return any(
        part[0].x0 < face.x0 - 1 and part[-1].x1 > face.x0 + 1 for part in chunks(line) for face in faces if line
    )
