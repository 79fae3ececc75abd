"""A PDF becomes a Document: native text, drawn boxes, form fields, and pictures of pages handed to the scanner's reader."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2.raw as pdfium

from extractors.ink import PageInk
from extractors.page import Document
from extractors.pages import document
from extractors.pdf_page import native_page
from extractors.pdf_widgets import Form
from extractors.pdf_xfa import xfa_blocks
from extractors.refusals import Refusal

MOST_PAGES = 60
"""A form with everything attached has fewer; longer files are bundles."""


_XFA = (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND)


def read_pdf(content: bytes) -> Document:
    """The PDF in `content`. Raises Refusal: password, damaged, too_many_pages, xfa, no_ocr, too_hard."""
    with _opened(content) as pdf:
        count = pdfium.FPDF_GetPageCount(pdf)
        if count > MOST_PAGES:
            raise Refusal("too_many_pages", limit=str(MOST_PAGES))
        form = Form(pdf, content)
        inks: list[PageInk] = []
        for number in range(count):
            page = pdfium.FPDF_LoadPage(pdf, number)
            inks.append(native_page(page, form).ink)
            pdfium.FPDF_ClosePage(page)
        form.close()
        if pdfium.FPDF_GetFormType(pdf) in _XFA and not any(word.control for ink in inks for word in ink.words):
            # The pages of such a file only say that another program is needed; the answers are in its data.
            return Document("pdf", xfa_blocks(pdf), pages=())
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
