"""Shapes of joined ink on a mask: their places at once, their own pixels only where somebody asks for them.

Labelling every pixel of a page costs ten times as much as following the outlines of its shapes.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]


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
    """Every piece of joined ink, those that lie in the holes of others too."""
    outlines, above = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if above is None:
        return []
    found = []
    for outline, (_, _, _, parent) in zip(outlines, above[0].tolist(), strict=True):
        if parent < 0:
            x, y, wide, tall = cv2.boundingRect(outline)
            found.append(Shape(x, y, wide, tall, np.asarray(outline, np.int32)))
    return found
