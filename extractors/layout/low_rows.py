"""Rows of a table whose height is fixed, whatever stands in them: what they are too low for is not printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from extractors.layout.boxes import CLIPPED
from extractors.layout.grid import Face, Grid
from extractors.layout.ink import Word

_LOWEST = 1.1
"""Height in ems of a row that print itself makes, at least."""
_FEWEST = 4
"""Rows of one height that show that it is fixed."""
_EVEN = 0.5
"""Points by which such rows differ at most."""
_FULL = 0.6
"""Ems below the last line of a cell in which nothing of another line would be seen."""

Printed = Mapping[int, Sequence[Sequence[Word]]]


def doubt_low_rows(found: Sequence[Grid], printed: Sequence[Printed]) -> None:
    """Makes the end of print unsure that fills its cell, where rows are as high with one line as with several, or lower than a
    line is. `printed`: the lines of each grid's faces."""
    for grid, lines in zip(found, printed, strict=True):
        if len(grid.faces) < _FEWEST:
            continue
        fixed = _fixed(grid, lines)
        for n, face in enumerate(grid.faces):
            last = lines[n][-1][-1] if lines.get(n) else None
            if last is None or not last.text or last.control is not None or face.row_span > 1:
                continue
            high = face.bottom - face.top
            even = fixed is not None and abs(high - fixed) < _EVEN
            if high < _LOWEST * last.size or (even and _full(face, lines[n])):
                last.confidence = min(last.confidence, CLIPPED)


def _fixed(grid: Grid, lines: Printed) -> float | None:
    """The height that rows of one line and rows of several have alike, where none has grown beyond it with its text."""
    rows: dict[int, tuple[float, int]] = {}
    for n, face in enumerate(grid.faces):
        if face.row_span == 1:
            count = max(len(lines.get(n, ())), rows.get(face.row, (0.0, 0))[1])
            rows[face.row] = face.bottom - face.top, count
    heights = Counter(round(high / _EVEN) for high, count in rows.values() if count)
    usual, often = heights.most_common(1)[0] if heights else (0, 0)
    high = usual * _EVEN
    if often < _FEWEST or len({count for tall, count in rows.values() if count and abs(tall - high) < _EVEN}) < 2:
        return None
    grown = any(
        face.bottom - face.top > high + _EVEN and len(lines.get(n, ())) > 1 and _full(face, lines[n])
        for n, face in enumerate(grid.faces)
    )
    return None if grown else high


def _full(face: Face, lines: Sequence[Sequence[Word]]) -> bool:
    last = lines[-1][-1]
    return face.bottom - last.bottom < _FULL * last.size
