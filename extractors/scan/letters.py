"""Recognises single lines of print by a network that knows the letters of all Latin alphabets: the second reader.

The network is the recogniser of PP-OCR as the package rapidocr brings it. It shares nothing with tesseract, so where
both read the same the reading is sure; and it alone reads where no language data for tesseract is installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import distribution
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from extractors.scan.lines import Piece
from extractors.scan.upright import Grey

MODEL = "PP-OCRv6_rec_small.onnx"
HEIGHT = 48
"""Pixels: the network takes lines of this height, any length."""
SQUEEZE = 0.8
"""How much narrower than by its height a line is given to it: it is read no worse, in four fifths of the time."""
NARROWEST, WIDEST = 48, 2400
BLANK = 0
"""The network's number for no sign, and its place among the Latin ones."""
MARGIN = 0.15
"""Paper above and below a line, as a share of its height, that the network is used to."""


class Recognised(NamedTuple):
    """A word in pixels of the picture. top..bottom is the height of its line of print; confidence is its reader's, 0..1;
    known: its reader has it in its dictionary."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    confidence: float
    known: bool = False


def follows(before: Recognised, word: Recognised, room: float) -> bool:
    """Whether a word stands on the line of another, behind it, with no more than `room` heights of the line between them."""
    tall = before.bottom - before.top
    level = min(before.bottom, word.bottom) - max(before.top, word.top) > 0.5 * tall
    return level and -0.2 * tall < word.x0 - before.x1 < room * tall


class Letter(NamedTuple):
    """A sign, the middle of its place in pixels from the left of the line, and how sure the network is of it, 0..1."""

    text: str
    at: float
    confidence: float


@cache
def _network() -> tuple[onnxruntime.InferenceSession, list[str], NDArray[np.int64]]:
    """The network, which may be used from any thread, the Latin signs it knows, and their numbers in what it gives."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    package = distribution("rapidocr").locate_file("rapidocr")  # found without loading all that comes with it
    model = str(Path(str(package)) / "models" / MODEL)
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    signs = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    known = ["", *signs, " "]
    numbers = [number for number, sign in enumerate(known) if number == BLANK or all(map(_latin, sign))]
    return session, [known[number] for number in numbers], np.array(numbers)


def _latin(sign: str) -> bool:
    """Letters, digits and signs of Latin scripts, typographic ones and the euro; a dash is no Chinese numeral."""
    return sign <= "\u024f" or "\u2010" <= sign <= "\u2027" or sign == "\u20ac"


def read_line(line: Grey) -> list[Letter]:
    """The signs of a grey picture of one line of print, from the left; the spaces between words are signs too."""
    session, signs, numbers = _network()
    height, width = line.shape
    wide = min(max(round(SQUEEZE * width * HEIGHT / height), NARROWEST), WIDEST)
    grey = cv2.resize(line, (wide, HEIGHT), interpolation=cv2.INTER_AREA if height > HEIGHT else cv2.INTER_CUBIC)
    level = (grey.astype(np.float32) / 127.5 - 1.0)[None, None].repeat(3, axis=1)
    (steps,) = session.run(None, {session.get_inputs()[0].name: level})[0]
    steps = steps[:, numbers]
    best = steps.argmax(axis=1)
    sure = steps.max(axis=1)
    found: list[Letter] = []
    start = 0
    for at in range(1, len(best) + 1):
        if at < len(best) and best[at] == best[start]:
            continue
        if best[start] != BLANK:
            middle = (start + at) / 2 / len(best) * width
            found.append(Letter(signs[best[start]], middle, float(sure[start:at].max())))
        start = at
    return found


def read_lines(page: Grey, lines: Sequence[Piece]) -> list[Recognised]:
    """The words of a page from its stretches of print, in reading order."""
    return [word for line in sorted(lines, key=lambda line: (line.top, line.x0)) for word in _words(page, line)]


def _words(page: Grey, line: Piece) -> Iterator[Recognised]:
    tall = line.bottom - line.top
    rim = max(round(MARGIN * tall), 2)
    left, top = max(line.x0 - 2 * rim, 0), max(line.top - rim, 0)
    letters = read_line(page[top : line.bottom + rim, left : line.x1 + 2 * rim])
    half = tall / 4  # of a letter's width
    for space, group in groupby(letters, key=lambda letter: letter.text == " "):
        word = list(group)
        if not space:
            yield Recognised(
                "".join(letter.text for letter in word),
                max(left + word[0].at - half, line.x0),
                line.top,
                min(left + word[-1].at + half, line.x1),
                line.bottom,
                min(letter.confidence for letter in word),
            )
