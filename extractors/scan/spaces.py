"""Mends the spaces of the first recogniser by the paper between letters: words that it cut in two, and words it ran together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

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
UNSURE = 0.5
"""Confidence that is left of a word put together from two."""


def respaced(bare: Grey, words: Sequence[Recognised]) -> list[Recognised]:
    """The words of a page, in pixels, whole and apart as the paper between their letters says."""
    found: list[Recognised] = []
    for word in words:
        if found and _is_one(bare, found[-1], word):
            found[-1] = _whole(found[-1], word)
        else:
            found += _parted(bare, word)
    return found


def _is_one(bare: Grey, before: Recognised, word: Recognised) -> bool:
    tall = before.bottom - before.top
    if not (before.text[-1].isalpha() and word.text[0].islower()) or abs(before.bottom - word.bottom) > 0.2 * tall:
        return False
    if not -0.2 * tall < word.x0 - before.x1 < 0.5 * tall:
        return False
    middle = (before.x1 + word.x0) / 2
    gaps = _gaps(bare, before, middle - 0.5 * tall, middle + 0.5 * tall)
    return max(gaps, default=0.0) <= CLOSE * tall


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
    """The words that a word is, where the second recogniser reads the same letters with spaces between some."""
    tall = word.bottom - word.top
    plain = word.text.isalpha() and not word.known and len(word.text) <= LONGEST
    if plain and max(_gaps(bare, word, word.x0, word.x1), default=0.0) >= WIDE * tall:
        place = Piece(max(int(word.x0), 0), max(int(word.top), 0), int(word.x1) + 1, int(word.bottom) + 1)
        parts = read_lines(bare, [place])
        if "".join(part.text for part in parts) == word.text:
            yield from (part._replace(top=word.top, bottom=word.bottom) for part in parts)
            return
    yield word


def _gaps(bare: Grey, word: Recognised, x0: float, x1: float) -> list[float]:
    """How wide each stretch without ink between two letters is, in pixels, on the line of a word from x0 to x1."""
    rows = bare[max(int(word.top), 0) : int(word.bottom) + 1, max(int(x0), 0) : int(x1) + 1]
    inked = np.flatnonzero((rows < INK).any(axis=0))
    return [float(step) - 1 for step in np.diff(inked)]
