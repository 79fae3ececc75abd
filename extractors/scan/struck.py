"""Finds the short lines that strike words out on a page, "Yes / No" with one of them deleted, and takes them out of the print.

Lines as long as a ruling are found with the rulings; a struck "No" is shorter than any, and reads as "Ne" until it is freed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from extractors.layout.ink import Edge
from extractors.scan.shapes import darker, shapes, strokes
from extractors.scan.upright import Grey

INK = 160
"""Brightness (paper is 255) below which a pixel is print."""
SHORTEST = 0.155
"""Inches: longer than the bar of any letter in print of 14 points, shorter than a struck "No" in print of 10."""
THICKEST = 0.03
"""Inches."""
REACH, BLUR, LEAN = 0.012, 2, 1
"""Inches above and below a line within which letters show that it runs through them; pixels beside it that may still be
its own, and by which the strokes of letters lean on their way through it."""
CROSSED = 0.2
"""Share of its length that a line through print has letters above it, and below."""
PAPER = 255


def freed(bare: Grey, dpi: float) -> list[Edge]:
    """The lines through print, in pixels; where they cross no letter they are wiped off the picture, whose rulings are gone."""
    ink = darker(bare, INK)
    found: list[Edge] = []
    for x, y, wide, tall, _ in shapes(strokes(ink, int(SHORTEST * dpi))):
        reach, columns = max(round(REACH * dpi), 1), slice(x, x + wide)
        above = _any(ink[max(y - BLUR - reach, 0) : max(y - BLUR, 0), columns])
        below = _any(ink[y + tall + BLUR : y + tall + BLUR + reach, columns])
        if tall <= THICKEST * dpi and min(above.mean(), below.mean()) >= CROSSED:
            found.append(Edge(y + tall / 2, x, x + wide))
            crossed = _leaning(above) & _leaning(below)
            bare[max(y - 1, 0) : y + tall + 1, columns][:, ~crossed] = PAPER
    return found


def _any(rows: Grey) -> NDArray[np.bool_]:
    return np.asarray(rows.any(axis=0))


def _leaning(columns: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(np.convolve(columns, np.ones(2 * LEAN + 1), "same") > 0)
