"""Has lines of which the first recogniser made next to nothing read by the second: small slanted print, mostly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from extractors.scan.letters import Recognised, follows, read_lines
from extractors.scan.lines import Piece
from extractors.scan.upright import Grey

GARBLED = 0.6
"""Mean confidence of the letters of a line below which hardly a word of it is right."""
FEWEST = 8
"""Letters that a line has at least: less is dirt more often than print."""
BETTER = 0.8
"""Mean confidence from which the second recogniser is believed."""
ROOM = 1.5
"""Words further apart than this many times the line's height are of different stretches."""


def read_again(bare: Grey, words: Sequence[Recognised]) -> list[Recognised]:
    """The words of a page, in pixels, those of garbled lines as the second recogniser reads them where it is surer."""
    found: list[Recognised] = []
    for stretch in _stretches(words):
        other = _again(bare, stretch) if _is_garbled(stretch) else []
        found += other if _mean(other) >= BETTER else stretch
    return found


def read_over(bare: Grey, word: Recognised) -> Recognised:
    """A word as the second recogniser reads it, where it reads one."""
    other = _again(bare, [word])
    return word._replace(text=other[0].text, confidence=other[0].confidence) if len(other) == 1 else word


def _again(bare: Grey, stretch: Sequence[Recognised]) -> list[Recognised]:
    height, width = bare.shape
    place = Piece(
        max(int(stretch[0].x0), 0),
        max(int(np.median([word.top for word in stretch])), 0),
        min(int(stretch[-1].x1) + 1, width),
        min(int(np.median([word.bottom for word in stretch])) + 1, height),
    )
    return read_lines(bare, [place]) if place.x1 > place.x0 and place.bottom > place.top else []


def _is_garbled(stretch: Sequence[Recognised]) -> bool:
    return sum(len(word.text) for word in stretch) >= FEWEST and _mean(stretch) < GARBLED


def _mean(stretch: Sequence[Recognised]) -> float:
    letters = sum(len(word.text) for word in stretch)
    return sum(word.confidence * len(word.text) for word in stretch) / max(letters, 1)


def _stretches(words: Sequence[Recognised]) -> Iterator[list[Recognised]]:
    """The words of each line, parted at wide gaps."""
    stretch: list[Recognised] = []
    for word in words:
        if stretch and not follows(stretch[-1], word, ROOM):
            yield stretch
            stretch = []
        stretch.append(word)
    if stretch:
        yield stretch
