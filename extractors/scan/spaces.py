"""Mends the spaces of the first recogniser by the paper and the rulings between letters: words it cut in two or ran together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from extractors.layout.ink import Edge
from extractors.scan.letters import Recognised, read_lines
from extractors.scan.lines import Piece
from extractors.scan.upright import Grey

INK = 170
"""Brightness (paper is 255) below which a pixel is print."""
CLOSE = 0.09
"""Bare paper between two words, as a share of their line's height, up to which they are one: between letters there is up
to a tenth, a space has a fifth of it and more, and slanted letters lean over."""
WIDE = 0.2
"""Bare paper within a word from which it may be two."""
LONGEST = 40
"""Signs of a word that is looked at: what is longer is an address or a ruling."""
SPECK, DIRTY = re.compile(r"([^\W\d_]{3,})['\u2018\u2019]([^\W\d_]{3,}\W*)"), 0.6
"""Two words with a speck between them, which is no ending such as 's, and confidence below which that is so: there are names
that have an apostrophe."""
SIDE = 0.3
"""Share of its height that a word reaches over a ruling at least on both sides, to run through it."""
UNSURE = 0.5
"""Confidence that is left of a word put together from two, or read otherwise by the two recognisers."""


def respaced(bare: Grey, words: Sequence[Recognised], verticals: Sequence[Edge]) -> list[Recognised]:
    """The words of a page, in pixels, whole and apart as the paper and the rulings between their letters say."""
    found: list[Recognised] = []
    for word in (part for run in words for part in _at_rulings(bare, run, verticals)):
        if found and _is_one(bare, found[-1], word):
            found[-1] = _whole(found[-1], word)
        else:
            found += _parted(bare, word)
    return found


def _at_rulings(bare: Grey, word: Recognised, verticals: Sequence[Edge]) -> list[Recognised]:
    """The words that a word is which runs through rulings, as the second recogniser reads them."""
    middle, rim = (word.top + word.bottom) / 2, SIDE * (word.bottom - word.top)
    met = (edge.at for edge in verticals if edge.start <= middle <= edge.end)
    bounds = [word.x0, *sorted(at for at in met if word.x0 + rim < at < word.x1 - rim), word.x1]
    if len(bounds) == 2:
        return [word]
    parts = [part for x0, x1 in pairwise(bounds) for part in read_lines(bare, [_place(word, x0, x1)])]
    alike = "".join(part.text for part in parts) == word.text
    most = word.confidence if alike else min(word.confidence, UNSURE)
    return [part._replace(top=word.top, bottom=word.bottom, confidence=most) for part in parts] or [word]


def _place(word: Recognised, x0: float, x1: float) -> Piece:
    return Piece(max(int(x0), 0), max(int(word.top), 0), int(x1) + 1, int(word.bottom) + 1)


def _is_one(bare: Grey, before: Recognised, word: Recognised) -> bool:
    tall = before.bottom - before.top
    if not (before.text[-1].isalpha() and word.text[0].islower()) or abs(before.bottom - word.bottom) > 0.2 * tall:
        return False
    if not -0.2 * tall < word.x0 - before.x1 < 0.5 * tall:
        return False
    middle = (before.x1 + word.x0) / 2
    return _widest(bare, before, middle - 0.5 * tall, middle + 0.5 * tall) <= CLOSE * tall


def _whole(before: Recognised, word: Recognised) -> Recognised:
    return Recognised(
        before.text + word.text,
        before.x0,
        min(before.top, word.top),
        word.x1,
        max(before.bottom, word.bottom),
        min(before.confidence, word.confidence, UNSURE),
    )


def _parted(bare: Grey, word: Recognised) -> Iterator[Recognised]:
    """The words that a word is, where the second recogniser reads the same letters with spaces between some, or where an
    apostrophe that no English has is dirt."""
    if word.confidence < DIRTY and (found := SPECK.fullmatch(word.text)):
        at = word.x0 + (word.x1 - word.x0) * (found.end(1) + 0.5) / len(word.text)
        yield word._replace(text=found[1], x1=at)
        yield word._replace(text=found[2], x0=at)
        return
    tall = word.bottom - word.top
    plain = word.text.isalpha() and not word.known and len(word.text) <= LONGEST
    if plain and _widest(bare, word, word.x0, word.x1) >= WIDE * tall:
        parts = read_lines(bare, [_place(word, word.x0, word.x1)])
        if "".join(part.text for part in parts) == word.text:
            yield from (part._replace(top=word.top, bottom=word.bottom) for part in parts)
            return
    yield word


def gaps(bare: Grey, word: Recognised, x0: float, x1: float) -> list[tuple[int, int]]:
    """Where each stretch without ink begins and ends, at the last and the next pixel of ink, on the line of a word from x0 to x1."""
    rows = bare[max(int(word.top), 0) : int(word.bottom) + 1, max(int(x0), 0) : int(x1) + 1]
    inked = (np.flatnonzero((rows < INK).any(axis=0)) + max(int(x0), 0)).tolist()
    return [(before, after) for before, after in pairwise(inked) if after - before > 1]


def _widest(bare: Grey, word: Recognised, x0: float, x1: float) -> int:
    """How many pixels the widest stretch without ink has."""
    return max((after - before - 1 for before, after in gaps(bare, word, x0, x1)), default=0)
