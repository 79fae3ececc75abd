"""A PDF becomes a Document: native text, drawn boxes, form fields, and pictures of pages handed to the scanner's reader."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2.raw as pdfium

from extractors.ink import PageInk, Word
from extractors.overlay import highlight, strike
from extractors.page import Document
from extractors.pages import document
from extractors.pdf_frame import Frame, frame
from extractors.pdf_paths import read_drawing
from extractors.pdf_text import Piece, TextLayer
from extractors.refusals import Refusal
from extractors.ticks import tick_boxes, without

MOST_PAGES = 60
"""A form with everything attached has fewer; longer files are bundles."""


def read_pdf(content: bytes) -> Document:
    """The PDF in `content`. Raises Refusal: password, damaged, too_many_pages, xfa, no_ocr, too_hard."""
    with _opened(content) as pdf:
        count = pdfium.FPDF_GetPageCount(pdf)
        if count > MOST_PAGES:
            raise Refusal("too_many_pages", limit=str(MOST_PAGES))
        inks: list[PageInk] = []
        for number in range(count):
            page = pdfium.FPDF_LoadPage(pdf, number)
            inks.append(_native(page))
            pdfium.FPDF_ClosePage(page)
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


def _native(page: Any) -> PageInk:
    layer = TextLayer(page)
    try:
        pieces = list(layer.pieces())
        place = frame(page, ((piece.look.angle or 0, piece.last - piece.first + 1) for piece in pieces))
        drawing = read_drawing(page, place)
        words = _turned(pieces, place)
    finally:
        layer.close()
    boxes, ticks = tick_boxes(drawing.shapes, drawing.horizontals, drawing.verticals, words)
    words = [word for i, word in enumerate(words) if i not in ticks]
    horizontals = strike(words, without(boxes, drawing.horizontals, level=True))
    verticals = without(boxes, drawing.verticals, level=False)
    shades = highlight(words, drawing.shades)
    for box in boxes:
        size = box.bottom - box.top
        words.append(
            Word(
                "",
                box.x0,
                box.top,
                box.x1,
                box.bottom,
                size,
                mark=box.ticked,
                method="vector_tick",
                confidence=box.confidence,
            )
        )
    return PageInk(place.width, place.height, words, horizontals, verticals, shades, place.to_page)


def _turned(pieces: list[Piece], place: Frame) -> list[Word]:
    """The visible words in the upright frame."""
    words: list[Word] = []
    for word, look, _, _ in pieces:
        if look.visible:
            word.x0, word.top, word.x1, word.bottom = place.box(word.x0, word.bottom, word.x1, word.top)
            word.upright = look.angle == place.quarters
            words.append(word)
    return words
