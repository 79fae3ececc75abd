"""Tells which words of a page stand on a marker's colour: darker ground that ends where the words do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from extractors.scan.letters import Recognised, follows
from extractors.scan.light import TONE_STEP
from extractors.scan.second_look import Cell
from extractors.scan.upright import Upright

PAPER, COLOURED, APART = 0.98, 0.93, 0.05
"""Brightness of the ground beside bare paper: from the first it is paper, below the second it is coloured (a yellow marker has
0.9 of it, or less); and how much brighter it is where the colour ends."""
ALIKE = 0.04
"""How unlike the ground of two words of one stroke of the marker may be."""
NEXT, BEYOND = 1.0, (2, 4)
"""Heights of the line by which words of one stroke stand apart at most; from where to where beyond its ends the ground is looked
at, in steps of the tone: nearer it is blurred."""


def marked(
    page: Upright, words: Sequence[Recognised], cells: Sequence[Cell | None], filled: Collection[Cell]
) -> list[bool]:
    """For each word, whether somebody has marked it; words are in pixels of the page. cells: for each, the cell it stands in;
    filled: those whose colour is that of the form."""
    found = [False] * len(words)
    ground = [1.0 if cell in filled else ground_of(page, word) for word, cell in zip(words, cells, strict=True)]
    for first, last in _strokes(words, ground):
        cell = cells[first]
        left, right = words[first].x0 - BEYOND[0] * TONE_STEP, words[last - 1].x1 + BEYOND[0] * TONE_STEP
        blur = (BEYOND[1] - BEYOND[0]) * TONE_STEP
        sides = [(left - blur, left), (right, right + blur)]
        # What stands beyond the cell is another's ground.
        inside = [side for side in sides if cell is None or (cell[0] <= side[0] and side[1] <= cell[2])]
        darkest = max(ground[first:last])
        if inside and all(_ground(page, *side, words[first]) >= darkest + APART for side in inside):
            found[first:last] = [True] * (last - first)
    return found


def _strokes(words: Sequence[Recognised], ground: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Where words on one colour begin and end, of those that follow each other on a line."""
    first = 0
    for at in range(1, len(words) + 1):
        if at < len(words) and follows(words[at - 1], words[at], NEXT) and abs(ground[at] - ground[at - 1]) <= ALIKE:
            continue
        if ground[first] < COLOURED:
            yield first, at
        first = at


def unlike(grounds: Sequence[float]) -> bool:
    """Whether some of these grounds are coloured and others are not."""
    return min(grounds) < COLOURED and max(grounds) >= min(grounds) + APART


def ground_of(page: Upright, word: Recognised) -> float:
    """How bright the ground of a word is beside bare paper."""
    return _ground(page, word.x0, word.x1, word)


def _ground(page: Upright, x0: float, x1: float, word: Recognised) -> float:
    """How bright the ground is from x0 to x1 on the line of a word; beyond the page, as bare paper."""
    rows = slice(max(int(word.top / TONE_STEP), 0), int(word.bottom / TONE_STEP) + 1)
    part = page.tone[rows, max(int(x0 / TONE_STEP), 0) : max(int(x1 / TONE_STEP) + 1, 0)]
    tone = float(np.median(part)) if part.size else 1.0
    if tone >= PAPER:
        return tone
    # The steps of the tone are wide: of a short stroke it sees but a part, and the rest is left in the picture.
    left = page.even[max(int(word.top), 0) : int(word.bottom) + 1, max(int(x0), 0) : max(int(x1) + 1, 0)]
    return tone * float(np.percentile(left, 90)) / 255 if left.size else tone
