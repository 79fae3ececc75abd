"""Pages of a PDF that are pictures: drawn to grey at their own resolution, and what was typed over them kept."""

from __future__ import annotations

import ctypes
from dataclasses import replace
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from extractors.layout.ink import PageInk, Word
from extractors.pdf.frame import inverse

COARSEST, FINEST = 150.0, 300.0
"""Dots per inch that a page is drawn at: more tells a reader no more, fewer lose letters."""
_MOST_PIXELS = 30_000_000
"""Pixels of one page as drawn; A4 at 300 dpi has 8.7 million."""
LARGEST_PICTURE = 150_000_000
"""Pixels of the pictures on one page as stored; an A3 colour scan at 600 dpi has 70 million."""
_OVERLAP = 0.5
"""Share of a recognised word that native print must cover to replace it."""


def drawn(page: Any, width: float, height: float, dpi: float) -> tuple[NDArray[np.uint8], float]:
    """A loaded page as rows of grey, as displayed, and its dots per inch: `dpi` within bounds. width, height: points."""
    dpi = min(FINEST, max(COARSEST, dpi))
    dpi = min(dpi, 72 * (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    columns, rows = max(1, round(width * dpi / 72)), max(1, round(height * dpi / 72))
    grey = np.full((rows, columns), 255, np.uint8)
    bitmap = pdfium.FPDFBitmap_CreateEx(
        columns, rows, pdfium.FPDFBitmap_Gray, grey.ctypes.data_as(ctypes.c_void_p), grey.strides[0]
    )
    try:
        flags = pdfium.FPDF_ANNOT | pdfium.FPDF_GRAYSCALE
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, columns, rows, 0, flags)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return grey, dpi


def overlaid(scanned: PageInk, native: PageInk) -> PageInk:
    """The page as its picture was read, with the native print and fields over it put in the place of what was recognised."""
    if not native.words:
        return scanned
    a, b, c, d, e, f = inverse(scanned.to_page)
    typed: list[Word] = []
    for word in native.words:
        x0, top, x1, bottom = native.back(word.x0, word.top, word.x1, word.bottom)
        xs = [a * x + c * y + e for x in (x0, x1) for y in (top, bottom)]
        ys = [b * x + d * y + f for x in (x0, x1) for y in (top, bottom)]
        typed.append(replace(word, x0=min(xs), top=min(ys), x1=max(xs), bottom=max(ys)))
    kept = [word for word in scanned.words if not any(_covers(over, word) for over in typed)]
    return replace(scanned, words=[*kept, *typed], partly=(*scanned.partly, *native.partly))


def _covers(over: Word, word: Word) -> bool:
    wide = min(over.x1, word.x1) - max(over.x0, word.x0)
    high = min(over.bottom, word.bottom) - max(over.top, word.top)
    if wide <= 0 or high <= 0 or not (over.text or over.mark is not None):
        return False
    return wide * high > _OVERLAP * (word.x1 - word.x0) * (word.bottom - word.top)
