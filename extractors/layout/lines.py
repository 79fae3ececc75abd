"""Words of one cell, or of one stretch of page, become lines: reading order, white space, wrapped lines, list signs, tick boxes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from extractors.layout.ink import Word
from extractors.layout.signs import bulleted, marked
from extractors.layout.symbols import UNICODE
from extractors.models import Box
from extractors.page import Line, Run

SPACE, TAB = 0.25, 1.6
"""Width of a space, and the least gap that is a tab, in ems."""
_NO_SPACE = 0.1
"""Printed words nearer than this many ems are one: a raised "th", a letter in another font."""
_TALL = 1.9
"""A control this many times higher than the print beside it holds several lines and is one itself."""
_PARAGRAPH_GAP, _PARAGRAPH_GAP_SCANNED = 1.12, 1.1
"""Lines further apart than this many times the line pitch of such print are paragraphs."""
_LOOSEST = 2.0
"""Widest line pitch within a paragraph, in ems: double spacing."""
_USUAL, _EMPTY_LINE = 1.2, 1.75
"""The line pitch of most print, in ems; and how many times as far apart lines with an empty one between them are at least."""
_SHOWN = 4
"""So many paragraphs show how far apart all are."""
_INDENT = 3.0
"""A line that begins further right than the next one by more ems than this is no part of its paragraph."""
_NARROWEST = 0.4
"""Share of the room there is that a column of running text takes at least."""
_WIDEST_PADDING = 9.0
_REST_OF_A_WORD = re.compile(
    r"(?!(?:an?|and|any|are|as|at|be|by|did|do|for|has|he|her|him|his|if|in|is|it|its|no|nor|not|of|off|on|or|out|per|she|so|"
    r"the|to|up|via|was|who|age|day|due|may|sex|set|yet|fax|tel|ref|ward|unit|team)\b(?!['\u2019]s\b))"
    r"(?:[a-z]{1,3}\b|[a-z]{0,3}(?:tion|sion|ing|ment|ance|ence|ness|ship|able|ible|ity)s?\b)"
)
"""What may be left of a word that was cut where its cell ends: a letter or three that are no word, or a long word's ending."""
_ONE_OR_TWO = 0.85
"""Confidence in print that may be the end of the word above it, cut by the printer, or a word of its own."""
_LONGEST_WORD = 18
"""Letters of the longest words met: what is longer is two."""
_WIDE_LETTER = 0.9
"""Width of the widest letters, in ems."""
_SLACK = 1.5
"""Points by which print may miss the end of its cell where a word is cut."""
_NUMBER = re.compile(r"\(?(\d{1,2})[.)]")
_BREAK = re.compile(r"(?<=[^\W\d][-\u2010])(?=[^\W\d])")
"""Where every printer breaks within a word that does not fit."""
_STAR = "*"
"""What ends the label of a question that must be answered."""
_OWN = set(UNICODE) | set("[]()")
_DASHES = set("-–—")

Back = Callable[[float, float, float, float], tuple[float, float, float, float]]


@dataclass(slots=True)
class Sheet:
    """The page that lines stand on: its number, and the way from the upright frame to the page as displayed.

    columns: where columns without rulings begin, in points, as many lines of the file show. pitches: the least distance in
    points between printed lines seen on the page, by size and boldness of the print. A short cell alone cannot tell wrapped
    lines from paragraphs; the page can.
    """

    number: int
    back: Back
    right: float = 0.0
    columns: Sequence[float] = ()
    pitches: dict[tuple[float, bool], float] = field(default_factory=dict)
    seen: dict[tuple[float, bool], list[float]] = field(default_factory=dict)
    """all such distances seen, for the question whether paragraphs stand further apart than lines"""

    def observe(self, rows: Sequence[Sequence[Word]]) -> None:
        """Notes how closely the printed lines of one cell follow each other. Lines that begin in different columns tell nothing."""
        for a, b in pairwise(rows):
            if abs(a[0].x0 - b[0].x0) > _INDENT * a[0].size:
                continue
            size, pitch, look = _size(a), _pitch(a, b), (_size(a), a[0].bold)
            if look == (_size(b), b[0].bold) and 0.9 * size < pitch < self.pitches.get(look, _LOOSEST * size):
                self.pitches[look] = pitch
            if look == (_size(b), b[0].bold):
                self.seen.setdefault(look, []).append(pitch)

    def spaced(self, a: Sequence[Word]) -> bool:
        """Whether paragraphs of such print stand further apart than the lines of one, so that nearness tells wrapped lines."""
        look = (_size(a), a[0].bold)
        usual = self.pitches.get(look, 0.0)
        gap = _paragraph_gap(a)
        return sum(usual * gap < pitch < usual * _EMPTY_LINE for pitch in self.seen.get(look, ())) >= _SHOWN

    def parted(self, a: Sequence[Word], b: Sequence[Word]) -> bool:
        """Whether two printed lines of one look stand further apart than lines of one paragraph."""
        size = _size(a)
        usual = self.pitches.get((size, a[0].bold))
        if usual is None:
            return _pitch(a, b) > _LOOSEST * size
        return _pitch(a, b) > usual * _paragraph_gap(a)

    def far(self, a: Sequence[Word], b: Sequence[Word]) -> bool:
        """Whether there is room for an empty line between two printed lines."""
        usual = self.pitches.get((_size(a), a[0].bold), _USUAL * _size(a))
        return _pitch(a, b) > _EMPTY_LINE * usual

    def box(self, x0: float, top: float, x1: float, bottom: float) -> Box:
        """A box of the upright frame as it is shown on the page."""
        a, b, c, d = self.back(x0, top, x1, bottom)
        return Box(x0=float(a), top=float(b), x1=float(c), bottom=float(d))


