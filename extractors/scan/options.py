"""Parts options that were recognised as one word, "Yes/No", where they do not look alike: one is bold, struck out or marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from extractors.layout.ink import Edge
from extractors.scan.bold import APART, weight_of
from extractors.scan.letters import Recognised
from extractors.scan.marked import unlike
from extractors.scan.spaces import gaps
from extractors.scan.upright import Grey

Gap = tuple[int, int]

_AT_SLASH = re.compile(r"(?<!\d)(/)(?!\d)")
_SLASH = 0.5
"""Width of a slash, in letters."""
_SPACE = 0.15
"""Paper beside a slash, as a share of the line's height, from which it is a space."""
_COVERED = 0.5
"""Share of an option that a line through it covers."""


def options(
    bare: Grey, word: Recognised, struck: Sequence[Edge], ground: Callable[[Recognised], float]
) -> list[Recognised]:
    """The word, or the options and slashes that it is where they differ in weight, or a line of `struck` runs through some, or
    some stand on darker ground, whose brightness `ground` tells."""
    texts = [text for text in _AT_SLASH.split(word.text) if text]
    if len(texts) == 1:
        return [word]
    wide = np.array([_SLASH if text == "/" else len(text) for text in texts])
    letter = (word.x1 - word.x0) / wide.sum()
    paper = gaps(bare, word, word.x0, word.x1)
    at = [word.x0, *(_near(paper, word.x0 + x * letter, letter) for x in np.cumsum(wide)[:-1]), word.x1]
    for n, text in enumerate(texts):
        if text == "/" and 0 < n < len(texts) - 1:
            at[n : n + 2] = _about_slash(paper, at[n], at[n + 1], letter, _SPACE * (word.bottom - word.top))
    parts = [word._replace(text=text, x0=x0, x1=x1) for text, (x0, x1) in zip(texts, pairwise(at), strict=True)]
    told = [part for part in parts if part.text != "/"]
    weights = [weight_of(bare, part) or 0.0 for part in told]
    lines = [edge for edge in struck if word.top < edge.at < word.bottom]
    through = {any(_covers(edge, part) for edge in lines) for part in told}
    apart = len(told) == 1 or len(through) == 2 or max(weights) > APART * min(weights) > 0
    return parts if apart or unlike([ground(part) for part in told]) else [word]


def _covers(edge: Edge, part: Recognised) -> bool:
    return min(edge.end, part.x1) - max(edge.start, part.x0) >= _COVERED * (part.x1 - part.x0)


def _near(paper: Sequence[Gap], x: float, letter: float) -> float:
    """The middle of the widest paper between two letters within a letter's width of x; x itself without."""
    near = [gap for gap in paper if abs(sum(gap) / 2 - x) < letter]
    return sum(max(near, key=lambda gap: gap[1] - gap[0], default=(x, x))) / 2


def _about_slash(paper: Sequence[Gap], x0: float, x1: float, letter: float, least: float) -> tuple[float, float]:
    """Where the paper before and behind a slash is that has a space on either side, near x0 and x1; these themselves without."""
    near = [
        (before, after)
        for before, after in pairwise(gap for gap in paper if gap[1] - gap[0] > least)
        if after[0] - before[1] < letter and abs(before[1] + after[0] - x0 - x1) < 3 * letter
    ]
    before, after = min(near, key=lambda pair: abs(pair[0][1] + pair[1][0] - x0 - x1), default=((x0, x0), (x1, x1)))
    return sum(before) / 2, sum(after) / 2
