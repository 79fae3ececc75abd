"""What is drawn on a PDF page besides text: rulings, shading, small shapes that may be tick boxes, pictures.

Strokes, thin filled rectangles and dashes all become Edges; programs draw the same border in all three ways. White ones
count too: white borders part shaded cells, and nobody draws a grid that means nothing. Everything is
given in the upright frame (points, origin top left).
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium

from extractors.layout.ink import UNMOVED, Edge, Matrix, Shade
from extractors.layout.ticks import LARGEST, Shape, is_large
from extractors.pdf.calls import ADDRESS, FLOAT, INT, address_of, plain
from extractors.pdf.clips import Clips, common, narrower
from extractors.pdf.frame import Corners, Frame, chain
from extractors.pdf.layers import Layers

THIN = 3.0
"""Thickest ruling; what is thicker is an area."""
_DOT = 0.7
_SMALLEST_RING = 12.0
"""Narrower ellipses are tick boxes or bullets; a ring goes round a word."""
_THICK = 0.45
"""Share of a circle's width that its stroke takes when it leaves no room inside."""
SHORTEST = 4.0
"""Shortest piece of a ruling that is kept."""
_WHITE, _DARK, _VIVID = 249, 150, 90
"""Channel values: white from here; dark below this brightness; vivid when channels differ by as much."""
_DEEPEST = 8
"""Forms within forms beyond this are an attack, not a layout."""
_MOST = 60_000
"""Page objects looked at; a page with more is a drawing, not a form."""

Point = tuple[float, float]

_type_of = plain(pdfium.FPDFPageObj_GetType, INT, ADDRESS)
_bounds_of = plain(pdfium.FPDFPageObj_GetBounds, INT, *[ADDRESS] * 5)
_matrix_of = plain(pdfium.FPDFPageObj_GetMatrix, INT, ADDRESS, ADDRESS)
_fill_of = plain(pdfium.FPDFPageObj_GetFillColor, INT, *[ADDRESS] * 5)
_stroke_of = plain(pdfium.FPDFPageObj_GetStrokeColor, INT, *[ADDRESS] * 5)
_stroke_width = plain(pdfium.FPDFPageObj_GetStrokeWidth, INT, ADDRESS, ADDRESS)
_draw_mode = plain(pdfium.FPDFPath_GetDrawMode, INT, ADDRESS, ADDRESS, ADDRESS)
_count_segments = plain(pdfium.FPDFPath_CountSegments, INT, ADDRESS)
_segment = plain(pdfium.FPDFPath_GetPathSegment, ADDRESS, ADDRESS, INT)
_segment_type = plain(pdfium.FPDFPathSegment_GetType, INT, ADDRESS)
_segment_point = plain(pdfium.FPDFPathSegment_GetPoint, INT, ADDRESS, ADDRESS, ADDRESS)
_segment_closes = plain(pdfium.FPDFPathSegment_GetClose, INT, ADDRESS)
_object_of_page = plain(pdfium.FPDFPage_GetObject, ADDRESS, ADDRESS, INT)
_object_of_form = plain(pdfium.FPDFFormObj_GetObject, ADDRESS, ADDRESS, ctypes.c_ulong)
_count_in_form = plain(pdfium.FPDFFormObj_CountObjects, INT, ADDRESS)
_picture_size = plain(pdfium.FPDFImageObj_GetImagePixelSize, INT, ADDRESS, ADDRESS, ADDRESS)


@dataclass(slots=True)
class Drawing:
    """rings: areas within drawn ellipses, as people ring an answer. pictures: place and pixel size of each image. areas: where
    each text object is shown that has a clip path, by its address; `clipped` when some may not be seen whole. `objects` counts what was drawn; `cut` when some was left out."""

    horizontals: list[Edge] = field(default_factory=list)
    verticals: list[Edge] = field(default_factory=list)
    shades: list[Shade] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    rings: list[Shade] = field(default_factory=list)
    pictures: list[tuple[Corners, int, int]] = field(default_factory=list)
    areas: dict[int, Corners] = field(default_factory=dict)
    clipped: bool = False
    objects: int = 0
    paths: int = 0
    cut: bool = False


