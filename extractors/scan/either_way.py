"""Says by reading some lines both ways whether a page stands on its head, where its stems do not tell or nothing can be read."""

from __future__ import annotations

import numpy as np

from extractors.scan.letters import Letter, read_line
from extractors.scan.lines import pieces
from extractors.scan.upright import Grey, Upright

LINES = 5
"""Lines that are read both ways; each costs as much as two words that are looked at twice."""
LOW, HIGH, WIDE = 0.08, 0.3, 2.0
"""Inches: how high a line is, and how much of its length is read."""


def reads_on_its_head(page: Upright) -> bool:
    """Whether the longest lines of a page are read more surely when it is turned on its head."""
    low, high, wide = LOW * page.dpi, HIGH * page.dpi, round(WIDE * page.dpi)
    lines = [piece for piece in pieces(page.even, [], page.dpi) if low < piece.bottom - piece.top < high]
    lines.sort(key=lambda piece: piece.x0 - piece.x1)
    here = there = 0.0
    for x0, top, x1, bottom in lines[:LINES]:
        rim = (bottom - top) // 6
        line = page.even[max(top - rim, 0) : bottom + rim, x0 : min(x1, x0 + wide)]
        here, there = here + _certainty(line), there + _certainty(np.ascontiguousarray(line[::-1, ::-1]))
    return there > here


def _certainty(line: Grey) -> float:
    letters: list[Letter] = read_line(line)
    return sum(letter.confidence for letter in letters) / max(len(letters), 1)
