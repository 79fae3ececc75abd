"""Tick boxes drawn as shapes: small frames standing alone, and whether anything was put inside them.

Squares, circles, boxes made of four separate lines; ticked by strokes, a filled middle, or a letter set over the frame.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from extractors.layout.grid import Face, grids
from extractors.layout.ink import Edge, Word

SMALLEST, LARGEST = 5.0, 20.0
"""Side of a tick box in points; larger squares are cells, smaller ones bullets."""
_SHRUNK, _LEAST, _NEXT_TO = 3.0, 0.6, 1.5
"""The same where a page was printed smaller than it is: then the box is no smaller than so many ems of the print beside it,
and no further from it."""
SQUARE = 0.7
"""Least ratio of the shorter to the longer side."""
LARGE, _QUITE_SQUARE = 32.0, 0.93
"""Side of the boxes and circles that web pages draw for fingers, and the same ratio for what is larger than a tick box."""
_TOUCH = 1.5
_CLOSE = 0.6
"""How near a ruling is to the side of a box drawn as one closed shape when it is that side: in a tight row the box stands
a little apart from the rulings above and below it."""
_FAR = float("inf")
_DOT = 0.12
"""Share of a box's area that a filled shape must cover to be a mark rather than a speck."""
_OUTLINE, _RIM = 2.5, 0.3
"""Points by which the sides of a frame and those of its inner outline differ at most; for circles, which hold discs when
chosen, also as a share of their width."""
_STROKE_LEAST, _STROKE_MOST = 0.3, 2.2
"""Size of a tick's strokes relative to the box."""
_STROKES, _ONE_STROKE = 4, 0.85
"""Strokes of a tick drawn without a box at most, and how sure one is that is drawn in a single stroke."""
_MARKING = set("xX✓✔✗✘✕✖/\\vV√*+•●■×lnu48")
"""Single characters set over a frame that tick it; symbol fonts show ticks behind plain letters."""


class Shape(NamedTuple):
    """A small shape: `frame` when closed and upright (square, circle), `inked` outlined, `dark` filled with ink."""

    x0: float
    top: float
    x1: float
    bottom: float
    frame: bool
    inked: bool
    dark: bool
    round: bool


class Box(NamedTuple):
    """A tick box found: `ticked`, and how sure."""

    x0: float
    top: float
    x1: float
    bottom: float
    ticked: bool
    confidence: float


def tick_boxes(
    shapes: Sequence[Shape], horizontals: Sequence[Edge], verticals: Sequence[Edge], words: Sequence[Word]
) -> tuple[list[Box], set[int]]:
    """The tick boxes of a page, and the places in `words` of letters that are nothing but the tick in one of them."""
    frames = _frames(shapes, horizontals, verticals, words)
    if not frames:
        return [], set()
    boxes: list[Box] = []
    ticks: set[int] = set()
    for frame in frames:
        over = [i for i, word in enumerate(words) if _centre_in(frame, word.x0, word.top, word.x1, word.bottom)]
        letters = "".join(words[i].text for i in over)
        if len(letters) > 2 or (letters and not set(letters) & _MARKING and all(words[i].mark is None for i in over)):
            continue  # a boxed letter or number, not a tick box
        ticked, confidence = _content(frame, shapes)
        if over:
            ticks.update(over)
            empty = all(words[i].mark is False for i in over)
            ticked, confidence = (ticked, confidence) if empty else (True, 1.0)
        boxes.append(Box(frame.x0, frame.top, frame.x1, frame.bottom, ticked, confidence))
    return boxes, ticks


def ticks_in_cells(
    shapes: Sequence[Shape],
    boxes: Sequence[Box],
    horizontals: Sequence[Edge],
    verticals: Sequence[Edge],
    words: Sequence[Word],
) -> list[Box]:
    """Ticks and crosses drawn by strokes in cells of a table that hold nothing else, as pens of PDF programs leave them. One
    stroke alone may also strike its cell out, or be a picture."""
    strokes = [
        shape
        for shape in shapes
        if (shape.inked or shape.dark)
        and not shape.frame
        and min(shape.x1 - shape.x0, shape.bottom - shape.top) > _TOUCH
        and max(shape.x1 - shape.x0, shape.bottom - shape.top) <= LARGEST
        and not any(_centre_in(box, *shape[:4]) for box in boxes)
    ]
    faces = [face for grid in grids(horizontals, verticals)[0] for face in grid.faces] if strokes else []
    found: list[Box] = []
    for face in faces:
        inside = [shape for shape in strokes if _centre_in(face, *shape[:4])]
        if not inside or len(inside) > _STROKES or any(_centre_in(face, w.x0, w.top, w.x1, w.bottom) for w in words):
            continue
        x0, top = min(shape.x0 for shape in inside), min(shape.top for shape in inside)
        x1, bottom = max(shape.x1 for shape in inside), max(shape.bottom for shape in inside)
        if max(x1 - x0, bottom - top) <= LARGEST:
            found.append(Box(x0, top, x1, bottom, True, 1.0 if len(inside) > 1 else _ONE_STROKE))
    return found