def read_drawing(page: Any, frame: Frame, layers: Layers) -> Drawing:
    """Everything drawn on a loaded page, forms within it included; annotations and hidden layers are not."""
    return _Reader(frame, layers).read(page)


class _Reader:
    def __init__(self, frame: Frame, layers: Layers) -> None:
        self.frame = frame
        self._layers = layers
        self.found = Drawing()
        self._clips = Clips(frame)
        # Where pdfium writes its answers, and the address of each place.
        self._floats, self._integers, self._channels = (FLOAT * 6)(), (INT * 2)(), (ctypes.c_uint * 4)()
        self._f = [ctypes.addressof(self._floats) + 4 * i for i in range(4)]
        self._i = [ctypes.addressof(self._integers) + 4 * i for i in range(2)]
        self._u = [ctypes.addressof(self._channels) + 4 * i for i in range(4)]

    def read(self, page: Any) -> Drawing:
        address = address_of(page)
        self._walk(pdfium.FPDFPage_CountObjects(page), lambda i: _object_of_page(address, i), UNMOVED, 0, None)
        return self.found

    def _walk(
        self, count: int, get: Callable[[int], int | None], outer: Matrix, depth: int, around: Corners | None
    ) -> None:
        """`around`: where anything of what is walked through is shown; None where nothing cuts it."""
        for i in range(count):
            if self.found.objects >= _MOST:
                self.found.cut = True
                return
            self.found.objects += 1
            thing = get(i)
            if not thing or self._layers.hides(thing):
                continue
            kind = _type_of(thing)
            if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                self._print(thing, outer, around)
            elif kind == pdfium.FPDF_PAGEOBJ_PATH:
                self._path(thing, outer)
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                self._form(thing, outer, depth, self._shown(thing, outer, around))
            elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                self._picture(thing, outer)
            elif kind == pdfium.FPDF_PAGEOBJ_SHADING:
                box = self._bounds(thing, outer)
                if box:
                    self.found.shades.append(Shade(*box))

    def _form(self, thing: int, outer: Matrix, depth: int, around: Corners | None) -> None:
        within = chain(self._matrix(thing), outer)
        self._walk(_count_in_form(thing), lambda i: _object_of_form(thing, i), within, depth + 1, around)

    def _shown(self, thing: int, outer: Matrix, around: Corners | None) -> Corners | None:
        area = self._clips.area(thing, outer)
        return around if area is None else area if around is None else common(area, around)

    def _print(self, thing: int, outer: Matrix, around: Corners | None) -> None:
        area = self._shown(thing, outer, around)
        if area is not None:
            self.found.areas[thing] = area
            bounds = self._bounds(thing, outer)
            self.found.clipped = self.found.clipped or (bounds is not None and narrower(area, bounds))

    def _matrix(self, thing: int) -> Matrix:
        """Where an object's own coordinates lie."""
        return tuple(self._floats) if _matrix_of(thing, self._f[0]) else UNMOVED

    def _picture(self, thing: int, outer: Matrix) -> None:
        box = self._bounds(thing, outer)
        if box and _picture_size(thing, self._u[0], self._u[1]):
            self.found.pictures.append((box, self._channels[0], self._channels[1]))

    def _bounds(self, thing: int, outer: Matrix, inset: float = 0.0) -> Corners | None:
        if not _bounds_of(thing, *self._f):
            return None
        left, bottom, right, top = self._floats[:4]
        x0, y0, x1, y1 = left + inset, bottom + inset, right - inset, top - inset
        if outer is not UNMOVED:
            a, b, c, d, e, f = outer
            corners = [(a * x + c * y + e, b * x + d * y + f) for x in (x0, x1) for y in (y0, y1)]
            x0, x1 = min(x for x, _ in corners), max(x for x, _ in corners)
            y0, y1 = min(y for _, y in corners), max(y for _, y in corners)
        return self.frame.box(x0, y0, x1, y1)

    def _colour(self, get: Callable[..., int], thing: int) -> tuple[int, int, int] | None:
        """Red, green, blue; None when nothing is put on paper."""
        if not get(thing, *self._u):
            return 0, 0, 0
        red, green, blue, alpha = self._channels
        return (red, green, blue) if alpha > 12 else None

    def _path(self, thing: int, outer: Matrix) -> None:
        if not _draw_mode(thing, *self._i):
            return
        fill_mode, stroked = self._integers
        fill = self._colour(_fill_of, thing) if fill_mode else None
        stroke = self._colour(_stroke_of, thing) if stroked else None
        if fill is None and stroke is None:
            return
        self.found.paths += 1
        width = 0.0
        if stroke is not None and _stroke_width(thing, self._f[0]):
            width = self._floats[0]
        count = _count_segments(thing)
        box = self._bounds(thing, outer, width)
        if box is None or count < 2:
            return
        x0, top, x1, bottom = box
        if x1 < x0:
            x0, x1 = x1, x0
        if bottom < top:
            top, bottom = bottom, top
        wide, high = x1 - x0, bottom - top
        if min(wide, high) <= THIN and (count == 2 or (count <= 5 and fill is not None)):
            self._thin(x0, top, x1, bottom)
        elif count == 5 and max(wide, high) > LARGEST and not self._curved(thing, count):
            self._rectangle((x0, top, x1, bottom), fill, stroke)
            if stroke is not None and min(stroke) < _WHITE and is_large(*sorted((wide, high))):
                self.found.shapes.append(Shape(x0, top, x1, bottom, True, True, False, False))
        else:
            self._pieces(thing, count, outer, fill, stroke, width)

    def _curved(self, thing: int, count: int) -> bool:
        """Whether the five segments are anything but the four sides of an upright rectangle."""
        segments = [_segment(thing, i) for i in range(count)]
        if any(_segment_type(segment) != pdfium.FPDF_SEGMENT_LINETO for segment in segments[1:]):
            return True
        points = [self._raw_point(segment) for segment in segments]
        return any(abs(x - u) > 1 and abs(y - v) > 1 for (x, y), (u, v) in pairwise(points))

    def _raw_point(self, segment: int) -> Point:
        _segment_point(segment, self._f[0], self._f[1])
        return self._floats[0], self._floats[1]

    def _thin(self, x0: float, top: float, x1: float, bottom: float) -> None:
        wide, high = x1 - x0, bottom - top
        # A dot of a dotted border may belong to either direction.
        if wide >= _DOT * high:
            self.found.horizontals.append(Edge((top + bottom) / 2, x0, x1))
        if high >= _DOT * wide:
            self.found.verticals.append(Edge((x0 + x1) / 2, top, bottom))

    def _rectangle(
        self,
        box: Corners,
        fill: tuple[int, int, int] | None,
        stroke: tuple[int, int, int] | None,
        rounded: bool = False,
    ) -> None:
        x0, top, x1, bottom = box
        if fill is not None and min(fill) < _WHITE:
            self.found.shades.append(Shade(x0, top, x1, bottom, max(fill) - min(fill) >= _VIVID, rounded))
        if stroke is not None:
            self.found.horizontals += [Edge(top, x0, x1), Edge(bottom, x0, x1)]
            self.found.verticals += [Edge(x0, top, bottom), Edge(x1, top, bottom)]

    def _pieces(
        self,
        thing: int,
        count: int,
        outer: Matrix,
        fill: tuple[int, int, int] | None,
        stroke: tuple[int, int, int] | None,
        width: float,
    ) -> None:
        """A path of many pieces: each of its parts is judged by itself. `width`: that of the stroke."""
        dark = fill is not None and sum(fill) < 3 * _DARK
        vivid = fill is not None and max(fill) - min(fill) >= _VIVID
        inked = stroke is not None and min(stroke) < _WHITE
        a, b, c, d, *_ = chain(self._matrix(thing), outer)
        pen = width * math.sqrt(abs(a * d - b * c)) if inked else 0.0
        pieces = list(self._subpaths(thing, count, outer))
        if fill is not None and stroke is None and len(pieces) == 2 and self._border(pieces, fill):
            return
        for points, curved, closed, ring in pieces:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            x0, top, x1, bottom = min(xs), min(ys), max(xs), max(ys)
            wide, high = x1 - x0, bottom - top
            ended = closed or (len(points) > 3 and _near(points[0], points[-1]))
            upright = not curved and all(abs(x - u) < 0.6 or abs(y - v) < 0.6 for (x, y), (u, v) in pairwise(points))
            large = curved and ended and inked and is_large(*sorted((wide, high)))
            small = max(wide, high) <= LARGEST
            if (small and max(wide, high) >= 1.5) or large:
                # A circle whose stroke is as thick as its radius is a disc, as style sheets draw them.
                full = curved and ended and pen > _THICK * max(wide, high)
                out = pen / 2 if full else 0.0
                self.found.shapes.append(
                    Shape(
                        x0 - out,
                        top - out,
                        x1 + out,
                        bottom + out,
                        ended and (upright or curved) and min(wide, high) > THIN,
                        inked,
                        dark or full,
                        curved,
                    )
                )
            if ring and inked and max(wide, high) > _SMALLEST_RING:
                self.found.rings.append(Shade(x0, top, x1, bottom, True))
            elif small and ended and upright and min(wide, high) > THIN and vivid:
                self.found.shades.append(Shade(x0, top, x1, bottom, True))
            elif fill is not None and stroke is None and min(wide, high) <= THIN:
                self._thin(x0, top, x1, bottom)
            elif not small and ended and (upright or curved) and min(wide, high) > THIN:
                self._rectangle((x0, top, x1, bottom), fill, stroke, curved)
            elif stroke is not None and not curved:
                for (x, y), (u, v) in zip(points, points[1:] + points[:1] * closed, strict=False):
                    if min(abs(x - u), abs(y - v)) < 1 and max(abs(x - u), abs(y - v)) >= SHORTEST:
                        self._thin(min(x, u), min(y, v), max(x, u), max(y, v))

    def _border(self, pieces: Sequence[tuple[list[Point], bool, bool, bool]], fill: tuple[int, int, int]) -> bool:
        """Takes a fill between an outline and another close inside it for the border that it is; tick boxes of print are
        left to be told from their shapes."""
        (a0, b0, a1, b1), (c0, d0, c1, d1) = sorted(map(_hull, (points for points, *_ in pieces)))
        gaps = (c0 - a0, d0 - b0, a1 - c1, b1 - d1)
        wide, high = a1 - a0, b1 - b0
        if not all(0 < gap <= THIN for gap in gaps) or max(wide, high) <= LARGEST or min(fill) >= _WHITE:
            return False
        curved = any(one[1] for one in pieces)
        if is_large(*sorted((wide, high))):
            self.found.shapes.append(Shape(a0, b0, a1, b1, True, True, False, curved))
        if not curved or not is_large(*sorted((wide, high))):
            left, top, right, bottom = (a0 + c0) / 2, (b0 + d0) / 2, (a1 + c1) / 2, (b1 + d1) / 2
            self.found.horizontals += [Edge(top, left, right), Edge(bottom, left, right)]
            self.found.verticals += [Edge(left, top, bottom), Edge(right, top, bottom)]
        return True

    def _subpaths(self, thing: int, count: int, outer: Matrix) -> Iterator[tuple[list[Point], bool, bool, bool]]:
        """Points in the upright frame, whether any piece is a curve, whether the path is closed, whether all is curves."""
        matrix = self._matrix(thing)
        a, b, c, d, e, f = chain(chain(matrix, outer), self.frame.upright)
        points: list[Point] = []
        curved = closed = False
        ring = True
        for i in range(min(count, _MOST)):
            segment = _segment(thing, i)
            kind = _segment_type(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                if len(points) > 1:
                    yield points, curved, closed, curved and ring
                points, curved, closed, ring = [], False, False, True
            curved = curved or kind == pdfium.FPDF_SEGMENT_BEZIERTO
            x, y = self._raw_point(segment)
            points.append((a * x + c * y + e, b * x + d * y + f))
            # LibreOffice joins the arcs of an ellipse by lines of no length.
            ring = ring and (kind != pdfium.FPDF_SEGMENT_LINETO or _near(points[-1], points[-2:][0]))
            closed = closed or bool(_segment_closes(segment))
        if len(points) > 1:
            yield points, curved, closed, curved and ring


def _hull(points: Sequence[Point]) -> Corners:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _near(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < 0.6 and abs(a[1] - b[1]) < 0.6
