"""A second opinion on a PDF where the first reader is in doubt: pdfminer's view of the same file, by way of pdfplumber.

It is ten times slower, so it is asked only about the fields and words that need it. It never raises: a second reader that
fails has no opinion.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pdfplumber
from pdfminer.pdftypes import resolve1
from pdfminer.psparser import PSLiteral

from extractors.pdf.frame import Corners

_DEEPEST = 12
"""Levels of fields within fields."""
_MOST = 5000

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
"""pdfminer logs pieces of the file, which may name people."""


@contextmanager
def _opened(content: bytes) -> Any:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        yield pdf


def field_values(content: bytes) -> Mapping[str, str]:
    """Full names of all form fields and the values the file states for them, whatever their look shows."""
    found: dict[str, str] = {}
    try:
        with _opened(content) as pdf:
            catalog = resolve1(pdf.doc.catalog.get("AcroForm")) or {}
            _collect(resolve1(catalog.get("Fields")) or [], "", found, 0)
    except Exception:  # a parser fed with anything at all may raise anything at all
        return {}
    return found


def _collect(fields: Iterable[Any], prefix: str, found: dict[str, str], depth: int) -> None:
    for reference in fields:
        field = resolve1(reference)
        if not isinstance(field, dict) or len(found) > _MOST:
            continue
        own = _text(resolve1(field.get("T")))
        name = ".".join(part for part in (prefix, own) if part)
        value = resolve1(field.get("V"))
        if value is not None and name:
            found[name] = _text(value)
        if depth < _DEEPEST:
            _collect(resolve1(field.get("Kids")) or [], name, found, depth + 1)


def hidden_layers(content: bytes) -> frozenset[str]:
    """The names of the layers that are switched off when a file is opened, as ISO 32000-1, table 101 says."""
    try:
        with _opened(content) as pdf:
            layers = resolve1(pdf.doc.catalog.get("OCProperties")) or {}
            shown = resolve1(layers.get("D")) or {}
            if _text(resolve1(shown.get("BaseState"))) == "OFF":
                return _names(layers.get("OCGs")) - _names(shown.get("ON"))
            return _names(shown.get("OFF"))
    except Exception:  # as above
        return frozenset()


def _names(layers: Any) -> frozenset[str]:
    found = (resolve1(reference) for reference in resolve1(layers) or [])
    return frozenset(_text(resolve1(layer.get("Name"))) for layer in found if isinstance(layer, dict))


def _text(value: Any) -> str:
    if isinstance(value, PSLiteral):
        value = value.name
    if isinstance(value, bytes):
        wide = value.startswith((b"\xfe\xff", b"\xff\xfe"))
        return value.decode("utf-16" if wide else "latin-1", "replace")
    return str(value) if value is not None else ""


def words_at(content: bytes, number: int, areas: Sequence[Corners]) -> list[str | None]:
    """What stands at each area (x0, top, x1, bottom, in points from the top left) of a page; None where nothing or no opinion."""
    try:
        with _opened(content) as pdf:
            words = pdf.pages[number - 1].extract_words(use_text_flow=True)
    except Exception:  # as above
        return [None] * len(areas)
    return [_at(area, words) for area in areas]


def _at(area: Corners, words: Sequence[Mapping[str, Any]]) -> str | None:
    x0, top, x1, bottom = area
    inside = [
        word["text"]
        for word in words
        if x0 - 1 <= (word["x0"] + word["x1"]) / 2 <= x1 + 1
        and top - 1 <= (word["top"] + word["bottom"]) / 2 <= bottom + 1
    ]
    return " ".join(inside) or None
