"""Finds what is printed on darker ground than paper: filled cells, and filled areas between rulings that make no cells.

is_filled    whether a cell is filled
areas_of     the filled areas of a page that are no cells
without_rims the rulings of a page without those that are but the rims of its fills
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.layout.ink import Edge, Shade, Word
from extractors.layout.lines import rows_of
from extractors.scan.light import TONE_STEP
from extractors.scan.rulings import EDGE
from extractors.scan.second_look import Cell
from extractors.scan.upright import Upright

POINTS = 72.0
FILLED = 0.965
"""A background below this share of the paper's brightness is a fill; paper itself wanders by 2 in 100."""
OTHER_TONE = 0.02
LEAST_FILL = (0.2, 0.15)
"""Inches: the width and height of the least fill. The shade that close print leaves on the background is lower."""
RIM = 0.03
"""Inches within a cell where its rulings may darken it."""
NARROW_EDGE = 0.5
"""Inches: a fill that begins at the rim and is narrower is its shadow."""
MOSTLY = 0.8
"""Share of a filled area from which filled cells are all there is of it; and of a rectangle, or one of its rows, that is filled."""
HALF = 0.5
STEP = 6.0
"""Points: a fill that ends so near to a ruling ends at it."""
RIM_OFF, WHOLE = 2.0, 0.7
"""Points from the side of a fill within which its rim is left when it is flattened; share of a side that a ruling takes,
where the rim is left in pieces."""


def areas_of(
    page: Upright,
    filled: Sequence[Shade],
    words: Sequence[Word],
    horizontals: Sequence[Edge],
    verticals: Sequence[Edge],
) -> list[Shade]:
    """Filled areas between rulings that make no cells, in points; `filled`: the cells that are. Where an area ends is known
    only to the step of the tone: it ends at the ruling that is near."""
    scale = POINTS / page.dpi
    areas: list[Shade] = []
    for shade in _fills(page.tone, page.dpi):
        x0, top, x1, bottom = shade.x0 * scale, shade.top * scale, shade.x1 * scale, shade.bottom * scale
        across = [edge.at for edge in verticals if edge.start < bottom and edge.end > top]
        nearest = min(horizontals, key=lambda edge: abs(2 * edge.at - top - bottom), default=None)
        ends = [*across, nearest.start, nearest.end] if nearest else across
        levels = [edge.at for edge in horizontals if edge.start < x1 and edge.end > x0]
        areas.append(Shade(_near(x0, ends), _near(top, levels), _near(x1, ends), _near(bottom, levels)))
    areas = [area for area in areas if sum(_shared(area, cell) for cell in filled) < MOSTLY]
    # What a marker has coloured is no cell.
    areas = [area for area in areas if _coloured(area, words) < HALF]
    columns = [area for area in areas if _holds_rows(area, areas, words, horizontals)]
    return [area for area in areas if not any(_as_wide(area, column) for column in columns)]


def _shared(one: Shade, other: Shade) -> float:
    """The share of an area that lies on another area."""
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    tall = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(wide, 0.0) * max(tall, 0.0) / max((one.x1 - one.x0) * (one.bottom - one.top), 1.0)


def _coloured(area: Shade, words: Sequence[Word]) -> float:
    """The share of the width of an area that marked words take which it touches."""
    touched = [word for word in words if word.highlighted and word.top < area.bottom and area.top < word.bottom]
    wide = sum(max(min(area.x1, word.x1) - max(area.x0, word.x0), 0.0) for word in touched)
    return wide / max(area.x1 - area.x0, 1.0)


def _own(area: Shade, words: Sequence[Word]) -> list[Word]:
    """The words that stand on a filled area."""
    return [
        word
        for word in words
        if area.x0 < (word.x0 + word.x1) / 2 < area.x1 and area.top < (word.top + word.bottom) / 2 < area.bottom
    ]


def _holds_rows(area: Shade, areas: Sequence[Shade], words: Sequence[Word], horizontals: Sequence[Edge]) -> bool:
    """Whether a filled area is the labels of several rows, whose fills run into each other where nothing parts them: it says
    nothing of where a row ends."""
    beside = [word for word in words if area.top < (word.top + word.bottom) / 2 < area.bottom and word.x0 > area.x1]
    ruled = any(area.top + STEP < edge.at < area.bottom - STEP and edge.start < area.x1 for edge in horizontals)
    apart = any(
        one is not area and _as_wide(one, area) and -STEP < max(one.top - area.bottom, area.top - one.bottom) < STEP
        for one in areas
    )
    return bool(beside) and not (ruled or apart) and len(rows_of(_own(area, words))) > 1


