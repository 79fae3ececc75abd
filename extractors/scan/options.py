"""Parts options that were recognised as one word, "Yes/No", where they do not look alike: one of them is bold or struck out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from extractors.layout.ink import Edge
from extractors.scan.bold import APART, weight_of
from extractors.scan.letters import Recognised
from extractors.scan.spaces import gaps
from extractors.scan.upright import Grey

_AT_SLASH = re.compile(r"(?<!\d)(/)(?!\d)")
_SLASH = 0.5
"""Width of a slash, in letters."""
_COVERED = 0.5
"""Share of an option that a line through it covers."""


def options(bare: Grey, word: Recognised, struck: Sequence[Edge]) -> list[Recognised]:
    """The word, or the options and slashes that it is where they differ in weight, or a line of `struck` runs through some."""
    texts = [text for text in _AT_SLASH.split(word.text) if text]
    if len(texts) == 1:
        return [word]
    wide = np.array([_SLASH if text == "/" else len(text) for text in texts])
    letter = (word.x1 - word.x0) / wide.sum()
    at = [word.x0, *(_paper(bare, word, word.x0 + x * letter, letter) for x in np.cumsum(wide)[:-1]), word.x1]
    parts = [word._replace(text=text, x0=x0, x1=x1) for text, (x0, x1) in zip(texts, pairwise(at), strict=True)]
    told = [part for part in parts if part.text != "/"]
    weights = [weight_of(bare, part) or 0.0 for part in told]
    lines = [edge for edge in struck if word.top < edge.at < word.bottom]
    through = {any(_covers(edge, part) for edge in lines) for part in told}
    apart = len(told) == 1 or len(through) == 2 or max(weights) > APART * min(weights) > 0
    return parts if apart else [word]


def _covers(edge: Edge, part: Recognised) -> bool:
    return min(edge.end, part.x1) - max(edge.start, part.x0) >= _COVERED * (part.x1 - part.x0)


def _paper(bare: Grey, word: Recognised, x: float, letter: float) -> float:
    """The middle of the widest paper between two letters of a word within a letter's width of x; x itself without."""
    near = [gap for gap in gaps(bare, word, word.x0, word.x1) if abs(sum(gap) / 2 - x) < letter]
    return sum(max(near, key=lambda gap: gap[1] - gap[0], default=(x, x))) / 2
