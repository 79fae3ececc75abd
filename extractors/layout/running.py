"""Headers and footers: what repeats from page to page at their top or foot, or stands there apart from the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from extractors.layout.draft import Placed
from extractors.layout.ink import PageInk
from extractors.page import Line

MARGIN = 0.07
"""Share of the page's height at its top and bottom where a line outside any table may be a header or footer."""
REPEAT_MARGIN = 0.14
"""The same for lines that repeat from page to page."""
_APART = 1.0
"""A header or footer stands further from the text than this many times the height of a line."""
_SAME_LINE = 2.0
"""Two lines whose heights on their pages differ by fewer points stand where every page's text begins, or ends."""
_SENTENCE = 5
"""Words of the shortest line that is taken for a sentence."""
_PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–(]?\s*\d{1,3}\s*(?:(?:of|/)\s*\d{1,3})?\s*[-–)]?", re.IGNORECASE)

_ANSWER = re.compile(r"(?:(?:yes|no|y|n|n [ak]|not known|unknown|none)(?: |$))+")
"""What the rest of a row that a page break cuts may say on every page, and no header does."""

Key = tuple[str, int]
"""What is printed, numbers left out, and how far down the page."""


def running(inks: Sequence[PageInk], laid: Sequence[Sequence[Placed]]) -> list[tuple[set[int], set[int]]]:
    """For each page which of its blocks, by their places in `laid`, are headers and which are footers."""
    repeated = Counter(key for ink, blocks in zip(inks, laid, strict=True) for key in _keys(ink, blocks))
    tops = [
        _at_edge(blocks, upright_height(ink), repeated, len(inks), at_top=True)
        for ink, blocks in zip(inks, laid, strict=True)
    ]
    feet = [
        _at_edge(blocks, upright_height(ink), repeated, len(inks), at_top=False)
        for ink, blocks in zip(inks, laid, strict=True)
    ]
    first = min((begins for _, _, begins in tops if begins is not None), default=None)
    last = max((ends for _, _, ends in feet if ends is not None), default=None)
    return [
        (
            {n for n in surely_top if first is None or blocks[n].top < first - _SAME_LINE or not _sentence(blocks[n])}
            | {n for n in apart_top if first is None or blocks[n].top < first - _SAME_LINE},
            {n for n in surely_foot if last is None or blocks[n].bottom > last + _SAME_LINE or not _sentence(blocks[n])}
            | {n for n in apart_foot if last is None or blocks[n].bottom > last + _SAME_LINE},
        )
        for blocks, (surely_top, apart_top, _), (surely_foot, apart_foot, _) in zip(laid, tops, feet, strict=True)
    ]


def plain(text: str) -> str:
    """Text without what changes from page to page: numbers and white space."""
    return re.sub(r"\W+|\d+", " ", text).strip().casefold()


def lines_in(placed: Placed) -> list[Line]:
    """The lines of a block, those in a table's cells included."""
    if isinstance(placed.block, Line):
        return [placed.block]
    return [block for cell in placed.block.cells for block in cell.blocks if isinstance(block, Line)]


def upright_height(ink: PageInk) -> float:
    """Height of the page's upright frame."""
    a, b, *_ = ink.to_page
    return ink.width if abs(b) > abs(a) else ink.height


def _key(placed: Placed) -> Key:
    return plain(" ".join(line.text for line in lines_in(placed))), round(placed.top / 4)


def _keys(ink: PageInk, blocks: Sequence[Placed]) -> set[Key]:
    """What may be a running header or footer on this page: whatever stands near its top or foot, but boxes to tick."""
    height = upright_height(ink)
    return {
        _key(placed)
        for placed in blocks
        if (placed.bottom < REPEAT_MARGIN * height or placed.top > (1 - REPEAT_MARGIN) * height) and not _boxed(placed)
    }


def _boxed(placed: Placed) -> bool:
    return any(run.mark is not None for line in lines_in(placed) for run in line.runs)


def _at_edge(
    blocks: Sequence[Placed], height: float, repeated: Counter[Key], pages: int, *, at_top: bool
) -> tuple[set[int], set[int], float | None]:
    """At the top of a page (or its foot) the blocks that surely run on every page, those that may, since they stand
    apart from the text, and where the text begins (ends) that reaches into the margin, None where none does."""
    order = sorted(range(len(blocks)), key=lambda n: blocks[n].top if at_top else -blocks[n].bottom)
    near = [
        n
        for n in order
        if (blocks[n].bottom < REPEAT_MARGIN * height if at_top else blocks[n].top > (1 - REPEAT_MARGIN) * height)
    ]
    sure = {n for n in near if _runs(blocks[n], repeated, pages) or (not at_top and _numbers_page(blocks[n]))}
    text = [n for n in near if n not in sure]
    # An answer that two pages begin with alike, such as "Yes / No", stands behind the question on its page.
    sure = {n for n in sure if not any(_beyond(blocks[other], blocks[n], at_top) for other in text)}
    rest = [n for n in order if n not in sure]
    chain = rest[:1]
    for before, n in pairwise(rest):
        upper, lower = (blocks[before], blocks[n]) if at_top else (blocks[n], blocks[before])
        if lower.top - upper.bottom > _APART * _line_height(blocks[before]):
            break
        chain.append(n)
    margin = [
        n
        for n in chain
        if isinstance(blocks[n].block, Line) and _in_margin(blocks[n], height, at_top) and not _boxed(blocks[n])
    ]
    # A page on which nothing else stands holds the end of the text.
    if not chain or len(margin) < len(chain) or len(chain) == len(rest):
        edge = (blocks[chain[0]].top if at_top else blocks[chain[0]].bottom) if chain else None
        return sure, set(), edge
    return sure, set(margin), None


def _sentence(placed: Placed) -> bool:
    """Whether a line may be one of the text, which two pages begin or end with alike: it has words and ends as sentences do."""
    text = placed.block.text.rstrip() if isinstance(placed.block, Line) else ""
    return text.endswith((".", "!")) and len(text.split()) >= _SENTENCE


def _beyond(outer: Placed, inner: Placed, at_top: bool) -> bool:
    """Whether a block stands nearer to the top of the page (or its foot) than another, in its column."""
    if outer.x0 >= inner.x1 or inner.x0 >= outer.x1:
        return False
    return outer.bottom <= inner.top + 1 if at_top else outer.top >= inner.bottom - 1


def _in_margin(placed: Placed, height: float, at_top: bool) -> bool:
    return placed.bottom < MARGIN * height if at_top else placed.top > (1 - MARGIN) * height


def _line_height(placed: Placed) -> float:
    boxes = [run.box for line in lines_in(placed) for run in line.runs if run.box is not None]
    return min((min(box.bottom - box.top, box.x1 - box.x0) for box in boxes), default=12.0)


def _runs(placed: Placed, repeated: Counter[Key], pages: int) -> bool:
    """Whether a block near the top or foot stands in the same place on half of the pages or more."""
    words, place = _key(placed)
    if pages < 2 or not (words or _numbers_page(placed)) or _ANSWER.fullmatch(words):
        return False
    return max(repeated[words, place + step] for step in (-1, 0, 1)) >= max(2, (pages + 1) // 2)


def _numbers_page(placed: Placed) -> bool:
    return isinstance(placed.block, Line) and _PAGE_NUMBER.fullmatch(placed.block.text.strip()) is not None
