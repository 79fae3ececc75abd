"""Takes dust off a page: specks that stand by themselves. A full stop, a dot or an accent has a letter near it."""

from __future__ import annotations

import cv2

from extractors.scan.shapes import darker, shapes, without_small
from extractors.scan.upright import Grey

INK = 210
"""Brightness (paper is 255) below which a pixel is ink: at half of it the letters of pale notes fall into specks."""
SPECK = 0.03
"""Inches: dust is smaller both ways. A dash of 8-point print is wider."""
NEAR = (0.05, 0.1)
"""Inches beside it, and above or below it, within which the letter stands that a dot belongs to."""
PAPER = 255


def dusted(bare: Grey, dpi: float) -> Grey:
    """A page freed of rulings without its dust."""
    ink = darker(bare, INK)
    small = [shape for shape in shapes(ink) if max(shape.wide, shape.tall) < SPECK * dpi]
    letters = without_small(ink, small)
    beside, over = (round(near * dpi) for near in NEAR)
    out = bare.copy()
    for x, y, wide, tall, _ in small:
        above, before = max(y - over, 0), max(x - beside, 0)
        if not cv2.countNonZero(letters[above : y + tall + over, before : x + wide + beside]):
            out[max(y - 1, 0) : y + tall + 1, max(x - 1, 0) : x + wide + 1] = PAPER
    return out
