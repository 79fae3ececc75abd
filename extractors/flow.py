"""Words outside any grid become rows between rules, rows by alignment, or plain lines.

Many forms draw only the lines between rows, shade rows instead of ruling them, or set labels and values by tabs alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.columns import Row, chunks, column_starts, cut, is_box
from extractors.draft import DraftCell, DraftTable, Placed
from extractors.grid import SNAP
from extractors.ink import Edge, Shade, Word
from extractors.lines import Sheet, lines_of, rows_of

Area = tuple[float, float, float, float]
_SAME_END = 4.0
"""Rules whose ends differ by no more stand in one stack."""
_NEAR = 2.5
"""A rule and the side of a shaded row this near are one boundary."""
_NEXT = 1.75
"""Lines further apart than this many ems do not belong to one row."""


@dataclass(slots=True)
class _Boundary:
    """The line between two rows: a rule, or the side of a shaded row. `joints`: where its pieces meet."""

    y: float
    x0: float
    x1: float
    joints: list[float] = field(default_factory=list)
    rule: bool = True


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
        for stack in _stacks(_boundaries(rules, pieces, shades), taken):
            rows, table = _stacked(stack, left, shades, taken, sheet)
            if table is not None:
                blocks.append(table)
                gone = {id(word) for row in rows for word in row.words}
                left = [word for word in left if id(word) not in gone]
    for stretch in _stretches(left, [*taken, *((b.x0, b.top, b.x1, b.bottom) for b in blocks)]):
        blocks += _unruled(stretch, sheet)
    return blocks


def recut(table: DraftTable, words: Sequence[list[Word]], sheet: Sheet) -> DraftTable:
    """A table whose every cell takes the whole width, cut into columns where its rows line up; else as it was.

    `words`: those of each cell, in the table's order.
    """
    cells = list(table.cells)
    if not cells or any(len(row) != 1 for row in table.rows if row):
        return table
    x0, x1 = min(cell.x0 for cell in cells), max(cell.x1 for cell in cells)
    if any(cell.x0 > x0 + SNAP or cell.x1 < x1 - SNAP for cell in cells):
        return table
    rows = [Row(cell.top, cell.bottom, inside) for cell, inside in zip(cells, words, strict=True)]
    starts = column_starts(rows)
    if len(rows) > 1 and starts:
        made = [_row(row, x0, x1, starts, sheet, cell.shaded) for row, cell in zip(rows, cells, strict=True)]
        if sum(len(row) > 1 for row in made) > 1:
            return DraftTable(made)
    for cell, row in zip(cells, rows, strict=True):
        inner = _unruled(row.words, sheet) if len(row.words) > 5 else []
        if any(_labelled(block.block) for block in inner):
            cell.blocks = [block.block for block in inner]
    return table


def _labelled(block: object) -> bool:
    """Whether a table made by alignment reads as labels with values: bold, or ending in a colon."""
    if not isinstance(block, DraftTable):
        return False
    firsts = [row[0] for row in block.rows if len(row) > 1 and row[0].text]
    return len(firsts) > 1 and sum(cell.bold or cell.text.endswith(":") for cell in firsts) > len(firsts) / 2


def _row(
    row: Row, x0: float, x1: float, starts: Sequence[float], sheet: Sheet, shaded: bool | Sequence[Shade]
) -> list[DraftCell]:
    cells: list[DraftCell] = []
    for low, high, words in cut(row, x0, x1, starts):
        dark = (
            shaded
            if isinstance(shaded, bool)
            else any(_covers(shade, low, row.top, high, row.bottom) for shade in shaded)
        )
        lines = lines_of(words, low, high, sheet)
        cells.append(DraftCell(low, row.top, high, row.bottom, sheet, 1, dark, list(lines)))
    return cells


def _covers(shade: Shade, x0: float, top: float, x1: float, bottom: float) -> bool:
    wide = min(x1, shade.x1) - max(x0, shade.x0)
    high = min(bottom, shade.bottom) - max(top, shade.top)
    return wide > 0.55 * (x1 - x0) and high > 0.55 * (bottom - top)


def _boundaries(rules: Sequence[Edge], pieces: Sequence[Edge], shades: Sequence[Shade]) -> list[_Boundary]:
    found: list[_Boundary] = []
    for at, start, end in rules:
        ends = [
            x
            for piece in pieces
            if abs(piece.at - at) <= SNAP and piece.start >= start - 1 and piece.end <= end + 1
            for x in (piece.start, piece.end)
            if start + 4 < x < end - 4
        ]
        found.append(_Boundary(at, start, end, _distinct(ends)))
    bands: dict[tuple[int, int], list[Shade]] = {}
    for shade in shades:
        bands.setdefault((round(shade.top), round(shade.bottom)), []).append(shade)
    for band in bands.values():
        x0, x1 = min(shade.x0 for shade in band), max(shade.x1 for shade in band)
        found += [_Boundary(y, x0, x1, [], False) for y in (band[0].top, band[0].bottom)]
    found.sort(key=lambda boundary: boundary.y)
    merged: list[_Boundary] = []
    for boundary in found:
        last = merged[-1] if merged else None
        if last is not None and boundary.y - last.y <= _NEAR and boundary.x0 < last.x1 and last.x0 < boundary.x1:
            last.x0, last.x1 = min(last.x0, boundary.x0), max(last.x1, boundary.x1)
            last.joints = _distinct([*last.joints, *boundary.joints])
            last.rule = last.rule or boundary.rule
        else:
            merged.append(boundary)
    return merged


def _distinct(places: Sequence[float]) -> list[float]:
    kept: list[float] = []
    for x in sorted(places):
        if not kept or x - kept[-1] > SNAP:
            kept.append(x)
    return kept


def _stacks(boundaries: Sequence[_Boundary], taken: Sequence[Area]) -> list[list[_Boundary]]:
    """Boundaries of the same width one under the other, with no table in between."""
    stacks: list[list[_Boundary]] = []
    for boundary in boundaries:
        for stack in stacks:
            last = stack[-1]
            same = abs(last.x0 - boundary.x0) <= _SAME_END and abs(last.x1 - boundary.x1) <= _SAME_END
            within = (
                len(stack) > 1 and stack[0].x0 - _SAME_END <= boundary.x0 and boundary.x1 <= stack[0].x1 + _SAME_END
            )
            parted = any(
                top > last.y - 1 and bottom < boundary.y + 1 and x0 < boundary.x1 and x1 > boundary.x0
                for x0, top, x1, bottom in taken
            )
            if (same or (within and not boundary.rule)) and not parted:
                boundary.x0, boundary.x1 = min(last.x0, boundary.x0), max(last.x1, boundary.x1)
                stack.append(boundary)
                break
        else:
            stacks.append([boundary])
    return [stack for stack in stacks if len(stack) > 1]


def _stacked(
    stack: list[_Boundary], words: Sequence[Word], shades: Sequence[Shade], taken: Sequence[Area], sheet: Sheet
) -> tuple[list[Row], Placed | None]:
    """The rows of one stack and the table they make, None when nothing in them lines up."""
    x0, x1 = stack[0].x0, stack[0].x1
    beyond = [
        word
        for word in words
        if stack[0].y < (word.top + word.bottom) / 2 < stack[-1].y and not (x0 - 4 <= word.x0 and word.x1 <= x1 + 4)
    ]
    joints = [
        x
        for x, outside in ((x0, min), (x1, max))
        if any(word.x1 < x + 4 if outside is min else word.x0 > x - 4 for word in beyond)
    ]
    x0, x1 = min([x0, *(word.x0 - 2 for word in beyond)]), max([x1, *(word.x1 + 2 for word in beyond)])
    mine = [word for word in words if x0 - 4 <= (word.x0 + word.x1) / 2 <= x1 + 4]
    bounds = _with_ends(stack, mine)
    rows: list[Row] = []
    for (top, _), (bottom, drawn) in pairwise(bounds):
        inside = [word for word in mine if top < (word.top + word.bottom) / 2 <= bottom]
        meet = [*drawn, *joints, *_shade_joints(shades, top, bottom, x0, x1)]
        rows.append(Row(top, bottom, inside, tuple(_distinct(meet))))
    starts = column_starts(rows)
    made = [_row(row, x0, x1, starts, sheet, shades) for row in rows]
    while made and len(made[0]) == 1 and not made[0][0].shaded and len(made) > 1 and rows[0].top < stack[0].y:
        made, rows = made[1:], rows[1:]
    # A row of several paragraphs above the first row that has columns is text between two ornaments.
    while len(made) > 1 and len(made[0]) == 1 and not made[0][0].shaded and len(made[0][0].blocks) > 1:
        made, rows = made[1:], rows[1:]
    if sum(sum(bool(cell.blocks) for cell in row) > 1 or (len(row) > 1 and bool(row[0].blocks)) for row in made) < 2:
        return [], None
    made_rows = [row for row in made if row]
    return rows, Placed(rows[0].top, rows[-1].bottom, x0, x1, DraftTable(made_rows))


def _shade_joints(shades: Sequence[Shade], top: float, bottom: float, x0: float, x1: float) -> list[float]:
    """Where shaded cells of one row end: the fill of a label cell stops where its value begins."""
    return [
        x
        for shade in shades
        if not shade.coloured and min(shade.bottom, bottom) - max(shade.top, top) > 0.6 * (bottom - top)
        for x in (shade.x0, shade.x1)
        if x0 + 4 < x < x1 - 4
    ]


def _with_ends(stack: Sequence[_Boundary], words: Sequence[Word]) -> list[tuple[float, list[float]]]:
    """The boundaries with their joints, and a row above the first rule (below the last) where lines stand right against it."""
    bounds = [(boundary.y, boundary.joints) for boundary in stack]
    if stack[0].rule:
        above = [word for word in words if (word.top + word.bottom) / 2 < stack[0].y]
        top = _reach(sorted(above, key=lambda word: -word.bottom), stack[0].y, up=True)
        if top is not None:
            bounds.insert(0, (top, []))
    if stack[-1].rule and len(stack) > 1:
        below = [word for word in words if (word.top + word.bottom) / 2 > stack[-1].y]
        first_rows_open = not any((w.top + w.bottom) / 2 < stack[0].y and stack[0].y - w.bottom < w.size for w in words)
        bottom = _reach(sorted(below, key=lambda word: word.top), stack[-1].y, up=False) if first_rows_open else None
        if bottom is not None:
            bounds.append((bottom, stack[-1].joints))
    return bounds


def _reach(words: Sequence[Word], y: float, *, up: bool) -> float | None:
    """How far a row reaches that begins at a rule: up (down) line by line until a gap."""
    reached = None
    at = y
    for word in words:
        gap = at - word.bottom if up else word.top - at
        if gap > 0.6 * word.size:
            break
        at = min(at, word.top) if up else max(at, word.bottom)
        reached = at
    return reached


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


def _unruled(words: Sequence[Word], sheet: Sheet) -> list[Placed]:
    """Tables by alignment alone where two printed lines or more line up; all else as lines."""
    if not words:
        return []
    lines = rows_of(words)
    x0, x1 = min(word.x0 for word in words), max(word.x1 for word in words)
    blocks: list[Placed] = []
    plain: list[list[Word]] = []
    for group, starts in _aligned(lines):
        if not starts:
            plain += group
            continue
        _flush(plain, x0, x1, sheet, blocks)
        rows = _rows_by_alignment(group, starts)
        made = [_row(row, x0, x1, starts, sheet, False) for row in rows]
        blocks.append(Placed(rows[0].top, rows[-1].bottom, x0, x1, DraftTable(made)))
    _flush(plain, x0, x1, sheet, blocks)
    return blocks


def _flush(plain: list[list[Word]], x0: float, x1: float, sheet: Sheet, blocks: list[Placed]) -> None:
    for group in _paragraph_groups(plain):
        words = [word for line in group for word in line]
        lines = lines_of(words, x0 - 1, x1 + 1, sheet)
        tops = [min(word.top for word in line) for line in group]
        bottom = max(word.bottom for word in words)
        for k, line in enumerate(lines):
            top = tops[min(k, len(tops) - 1)]
            blocks.append(Placed(top, bottom if k >= len(tops) - 1 else tops[k + 1], words[0].x0, words[-1].x1, line))
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
        starts = column_starts([Row(line[0].top, line[0].bottom, line) for line in group]) if len(group) > 1 else []
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
    # Short lines after the last parted one stay when they carry on a value.
    while last_parted < end and abs(lines[last_parted][0].x0 - starts[min(1, len(starts) - 1)]) <= 3:
        last_parted += 1
    return last_parted


def _rows_by_alignment(lines: Sequence[list[Word]], starts: Sequence[float]) -> list[Row]:
    """Printed lines gathered into rows: a line that begins no new label carries on the row above it."""
    rows: list[list[Word]] = []
    last: list[Word] = []
    for line in lines:
        begins = line[0].x0 < starts[0] - 3
        parted = len(chunks(line)) > 1
        if rows and not (begins and (parted or _new_label(last, line))):
            rows[-1] += line
        else:
            rows.append(list(line))
        last = line
    return [Row(min(word.top for word in row), max(word.bottom for word in row), row) for row in rows]


def _new_label(before: Sequence[Word], line: Sequence[Word]) -> bool:
    """Whether a line with a label and no value begins a row, rather than carrying on the label above."""
    if is_box(line[0]):
        return True
    first_of_before = chunks(before)[0]
    closed = first_of_before[-1].text.endswith((":", "?"))
    gap = line[0].top - before[0].bottom
    return closed or not line[0].text[:1].islower() or gap > 0.5 * line[0].size