def without(boxes: Sequence[Box], edges: Iterable[Edge], *, level: bool) -> list[Edge]:
    """The edges less those that are sides or strokes of a tick box. `level` for horizontals."""
    kept: list[Edge] = []
    for edge in edges:
        if edge.end - edge.start <= LARGE + 2 * _TOUCH:
            middle = (edge.start + edge.end) / 2
            x, y = (middle, edge.at) if level else (edge.at, middle)
            if any(
                box.x0 - _TOUCH <= x <= box.x1 + _TOUCH and box.top - _TOUCH <= y <= box.bottom + _TOUCH
                for box in boxes
            ):
                continue
        kept.append(edge)
    return kept


def _frames(
    shapes: Sequence[Shape], horizontals: Sequence[Edge], verticals: Sequence[Edge], words: Sequence[Word]
) -> list[Shape]:
    """Frames of a tick box's size and shape that stand alone, outermost only."""
    found = [s for s in shapes if s.frame and s.inked and (_square(s) or _shrunk(s, words))]
    found += _hollow(shapes)
    lined: list[Shape] = []
    short_rows = [edge for edge in horizontals if SMALLEST <= edge.end - edge.start <= LARGEST]
    short_columns = [edge for edge in verticals if SMALLEST <= edge.end - edge.start <= LARGEST]
    if short_rows and short_columns:
        for grid in grids(short_rows, short_columns)[0]:
            shape = Shape(*grid.box, True, True, False, False)
            if len(grid.faces) == 1 and _square(shape) and not any(_centre_in(shape, *one[:4]) for one in found):
                lined.append(shape)
    found += lined
    if not found:
        # Dark squares count as ticked boxes only beside hollow ones; alone they are bullets.
        return []
    side = sorted(shape.x1 - shape.x0 for shape in found)[len(found) // 2]
    found += [
        shape
        for shape in shapes
        if shape.frame
        and shape.dark
        and not shape.inked
        and abs(shape.x1 - shape.x0 - side) < 0.2 * side
        and (_square(shape) or _shrunk(shape, words))
    ]
    found.sort(key=lambda shape: (shape.x0 - shape.x1) * (shape.bottom - shape.top))
    outer: list[Shape] = []
    for shape in found:
        if not any(_centre_in(other, *shape[:4]) for other in outer):
            outer.append(shape)
    rows, columns = sorted(horizontals), sorted(verticals)
    return [shape for shape in outer if _alone(shape, outer, rows, columns, _TOUCH if shape in lined else _CLOSE)]


def _hollow(shapes: Sequence[Shape]) -> list[Shape]:
    """Frames drawn as one dark shape with a hole: two closed outlines, one just inside the other, filled together."""
    filled = [shape for shape in shapes if shape.frame and shape.dark and not shape.inked and _square(shape)]
    return [
        outer._replace(inked=True, dark=False)
        for outer, inner in pairwise(filled)
        if _centre_in(outer, *inner[:4]) and 0 < inner.x0 - outer.x0 < 0.2 * (outer.x1 - outer.x0)
    ]


def _square(shape: Shape) -> bool:
    shorter, longer = sorted((shape.x1 - shape.x0, shape.bottom - shape.top))
    return shorter >= SMALLEST and (is_large(shorter, longer) or (longer <= LARGEST and shorter >= SQUARE * longer))


def _shrunk(shape: Shape, words: Sequence[Word]) -> bool:
    """Whether a small frame is a tick box of a page printed smaller than it is, by the print beside it."""
    shorter, longer = sorted((shape.x1 - shape.x0, shape.bottom - shape.top))
    if not _SHRUNK <= shorter < SMALLEST or shorter < SQUARE * longer:
        return False
    middle = (shape.top + shape.bottom) / 2
    return any(
        word.top < middle < word.bottom
        and shorter >= _LEAST * word.size
        and -1 < max(word.x0 - shape.x1, shape.x0 - word.x1) < _NEXT_TO * word.size
        for word in words
        if word.text
    )


def is_large(shorter: float, longer: float) -> bool:
    """Whether sides are those of a box or circle larger than tick boxes of print are, as web pages have them."""
    return LARGEST < longer <= LARGE and shorter >= _QUITE_SQUARE * longer


def _alone(
    shape: Shape, others: Sequence[Shape], horizontals: Sequence[Edge], verticals: Sequence[Edge], touch: float
) -> bool:
    """Whether no ruling runs on from a side of the shape and no neighbour shares one: else it is a cell of a grid.

    The rulings are sorted by place; one as near to a side as `touch` is that side.
    """
    if shape.round:
        return True
    for low, high, start, end, edges in (
        (shape.top, shape.bottom, shape.x0, shape.x1, horizontals),
        (shape.x0, shape.x1, shape.top, shape.bottom, verticals),
    ):
        for place in (low, high):
            near = edges[bisect_left(edges, (place - touch,)) : bisect_right(edges, (place + touch, _FAR))]
            if any(
                edge.start < end - _TOUCH
                and edge.end > start + _TOUCH
                and (edge.start < start - 2 * _TOUCH or edge.end > end + 2 * _TOUCH)
                for edge in near
            ):
                return False
    return not any(other is not shape and _share_side(shape, other) for other in others)


def _share_side(a: Shape, b: Shape) -> bool:
    level = (
        min(abs(a.x1 - b.x0), abs(b.x1 - a.x0)) < _TOUCH and min(a.bottom, b.bottom) - max(a.top, b.top) > 2 * _TOUCH
    )
    stacked = min(abs(a.bottom - b.top), abs(b.bottom - a.top)) < 0.5 and min(a.x1, b.x1) - max(a.x0, b.x0) > 2 * _TOUCH
    return level or stacked


def _content(frame: Shape, shapes: Sequence[Shape]) -> tuple[bool, float]:
    """Whether a frame is ticked by what is drawn in it, and how sure."""
    side = max(frame.x1 - frame.x0, frame.bottom - frame.top)
    area = (frame.x1 - frame.x0) * (frame.bottom - frame.top)
    if frame.dark:
        return True, 1.0
    specks = 0
    for shape in shapes:
        if not _centre_in(frame, *shape[:4]):
            continue
        wide, high = shape.x1 - shape.x0, shape.bottom - shape.top
        near = min(_OUTLINE, _RIM * side) if shape.round else _OUTLINE
        same = abs(wide - (frame.x1 - frame.x0)) < near and abs(high - (frame.bottom - frame.top)) < near
        if shape.frame and not shape.dark:
            continue  # the frame itself, or its inner outline
        if shape.frame and same and not shape.inked:
            # a dark outline filled with its hole is the frame; filled without one is a ticked box
            if frame.inked and (_holed(frame, shape, shapes) or not shape.dark):
                continue
            return True, 1.0
        reach = max(wide, high) / side
        if shape.dark and wide * high >= _DOT * area and reach <= _STROKE_MOST:
            return True, 1.0
        if shape.inked and not shape.frame and _STROKE_LEAST <= reach <= _STROKE_MOST and min(wide, high) > 0.5:
            return True, 1.0
        if reach <= _STROKE_MOST and (shape.dark or shape.inked):
            specks += 1
    return False, 0.4 if specks else 1.0


def _holed(frame: Shape, fill: Shape, shapes: Sequence[Shape]) -> bool:
    """Whether a fill as large as its frame leaves white inside: the frame is one fill with a hole, or the fill has another in
    it that is not dark."""
    if any(shape[:4] == frame[:4] for shape in _hollow(shapes)):
        return True
    behind = shapes[shapes.index(fill) + 1 :]
    return any(shape.frame and not shape.dark and not shape.inked and _centre_in(frame, *shape[:4]) for shape in behind)


def _centre_in(frame: Shape | Box | Face, x0: float, top: float, x1: float, bottom: float) -> bool:
    return frame.x0 <= (x0 + x1) / 2 <= frame.x1 and frame.top <= (top + bottom) / 2 <= frame.bottom
