"""Two columns of fields side by side on a page, each with rules of its own, as designers set forms: each is read by itself.

Rows of a table have their rules level with each other; where those of the left are not level with those of the right, and
nothing crosses the gutter between them, what stands left and right has nothing to do with each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from extractors.layout.grid import join
from extractors.layout.ink import Edge, PageInk, Word

_SHORTEST = 60.0
"""Points: what is shorter is no rule under a field."""
_SAME, _LEVEL = 2.0, 1.5
"""Points by which rules of one column begin and end unlike, and by which level ones lie off each other."""
_GUTTER = 12.0
"""Least width of a gutter, in points."""
_SHOWN, _LEAST = 4, 2
"""Rules on either side that show two columns, and those on another page of such a form."""
_BAND = 0.25
"""Share of the height of a page that two columns take at least."""
_TALL = 30.0
"""Points: a longer upright ruling is the side of cells and not of a heading's fill, unless it stands in the gutter."""
_PITCH, _ALIKE = 1.5, 0.2
"""How far apart the lines of a paragraph are at most, in ems; points by which print of one size differs."""
_MOST_LEVEL = 0.35
"""Share of the rules of one side that may be level with one of the other by chance."""


def halves(pages: Sequence[PageInk]) -> list[list[PageInk]]:
    """For each page its parts in reading order: what stands over the columns, the left, the right, and what stands below."""
    found = [_gutter(page, _SHOWN) for page in pages]
    return [
        _parted(page, own or next((one for one in found if one and _fits(page, one)), None))
        for page, own in zip(pages, found, strict=True)
    ]


def _fits(page: PageInk, gutter: tuple[float, float]) -> bool:
    own = _gutter(page, _LEAST)
    return own is not None and abs(own[0] - gutter[0]) <= _SAME and abs(own[1] - gutter[1]) <= _SAME


def _gutter(page: PageInk, least: int) -> tuple[float, float] | None:
    """Where the rules of the left column end and those of the right one begin; None where there are no two columns."""
    rules = [edge for edge in page.horizontals if edge.end - edge.start >= _SHORTEST]
    middle = [edge for edge in rules if edge.start < page.width / 2]
    ends = Counter(round(edge.end) for edge in middle if edge.end < 0.7 * page.width)
    starts = Counter(round(edge.start) for edge in rules if edge.start > 0.3 * page.width)
    for end, _ in ends.most_common(1):
        for start, _ in starts.most_common(1):
            left, right = _of(rules, lambda edge: edge.end, end), _of(rules, lambda edge: edge.start, start)
            enough = min(len(left), len(right)) >= least and start - end >= _GUTTER
            if enough and _levels(left, right) <= _MOST_LEVEL:
                return max(edge.end for edge in left), min(edge.start for edge in right)
    return None


def _of(rules: Sequence[Edge], side: Callable[[Edge], float], at: float) -> list[Edge]:
    return [edge for edge in rules if abs(side(edge) - at) <= _SAME]


def _levels(left: Sequence[Edge], right: Sequence[Edge]) -> float:
    """The share of the rules of the side with fewer of them that are level with one of the other."""
    few, many = sorted((left, right), key=len)
    return sum(any(abs(one.at - other.at) <= _LEVEL for other in many) for one in few) / len(few)


def _parted(page: PageInk, gutter: tuple[float, float] | None) -> list[PageInk]:
    if gutter is None:
        return [page]
    end, start = gutter
    middle = (start + end) / 2
    across = [word for word in page.words if word.x0 < middle < word.x1]
    ruled = [edge.at for edge in page.horizontals if edge.start < middle < edge.end]
    ends = [0.0, *ruled, *(word.top for word in across), *(_foot(page, word) for word in across), page.height]
    top, bottom = max(pairwise(sorted(ends)), key=lambda band: band[1] - band[0])
    tall = [edge for edge in join(page.verticals) if edge.end - edge.start >= _TALL]
    tall = [edge for edge in tall if top < edge.end and edge.start < bottom]
    if bottom - top < _BAND * page.height or not all(end - _SAME <= edge.at <= start + _SAME for edge in tall):
        return [page]
    over = _within(page, lambda x, y: y <= top)
    left = _within(page, lambda x, y: top < y < bottom and x < middle)
    right = _within(page, lambda x, y: top < y < bottom and x >= middle)
    below = _within(page, lambda x, y: y >= bottom)
    return [part for part in (over, left, right, below) if part.words] or [page]


def _foot(page: PageInk, word: Word) -> float:
    """Where the paragraph ends whose line goes across the gutter at `word`: its last line may be short."""
    foot = word.bottom
    first = min((one for one in page.words if abs(one.top - word.top) < _LEVEL), key=lambda one: one.x0)
    for one in sorted(page.words, key=lambda one: one.top):
        follows = 0 < one.bottom - foot <= _PITCH * word.size and abs(one.x0 - first.x0) <= 1
        if follows and abs(one.size - word.size) < _ALIKE and one.ink == word.ink:
            foot = one.bottom
    return foot


def _within(page: PageInk, holds: Callable[[float, float], bool]) -> PageInk:
    """The page with only the ink whose middle is held."""
    return replace(
        page,
        words=[word for word in page.words if holds((word.x0 + word.x1) / 2, (word.top + word.bottom) / 2)],
        horizontals=[edge for edge in page.horizontals if holds((edge.start + edge.end) / 2, edge.at)],
        verticals=[edge for edge in page.verticals if holds(edge.at, (edge.start + edge.end) / 2)],
        shades=[shade for shade in page.shades if holds((shade.x0 + shade.x1) / 2, (shade.top + shade.bottom) / 2)],
    )
