"""Sets cells whose lines stand at other heights than those beside them apart, below the page, before print is recognised.

A recogniser that is given a whole page takes what stands side by side for one line. A label of two lines beside a remark
that stands half-way between them is then read as one line of neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from extractors.layout.ink import Edge
from extractors.scan.letters import Recognised
from extractors.scan.lines import Piece, pieces
from extractors.scan.upright import Grey

Cell = tuple[float, float, float, float]
PAPER = 255
INK = 150
"""Brightness (paper is 255) below which a pixel is print."""
LEVEL = 0.022
"""Inches: how far the feet of two pieces of print on one line are apart at most."""
BETWEEN = 0.15
"""Inches between cells set apart."""
BODY = 0.5
"""Share of a line's fullest row that the lowest row of its letters' bodies has."""


class Moved(NamedTuple):
    """A rectangle of the page in pixels, and how much lower it was set."""

    x0: int
    top: int
    x1: int
    bottom: int
    down: int


def apart(bare: Grey, verticals: Sequence[Edge], cells: Sequence[Cell], dpi: float) -> tuple[Grey, list[Moved]]:
    """The page freed of rulings with some cells below its end, and which these are."""
    if not cells:
        return bare, []
    inside = [(piece, cell) for piece in pieces(bare, verticals, dpi) if (cell := _cell_of(piece, cells)) is not None]
    chosen = _crossed(bare, inside, dpi)
    if not chosen:
        return bare, []
    moved, end, gap = [], bare.shape[0], round(BETWEEN * dpi)
    for cell in chosen:
        x0, top, x1, bottom = (max(round(side), 0) for side in cells[cell])
        end += gap
        moved.append(Moved(x0, top, x1, bottom, end - top))
        end += bottom - top
    page = np.full((end + gap, bare.shape[1]), PAPER, np.uint8)
    page[: bare.shape[0]] = bare
    for x0, top, x1, bottom, down in moved:
        page[top + down : bottom + down, x0:x1] = bare[top:bottom, x0:x1]
        page[top:bottom, x0:x1] = PAPER
    return page, moved


def back(words: Sequence[Recognised], moved: Sequence[Moved]) -> list[Recognised]:
    """The words of a page with cells set apart, where they stood before."""
    return [_back(word, moved) for word in words]


def _back(word: Recognised, moved: Sequence[Moved]) -> Recognised:
    y = (word.top + word.bottom) / 2
    down = next((one.down for one in moved if one.top + one.down <= y <= one.bottom + one.down), 0)
    return word._replace(top=word.top - down, bottom=word.bottom - down)


def _cell_of(piece: Piece, cells: Sequence[Cell]) -> int | None:
    x, y = (piece.x0 + piece.x1) / 2, (piece.top + piece.bottom) / 2
    return next((i for i, (x0, top, x1, bottom) in enumerate(cells) if x0 <= x <= x1 and top <= y <= bottom), None)


def _crossed(bare: Grey, inside: Sequence[tuple[Piece, int]], dpi: float) -> list[int]:
    """The fewest cells without which no line of a cell stands half beside one of another; the emptiest of them."""
    against: dict[int, set[int]] = {}
    feet = [_foot(bare, piece) for piece, _ in inside]
    for i, (piece, cell) in enumerate(inside):
        for k, (other, beside) in enumerate(inside[:i]):
            if cell != beside and _half_beside(piece, other) and abs(feet[i] - feet[k]) > LEVEL * dpi:
                against.setdefault(cell, set()).add(beside)
                against.setdefault(beside, set()).add(cell)
    print_in = {cell: sum(piece.x1 - piece.x0 for piece, home in inside if home == cell) for cell in against}
    chosen = []
    while any(against.values()):
        cell = max(against, key=lambda one: (len(against[one]), -print_in[one]))
        for beside in against.pop(cell):
            against[beside].discard(cell)
        chosen.append(cell)
    return chosen


def _half_beside(one: Piece, other: Piece) -> bool:
    apart = one.x1 <= other.x0 or other.x1 <= one.x0
    return apart and min(one.bottom, other.bottom) > max(one.top, other.top)


def _foot(bare: Grey, piece: Piece) -> int:
    """Where the bodies of a line's letters end, above the hanging parts of some."""
    rows = cv2.reduce((bare[piece.top : piece.bottom, piece.x0 : piece.x1] < INK).astype(np.float32), 1, cv2.REDUCE_SUM)
    full = np.flatnonzero(rows.ravel() >= BODY * rows.max())
    return piece.top + int(full[-1]) + 1