def _paragraph_gap(line: Sequence[Word]) -> float:
    return _PARAGRAPH_GAP_SCANNED if line[0].method == "ocr" else _PARAGRAPH_GAP


def rows_of(words: Sequence[Word]) -> list[list[Word]]:
    """Words that stand on one printed line, from top to bottom, each line from left to right. Tall controls stand alone."""
    if len(words) < 2:
        return [list(words)] if words else []
    heights = sorted(word.bottom - word.top for word in words if word.control is None) or [14.0]
    usual = heights[len(heights) // 2]
    rows: list[list[Word]] = []
    spans: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda word: word.top + word.bottom):
        alone = _alone(word, usual)
        home = None if alone else _home(word, spans)
        if home is None:
            rows.append([word])
            # A word that stands alone takes nobody in: its span is empty.
            spans.append((word.top, word.top - 1.0) if alone else (word.top, word.bottom))
            continue
        rows[home].append(word)
        if word.control is None and word.bottom - word.top > spans[home][1] - spans[home][0]:
            spans[home] = (word.top, word.bottom)
    for row in rows:
        row.sort(key=lambda word: word.x0)
    return rows


def _alone(word: Word, usual: float) -> bool:
    """Whether a word is a line by itself: a control of several lines, or text that runs up the page."""
    return not word.upright or ("\n" in word.text and word.bottom - word.top > _TALL * usual)


def _home(word: Word, spans: list[tuple[float, float]]) -> int | None:
    """The last or last but one line, when the word overlaps it by more than half."""
    low, high = word.top, word.bottom
    for k in range(len(spans) - 1, max(-1, len(spans) - 3), -1):
        top, bottom = spans[k]
        common = (bottom if bottom < high else high) - (top if top > low else low)
        smaller = bottom - top if bottom - top < high - low else high - low
        if common > 0.5 * smaller > 0:
            return k
    return None


def lines_of(rows: list[list[Word]], left: float, right: float, sheet: Sheet) -> tuple[Line, ...]:
    """The lines of a cell (or stretch of page) that reaches from `left` to `right`, made of its printed rows."""
    if not rows:
        return ()
    joins = _joins(rows, left, right, sheet) if len(rows) > 1 else [False]
    padding = _padding(rows, left)
    numbered = _numbered(rows, joins)
    lines: list[Line] = []
    for k, row in enumerate(rows):
        broken = k > 0 and joins[k] and _unbroken(rows[k - 1], row, left + padding, right - padding)
        parts = _parts(row[1:] if k in numbered else row)
        apart = k > 0 and sheet.far(rows[k - 1], row)
        for nth, part in enumerate(parts):
            first = nth == 0
            line = Line(_runs(part, sheet), k in numbered, joins[k] and first, apart and first)
            if line.joins_previous and lines and broken:
                # The printer broke within a word: both halves are one line, or a space would come between them.
                lines[-1] = replace(lines[-1], runs=lines[-1].runs + line.runs)
                continue
            lines.append(line)
    # Ticks are told from list signs by all that stands in the cell, as in Word.
    return tuple(line if line.joins_previous else bulleted(line) for line in marked(lines))


