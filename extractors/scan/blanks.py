"""Finds the blanks behind options, "Yes __ No __", of which the recogniser sees some and not others: a cross stands in one, and
the others tell which option it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import cv2

from extractors.scan.letters import Recognised
from extractors.scan.shapes import darker, shapes, strokes
from extractors.scan.upright import Grey

INK = 150
"""Brightness (paper is 255) below which a pixel is print."""
SHORTEST, LONGEST, THICKEST = 0.1, 1.0, 0.025
"""Inches: of two underscores in small print, of a blank that a cross is put in, and how thick it is at most."""
ROOM, OFF = 1.0, 0.25
"""Share of the height of a line that a blank stands behind its option at most, and that it lies off the foot of the line."""
RIM = 2
"""Pixels above a blank that may still be its own."""
SAID = "__"
SEEN = 0.85
"""Confidence in one: nobody reads it again."""


def blanks(bare: Grey, words: Sequence[Recognised], dpi: float) -> list[Recognised]:
    """The blanks right behind words, in pixels of a page freed of rulings, that no word says it has: often the recogniser gives
    a word the room of its blank as well."""
    found: list[Recognised] = []
    ink = darker(bare, INK)
    for x, y, wide, thick, _ in shapes(strokes(ink, int(SHORTEST * dpi))):
        if thick > THICKEST * dpi or wide > LONGEST * dpi:
            continue
        option = next((word for word in words if _behind(word, x, y + thick / 2)), None)
        if option is None or any(_said(word, x, y, wide) for word in words):
            continue
        above = ink[max(int(option.top), 0) : max(y - RIM, 0), x : x + wide]
        if not cv2.countNonZero(above):
            found.append(Recognised(SAID, x, option.top, x + wide, option.bottom, SEEN))
    return found


def _said(word: Recognised, x: int, y: int, wide: int) -> bool:
    tall = word.bottom - word.top
    return "_" in word.text and word.x0 < x + wide and x < word.x1 and word.top < y < word.bottom + OFF * tall


def _behind(word: Recognised, x: float, y: float) -> bool:
    tall = word.bottom - word.top
    return word.text[-1].isalnum() and word.x0 < x < word.x1 + ROOM * tall and abs(y - word.bottom) < OFF * tall
