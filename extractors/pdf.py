"""A PDF becomes a Document: native text, drawn boxes, form fields, and pictures of pages handed to the scanner's reader."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from extractors.ink import PageInk
from extractors.page import Document
from extractors.pages import document
from extractors.pdf_page import NativePage, native_page
from extractors.pdf_widgets import Form
from extractors.pdf_xfa import xfa_blocks
from extractors.refusals import Refusal
from extractors.scan import MOST_PIXELS, read_pictures
from extractors.scan_upright import Grey
from extractors.second_reader import words_at

MOST_PAGES = 60
"""A form with everything attached has fewer; longer files are bundles."""
_AGREED, _DISPUTED = 0.95, 0.3
"""Confidence in a doubtful word that a second reader reads alike, or otherwise."""
_XFA = (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND)
_UNOPENED = "Page {number} could not be opened."
_CUT_SHORT = "The file is cut short: what came after its last page may be missing."
_BLANK = (595.0, 842.0)
_COARSEST, _FINEST = 150.0, 300.0
"""Dots per inch between which a page that is a picture is drawn."""


def read_pdf(content: bytes) -> Document:
    """The PDF in `content`. Raises Refusal: empty, password, damaged, too_many_pages, xfa, no_ocr, too_hard."""
    if not content.strip():
        raise Refusal("empty")
    with _opened(content) as pdf:
        count = pdfium.FPDF_GetPageCount(pdf)
        if count > MOST_PAGES:
            raise Refusal("too_many_pages", limit=str(MOST_PAGES))
        with Form(pdf, content) as form:
            pages = [_page(pdf, number, form, content) for number in range(count)]
        inks = _looked_at(pages)
        if not any(ink.words or ink.scanned or not ink.partly for ink in inks):
            raise Refusal("damaged")
        if pdfium.FPDF_GetFormType(pdf) in _XFA and not any(word.control for ink in inks for word in ink.words):
            # The pages of such a file only say that another program is needed; the answers are in its data.
            return Document("pdf", xfa_blocks(pdf))
    if _cut_short(content):
        inks[-1].partly = (*inks[-1].partly, _CUT_SHORT)
    return document("pdf", inks)


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    buffer = ctypes.create_string_buffer(content, len(content))
    pdf = pdfium.FPDF_LoadMemDocument64(buffer, len(content), None)
    if not pdf:
        locked = pdfium.FPDF_GetLastError() in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        raise Refusal("password" if locked else "damaged")
    try:
        yield pdf
    finally:
        pdfium.FPDF_CloseDocument(pdf)


def _page(pdf: Any, number: int, form: Form, content: bytes) -> PageInk | tuple[Grey, float]:
    """The ink of one page, counted from 0, or its picture where only that tells all; a page that cannot be opened is
    blank and says so."""
    page = pdfium.FPDF_LoadPage(pdf, number)
    if not page:
        return PageInk(*_BLANK, partly=(_UNOPENED.format(number=number + 1),))
    try:
        native = native_page(page, form)
        if native.picture:
            return _picture(page, native)
        if native.unsure:
            _ask_again(native, content, number + 1)
        return native.ink
    finally:
        pdfium.FPDF_ClosePage(page)


def _picture(page: Any, native: NativePage) -> tuple[Grey, float]:
    """The page drawn in grey at about the resolution it was scanned at, as people see it."""
    width, height = native.frame.width, native.frame.height
    finest = 72 * (MOST_PIXELS / max(width * height, 1.0)) ** 0.5
    dpi = min(max(native.dpi, _COARSEST), _FINEST, finest)
    across, down = max(round(width * dpi / 72), 1), max(round(height * dpi / 72), 1)
    bitmap = pdfium.FPDFBitmap_CreateEx(across, down, pdfium.FPDFBitmap_Gray, None, 0)
    if not bitmap:
        raise Refusal("too_hard")
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, across, down, 0xFFFFFFFF)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, across, down, 0, pdfium.FPDF_ANNOT | pdfium.FPDF_GRAYSCALE)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        samples = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * down)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return np.frombuffer(samples, np.uint8).reshape(down, stride)[:, :across].copy(), dpi


def _looked_at(pages: Sequence[PageInk | tuple[Grey, float]]) -> list[PageInk]:
    """The pages with every picture read, two side by side."""
    read = iter(read_pictures([page for page in pages if not isinstance(page, PageInk)]))
    return [page if isinstance(page, PageInk) else next(read) for page in pages]


def _ask_again(native: NativePage, content: bytes, number: int) -> None:
    """Lets a second reader look at the words whose letters the file does not name for certain."""
    areas = [native.ink.back(word.x0, word.top, word.x1, word.bottom) for word in native.unsure]
    for word, other in zip(native.unsure, words_at(content, number, areas), strict=True):
        if other is not None:
            word.confidence = _AGREED if other == word.text else _DISPUTED


def _cut_short(content: bytes) -> bool:
    """Whether a file has no end mark, or objects after its last one: it was cut while being written or sent."""
    end = content.rfind(b"%%EOF")
    return end < 0 or b" obj" in content[end:]