def _parts(row: list[Word]) -> list[list[Word]]:
    """A printed line as one line, or several where a control in it holds several."""
    if not any("\n" in word.text for word in row):
        return [row]
    parts: list[list[Word]] = [[]]
    for word in row:
        first, *others = word.text.split("\n")
        parts[-1].append(replace(word, text=first) if others else word)
        parts.extend([replace(word, text=text)] for text in others)
    return parts


def _separator(before: Word, word: Word) -> str:
    gap = word.x0 - before.x1
    size = max(before.size, word.size)
    if gap > TAB * size or word.begins:
        return "\t"
    if before.method == "ocr" and word.method == "ocr":
        return "" if word.glued else " "
    return "" if gap < _NO_SPACE * size or (word.glued and gap < 2 * SPACE * size) else " "


def _runs(row: Sequence[Word], sheet: Sheet) -> tuple[Run, ...]:
    groups: list[list[Word]] = []
    texts: list[str] = []
    before: Word | None = None
    for word in row:
        lead = _separator(before, word) if before is not None else ""
        if before is not None and _same_look(before, word):
            groups[-1].append(word)
            texts[-1] += lead + word.text
        else:
            if lead and before is not None and before.mark is None and word.mark is not None:
                texts[-1] += lead
                lead = ""
            groups.append([word])
            texts.append(word.text if word.mark is not None else lead + word.text)
        before = word
    return tuple(_run(words, text, sheet) for words, text in zip(groups, texts, strict=True))


def _same_look(a: Word, b: Word) -> bool:
    return (
        a.mark is None
        and b.mark is None
        and a.control is None
        and b.control is None
        and a.bold == b.bold
        and a.struck == b.struck
        and a.highlighted == b.highlighted
        and a.ink == b.ink
        and a.method == b.method
        and a.confidence == b.confidence
        and a.text[:1] not in _OWN
        and b.text[:1] not in _OWN
    )


def _run(words: list[Word], text: str, sheet: Sheet) -> Run:
    word = words[0]
    return Run(
        text,
        sheet.number,
        sheet.box(word.x0, min(w.top for w in words), words[-1].x1, max(w.bottom for w in words)),
        None,
        word.mark,
        word.struck,
        word.bold,
        word.highlighted,
        word.control,
        word.placeholder,
        None,
        word.method,
        word.confidence,
        ink=word.ink,
    )


def _numbered(rows: list[list[Word]], joins: list[bool]) -> set[int]:
    """The printed lines that open with 1., 2., 3. ... in turn: a list, its numbers no part of the text."""
    found: list[tuple[int, int]] = []
    for k, row in enumerate(rows):
        match = _NUMBER.fullmatch(row[0].text) if len(row) > 1 and not joins[k] else None
        if match:
            found.append((k, int(match[1])))
    in_turn = [number for _, number in found] == list(range(1, len(found) + 1))
    return {k for k, _ in found} if len(found) > 1 and in_turn else set()


def _joins(rows: list[list[Word]], left: float, right: float, sheet: Sheet) -> list[bool]:
    """For each printed line, whether it carries on the paragraph of the line before it."""
    ends = [row[-1].x1 for row in rows]
    limit = max(right - _padding(rows, left), *ends)
    size = max(word.size for word in rows[0])
    if len(rows) > 4 and limit - max(ends) > 3 * size and _in_column(rows, max(ends) + 0.5 * size, right):
        limit = max(ends) + 0.5 * size
    sheet.observe(rows)
    dashed = [row[0].text in _DASHES and len(row) > 1 for row in rows]
    listed = dashed[0] or sum(dashed) > 1
    return [False] + [
        not (listed and dashed[k + 1]) and _continues(a, b, (left, right, limit), sheet)
        for k, (a, b) in enumerate(pairwise(rows))
    ]


def _padding(rows: Sequence[Sequence[Word]], left: float) -> float:
    """White space between the side of a cell and its print."""
    return min(max(min(row[0].x0 for row in rows) - left, 1.0), _WIDEST_PADDING)


def _in_column(rows: Sequence[Sequence[Word]], end: float, right: float) -> bool:
    """Whether print runs in a column that ends left of `right`: half of its lines leave no room for the next one's first
    word, and it is no narrower than columns of text are."""
    full = sum(a[-1].x1 + SPACE * _size(a) + b[0].x1 - b[0].x0 > end for a, b in pairwise(rows))
    left = min(row[0].x0 for row in rows)
    return full * 2 >= len(rows) and end - left > _NARROWEST * (right - left)


