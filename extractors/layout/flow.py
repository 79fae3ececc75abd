"""Words outside any grid become rows between rules, rows by alignment, or plain lines.

Many forms draw only the lines between rows, shade rows instead of ruling them, or set labels and values by tabs alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from extractors.layout.centred import uncentred
from extractors.layout.columns import (
    ALIGNED,
    Row,
    begin_at,
    chunks,
    column_starts,
    is_box,
    mark_asked,
    mark_centred,
    mark_columns,
    places,
)
from extractors.layout.draft import DraftCell, DraftTable, Placed
from extractors.layout.grid import SNAP
from extractors.layout.ink import Edge, Shade, Word
from extractors.layout.lines import SPACE, Sheet, lines_of, rows_of
from extractors.layout.sides import parts, starts_beside, under_headings
from extractors.layout.stacks import Area, boundaries, cells_of, stacked, stacks

_EVEN = 0.6
"""Points by which equal distances between lines may differ."""
_SIGN_ROOM = 0.35
"""Ems by which a line with a tick box may be further from the one above it."""
_SLACK = 1.0
"""Ems that a line may lack to hold the next word too: several blanks may stand before it."""
_FAR = 4.0
"""Ems of room that print leaves where it would have fitted by far."""
_COLUMN_GAP = 8.0
"""Points between the print of one column and the next."""
_NUMBER = re.compile(r"\d{1,2}\.\d{1,2}\.?|\d{1,2}[.)]|\(?[a-zA-Z][.)]")
_NEXT = 1.75
"""Lines further apart than this many ems do not belong to one row."""


def flow(
    words: Sequence[Word],
    rules: Sequence[Edge],
    pieces: Sequence[Edge],
    shades: Sequence[Shade],
    taken: Sequence[Area],
    sheet: Sheet,
) -> list[Placed]:
    """Blocks made of `words`. `pieces`: the rules before they were joined. `taken`: areas of tables already found."""
    blocks: list[Placed] = []
    left = list(words)
    if rules or shades:
        for stack in stacks(boundaries(rules, pieces, shades), taken):
            held, tables = stacked(stack, left, shades, sheet)
            blocks += tables
            gone = {id(word) for word in held}
            left = [word for word in left if id(word) not in gone]
    for stretch in _stretches(left, [*taken, *((b.x0, b.top, b.x1, b.bottom) for b in blocks)]):
        blocks += _unruled(stretch, sheet, tabs=True)
    return blocks


def recut(table: DraftTable, lines: Sequence[list[list[Word]]], sheet: Sheet) -> DraftTable:
    """A table whose every cell takes the whole width, cut into columns where its rows line up; else as it was.

    `lines`: those of each cell, in the table's order.
    """
    cells = list(table.cells)
    if not cells or any(len(row) != 1 for row in table.rows if row):
        return table
    x0, x1 = min(cell.x0 for cell in cells), max(cell.x1 for cell in cells)
    if any(cell.x0 > x0 + SNAP or cell.x1 < x1 - SNAP for cell in cells):
        return table
    rows = [Row(cell.top, cell.bottom, inside) for cell, inside in zip(cells, lines, strict=True)]
    if len(rows) > 1 and column_starts(rows):
        cuts = places(rows, x0, x1)
        made = [cells_of(row, x0, x1, at, sheet, cell.shaded) for row, cell, at in zip(rows, cells, cuts, strict=True)]
        if sum(len(row) > 1 for row in made) > 1:
            return DraftTable(made, guessed=True)
    for cell, row in zip(cells, rows, strict=True):
        parted = sum(len(chunks(line)) > 1 for line in row.lines)
        inner = _unruled(row.words, sheet) if parted > 1 else []
        if any(_labelled(block.block) for block in inner):
            cell.blocks = [block.block for block in inner]
    return table


def _labelled(block: object) -> bool:
    """Whether a table made by alignment reads as labels with values: bold, or ending in a colon."""
    if not isinstance(block, DraftTable):
        return False
    firsts = [row[0] for row in block.rows if len(row) > 1 and row[0].text]
    return len(firsts) > 1 and sum(cell.bold or cell.text.endswith(":") for cell in firsts) > len(firsts) / 2


def _stretches(words: Sequence[Word], taken: Sequence[Area]) -> list[list[Word]]:
    """The words between one table and the next, from top to bottom."""
    stretches: dict[int, list[Word]] = {}
    for word in words:
        middle = (word.top + word.bottom) / 2
        across = (word.x0 + word.x1) / 2
        beside = next(
            (
                n + 1
                for n, (x0, top, x1, bottom) in enumerate(taken)
                if top <= middle <= bottom and not x0 <= across <= x1
            ),
            0,
        )
        above = sum(bottom <= middle for _, _, _, bottom in taken)
        stretches.setdefault(-beside if beside else above, []).append(word)
    return list(stretches.values())


def _unruled(words: Sequence[Word], sheet: Sheet, *, tabs: bool = False) -> list[Placed]:
    """Tables by alignment alone where two printed lines or more line up; all else as lines. `tabs`: labels with their
    answers behind a tab are lines too."""
    if not words:
        return []
    lines = uncentred(rows_of(words))
    mark_asked(lines)
    mark_centred(lines)
    mark_columns(lines)
    x0, x1 = min(word.x0 for word in words), max(sheet.right, *(word.x1 for word in words))
    blocks: list[Placed] = []
    plain: list[list[Word]] = []
    tight = _wrapped_pitch(lines)
    sheet.observe(lines)
    for group, starts in _aligned(lines):
        if not starts:
            plain += group
            continue
        begin_at(starts, group)
        beside = parts(group, starts[0], _wrapped_pitch(group) or tight)
        rows = _rows_by_alignment(group, starts, _wrapped_pitch(group) or tight)
        if tabs and not beside and _tabbed(rows, starts[0]):
            plain += group
            continue
        parted = beside or under_headings(group, _wrapped_pitch(group) or tight)
        for part in parted:
            plain += part.heading
            left = min((word.x0 for line in part.lines for word in line), default=0.0)
            inner = starts_beside(part.lines) if part.side else [x for x in starts if x > left + ALIGNED]
            if not inner:
                plain += rows_of([word for line in (*part.side, *part.lines) for word in line])
                continue
            _flush(plain, x0, x1, sheet, blocks)
            blocks.append(_table(part.side, part.lines, inner, tight, x1, sheet))
        if parted:
            continue
        _flush(plain, x0, x1, sheet, blocks)
        made = [cells_of(row, x0, x1, at, sheet, False) for row, at in zip(rows, places(rows, x0, x1), strict=True)]
        blocks.append(Placed(rows[0].top, rows[-1].bottom, x0, x1, DraftTable(made, guessed=True)))
    _flush(plain, x0, x1, sheet, blocks)
    return blocks


def _table(
    side: list[list[Word]], lines: list[list[Word]], starts: Sequence[float], tight: float, x1: float, sheet: Sheet
) -> Placed:
    """The table of printed lines whose columns begin at `starts`, with the heading at its side in a cell down its rows."""
    rows = _rows_by_alignment(lines, starts, _wrapped_pitch(lines) or tight)
    x0 = min(word.x0 for line in lines for word in line)
    made = [cells_of(row, x0, x1, at, sheet, False) for row, at in zip(rows, places(rows, x0, x1, starts), strict=True)]
    left, top, bottom = x0, rows[0].top, rows[-1].bottom
    if side:
        left = min(line[0].x0 for line in side)
        heading = lines_of(side, left, x0 - _COLUMN_GAP, sheet)
        made[0].insert(0, DraftCell(left, top, x0, bottom, sheet, len(made), False, [*heading]))
    return Placed(top, bottom, left, x1, DraftTable(made, guessed=True))


def _tabbed(rows: Sequence[Row], start: float) -> bool:
    """Whether rows are lines of text, each a label with its answer behind a tab: nothing goes on below a label, and labels
    alone are bold, or end in a colon."""
    heads: list[list[Word]] = []
    tails: list[list[Word]] = []
    for row in rows:
        first, *more = row.lines
        parts = chunks(first)
        if len(parts) > 2 or any(word.control is not None for word in row.words):
            return False
        if any(line[0].x0 < start - 3 for line in more):
            return False
        if len(parts) == 2:
            heads.append(parts[0])
            tails.append(parts[1])
    if len(heads) < 2:
        return False
    return _only_first(heads, tails, _bold) or _only_first(heads, tails, _ends_as_label)


def _only_first(
    heads: Sequence[list[Word]], tails: Sequence[list[Word]], look: Callable[[Sequence[Word]], bool]
) -> bool:
    return sum(map(look, heads)) >= 0.8 * len(heads) and sum(map(look, tails)) <= 0.2 * len(tails)


def _bold(words: Sequence[Word]) -> bool:
    return all(word.bold for word in words)


def _ends_as_label(words: Sequence[Word]) -> bool:
    return words[-1].text.endswith((":", "?"))


def _flush(plain: list[list[Word]], x0: float, x1: float, sheet: Sheet, blocks: list[Placed]) -> None:
    for number, group in enumerate(_paragraph_groups(plain)):
        words = [word for line in group for word in line]
        first, *more = lines_of(group, x0 - 1, x1 + 1, sheet)
        lines = (replace(first, apart=number > 0), *more)
        tops = [min(word.top for word in line) for line in group]
        bottoms = [max(word.bottom for word in line) for line in group]
        for k, line in enumerate(lines):
            at = min(k, len(tops) - 1)
            blocks.append(Placed(tops[at], bottoms[at], words[0].x0, words[-1].x1, line))
    plain.clear()


def _paragraph_groups(lines: Sequence[list[Word]]) -> list[list[list[Word]]]:
    """Printed lines that follow each other without a wide gap."""
    groups: list[list[list[Word]]] = []
    for line in lines:
        size = max(word.size for word in line)
        if groups and line[0].top - groups[-1][-1][0].bottom < _NEXT * size:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _aligned(lines: Sequence[list[Word]]) -> list[tuple[list[list[Word]], list[float]]]:
    """Printed lines in groups: each with the column starts its lines share, none for plain text."""
    groups: list[tuple[list[list[Word]], list[float]]] = []
    k = 0
    while k < len(lines):
        end = _run_end(lines, k)
        group = list(lines[k:end])
        starts = column_starts([Row(line[0].top, line[0].bottom, [line]) for line in group]) if len(group) > 1 else []
        if starts:
            groups.append((group, starts))
            k = end
        else:
            groups.append(([lines[k]], []))
            k += 1
    return groups


def _run_end(lines: Sequence[list[Word]], first: int) -> int:
    """The end of the run of lines from `first` that may be rows of one table: parted lines, and short ones between them."""
    if len(chunks(lines[first])) < 2:
        return first
    starts = [part[0].x0 for part in chunks(lines[first])]
    end = last_parted = first + 1
    while end < len(lines):
        line, before = lines[end], lines[end - 1]
        size = max(word.size for word in line)
        if line[0].top - before[0].bottom > 2.5 * size:
            break
        parts = chunks(line)
        if len(parts) > 1:
            shared = any(abs(part[0].x0 - x) <= 3 for part in parts for x in starts[1:]) or len(starts) < 2
            if not shared:
                break
            starts = sorted({*starts, *(part[0].x0 for part in parts)})
            last_parted = end + 1
        elif any(word.x0 < x - 3 and word.x1 > x + 3 for word in line for x in starts[1:2]) or (
            line[0].x0 < starts[1] - 3 < starts[1] + 3 < line[-1].x1
        ):
            break
        end += 1
    # Short lines after the last parted one stay when they carry on a value or the label before it.
    while last_parted < end and (
        any(abs(lines[last_parted][0].x0 - x) <= 3 for x in starts[1:])
        or _carries_on(chunks(lines[last_parted - 1])[0], lines[last_parted], starts[min(1, len(starts) - 1)])
    ):
        last_parted += 1
    return last_parted


def _rows_by_alignment(lines: Sequence[list[Word]], starts: Sequence[float], tight: float) -> list[Row]:
    """Printed lines gathered into rows: a line that begins no new label carries on the row above it. `tight`: the most that
    wrapped lines are apart, in points, where that tells."""
    rows: list[list[list[Word]]] = []
    label: list[Word] = []
    right = max(word.x1 for line in lines for word in line)
    firsts = [[word for word in line if word.x0 < starts[0] - 3] for line in lines]
    bold_labels = sum(_bold(first) for first in firsts if first) >= 0.6 * sum(map(bool, firsts))
    for line, first in zip(lines, firsts, strict=True):
        if rows and (
            not first
            or (label and _is_note(label, first, bold_labels))
            or _carries_on(label, first, starts[0])
            or (label and _reads_on(label, first) and _near(rows[-1][-1], line, tight))
            or (_near(rows[-1][-1], line, tight) and _all_wrapped(rows[-1][-1], line, starts, right))
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


def _reads_on(label: Sequence[Word], more: Sequence[Word]) -> bool:
    """Whether print below a label begins with a small letter and looks like it, so that it is its rest where it is near."""
    return more[0].text[:1].islower() and label[0].bold == more[0].bold and not label[-1].text.endswith((":", "?"))


def _is_note(label: Sequence[Word], more: Sequence[Word], bold_labels: bool) -> bool:
    """Whether the print below a label is a note to it: plain where labels are bold, or in brackets."""
    if more[0].top - label[0].bottom > 0.7 * more[0].size or is_box(more[0]):
        return False
    return (bold_labels and not _bold(more)) or more[0].text.startswith("(")


def _wrapped_pitch(lines: Sequence[list[Word]]) -> float:
    """The most that two printed lines of one cell are apart, in points: where lines follow each other at two distances, the
    lesser; 0 where all are as far apart, so that nothing tells rows from wrapped lines."""
    pitches = [b[0].top - a[0].top for a, b in pairwise(lines)]
    near = min((pitch for line, pitch in zip(lines, pitches, strict=False) if pitch > line[0].size), default=0.0)
    return near + _EVEN if any(near + 2 * _EVEN < pitch < 1.6 * near for pitch in pitches) else 0.0


def _near(before: Sequence[Word], line: Sequence[Word], tight: float) -> bool:
    """Whether a line follows as near as wrapped lines do; signs of another font set lines further apart, which counts for
    the rest of a label and not for what begins with a capital as labels do."""
    boxed = any(map(is_box, (*before, *line))) and not line[0].text[:1].isupper()
    return tight > 0 and line[0].top - before[0].top <= tight + boxed * _SIGN_ROOM * line[0].size


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
        if piece and above and (_fits_behind(piece, above, end) or (_ends_as_label(above) and any(map(_colon, piece)))):
            return False
        low = end
    return True


def _fits_behind(piece: Sequence[Word], above: Sequence[Word], end: float) -> bool:
    broken = len(above[-1].text) > 1 and above[-1].text.endswith(("-", "/", "@"))
    slack = 0.0 if broken else _SLACK * piece[0].size
    return above[-1].x1 + slack + (piece[0].x1 - piece[0].x0) < end - _COLUMN_GAP


def _colon(word: Word) -> bool:
    return word.text.endswith(":")


def _carries_on(label: Sequence[Word], more: Sequence[Word], end: float) -> bool:
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
