"""What lies over words changes how they read: struck through, underlined, marked with colour."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from extractors.layout.ink import Edge, Shade, Word

_STRUCK = (0.32, 0.74)
"""Where a line through print crosses it, as a share of the height from ascent to descent."""
_UNDER = (0.74, 1.2)
_OVER = 0.6
"""Share of a word that a line must cover."""
_BEYOND = 1.2
"""A line that runs on past its words by more ems than this is a ruling."""
_BLANK = 0.45
"""An underline runs on past its words by no more ems than this: a blank, in wide print."""
_ONE_LINE, _MEETS = 0.5, 1.0
"""Points by which pieces of one line lie off each other, and by which they, or a ruling across, may miss the next."""
_ROUND = 0.8
"""How far beyond its words a marker's area or a ring reaches, in ems."""
_BADGE, _WIDEST_BADGE = 1.4, 200.0
"""The same, in ems, for a badge: a short answer on a fill with round corners, in web pages; and its widest, in points."""
_HUGS = 2.2
"""A marker's area is at most this many times as high as the print."""


def strike(words: Sequence[Word], horizontals: Sequence[Edge], verticals: Sequence[Edge] = ()) -> list[Edge]:
    """Marks the words that a line runs through, and those it underlines; gives back the lines that do neither.

    Browsers draw the border of each cell by itself: a piece of a longer line is what the whole line is, and what meets an
    upright ruling underlines nothing.
    """
    upright = sorted((word for word in words if word.upright and word.text), key=lambda word: word.top)
    if not upright or not horizontals:
        return list(horizontals)
    tops = [word.top for word in upright]
    highest = max(word.bottom - word.top for word in upright)
    kept: list[Edge] = []
    for piece, edge in _whole(horizontals):
        near = upright[bisect_left(tops, edge.at - 1.2 * highest) : bisect_right(tops, edge.at)]
        through, under = _crossed(edge, near, _STRUCK), _crossed(edge, near, _UNDER)
        if through and _hugs(edge, through):
            for word in through:
                word.struck = True
        elif under and _hugs(edge, under, _BLANK) and not any(_meets(ruling, edge) for ruling in verticals):
            for word in under:
                word.highlighted = True  # underlined is marked, as in Word
        else:
            kept.append(piece)
    return kept


def _whole(edges: Sequence[Edge]) -> list[tuple[Edge, Edge]]:
    """Each line with the whole of it, where it is drawn in pieces that follow each other."""
    found: list[tuple[Edge, Edge]] = []
    run: list[Edge] = []
    for edge in sorted(edges, key=lambda edge: (round(edge.at / _ONE_LINE), edge.start)):
        if run and (abs(edge.at - run[-1].at) > _ONE_LINE or edge.start - max(one.end for one in run) > _MEETS):
            found += _pieces(run)
            run = []
        run.append(edge)
    return found + _pieces(run)


def _pieces(run: Sequence[Edge]) -> list[tuple[Edge, Edge]]:
    whole = Edge(run[0].at, run[0].start, max(edge.end for edge in run)) if run else None
    return [(edge, whole) for edge in run if whole]


def _meets(ruling: Edge, edge: Edge) -> bool:
    return (
        ruling.start - _MEETS <= edge.at <= ruling.end + _MEETS
        and edge.start - _MEETS <= ruling.at <= edge.end + _MEETS
    )


def middle_of(top: float, bottom: float) -> tuple[float, float]:
    """Between which heights a line runs through print from `top` to `bottom`."""
    return top + _STRUCK[0] * (bottom - top), top + _STRUCK[1] * (bottom - top)


def _crossed(edge: Edge, words: Sequence[Word], share: tuple[float, float]) -> list[Word]:
    return [
        word
        for word in words
        if share[0] <= (edge.at - word.top) / (word.bottom - word.top or 1) <= share[1]
        and min(word.x1, edge.end) - max(word.x0, edge.start) >= _OVER * (word.x1 - word.x0)
    ]


def _hugs(edge: Edge, words: Sequence[Word], beyond: float = _BEYOND) -> bool:
    reach = beyond * words[0].size
    return edge.start >= min(word.x0 for word in words) - reach and edge.end <= max(word.x1 for word in words) + reach


def highlight(words: Sequence[Word], shades: Sequence[Shade], loose: float = 0.0) -> list[Shade]:
    """Marks the words under a marker's colour; gives back the shades that are no marker's, and no badge's. `loose`: the share
    of its width by which one may miss its words, as rings do that people draw."""
    kept: list[Shade] = []
    for shade in shades:
        badge = shade.rounded and shade.x1 - shade.x0 <= _WIDEST_BADGE
        under = _under(shade, words) if shade.coloured or badge else []
        if not under or not _close(shade, under, _BADGE if badge else _ROUND, loose):
            kept.append(shade)
            continue
        for word in under if shade.coloured else ():
            word.highlighted = True
    return kept


def _under(shade: Shade, words: Sequence[Word]) -> list[Word]:
    return [
        word
        for word in words
        if shade.x0 <= (word.x0 + word.x1) / 2 <= shade.x1 and shade.top <= (word.top + word.bottom) / 2 <= shade.bottom
    ]


def _close(shade: Shade, under: Sequence[Word], round_about: float, loose: float) -> bool:
    """Whether an area is hardly larger than the print in it."""
    reach = max(round_about * max(word.size for word in under), loose * (shade.x1 - shade.x0))
    return (
        shade.bottom - shade.top <= _HUGS * max(word.bottom - word.top for word in under)
        and shade.x0 >= min(word.x0 for word in under) - reach
        and shade.x1 <= max(word.x1 for word in under) + reach
    )
