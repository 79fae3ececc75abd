"""Cuts a bare page into its pieces of print: stretches of one line with no ruling, box or wide gap in them.

Print of one cell never runs into the next, and a recogniser given single lines has no layout to get wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.layout.ink import Edge
from extractors.scan.shapes import Shape, darker, shapes, without_small
from extractors.scan.upright import Grey

INK = 150
"""Brightness (paper is 255) below which a pixel is print; grey notes in small italics come out at about 120."""
SPECK = 0.011
"""Inches: what is smaller both ways is dust. A full stop of 8-point print has 0.012."""
TALLEST, WIDEST = 0.5, 1.2
"""Inches: no letter is taller, no letter or joined-up word of a pen wider."""
GAP = 0.13
"""Inches: words closer than this stand on one stretch (a space of 11-point print has 0.04, justified 0.1)."""
BODY = 0.045
"""Inches: the least height of a stretch with letters in it; what is lower are dots, accents, dashes."""


class Piece(NamedTuple):
    """A stretch of print in pixels."""

    x0: int
    top: int
    x1: int
    bottom: int


def pieces(bare: Grey, verticals: Sequence[Edge], dpi: float) -> list[Piece]:
    """Every stretch of print on a page freed of rulings and boxes; verticals, in pixels, are never crossed."""
    letters = _letters(bare, dpi)
    joined = cv2.morphologyEx(letters, cv2.MORPH_CLOSE, np.ones((1, int(GAP * dpi)), np.uint8))
    for edge in verticals:
        at = int(edge.at)
        joined[int(edge.start) : int(edge.end), max(at - 1, 0) : at + 2] = 0
    found = [Piece(x, y, x + wide, y + tall) for x, y, wide, tall, _ in shapes(joined)]
    bodies = [piece for piece in found if piece.bottom - piece.top >= BODY * dpi]
    whole = _with_marks(bodies, [piece for piece in found if piece.bottom - piece.top < BODY * dpi], dpi)
    usual = _usual_height(whole, dpi)
    return [part for piece in whole for part in _single(letters, piece, usual, dpi)]


def _letters(bare: Grey, dpi: float) -> Grey:
    """The ink of a page without what is larger or smaller than letters."""
    ink = darker(bare, INK)
    found = shapes(ink)
    letters = without_small(ink, [shape for shape in found if _is_speck(shape, ink, dpi)])
    for shape in found:
        if max(shape.wide / WIDEST, shape.tall / TALLEST) >= dpi:
            shape.within(letters)[shape.own(ink) > 0] = 0
    return letters


def _is_speck(shape: Shape, ink: Grey, dpi: float) -> bool:
    if shape.wide * shape.tall > (2 * SPECK * dpi) ** 2:  # its ink need not be counted
        return False
    return max(shape.wide, shape.tall) < SPECK * dpi or cv2.countNonZero(shape.own(ink)) <= (0.6 * SPECK * dpi) ** 2


def _with_marks(bodies: list[Piece], marks: list[Piece], dpi: float) -> list[Piece]:
    """Bodies with the dots, accents and commas that belong to them; a dash standing alone is a stretch by itself."""
    near, beside = 0.05 * dpi, 0.1 * dpi
    grown = list(bodies)
    lone: list[Piece] = []
    for mark in marks:
        best, least = -1, near
        for i, body in enumerate(bodies):
            if mark.x1 < body.x0 - beside or mark.x0 > body.x1 + beside:
                continue
            away = max(body.top - mark.bottom, mark.top - body.bottom, 0)
            if away < least:
                best, least = i, away
        if best >= 0:
            a = grown[best]
            grown[best] = Piece(
                min(a.x0, mark.x0), min(a.top, mark.top), max(a.x1, mark.x1), max(a.bottom, mark.bottom)
            )
        elif mark.x1 - mark.x0 > 0.03 * dpi:
            lone.append(mark)
    return grown + lone


def _usual_height(found: list[Piece], dpi: float) -> float:
    tall = [piece.bottom - piece.top for piece in found if piece.x1 - piece.x0 > 0.4 * dpi]
    return float(np.median(tall)) if tall else 0.16 * dpi


def _single(letters: Grey, piece: Piece, usual: float, dpi: float) -> list[Piece]:
    """The lines of a piece whose lines touch: cut where the fewest strokes cross."""
    tall = piece.bottom - piece.top
    if tall < 1.6 * usual or piece.x1 - piece.x0 < 0.25 * dpi:
        return [piece]
    rows = (letters[piece.top : piece.bottom, piece.x0 : piece.x1] > 0).sum(axis=1).astype(np.float64)
    cut = _valley(rows, usual)
    if cut is None:
        return [piece]
    upper = _trimmed(letters, Piece(piece.x0, piece.top, piece.x1, piece.top + cut))
    lower = _trimmed(letters, Piece(piece.x0, piece.top + cut, piece.x1, piece.bottom))
    return [part for half in (upper, lower) if half for part in _single(letters, half, usual, dpi)]


def _valley(rows: NDArray[np.float64], usual: float) -> int | None:
    """The row between two lines of print: much emptier than both. A single large line has no such row."""
    smooth = np.convolve(rows, np.ones(3) / 3, "same")
    first, last = int(0.45 * usual), len(rows) - int(0.45 * usual)
    if last <= first:
        return None
    cut = first + int(np.argmin(smooth[first:last]))
    least = min(float(smooth[:cut].max(initial=0)), float(smooth[cut:].max(initial=0)))
    return cut if smooth[cut] < 0.3 * least else None


def _trimmed(letters: Grey, piece: Piece) -> Piece | None:
    part = letters[piece.top : piece.bottom, piece.x0 : piece.x1]
    y, x = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not len(y):
        return None
    return Piece(piece.x0 + int(x[0]), piece.top + int(y[0]), piece.x0 + int(x[-1]) + 1, piece.top + int(y[-1]) + 1)
