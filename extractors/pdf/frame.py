"""Which way up a PDF page lies: from PDF coordinates to the upright frame, and from there to the page as displayed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from extractors.layout.ink import UNMOVED, Matrix

Corners = tuple[float, float, float, float]


class Frame(NamedTuple):
    """width and height as displayed; `upright` leads from PDF coordinates to the upright frame, `to_page` on from there.

    quarters: how many quarter turns anticlockwise text must run in the file to be upright.
    """

    width: float
    height: float
    upright: Matrix
    to_page: Matrix
    quarters: int

    @property
    def upright_size(self) -> tuple[float, float]:
        """Width and height of the upright frame."""
        turned = abs(self.to_page[1]) > abs(self.to_page[0])
        return (self.height, self.width) if turned else (self.width, self.height)

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Corners:
        """A box in PDF coordinates as x0, top, x1, bottom of the upright frame."""
        a, b, c, d, e, f = self.upright
        u0, v0 = a * x0 + c * y0 + e, b * x0 + d * y0 + f
        u1, v1 = a * x1 + c * y1 + e, b * x1 + d * y1 + f
        if u1 < u0:
            u0, u1 = u1, u0
        return (u0, v0, u1, v1) if v0 <= v1 else (u0, v1, u1, v0)


def page_box(page: Any) -> Corners:
    """Left, bottom, right, top of what is displayed of a page, in PDF coordinates, before rotation."""
    rect = pdfium.FS_RECTF()
    if pdfium.FPDF_GetPageBoundingBox(page, rect) and rect.right > rect.left and rect.top > rect.bottom:
        return rect.left, rect.bottom, rect.right, rect.top
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    return 0.0, 0.0, float(width), float(height)


def frame(page: Any, angles: Iterable[tuple[int, int]]) -> Frame:
    """The frame of a loaded page. `angles`: reading directions in quarter turns anticlockwise, each with its letters."""
    box = page_box(page)
    shown = max(0, pdfium.FPDFPage_GetRotation(page)) % 4
    letters: Counter[int] = Counter()
    for angle, count in angles:
        letters[angle] += count
    # A page turned r quarters clockwise shows text upright that runs r quarters anticlockwise.
    turned = letters.most_common(1)[0][0] if letters else shown
    if letters[shown] * 2 >= letters[turned]:
        turned = shown
    width, height = box[2] - box[0], box[3] - box[1]
    if shown % 2:
        width, height = height, width
    upright = _turn(box, turned)
    back = UNMOVED if turned == shown else chain(inverse(upright), _turn(box, shown))
    return Frame(width, height, upright, back, turned)


def _turn(box: Corners, quarters: int) -> Matrix:
    """PDF coordinates to a top-left origin after so many quarter turns clockwise."""
    left, bottom, right, top = box
    return (
        (1.0, 0.0, 0.0, -1.0, -left, top),
        (0.0, 1.0, 1.0, 0.0, -bottom, -left),
        (-1.0, 0.0, 0.0, 1.0, right, -bottom),
        (0.0, -1.0, -1.0, 0.0, top, right),
    )[quarters]


def inverse(m: Matrix) -> Matrix:
    """The matrix that undoes `m`, which must not flatten the plane."""
    a, b, c, d, e, f = m
    det = a * d - b * c
    return d / det, -b / det, -c / det, a / det, (c * f - d * e) / det, (b * e - a * f) / det


def chain(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that does `first`, then `then`."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        p * a + r * b,
        q * a + s * b,
        p * c + r * d,
        q * c + s * d,
        p * e + r * f + t,
        q * e + s * f + u,
    )
