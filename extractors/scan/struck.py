"""Finds the short lines that strike words out on a page, "Yes / No" with one of them deleted, and takes them out of the print.

Lines as long as a ruling are found with the rulings; a struck "No" is shorter than any, and reads as "Ne" until it is freed.
"""

from __future__ import annotations

from extractors.layout.ink import Edge
from extractors.scan.shapes import darker, shapes, strokes
from extractors.scan.upright import Grey

INK = 160
"""Brightness (paper is 255) below which a pixel is print."""
SHORTEST = 0.155
"""Inches: longer than the bar of any letter in print of 14 points, shorter than a struck "No" in print of 10."""
THICKEST = 0.03
"""Inches."""
REACH = 0.03
"""Inches above and below a line within which letters show that it runs through them."""
CROSSED = 0.2
"""Share of its length that a line through print has letters above it, and below."""
PAPER = 255


def freed(bare: Grey, dpi: float) -> list[Edge]:
    """The lines through print, in pixels; where they cross no letter they are wiped off the picture, whose rulings are gone."""
    ink = darker(bare, INK)
    found: list[Edge] = []
    for x, y, wide, tall, _ in shapes(strokes(ink, int(SHORTEST * dpi))):
        reach, columns = max(int(REACH * dpi), 3), slice(x, x + wide)
        above = ink[max(y - reach, 0) : max(y - 1, 0), columns].any(axis=0)
        below = ink[y + tall + 1 : y + tall + reach, columns].any(axis=0)
        if tall <= THICKEST * dpi and min(above.mean(), below.mean()) >= CROSSED:
            found.append(Edge(y + tall / 2, x, x + wide))
            bare[max(y - 1, 0) : y + tall + 1, columns][:, ~(above & below)] = PAPER
    return found
