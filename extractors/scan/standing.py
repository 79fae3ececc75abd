"""Says how a page stands in its picture, by its print: on its side, on its head or upright.

sideways   whether the lines of print run up or down
head_down  whether the lines of print stand on their heads
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

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
    level = _runs(cv2.dilate(letters, np.ones((1, reach), np.uint8)))[cv2.CC_STAT_WIDTH]
    plumb = _runs(cv2.dilate(letters, np.ones((reach, 1), np.uint8)))[cv2.CC_STAT_HEIGHT]
    return bool((plumb * plumb).sum() > (level * level).sum())


def _runs(joined: Grey) -> NDArray[np.float64]:
    """What OpenCV says of each piece of joined ink, one row to a statistic."""
    return np.asarray(cv2.connectedComponentsWithStats(joined, connectivity=8)[2][1:].T, np.float64)


def _letters(ink: Grey, dpi: float) -> Grey:
    """Letters, and words whose letters touch, whichever way they run: no rulings, fills, specks or tick boxes."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    wide, tall = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    longer, shorter = np.maximum(wide, tall), np.minimum(wide, tall)
    keep = (shorter < 0.3 * dpi) & (longer < LONGEST_WORD * dpi) & (longer > 0.03 * dpi) & (shorter > 0.008 * dpi)
    return _kept(labels, keep & ~_like_boxes(wide, tall, dpi))


def _like_boxes(wide: NDArray[np.int32], tall: NDArray[np.int32], dpi: float) -> NDArray[np.bool_]:
    return np.asarray((np.minimum(wide, tall) >= BOX * dpi) & (np.abs(wide - tall) <= SQUARE * tall), np.bool_)


def _kept(labels: NDArray[np.int32], keep: NDArray[np.bool_]) -> Grey:
    keep[0] = False
    return (keep[labels] * np.uint8(255)).astype(np.uint8)


def head_down(grey: Grey, dpi: float) -> float:
    """How much more ink stands below the bodies of small letters than above, on a page whose lines are level: over 1 for a
    page on its head, near 1 for one whose few letters, or capitals alone, do not tell.

    In English, stems that rise (b d f h k l t, capitals) outnumber those that hang (g j p q y) three to one. The rows
    next to the bodies say nothing: what stands there is their own blur.
    """
    letters = _print(dark_strokes(grey, dpi), dpi)
    near = round(dpi / 6)
    dark = cv2.subtract(cv2.blur(grey, (near, near)), grey)
    dark = cv2.bitwise_and(dark, cv2.dilate(letters, np.ones((3, 3), np.uint8)))
    words = cv2.dilate(letters, np.ones((1, max(int(0.06 * dpi), 3)), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(words, connectivity=8)
    above = below = 0.0
    for x, y, wide, tall, _ in stats[1:count]:
        if wide < 0.25 * dpi or not 0.06 * dpi < tall < 0.3 * dpi:
            continue
        rows = dark[y : y + tall, x : x + wide].sum(axis=1, dtype=np.float64)
        body = np.flatnonzero(rows > 0.55 * rows.max())
        above += float(rows[: max(body[0] - 1, 0)].sum())
        below += float(rows[body[-1] + 2 :].sum())
    return (below + A_LINE) / (above + A_LINE)


def _print(ink: Grey, dpi: float) -> Grey:
    """Letters and words whose letters touch, on a page whose lines are level; no tick boxes, which reach above and below
    their line."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    wide, tall = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    keep = (tall < 0.3 * dpi) & (tall >= LOWEST_LETTER * dpi) & (wide > 0.008 * dpi) & (wide < LONGEST_WORD * dpi)
    return _kept(labels, keep & ~_like_boxes(wide, tall, dpi))
