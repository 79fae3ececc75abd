"""Says of a printed box whether it is ticked, empty, or neither for sure, by the ink that lies inside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.scan.upright import Grey

Place = tuple[int, int, int, int]
SPECK = 0.012
"""Inches: dust."""
EMPTY_FILL, TICKED_FILL, SCRIBBLE_FILL = 0.035, 0.075, 0.72
"""Share of the inside that is inked: below the first a box is empty, above the second ticked; a cross or tick fills
0.09 (a small tick on a fax) to 0.6 (a pen). Between them, or above the third without being solid, nobody can say."""
SURE = 0.93
BEYOND = 0.25
"""Share of the side by which a pen's tick reaches out of its box."""
BLOCK = 0.93
"""Share of its own outline that a filled square covers."""
SPAN = 0.45
"""A tick or cross reaches over at least this share of the inside; dust does not."""


@dataclass(frozen=True, slots=True)
class TickBox:
    """A box in pixels, its state, and how sure that is (below 0.5: neither ticked nor empty for sure)."""

    x0: int
    top: int
    x1: int
    bottom: int
    shape: Literal["square", "circle"]
    ticked: bool
    confidence: float
    fill: float


def judged(dark: Grey, loose: Grey, place: Place, shape: Literal["square", "circle"], dpi: float) -> TickBox:
    """The box at a place of the page, in pixels of `dpi` an inch, with its state; `loose` is the ink without the rulings."""
    x0, y0, x1, y1 = place
    if shape == "square":
        inside, ref = _inside_square(dark, place, dpi)
    else:
        inside, ref = _inside_circle(dark, place)
    level = np.clip((inside.astype(np.float32) - 35) / max(ref - 35, 40), 0, 1)
    fill = float(level.mean()) if level.size else 0.0
    solid = float((level > 0.5).mean()) if level.size else 0.0
    ticked, confidence = state(fill, _span(level > 0.4, dpi), solid)
    if confidence < SURE and fill > SCRIBBLE_FILL and (_is_block(level > 0.5) or _is_block(_dark_half(inside))):
        ticked, confidence = True, SURE
    if confidence < SURE and EMPTY_FILL <= fill < SCRIBBLE_FILL and _leaves(loose, place):
        ticked, confidence = True, SURE
    return TickBox(x0, y0, x1, y1, shape, ticked, confidence, fill)


def _dark_half(inside: Grey) -> NDArray[np.bool_]:
    """What is at least half as dark as the ink inside a box: thin sides that a lens blurred are paler than a square there, and
    by their measure the blur round the square would be ink too."""
    return inside > float(np.percentile(inside, 90)) / 2


def _is_block(inked: NDArray[np.bool_]) -> bool:
    """True for a filled square within the box; a scribble leaves paper between its strokes."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(inked.astype(np.uint8), connectivity=8)
    wide, tall, area = (stats[1:, k] for k in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    return bool(len(area)) and float((area / (wide * tall))[int(np.argmax(area))]) > BLOCK


def _leaves(loose: Grey, place: Place) -> bool:
    """True when ink joined to the box reaches well beyond it: a tick by pen, much of which may lie outside."""
    x0, y0, x1, y1 = place
    side = x1 - x0
    left, top = max(x0 - side, 0), max(y0 - side, 0)
    near = loose[top : y1 + side, left : x1 + side]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    inside = labels[y0 - top : y1 - top, x0 - left : x1 - left]
    i = int(np.argmax(np.bincount(inside[inside > 0], minlength=1))) if inside.any() else 0
    if not i:
        return False
    u, v, w, h = (int(n) for n in stats[i, :4])
    beyond = max(x0 - left - u, y0 - top - v, u + w - (x1 - left), v + h - (y1 - top))
    return beyond > BEYOND * side


def _inside_square(dark: Grey, place: Place, dpi: float) -> tuple[Grey, float]:
    """The ink within the sides, and how dark the sides are."""
    x0, y0, x1, y1 = place
    box = dark[y0:y1, x0:x1]
    ref = float(
        np.median(
            np.concatenate([box[:3].max(axis=0), box[-3:].max(axis=0), box[:, :3].max(axis=1), box[:, -3:].max(axis=1)])
        )
    )
    sides = [
        _thickness(box.mean(axis=1)),
        _thickness(box.mean(axis=1)[::-1]),
        _thickness(box.mean(axis=0)),
        _thickness(box.mean(axis=0)[::-1]),
    ]
    top, bottom, left, right = (min(side + max(round(0.006 * dpi), 1), (x1 - x0) // 4) for side in sides)
    return box[top : box.shape[0] - bottom, left : box.shape[1] - right], ref


def _thickness(profile: NDArray[np.float64]) -> int:
    """Pixels from the outside until the side's ink has faded to a third of its peak."""
    reach = max(len(profile) // 4, 2)
    head = profile[:reach]
    peak = int(np.argmax(head))
    for i in range(peak, reach):
        if head[i] < head[peak] / 3 + profile[len(profile) // 3 : 2 * len(profile) // 3].mean() / 2:
            return i
    return reach


def _inside_circle(dark: Grey, place: Place) -> tuple[Grey, float]:
    x0, y0, x1, y1 = place
    box = dark[y0:y1, x0:x1]
    quarter_x, quarter_y = round((x1 - x0) * 0.27), round((y1 - y0) * 0.27)
    return box[quarter_y : box.shape[0] - quarter_y, quarter_x : box.shape[1] - quarter_x], float(
        np.percentile(box, 90)
    )


def _span(inked: NDArray[np.bool_], dpi: float) -> float:
    """How far the largest piece of ink reaches over the inside, as a share of its side."""
    if not inked.any():
        return 0.0
    _, _, stats, _ = cv2.connectedComponentsWithStats(inked.astype(np.uint8), connectivity=8)
    reach = np.maximum(stats[1:, cv2.CC_STAT_WIDTH] / inked.shape[1], stats[1:, cv2.CC_STAT_HEIGHT] / inked.shape[0])
    big = stats[1:, cv2.CC_STAT_AREA] > (SPECK * dpi) ** 2
    return float(reach[big].max()) if big.any() else 0.0


def state(fill: float, span: float, solid: float) -> tuple[bool, float]:
    """Whether a box is ticked and how sure that is, from how much of its inside is inked and how far the ink reaches."""
    if fill < EMPTY_FILL or span == 0.0:
        return False, 0.98 if fill < 0.6 * EMPTY_FILL else 0.93
    if span < SPAN:
        return False, 0.92 if fill < TICKED_FILL else 0.4
    if fill < TICKED_FILL:
        return False, 0.4
    if fill > SCRIBBLE_FILL and solid < 0.9:
        return False, 0.4
    return True, 0.98 if fill > 1.4 * TICKED_FILL else 0.92
