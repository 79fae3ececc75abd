"""Says how a page stands in its picture, by its print: on its side, on its head or upright.

sideways   whether the lines of print run up or down
head_down  whether the lines of print stand on their heads
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.scan.shapes import Shape, shapes

Grey = NDArray[np.uint8]

LOWEST_LETTER, LONGEST_WORD = 0.06, 1.5
"""Inches: the height of small letters in 8-point print, below which the dashes of hairlines lie that a fax broke; and the
width of a word whose letters touch."""
BOX, SQUARE = 0.11, 0.12
"""Inches from which a shape that is as wide as high, by this share, is more often a tick box than a letter."""
A_LINE = 4000.0
"""Darkness of the stems of a short line of print, at 100 dots per inch."""


def dark_strokes(grey: Grey, dpi: float) -> Grey:
    """Ink as 255 on 0, by comparison with the paper round it."""
    reach = max(int(dpi / 6) | 1, 11)
    soft = cv2.GaussianBlur(grey, (0, 0), 0.7)
    ink = cv2.adaptiveThreshold(soft, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, reach, 14)
    return np.asarray(ink, np.uint8)


def sideways(ink: Grey, dpi: float) -> bool:
    """True when lines of print run up or down: joined to their neighbours above and below, letters then make longer runs than
    joined to those beside."""
    letters = _letters(ink, dpi)
    reach = max(int(0.045 * dpi), 3)
    level = sum(shape.wide**2 for shape in shapes(_dilated(letters, reach, 1)))
    return sum(shape.tall**2 for shape in shapes(_dilated(letters, 1, reach))) > level


def _dilated(mask: Grey, wide: int, tall: int) -> Grey:
    return np.asarray(cv2.dilate(mask, np.ones((tall, wide), np.uint8)), np.uint8)


def _letters(ink: Grey, dpi: float) -> Grey:
    """Letters, and words whose letters touch, whichever way they run: no rulings, fills, specks or tick boxes."""
    return _kept(
        ink,
        [
            shape
            for shape in shapes(ink)
            if 0.03 * dpi < max(shape.wide, shape.tall) < LONGEST_WORD * dpi
            and 0.008 * dpi < min(shape.wide, shape.tall) < 0.3 * dpi
            and not _like_box(shape, dpi)
        ],
    )


def _like_box(shape: Shape, dpi: float) -> bool:
    return min(shape.wide, shape.tall) >= BOX * dpi and abs(shape.wide - shape.tall) <= SQUARE * shape.tall


def _kept(ink: Grey, chosen: list[Shape]) -> Grey:
    """The ink of some of its shapes."""
    drawn = np.zeros_like(ink)
    cv2.drawContours(drawn, [shape.outline for shape in chosen], -1, 255, cv2.FILLED)
    return np.asarray(cv2.bitwise_and(drawn, ink), np.uint8)


def head_down(grey: Grey, dpi: float) -> float:
    """How much more ink stands below the bodies of small letters than above, on a page whose lines are level: over 1 for a
    page on its head, near 1 for one whose few letters, or capitals alone, do not tell.

    In English, stems that rise (b d f h k l t, capitals) outnumber those that hang (g j p q y) three to one. The rows
    next to the bodies say nothing: what stands there is their own blur.
    """
    letters = _print(dark_strokes(grey, dpi), dpi)
    near = round(dpi / 6)
    dark = cv2.subtract(cv2.blur(grey, (near, near)), grey)
    dark = cv2.bitwise_and(dark, _dilated(letters, 3, 3))
    above = below = 0.0
    for x, y, wide, tall, _ in shapes(_dilated(letters, max(int(0.06 * dpi), 3), 1)):
        if wide < 0.25 * dpi or not 0.06 * dpi < tall < 0.3 * dpi:
            continue
        rows = cv2.reduce(dark[y : y + tall, x : x + wide], 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
        body = np.flatnonzero(rows > 0.55 * rows.max())
        above += float(rows[: max(body[0] - 1, 0)].sum())
        below += float(rows[body[-1] + 2 :].sum())
    return (below + A_LINE) / (above + A_LINE)


def _print(ink: Grey, dpi: float) -> Grey:
    """Letters and words whose letters touch, on a page whose lines are level; no tick boxes, which reach above and below
    their line."""
    return _kept(
        ink,
        [
            shape
            for shape in shapes(ink)
            if LOWEST_LETTER * dpi <= shape.tall < 0.3 * dpi
            and 0.008 * dpi < shape.wide < LONGEST_WORD * dpi
            and not _like_box(shape, dpi)
        ],
    )
