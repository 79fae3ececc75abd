"""Recognises print in the picture of a page: words with their places, each as sure as experience says it is.

tesseract 5 reads a page without rulings or tick boxes as one column of lines (psm 4), one thread to a page: with more,
two pages at once slow each other down many times over.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import local
from typing import Any, NamedTuple

import numpy as np
import tesserocr
from numpy.typing import NDArray
from PIL import Image

from extractors.refusals import Refusal

LANGUAGE = "eng"
FOLDERS = ("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata")
"""Where Debian and others keep the language data, when TESSDATA_PREFIX does not say."""
PAPER = 255
RIM = 12
"""Pixels of paper put round the page: print that touches the rim is read badly."""


class Recognised(NamedTuple):
    """A word in pixels of the picture. top..bottom is the height of its line of print; confidence is tesseract's, 0..1."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    confidence: float


class _Engines(local):
    """One engine for each thread: it keeps its language data loaded between pages."""

    engine: Any = None


_engines = _Engines()


@cache
def _data_folder() -> str:
    named = os.environ.get("TESSDATA_PREFIX")
    for folder in ([named] if named else []) + list(FOLDERS):
        if (Path(folder) / f"{LANGUAGE}.traineddata").exists():
            return folder
    raise Refusal("no_ocr")


def recognise(page: NDArray[np.uint8], dpi: float) -> list[Recognised]:
    """The words of a grey picture of print, line by line. Raises Refusal: no_ocr where no language data is installed."""
    if _engines.engine is None:
        _engines.engine = tesserocr.PyTessBaseAPI(path=_data_folder(), lang=LANGUAGE, psm=tesserocr.PSM.SINGLE_COLUMN)
    engine = _engines.engine
    framed = np.pad(page, RIM, constant_values=PAPER)
    engine.SetImage(Image.fromarray(framed))
    engine.SetSourceResolution(round(dpi))
    engine.Recognize()
    try:
        return list(_words(engine.GetIterator()))
    finally:
        engine.Clear()


def _words(iterator: Any) -> Iterator[Recognised]:
    if iterator is None:
        return
    level = tesserocr.RIL.WORD
    for word in tesserocr.iterate_level(iterator, level):
        if word.Empty(level):
            continue  # a page without any print still gives one word, which is none
        text = word.GetUTF8Text(level)
        box = word.BoundingBox(level)
        if not text or not text.strip() or box is None:
            continue
        top, bottom = _line_of_print(word, box)
        yield Recognised(
            text.strip(), box[0] - RIM, top - RIM, box[2] - RIM, bottom - RIM, max(word.Confidence(level), 0.0) / 100
        )


def _line_of_print(word: Any, box: tuple[int, int, int, int]) -> tuple[float, float]:
    """From the top of tall letters to the bottom of hanging ones, on this word's stretch of the line."""
    line, row = word.Baseline(tesserocr.RIL.WORD), word.RowAttributes()
    if line is None or not row:
        return box[1], box[3]
    (_, y0), (_, y1) = line
    base = (y0 + y1) / 2
    height, descenders = float(row["row_height"]), float(row["descenders"])
    top, bottom = base - (height + descenders), base - descenders
    return min(top, box[1]), max(bottom, box[3])
