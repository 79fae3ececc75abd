"""Masks of ink (255 on 0), and the shapes of joined ink on them: their places at once, their own pixels only where somebody
asks for them.

Labelling every pixel of a page costs ten times as much as following the outlines of its shapes, and comparing every pixel
with a number ten times as much as cutting at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
Places = NDArray[np.int32]


def darker(grey: Mask, level: int) -> Mask:
    """Where a picture is darker than a level."""
    return np.asarray(cv2.threshold(grey, level - 1, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)


def reaching(grey: Mask, level: int) -> Mask:
    """Where a picture has a level or more."""
    return np.asarray(cv2.threshold(grey, level - 1, 255, cv2.THRESH_BINARY)[1], np.uint8)


def strokes(mask: Mask, length: int) -> Mask:
    """What of a mask lies on strokes along its rows of a length or more. Rows without as many whole bytes of ink, a bit to a
    pixel, as such a stroke has at least are passed over."""
    full = np.packbits(mask, axis=1) == 255
    for _ in range((length - 7) // 8 - 1):
        full = full[:, :-1] & full[:, 1:]
    rows = np.flatnonzero(full.any(axis=1)) if length >= 15 else np.arange(len(mask))
    kept = np.zeros_like(mask)
    if len(rows):
        kept[rows] = cv2.morphologyEx(mask[rows], cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return kept


class Shape(NamedTuple):
    """A piece of joined ink (8 neighbours) in pixels of its mask."""

    x: int
    y: int
    wide: int
    tall: int
    outline: NDArray[np.int32]

    def own(self, mask: Mask) -> Mask:
        """The pixels of this shape alone, 255 on 0, in the rectangle that it fills."""
        drawn = np.zeros((self.tall, self.wide), np.uint8)
        cv2.drawContours(drawn, [self.outline], -1, 255, cv2.FILLED, offset=(-self.x, -self.y))
        return np.asarray(cv2.bitwise_and(drawn, self.within(mask)), np.uint8)

    def within(self, mask: Mask) -> Mask:
        """The part of a mask in the rectangle that this shape fills."""
        return mask[self.y : self.y + self.tall, self.x : self.x + self.wide]


def shapes(mask: Mask) -> list[Shape]:
    """Every piece of joined ink, from the foot of the page, those that lie in the holes of others too."""
    outlines, _ = cv2.findContoursLinkRuns(mask)
    if not len(outlines):
        return []
    points = np.concatenate(outlines)[:, 0]
    counts = np.array([len(outline) for outline in outlines])
    starts = np.cumsum(counts) - counts
    first = np.minimum.reduceat(points, starts)
    sizes = np.maximum.reduceat(points, starts) - first + 1
    inner = _turns_left(points, starts, counts) | _surround_a_row(mask, first, sizes)
    found = zip(first.tolist(), sizes.tolist(), outlines, inner.tolist(), strict=True)
    return [Shape(x, y, wide, tall, outline) for (x, y), (wide, tall), outline, hole in found if not hole][::-1]


def _turns_left(points: Places, starts: NDArray[np.intp], counts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which outlines run as those of holes do: the other way round."""
    following = np.arange(1, len(points) + 1)
    following[starts + counts - 1] = starts
    x, y = points.T.astype(np.int64)
    return np.asarray(np.add.reduceat(x * y[following] - x[following] * y, starts) < 0)


def _surround_a_row(mask: Mask, first: Places, sizes: Places) -> NDArray[np.bool_]:
    """Which outlines go round a hole one pixel high, and have no area: paper follows on their first pixel."""
    flat = (sizes[:, 1] == 1) & (sizes[:, 0] > 2)
    flat[flat] = mask[first[flat, 1], first[flat, 0] + 1] == 0
    return np.asarray(flat, np.bool_)


def without_small(mask: Mask, small: Sequence[Shape]) -> Mask:
    """A mask without some of its shapes, which have none of the others in their holes."""
    kept = mask.copy()
    cv2.drawContours(kept, [shape.outline for shape in small], -1, 0, cv2.FILLED)
    return kept
