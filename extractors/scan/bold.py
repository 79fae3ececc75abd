"""Tells bold print from plain on one page: by how thick the strokes of each word are beside those of the others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.scan.letters import Recognised
from extractors.scan.shapes import darker
from extractors.scan.upright import Grey

INK = 150
"""Brightness (paper is 255) below which a pixel is print."""
APART = 1.35
"""Bold strokes are 1.6 times as thick as plain ones; the words of one weight differ by less than this."""
FEWEST = 5
"""Strokes that a word must have to be judged by itself, and words that a weight must have to be one."""
PALE = 1.6
"""What is thinner than most print by more than this is the small print of notes, in grey perhaps."""
AS_TALL, AS_BLACK = 0.9, 40
"""Share of the height of most print that thin print has which is no note, and by how much brighter its blackest points are."""
PAPER = 255
NEAR = 0.1
"""How far from the dividing line, as a share of it, a short word follows its neighbour."""
BETWEEN, MOST_BETWEEN = 0.07, 0.06
"""How near the dividing line words stand between the weights, and the most of all words that may: a fax thickens plain
print until nobody can tell."""
SHORT = 3


def bold(bare: Grey, words: Sequence[Recognised]) -> list[bool]:
    """For each word of a page freed of rulings, whether it is bold. False for all where all print has one weight."""
    weight = [weight_of(bare, word) for word in words]
    judged = [word for word, one in zip(words, weight, strict=True) if one is not None]
    known = np.array([one for one in weight if one is not None])
    thin = known <= np.median(known) / PALE if len(known) else known > 0
    if not _as_tall_and_black(bare, list(compress(judged, thin)), list(compress(judged, ~thin))):
        known = known[~thin]
    line = _dividing(known) if len(known) >= 2 * FEWEST else None
    if line is None:
        return [False] * len(words)
    heavy = [one is not None and one > line for one in weight]
    for i, (word, one) in enumerate(zip(words, weight, strict=True)):
        beside = [
            k
            for k in (i - 1, i + 1)
            if 0 <= k < len(words) and words[k].top < word.bottom and words[k].bottom > word.top
        ]
        sign = not any(map(str.isalnum, word.text))  # a stroke or a dash is thinner than the letters of its weight
        if one is None or sign or (len(word.text) <= SHORT and abs(one / line - 1) < NEAR):
            heavy[i] = bool(beside) and all(heavy[k] for k in beside)
        elif len(word.text) == 1 and len(beside) == 2:  # one letter may be thinner, such as the second A of "MAPPA A"
            heavy[i] = heavy[i] or all(heavy[k] for k in beside)
    return heavy


def _as_tall_and_black(bare: Grey, thin: Sequence[Recognised], most: Sequence[Recognised]) -> bool:
    """Whether thin print is the plain print of a page on which most is bold, and no note."""
    if len(thin) < FEWEST or len(most) < FEWEST:
        return False
    tall, usual = (float(np.median([word.bottom - word.top for word in words])) for words in (thin, most))
    pale, black = (float(np.median([_blackest(bare, word) for word in words])) for words in (thin, most))
    return tall >= AS_TALL * usual and pale <= black + AS_BLACK


def _blackest(bare: Grey, word: Recognised) -> int:
    part = bare[max(int(word.top), 0) : int(word.bottom) + 1, max(int(word.x0), 0) : int(word.x1) + 1]
    return int(part.min()) if part.size else PAPER


def weight_of(bare: Grey, word: Recognised) -> float | None:
    """Mean thickness in pixels of the strokes of a word; None where it has too few.

    Not as a share of its height: nearly all print of a form has one size, and heights are less certain than strokes.
    """
    height, width = bare.shape
    x0, x1 = (int(min(max(x, 0), width - 1)) for x in (word.x0, word.x1))
    top, bottom = (int(min(max(y, 0), height - 1)) for y in (word.top, word.bottom))
    if x0 >= x1 or top >= bottom:
        return None
    before = x0 > 0  # a stroke begins where the pixel before it is paper, on the rim of the word too
    part = bare[top:bottom, x0 - before : x1]
    ink = darker(part, INK)
    starts = cv2.countNonZero(cv2.subtract(ink[:, 1:], ink[:, :-1]))
    if not before:
        starts += cv2.countNonZero(ink[:, 0])
    if starts < FEWEST:
        return None
    dark = cv2.sumElems(cv2.bitwise_and(cv2.bitwise_not(part), ink)[:, int(before) :])[0]
    return dark / 255 / starts


def _dividing(weights: NDArray[np.float64]) -> float | None:
    """The thickness that parts two weights of print best (Otsu), or None where there is but one."""
    ordered = np.sort(np.log(np.maximum(weights, 1e-6)))
    n = len(ordered)
    lower = np.cumsum(ordered)[:-1] / np.arange(1, n)
    upper = (ordered.sum() - np.cumsum(ordered)[:-1]) / np.arange(n - 1, 0, -1)
    share = np.arange(1, n) / n
    spread = share * (1 - share) * (upper - lower) ** 2
    spread[: FEWEST - 1] = spread[n - FEWEST :] = 0.0
    cut = int(np.argmax(spread))
    if upper[cut] - lower[cut] < np.log(APART):
        return None
    line = float(ordered[cut] + ordered[cut + 1]) / 2
    return float(np.exp(line)) if float((np.abs(ordered - line) < BETWEEN).mean()) <= MOST_BETWEEN else None
