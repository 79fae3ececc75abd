"""Which printed lines of a table without rulings make one row: a line that begins no new label carries on the row above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extractors.layout.columns import ALIGNED, Row, chunks, is_box
from extractors.layout.ink import Word
from extractors.layout.lines import SPACE

_EVEN = 0.6
"""Points by which equal distances between lines may differ."""
_JITTER = 0.7
"""Points by which equal distances do not differ from the next greater one in a picture, where lines stand on whole pixels."""
_SIGN_ROOM = 0.35
"""Ems by which a line with a tick box may be further from the one above it."""
_SLACK = 1.0
"""Ems that a line may lack to hold the next word too: several blanks may stand before it."""
_FAR = 4.0
"""Ems of room that print leaves where it would have fitted by far."""
_COLUMN_GAP = 8.0
"""Points between the print of one column and the next."""
_NUMBER = re.compile(r"\d{1,2}\.\d{1,2}\.?|\d{1,2}[.)]|\(?[a-zA-Z][.)]")
_QUESTION = re.compile(r"\d{1,2}(?:\.\d{1,2}\.?|[.)])")
_BESIDE = 2.5
"""Lines further apart than this many ems tell nothing of how far apart those of one paragraph are."""
_SURE, _AGAINST = 2, 8
"""Wrapped labels that show that nearness tells them from new ones, at least; and how many of them to each that speaks against."""


def rows_by_alignment(lines: Sequence[list[Word]], starts: Sequence[float], tight: float) -> list[Row]:
    """Printed lines gathered into rows. `tight`: the most that wrapped lines are apart, in points, where that tells."""
    rows: list[list[list[Word]]] = []
    label: list[Word] = []
    right = max(word.x1 for line in lines for word in line)
    firsts = [[word for word in line if word.x0 < starts[0] - 3] for line in lines]
    bold_labels = sum(bold(first) for first in firsts if first) >= 0.6 * sum(map(bool, firsts))
    apart = distances(lines)
    told = tight > 0 and _told_by_nearness(firsts, starts[0], tight)
    for line, first, distance in zip(lines, firsts, apart, strict=True):
        if (
            rows
            and not (_numbered(first) and _numbered(rows[-1][0]))
            and (
                not first
                or (label and is_note(label, first, bold_labels))
                or (told and _tightly(distance, tight, line))
                or (not told and _wrapped(label, first, rows[-1][-1], line, starts, right, tight))
            )
        ):
            rows[-1].append(line)
        else:
            rows.append([line])
        label = first or label
    return [
        Row(min(word.top for word in words), max(word.bottom for word in words), row)
        for row in rows
        for words in ([word for line in row for word in line],)
    ]


def _numbered(line: Sequence[Word]) -> bool:
    """Whether print begins with the number of a question."""
    return len(line) > 1 and _QUESTION.fullmatch(line[0].text) is not None


def distances(lines: Sequence[list[Word]]) -> list[float]:
    """How far each printed line is, in points, from the nearest print above it that begins where a piece of it does."""
    found: list[float] = []
    tops: dict[float, float] = {}
    for line in lines:
        nearest = float("inf")
        for part in chunks(line):
            x, top = part[0].x0, part[0].top
            column = next((known for known in tops if abs(known - x) <= ALIGNED), x)
            nearest = min(nearest, top - tops.get(column, float("-inf")))
            tops[column] = top
        found.append(nearest)
    return found


def _told_by_nearness(firsts: Sequence[list[Word]], end: float, tight: float) -> bool:
    """Whether labels that follow each other as near as wrapped lines do are but the lines of wrapped labels, which end at
    `end`: then what stands that near carries on its row whatever it says, and what stands further off does not."""
    sure = against = 0
    for above, more in pairwise([first for first in firsts if first]):
        if not 0 < more[0].top - above[0].top <= tight or above[0].bold != more[0].bold:
            continue
        if ends_as_label(above) or is_box(more[0]) or _fits_behind(more, above, end):
            against += 1
        else:
            sure += 1 + more[0].text[:1].islower()
    return sure >= max(_SURE, _AGAINST * against)


def _tightly(distance: float, tight: float, line: Sequence[Word], *above: Word) -> bool:
    """Whether a line follows as near as wrapped lines do; signs of another font set lines further apart, which counts for
    the rest of a label and not for what begins with a capital as labels do."""
    boxed = any(map(is_box, (*above, *line))) and not line[0].text[:1].isupper()
    return distance <= tight + boxed * _SIGN_ROOM * line[0].size


def _wrapped(
    label: Sequence[Word],
    first: Sequence[Word],
    before: Sequence[Word],
    line: Sequence[Word],
    starts: Sequence[float],
    right: float,
    tight: float,
) -> bool:
    """Whether what stands below a label, or beside what stands there, can only be its rest."""
    if carries_on(label, first, starts[0]):
        return True
    near = tight > 0 and _tightly(line[0].top - before[0].top, tight, line, *before)
    return near and (bool(label and _reads_on(label, first)) or _all_wrapped(before, line, starts, right))


def _reads_on(label: Sequence[Word], more: Sequence[Word]) -> bool:
    """Whether print below a label begins with a small letter and looks like it, so that it is its rest where it is near."""
    return more[0].text[:1].islower() and label[0].bold == more[0].bold and not label[-1].text.endswith((":", "?"))


def is_note(label: Sequence[Word], more: Sequence[Word], bold_labels: bool) -> bool:
    """Whether the print below a label is a note to it: plain where labels are bold, or in brackets."""
    if more[0].top - label[0].bottom > 0.7 * more[0].size or is_box(more[0]):
        return False
    return (bold_labels and not bold(more)) or more[0].text.startswith("(")


def wrapped_pitch(lines: Sequence[list[Word]]) -> float:
    """The most that two printed lines of one cell are apart, in points: where lines follow each other at two distances, the
    lesser; 0 where all are as far apart, so that nothing tells rows from wrapped lines."""
    apart = [(distance, line[0].size) for line, distance in zip(lines, distances(lines), strict=True)]
    pitches = [distance for distance, size in apart if size < distance < _BESIDE * size]
    near = min(pitches, default=0.0)
    pitches += [b[0].top - a[0].top for a, b in pairwise(lines)]
    among = sorted(pitch for pitch in pitches if near <= pitch < 1.6 * near)
    if lines and lines[0][0].method == "ocr":
        return next(((a + b) / 2 for a, b in pairwise(among) if b - a > _JITTER), 0.0)
    return near + _EVEN if among and among[-1] > near + 2 * _EVEN else 0.0


def _all_wrapped(before: Sequence[Word], line: Sequence[Word], starts: Sequence[float], right: float) -> bool:
    """Whether every piece of a printed line is what did not fit on the line above it in its column. Where the last column
    ends nothing says but that its print reaches as far as `right`: only what would have fitted by far is no rest there."""
    size = line[0].size
    low = float("-inf")
    for end in (*starts, right - _FAR * size):
        piece = [word for word in line if low <= word.x0 + 3 and (word.x0 + 3 < end or end not in starts)]
        above = [word for word in before if low <= word.x0 + 3 and (word.x0 + 3 < end or end not in starts)]
        if piece and end in starts and (not above or piece[0].bold != above[0].bold):
            return False
        if piece and above and low > 0 and piece[0].text == above[0].text:
            return False  # the same options again
        if piece and above and (_fits_behind(piece, above, end) or (ends_as_label(above) and any(map(_colon, piece)))):
            return False
        low = end
    return True


def _fits_behind(piece: Sequence[Word], above: Sequence[Word], end: float) -> bool:
    broken = len(above[-1].text) > 1 and above[-1].text.endswith(("-", "/", "@"))
    slack = 0.0 if broken else _SLACK * piece[0].size
    return above[-1].x1 + slack + (piece[0].x1 - piece[0].x0) < end - _COLUMN_GAP


def _colon(word: Word) -> bool:
    return word.text.endswith(":")


def carries_on(label: Sequence[Word], more: Sequence[Word], end: float) -> bool:
    """Whether `more` is the next printed line of the label before it, rather than a label of its own."""
    if not label or is_box(more[0]) or label[-1].text.endswith((":", "?")):
        return False
    size = more[0].size
    if more[0].top - label[0].bottom > 0.5 * size or label[0].bold != more[0].bold:
        return False
    if len(label) == 1 and _NUMBER.fullmatch(label[0].text) and not _NUMBER.fullmatch(more[0].text):
        return True  # the number of a question, whose words did not fit behind it
    fits = label[-1].x1 + SPACE * size + (more[0].x1 - more[0].x0) < end - size
    return not fits and (more[0].text[:1].islower() or more[0].text[:1] in "(/&")


def bold(words: Sequence[Word]) -> bool:
    return all(word.bold for word in words)


def ends_as_label(words: Sequence[Word]) -> bool:
    return words[-1].text.endswith((":", "?"))
