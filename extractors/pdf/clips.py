"""What clip paths leave of the print: programs cut off so what has no room in its box or cell."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import pypdfium2.raw as pdfium

from extractors.layout.ink import Matrix, Word
from extractors.pdf.calls import ADDRESS, FLOAT, INT, plain
from extractors.pdf.frame import Corners, Frame
from extractors.pdf.text import DESCENT

_MOST = 200
"""Points of a clip path looked at; one of more is a drawing."""
_SMALL_LETTERS = 0.5
"""Height of small letters, in ems."""
_GONE, _WHOLE = 0.35, 0.8
"""Share of the height of small letters up to which nothing can be read, and from which all can."""
_LETTER = 0.4
"""Ems of a word's width that a letter takes."""
_NEXT = 1.0
"""Ems by which words that follow each other stand apart, or begin unlike on two lines."""

_clip_of = plain(pdfium.FPDFPageObj_GetClipPath, ADDRESS, ADDRESS)
_count_paths = plain(pdfium.FPDFClipPath_CountPaths, INT, ADDRESS)
_count_segments = plain(pdfium.FPDFClipPath_CountPathSegments, INT, ADDRESS, INT)
_segment = plain(pdfium.FPDFClipPath_GetPathSegment, ADDRESS, ADDRESS, INT, INT)
_point = plain(pdfium.FPDFPathSegment_GetPoint, INT, ADDRESS, ADDRESS, ADDRESS)


class Clips:
    """The areas in which the objects of one page are shown."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._places = (FLOAT * 2)()
        self._x = ctypes.addressof(self._places)
        self._known: dict[tuple[Matrix, int, int, Corners], Corners] = {}

    def area(self, thing: int, outer: Matrix) -> Corners | None:
        """x0, top, x1, bottom, in the upright frame, of all that is seen of an object at an address; None where nothing cuts
        it. `outer`: from the form it stands in to the page."""
        clip = _clip_of(thing)
        count = _count_paths(clip) if clip else 0
        if count <= 0:
            return None
        points = _count_segments(clip, count - 1)
        if not 4 <= points <= _MOST:
            return self._common(clip, count, outer)
        # Objects that share the last of as many paths share all of them.
        key = (outer, count, points, (*self._at(clip, count - 1, 0), *self._at(clip, count - 1, 2)))
        if key not in self._known:
            self._known[key] = self._common(clip, count, outer)
        return self._known[key]

    def _at(self, clip: int, path: int, number: int) -> tuple[float, float]:
        _point(_segment(clip, path, number), self._x, self._x + 4)
        return self._places[0], self._places[1]

    def _common(self, clip: int, count: int, outer: Matrix) -> Corners:
        """What the boxes round all paths of a clip have in common."""
        found: Corners = (float("-inf"), float("-inf"), float("inf"), float("inf"))
        a, b, c, d, e, f = outer
        for path in range(count):
            points = _count_segments(clip, path)
            if 0 < points <= _MOST:
                raw = [self._at(clip, path, number) for number in range(points)]
                xs = [a * x + c * y + e for x, y in raw]
                ys = [b * x + d * y + f for x, y in raw]
                found = common(found, self._frame.box(min(xs), min(ys), max(xs), max(ys)))
        return found


def common(a: Corners, b: Corners) -> Corners:
    """What two boxes have in common; a box without inside where that is nothing."""
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def cut_off(words: Sequence[Word], areas: Sequence[Corners | None]) -> tuple[list[Word], list[Word]]:
    """The words of which something is seen, `areas` saying where each is shown, and those of them that are cut, or the last
    before what is. The first line of print that is cut off whole stays, as cut, where it would be seen: it was written there."""
    kept: list[Word] = []
    cut: list[Word] = []
    gone: list[tuple[Word, Corners]] = []
    for word, area in zip(words, areas, strict=True):
        high, missing = _seen(word, area) if area is not None and word.upright else (1.0, 0.0)
        if area is not None and (high <= _GONE or missing >= word.x1 - word.x0 - _LETTER * word.size / 2):
            gone.append((word, area))
            continue
        if high < _WHOLE or missing > _LETTER * word.size:
            cut.append(word)
        kept.append(word)
    for group, area in _pieces(gone):
        inside = [word for word in kept if _within(word, area)]
        if before := [word for word in inside if _follows(group[0], word, word)]:
            cut.append(max(before, key=lambda word: (word.bottom, word.x0)))
        else:
            line = [word for word in group if _level(word, group[0])]
            _set_back(line, area)
            kept += line
            cut += line
    return kept, cut


def _seen(word: Word, area: Corners) -> tuple[float, float]:
    """The share of the height of a word's small letters that is seen, and the points of its width that are not."""
    x0, top, x1, bottom = area
    foot, height = word.bottom - DESCENT * word.size, _SMALL_LETTERS * word.size
    high = min(foot, bottom) - max(foot - height, top)
    return high / (height or 1.0), word.x1 - word.x0 - max(0.0, min(word.x1, x1) - max(word.x0, x0))


def _pieces(gone: Sequence[tuple[Word, Corners]]) -> list[tuple[list[Word], Corners]]:
    """Words that are cut off, in groups that follow each other in one area."""
    found: list[tuple[list[Word], Corners]] = []
    for word, area in gone:
        if found and found[-1][1] == area and _follows(word, found[-1][0][0], found[-1][0][-1]):
            found[-1][0].append(word)
        else:
            found.append(([word], area))
    return found


def _follows(word: Word, first: Word, last: Word) -> bool:
    """Whether a word stands right behind the last one of others on its line, or begins a line below the first of them."""
    if _level(word, last):
        return last.x1 - _NEXT * word.size < word.x0 < last.x1 + _NEXT * word.size
    return word.bottom > last.bottom and abs(word.x0 - first.x0) < _NEXT * word.size


def _level(word: Word, other: Word) -> bool:
    return abs(word.bottom - other.bottom) < _LETTER * word.size


def _within(word: Word, area: Corners) -> bool:
    x0, top, x1, bottom = area
    return x0 <= (word.x0 + word.x1) / 2 <= x1 and top <= (word.top + word.bottom) / 2 <= bottom


def _set_back(words: Sequence[Word], area: Corners) -> None:
    """Moves words together so that the first begins where they would be seen."""
    x0, top, x1, bottom = area
    first = words[0]
    across = x0 - first.x0 if not x0 <= first.x0 <= x1 else 0.0
    middle = (first.top + first.bottom) / 2
    down = (top + bottom) / 2 - middle if not top <= middle <= bottom else 0.0
    for word in words if x0 < x1 and top < bottom else ():
        word.x0, word.x1 = word.x0 + across, word.x1 + across
        word.top, word.bottom = word.top + down, word.bottom + down


def narrower(area: Corners, bounds: Corners) -> bool:
    """Whether something of an object within `bounds` may lie outside an area."""
    return area[0] > bounds[0] + 1 or area[1] > bounds[1] + 1 or area[2] < bounds[2] - 1 or area[3] < bounds[3] - 1
