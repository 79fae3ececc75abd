"""Recognises single lines of print by a network that knows the letters of all Latin alphabets: the second reader.

The network is the recogniser of PP-OCR as the package rapidocr brings it. It shares nothing with tesseract, so where
both read the same the reading is sure; and it alone reads where no language data for tesseract is installed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import onnxruntime
import rapidocr
from numpy.typing import NDArray

MODEL = Path(rapidocr.__file__).parent / "models" / "PP-OCRv6_rec_small.onnx"
HEIGHT = 48
"""Pixels: the network takes lines of this height, any length."""
WIDEST = 2400
NARROWEST = 48
BLANK = 0


class Letter(NamedTuple):
    """A sign, the middle of its place in pixels from the left of the line, and how sure the network is of it, 0..1."""

    text: str
    at: float
    confidence: float


@cache
def _network() -> tuple[onnxruntime.InferenceSession, list[str]]:
    """The network, which may be used from any thread, and the signs it knows by their numbers."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    session = onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])
    signs = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    return session, ["", *signs, " "]


def read_line(line: NDArray[np.uint8]) -> list[Letter]:
    """The signs of a grey picture of one line of print, from the left; the spaces between words are signs too."""
    session, signs = _network()
    height, width = line.shape
    wide = min(max(round(width * HEIGHT / height), NARROWEST), WIDEST)
    grey = cv2.resize(line, (wide, HEIGHT), interpolation=cv2.INTER_AREA if height > HEIGHT else cv2.INTER_CUBIC)
    level = (grey.astype(np.float32) / 127.5 - 1.0)[None, None].repeat(3, axis=1)
    (steps,) = session.run(None, {session.get_inputs()[0].name: level})[0]
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
