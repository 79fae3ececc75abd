"""A PDF becomes a Document: native text, drawn boxes, form fields, and pictures of pages handed to the scanner's reader."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2.raw as pdfium

from extractors.layout.ink import PageInk
from extractors.layout.pages import document
from extractors.page import Document
from extractors.pdf.layers import Layers
from extractors.pdf.page import ATTACHED, COMMENTED, NativePage, native_page
from extractors.pdf.picture import LARGEST_PICTURE, drawn, overlaid
from extractors.pdf.second_reader import words_at
from extractors.pdf.widgets import Form
from extractors.pdf.xfa import xfa_blocks
from extractors.refusals import Refusal
from extractors.scan.document import read_pictures
from extractors.scan.upright import Grey

MOST_PAGES = 60
"""A form with everything attached has fewer; longer files are bundles."""
_AGREED, _DISPUTED = 0.95, 0.3
"""Confidence in a doubtful word that a second reader reads alike, or otherwise."""
_XFA = (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND)
_COULD_NOT_OPEN = "Page {number} could not be opened."
_TOO_LARGE = "Page {number} holds a picture too large to open safely; it was not read."
_CUT_SHORT = "The file is cut short: what came after its last page may be missing."
UNOPENED = (595.0, 842.0)
"""Width and height, in points, that a page is given which cannot be opened."""


def read_pdf(content: bytes) -> Document:
    """The PDF in `content`. Raises Refusal: empty, password, damaged, too_many_pages, xfa."""
    if not content.strip():
        raise Refusal("empty")
    with _opened(content) as pdf:
        count = pdfium.FPDF_GetPageCount(pdf)
        if count > MOST_PAGES:
            raise Refusal("too_many_pages", limit=str(MOST_PAGES))
        with Form(pdf, content) as form:
            inks = _inks(pdf, count, form, content)
        if not any(ink.words or ink.scanned or set(ink.partly) <= {ATTACHED, COMMENTED} for ink in inks):
            raise Refusal("damaged")
        if pdfium.FPDF_GetFormType(pdf) in _XFA and not any(word.control for ink in inks for word in ink.words):
            # The pages of such a file only say that another program is needed; the answers are in its data.
            return Document("pdf", xfa_blocks(pdf))
        if pdfium.FPDFDoc_GetAttachmentCount(pdf) > 0:
            inks[0].partly = (*inks[0].partly, ATTACHED)
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


def _inks(pdf: Any, count: int, form: Form, content: bytes) -> list[PageInk]:
    """The ink of every page. A page that cannot be opened is blank and says so."""
    inks: list[PageInk] = []
    pictured: list[tuple[int, PageInk]] = []
    """Where the pages stand that only their pictures tell, and what they say natively."""

    def pictures() -> Iterator[tuple[Grey, float]]:
        layers = Layers(content)
        for number in range(count):
            page = pdfium.FPDF_LoadPage(pdf, number)
            if not page:
                inks.append(PageInk(*UNOPENED, partly=(_COULD_NOT_OPEN.format(number=number + 1),)))
                continue
            picture = None
            try:
                native = native_page(page, form, layers)
                inks.append(native.ink)
                if native.picture and native.pixels > LARGEST_PICTURE:
                    native.ink.partly = (*native.ink.partly, _TOO_LARGE.format(number=number + 1))
                elif native.picture:
                    picture = drawn(page, native.ink.width, native.ink.height, native.dpi)
                elif native.unsure:
                    _ask_again(native, content, number + 1)
            finally:
                pdfium.FPDF_ClosePage(page)
            if picture:
                pictured.append((number, native.ink))
                yield picture

    scanned = read_pictures(pictures())
    for (number, native), ink in zip(pictured, scanned, strict=True):
        inks[number] = overlaid(ink, native)
    return inks


def _ask_again(native: NativePage, content: bytes, number: int) -> None:
    """Lets a second reader look at the words whose letters the file does not name for certain, or prints over each other."""
    areas = [native.ink.back(word.x0, word.top, word.x1, word.bottom) for word in native.unsure]
    for word, other in zip(native.unsure, words_at(content, number, areas), strict=True):
        # Where a font lacked a letter the file itself holds a question mark, and every reader sees it.
        if other is not None and "?" not in word.text:
            word.confidence = _AGREED if other == word.text else _DISPUTED


def _cut_short(content: bytes) -> bool:
    """Whether a file has no end mark, or objects after its last one: it was cut while being written or sent."""
    end = content.rfind(b"%%EOF")
    return end < 0 or b" obj" in content[end:]
