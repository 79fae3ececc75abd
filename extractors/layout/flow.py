"""Words outside any grid become rows between rules, rows by alignment, or plain lines.

Many forms draw only the lines between rows, shade rows instead of ruling them, or set labels and values by tabs alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from extractors.layout.centred import uncentred
from extractors.layout.columns import (
    ALIGNED,
    Row,
    begin_at,
    chunks,
    column_starts,
    columns_of,
    mark_asked,
    mark_centred,
    mark_columns,
    places,
)
from extractors.layout.draft import DraftCell, DraftTable, Placed
from extractors.layout.grid import SNAP
from extractors.layout.ink import Edge, Shade, Word
from extractors.layout.lines import Sheet, lines_of, rows_of
from extractors.layout.margin import up_the_margin
from extractors.layout.rows import bold, carries_on, ends_as_label, is_note, rows_by_alignment, wrapped_pitch
from extractors.layout.sides import parts, starts_beside, under_headings
from extractors.layout.stacks import Area, boundaries, cells_of, stacked, stacks

_TWO = 2
"""Columns behind the first in which a line of its own has print that is a row, and no label with its answer behind a tab."""
_COLUMN_GAP = 8.0
"""Points between the print of one column and the next."""
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
    aside = up_the_margin(words, sheet)
    blocks = [placed for placed, _ in aside]
    gone = {id(word) for _, held in aside for word in held}
    left = [word for word in words if id(word) not in gone]
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
    tight = wrapped_pitch(lines)
    sheet.observe(lines)
    for group, starts in _aligned(lines, sheet.columns):
        if not starts:
            plain += group
            continue
        begin_at(starts, group)
        near = wrapped_pitch(group) or tight
        beside = parts(group, starts[0], near)
        rows = rows_by_alignment(group, starts, near)
        if tabs and not beside and _tabbed(rows, starts[0]):
            plain += group
            continue
        parted = beside or under_headings(group, near)
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
        made = [
            cells_of(row, x0, x1, at, sheet, False) for row, at in zip(rows, places(rows, x0, x1, starts), strict=True)
        ]
        blocks.append(Placed(rows[0].top, rows[-1].bottom, x0, x1, DraftTable(made, guessed=True)))
    _flush(plain, x0, x1, sheet, blocks)
    return blocks


def _table(
    side: list[list[Word]], lines: list[list[Word]], starts: Sequence[float], tight: float, x1: float, sheet: Sheet
) -> Placed:
    """The table of printed lines whose columns begin at `starts`, with the heading at its side in a cell down its rows."""
    rows = rows_by_alignment(lines, starts, wrapped_pitch(lines) or tight)
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
    return _only_first(heads, tails, bold) or _only_first(heads, tails, ends_as_label)


def _only_first(
    heads: Sequence[list[Word]], tails: Sequence[list[Word]], look: Callable[[Sequence[Word]], bool]
) -> bool:
    return sum(map(look, heads)) >= 0.8 * len(heads) and sum(map(look, tails)) <= 0.2 * len(tails)


def _goes_on(label: Sequence[Word], line: Sequence[Word], end: float) -> bool:
    return carries_on(label, line, end) or (line[-1].x1 < end and is_note(label, line, False))


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


def _aligned(lines: Sequence[list[Word]], known: Sequence[float]) -> list[tuple[list[list[Word]], list[float]]]:
    """Printed lines in groups: each with the column starts its lines share, none for plain text."""
    groups: list[tuple[list[list[Word]], list[float]]] = []
    k = 0
    while k < len(lines):
        end = _run_end(lines, k)
        group = list(lines[k:end])
        rows = [Row(line[0].top, line[0].bottom, [line]) for line in group]
        parted = len(group) > 1 or any(len(columns_of(line)) >= _TWO for line in group)
        starts = column_starts(rows, known) if parted else []
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
    # Short lines after the last parted one stay when they carry on a value, or the label before it or a note to that.
    while last_parted < end and (
        any(abs(lines[last_parted][0].x0 - x) <= 3 for x in starts[1:])
        or _goes_on(chunks(lines[last_parted - 1])[0], lines[last_parted], starts[min(1, len(starts) - 1)])
    ):
        last_parted += 1
    return last_parted
