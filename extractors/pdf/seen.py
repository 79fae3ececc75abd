"""Print that stands on a page and is no part of the form: too small to be read, or laid large across it; and white on white."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from statistics import median_low

from extractors.layout.ink import Word
from extractors.looks import white
from extractors.pdf.frame import Corners
from extractors.pdf.paths import Drawing
from extractors.pdf.text import DESCENT, DOUBTFUL

_TINY, _HUGE = 0.3, 2.5
"""Print of so many times the usual size or less is none to be read; of so many times or more it may lie across other print."""
_CAP = 0.7
"""Height of capital letters, in ems."""
_ACROSS = 2
"""Words that stand in the letters of another one, which is laid across them."""


def of_the_form(words: list[Word]) -> list[Word]:
    """The words less the marks that programs leave for each other in tiny print, and what is laid across the page as a
    watermark is."""
    sizes = [word.size for word in words if word.text and word.upright]
    if not sizes:
        return words
    usual = median_low(sizes)
    if min(sizes) > _TINY * usual and max(sizes) < _HUGE * usual:
        return words
    return [
        word
        for word in words
        if not (word.upright and word.text)
        or _TINY * usual < word.size < _HUGE * usual
        or (word.size >= _HUGE * usual and not _across(word, words, usual))
    ]


def doubt_unseen(words: Sequence[Word], drawing: Drawing) -> None:
    """Doubts words as white as paper behind which nothing is drawn: nobody saw them, unless something is that is not known."""
    pale = [word for word in words if word.ink and white(word.ink)]
    backgrounds = list(_backgrounds(drawing)) if pale else []
    for word in pale:
        if not any(_within(word, box) for box in backgrounds):
            word.confidence = min(word.confidence, DOUBTFUL)


def _across(large: Word, words: Sequence[Word], usual: float) -> bool:
    """Whether words of usual size stand where the letters of a large one do."""
    foot = large.bottom - DESCENT * large.size
    box = large.x0, foot - _CAP * large.size, large.x1, foot
    within = (word for word in words if word.size < _HUGE * usual and _within(word, box))
    return len(list(islice(within, _ACROSS))) == _ACROSS


def _within(word: Word, box: Corners) -> bool:
    x0, top, x1, bottom = box
    return x0 <= (word.x0 + word.x1) / 2 <= x1 and top <= (word.top + word.bottom) / 2 <= bottom


def _backgrounds(drawing: Drawing) -> Iterator[Corners]:
    for shade in (*drawing.shades, *drawing.rings):
        yield shade.x0, shade.top, shade.x1, shade.bottom
    for shape in drawing.shapes:
        yield shape.x0, shape.top, shape.x1, shape.bottom
    for box, _, _ in drawing.pictures:
        yield box
