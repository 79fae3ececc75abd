"""Recognises print in the picture of a page: words with their places, each as sure as the recogniser says it is.

tesseract 5 reads a page without rulings or tick boxes as one block of lines (psm 6), which takes a tenth less time than to
look for columns first and finds the same words; on a rough page, of few dots or faxed, it loses some, so that is read as
one column (psm 4). One thread to a page: with more, two pages at once slow each other down many times over. Where no language data is installed for it, the network that
otherwise gives the second opinion reads the page line by line, several times slower.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

import numpy as np
import tesserocr

from extractors.layout.ink import Edge
from extractors.scan.letters import Recognised, read_lines
from extractors.scan.lines import pieces
from extractors.scan.upright import Grey

LANGUAGE = "eng"
FOLDERS = ("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata")
"""Where Debian and others keep the language data, when TESSDATA_PREFIX does not say."""
SPARED = {"textord_all_prop": "1", "paragraph_text_based": "0"}
"""What a page is not searched for, as nothing is read otherwise for it: print of one width, and paragraphs after the words."""
PAPER = 255
RIM = 12
"""Pixels of paper put round the page: print that touches the rim is read badly."""
GHOST, SHARED, SURER = 0.5, 0.3, 0.3
"""Confidence below which a word may be but the edges of lines above and below, and the share of its area that it then shares
with words so much surer: lines of small print beside larger are sometimes cut askew, and their halves read once more."""
ALIKE = 0.12
"""How unlike in height small letters of one size are told to be on two lines."""

_idle: SimpleQueue[Any] = SimpleQueue()
"""Engines that no page is using: each keeps its language data loaded between pages."""


@cache
def data_folder() -> str | None:
    """Where tesseract's language data is installed; None where it is not."""
    named = os.environ.get("TESSDATA_PREFIX")
    folders = ([named] if named else []) + list(FOLDERS)
    return next((folder for folder in folders if (Path(folder) / f"{LANGUAGE}.traineddata").exists()), None)


def recognise(page: Grey, verticals: Sequence[Edge], dpi: float, rough: bool) -> list[Recognised]:
    """The words of a grey picture of print, line by line. verticals, in pixels, are the rulings taken out of it; rough: it
    has few dots to an inch, or was faxed."""
    folder = data_folder()
    if folder is None:
        return read_lines(page, pieces(page, verticals, dpi))
    framed = np.pad(page, RIM, constant_values=PAPER)
    with _engine(folder) as engine:
        engine.SetPageSegMode(tesserocr.PSM.SINGLE_COLUMN if rough else tesserocr.PSM.SINGLE_BLOCK)
        engine.SetImageBytes(framed.tobytes(), framed.shape[1], framed.shape[0], 1, framed.shape[1])
        engine.SetSourceResolution(round(dpi))
        engine.Recognize()
        words = _words(engine.GetIterator())
        engine.Clear()
    return [word for word in words if not is_ghost(word, words)]


@contextmanager
def _engine(folder: str) -> Iterator[Any]:
    """An engine for one page. One that failed is not used again."""
    try:
        engine = _idle.get_nowait()
    except Empty:
        engine = tesserocr.PyTessBaseAPI(path=folder, lang=LANGUAGE)
        for name, value in SPARED.items():
            engine.SetVariable(name, value)
    yield engine
    _idle.put(engine)


class _Printed(NamedTuple):
    """A word with the ink that it takes, and the line of print on which it stands: its baseline, and how far its small letters,
    its tall ones and its hanging ones reach from there, in pixels; None where the recogniser does not say."""

    word: Recognised
    base: float | None
    small: float
    tall: float
    hanging: float


def _words(iterator: Any) -> list[Recognised]:
    """Words from the top of tall letters to the bottom of hanging ones. How far these reach is told badly by lines that have
    few of them, or dirt on them: what stands on lines of the usual size is given what most of them have."""
    found = list(_printed(iterator))
    told = [(one.small, one.tall, one.hanging) for one in found if one.base is not None]
    small, tall, hanging = np.median(told, axis=0).tolist() if told else (0.0, 0.0, 0.0)
    words = []
    for word, base, own_small, own_tall, own_hanging in found:
        if base is None:
            words.append(word)
        elif abs(own_small - small) <= ALIKE * small:
            words.append(word._replace(top=base - tall, bottom=base + hanging))
        else:
            words.append(word._replace(top=min(base - own_tall, word.top), bottom=max(base + own_hanging, word.bottom)))
    return words


def _printed(iterator: Any) -> Iterator[_Printed]:
    if iterator is None:
        return
    level = tesserocr.RIL.WORD
    for word in tesserocr.iterate_level(iterator, level):
        if word.Empty(level):
            continue  # a page without any print still gives one word, and asking for its text is an error
        text = word.GetUTF8Text(level)
        box = word.BoundingBox(level)
        if not text or not text.strip() or box is None:
            continue
        x0, top, x1, bottom = (side - RIM for side in box)
        sure = max(word.Confidence(level), 0.0) / 100
        recognised = Recognised(text.strip(), x0, top, x1, bottom, sure, word.WordIsFromDictionary())
        line, row = word.Baseline(level), word.RowAttributes()
        if line is None or not row:
            yield _Printed(recognised, None, 0.0, 0.0, 0.0)
            continue
        (_, y0), (_, y1) = line
        height, descenders, ascenders = (float(row[name]) for name in ("row_height", "descenders", "ascenders"))
        tall = height + descenders
        yield _Printed(recognised, (y0 + y1) / 2 - RIM, tall - ascenders, tall, -descenders)


def is_ghost(word: Recognised, words: Sequence[Recognised]) -> bool:
    """Whether a badly recognised word stands mostly where surer ones do."""
    if word.confidence >= GHOST:
        return False
    area = max((word.x1 - word.x0) * (word.bottom - word.top), 1.0)
    shared = sum(
        max(min(word.x1, other.x1) - max(word.x0, other.x0), 0.0)
        * max(min(word.bottom, other.bottom) - max(word.top, other.top), 0.0)
        for other in words
        if other.confidence >= word.confidence + SURER
    )
    return shared >= SHARED * area