def _as_wide(one: Shade, other: Shade) -> bool:
    return abs(one.x0 - other.x0) <= STEP and abs(one.x1 - other.x1) <= STEP


def _near(at: float, places: Sequence[float]) -> float:
    nearest = min(places, key=lambda place: abs(place - at), default=at)
    return nearest if abs(nearest - at) <= STEP else at


def without_rims(edges: Sequence[Edge], sides: Iterable[Edge]) -> list[Edge]:
    """The edges without those that lie in pieces along one of the sides of fills: what is left of the rim of a fill, where a
    ruling would go on."""
    left = list(edges)
    for side in sides:
        on_it = [
            edge
            for edge in left
            if abs(edge.at - side.at) <= RIM_OFF and side.start - STEP <= edge.start and edge.end <= side.end + STEP
        ]
        if on_it and sum(edge.end - edge.start for edge in on_it) < WHOLE * (side.end - side.start):
            left = [edge for edge in left if edge not in on_it]
    return left


def is_filled(tone: NDArray[np.float32], cell: Cell, dpi: float) -> bool:
    """Whether the background of a cell (x0, top, x1, bottom in pixels of the page) is darker than paper."""
    return _tone_within(tone, cell, dpi) < FILLED


def _tone_within(tone: NDArray[np.float32], cell: Cell, dpi: float) -> float:
    x0, top, x1, bottom = cell
    rim = min(RIM * dpi, (x1 - x0) / 4, (bottom - top) / 4)
    first, last = int((x0 + rim) / TONE_STEP), int((x1 - rim) / TONE_STEP) + 1
    upper, lower = int((top + rim) / TONE_STEP), int((bottom - rim) / TONE_STEP) + 1
    inside = tone[max(upper, 0) : lower, max(first, 0) : last]
    return float(np.median(inside)) if inside.size else 1.0


def _fills(tone: NDArray[np.float32], dpi: float) -> list[Shade]:
    """Rectangles of darker background outside any cell, in pixels of the page."""
    mask = (cv2.medianBlur(tone.astype(np.float32), 3) < FILLED).astype(np.uint8) * 255
    step = dpi / TONE_STEP
    kernel = np.ones((max(round(LEAST_FILL[1] * step), 2), max(round(LEAST_FILL[0] * step), 4)), np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    height, width = mask.shape
    found = []
    for x, y, w, h, area in (tuple(int(n) for n in row) for row in stats[1:]):
        above, below = _whole(mask[y : y + h, x : x + w] > 0, area)
        if above == below or (w > 0.9 * width and h > 0.5 * height):
            continue
        for first, last in _bands(np.median(tone[y + above : y + below, x : x + w], axis=1)):
            if last - first >= kernel.shape[0]:
                x0, top, x1, bottom = (float(n * TONE_STEP) for n in (x, y + above + first, x + w, y + above + last))
                if not _in_shadow(Shade(x0, top, x1, bottom), (width * TONE_STEP, height * TONE_STEP), dpi):
                    found.append(Shade(x0, top, x1, bottom))
    return found


def _whole(part: NDArray[np.bool_], area: int) -> tuple[int, int]:
    """The rows of a piece of darker background that are a rectangle's, from and to, without what hangs on it of the shade of
    the print above or below; nothing of a ragged one."""
    if area >= MOSTLY * part.size:
        return 0, len(part)
    full = np.flatnonzero(part.mean(axis=1) >= MOSTLY)
    if not len(full) or len(full) <= full[-1] - full[0] or part[full].sum() < MOSTLY * area:
        return 0, 0
    return int(full[0]), int(full[-1]) + 1


def _in_shadow(shade: Shade, size: tuple[int, int], dpi: float) -> bool:
    """Whether a fill is but the dark along the rim of a picture."""
    edge, narrow = EDGE * dpi, NARROW_EDGE * dpi
    across = (shade.x0 < edge or shade.x1 > size[0] - edge) and shade.x1 - shade.x0 < narrow
    return across or ((shade.top < edge or shade.bottom > size[1] - edge) and shade.bottom - shade.top < narrow)


def _bands(rows: NDArray[np.float32]) -> Iterator[tuple[int, int]]:
    """Stretches of rows of one tone: a heading's fill and that of the label under it are two."""
    first = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or abs(float(rows[at]) - float(np.median(rows[first:at]))) > OTHER_TONE:
            yield first, at
            first = at