def _size(row: Sequence[Word]) -> float:
    first, last = row[0].size, row[-1].size
    return round(first if first > last else last, 1)


def _pitch(a: Sequence[Word], b: Sequence[Word]) -> float:
    return b[0].bottom - a[0].bottom


def _continues(a: list[Word], b: list[Word], sides: tuple[float, float, float], sheet: Sheet) -> bool:
    left, right, limit = sides
    first, last = b[0], a[-1]
    size = _size(a)
    if a[0].x0 - first.x0 > _INDENT * size and not _centred(a, left, right):
        return False
    if _behind_tab(a, b) or last.text == _STAR:
        return False
    if first.mark is not None or (first.text in UNICODE and first.text) or not (first.upright and last.upright):
        return False
    if any(word.control is not None and "\n" in word.text for word in (*a, *b)):
        return False
    if abs(_size(b) - size) > 0.12 * size or not _alike(a, b):
        return False
    if sheet.parted(a, b):
        return False
    if first.text[:1].islower() and last.text[-1:] not in ".:?" and sheet.spaced(a):
        return True
    reach = first.x1 - first.x0
    pieces = _BREAK.split(first.text, maxsplit=1)
    if first.text in _DASHES and len(b) > 1:
        reach = b[1].x1 - first.x0
        pieces = [first.text]
    needed = SPACE * size + reach * len(pieces[0]) / max(1, len(first.text))
    slack = 0.15 * size
    if _centred(a, left, right) and _centred(b, left, right) and abs(a[0].x0 - first.x0) > 2:
        return last.x1 - a[0].x0 + needed > right - left - 2 * min(_WIDEST_PADDING, 0.6 * size) - slack
    return last.x1 + needed > limit - slack


def _alike(a: Sequence[Word], b: Sequence[Word]) -> bool:
    """Whether two printed lines may be of one paragraph by their weight. A bold label ends where its plain answer begins."""
    bold = all(word.bold for word in a)
    return b[0].bold if bold else not all(word.bold for word in b)


def _behind_tab(a: Sequence[Word], b: Sequence[Word]) -> bool:
    """Whether `a` ends in an answer behind a tab, and `b` stands under its label and begins as a label does."""
    start = next((word.x0 for before, word in pairwise(a) if word.x0 - before.x1 > TAB * word.size), None)
    return start is not None and b[0].x0 < start - _INDENT * b[0].size and not b[0].text[:1].islower()


def _centred(row: list[Word], left: float, right: float) -> bool:
    before, after = row[0].x0 - left, right - row[-1].x1
    return before > 3 and abs(before - after) < 3


def _unbroken(a: list[Word], b: list[Word], left: float, right: float) -> bool:
    """Whether the printer broke within a word between two lines of one paragraph, in print from `left` to `right`."""
    last, first = a[-1], b[0]
    if not last.text or not first.text or last.mark is not None or first.mark is not None:
        return False
    if len(last.text) > 1 and last.text[-1] in "-\u2010/@" and last.text[-2].isalnum() and first.text[0].isalnum():
        return True
    if first.text[0] == "@" and len(first.text) > 1 and last.text[-1].isalnum():
        return True
    # A word longer than the cell is cut where the cell ends.
    letter = (last.x1 - last.x0) / len(last.text)
    if len(first.text) < 3:
        letter = max(letter, first.x1 - first.x0)
    filled = len(a) == 1 and last.x1 + letter > right - _SLACK
    nearly = len(a) == 1 and last.x1 + _WIDE_LETTER * last.size > right - _SLACK
    if not nearly or (last.x1 - last.x0) + (first.x1 - first.x0) <= right - left:
        return False
    if not filled:
        # A wide letter did not fit, or a word of its own.
        first.confidence = min(first.confidence, _ONE_OR_TWO)
        return False
    if any(sign in last.text or sign in first.text for sign in "@/_") or "." in last.text[:-1]:
        return True
    if last.text[-1].isdigit() and first.text[0].isdigit():
        # A number or a reference, unless it was written in two groups, the first of which fills the cell by chance.
        first.confidence = min(first.confidence, _ONE_OR_TWO)
        return True
    if not first.text[0].islower() or len(last.text) + len(first.text) > _LONGEST_WORD:
        return False
    if _REST_OF_A_WORD.match(first.text) is None:
        # One word or two: nothing tells for certain.
        first.confidence = min(first.confidence, _ONE_OR_TWO)
        return False
    return True
