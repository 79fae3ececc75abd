"""Rows between rules, and shaded rows: tables that draw no vertical lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.layout.columns import Row, chunks, cut, places
from extractors.layout.draft import DraftCell, DraftTable, Placed
from extractors.layout.grid import SNAP
from extractors.layout.ink import Edge, Shade, Word
from extractors.layout.lines import Sheet, lines_of, rows_of
from extractors.looks import like_heading

Area = tuple[float, float, float, float]
_SAME_END = 4.0
"""Rules whose ends differ by no more stand in one stack."""
_NEAR = 2.5
"""A rule and the side of a shaded row this near are one boundary."""
_MEET = 1.6
"""Pieces of a rule whose ends are no further apart meet."""
_GUTTER = 8.0
"""White space between two columns, in points."""
_ROOM_ABOVE = 0.8
"""Ems of room above the heading of a section."""
_LARGER = 0.9
"""Points by which the print of a heading is larger than that of the rows it stands over."""
_EMPTY_ROW = 1.9
"""Ems of room above a heading in which a row stands that nobody filled in."""
_INDENTED = 4.0
"""Points by which a text is indented at least under its label."""
_COVERED = 0.55
"""Share of a cell that a fill must cover to shade it."""


@dataclass(slots=True)
class Boundary:
    """The line between two rows: a rule, or the side of a shaded row. `joints`: where its pieces meet."""

    y: float
    x0: float
    x1: float
    joints: list[float] = field(default_factory=list)
    rule: bool = True


def cells_of(
    row: Row, x0: float, x1: float, at: Sequence[float], sheet: Sheet, shaded: bool | Sequence[Shade]
) -> list[DraftCell]:
    """The cells of one row from `x0` to `x1`, cut at the given places. `shaded`: known, or the fills to ask."""
    cells: list[DraftCell] = []
    for low, high, inside in cut(row, x0, x1, at):
        dark = (
            shaded
            if isinstance(shaded, bool)
            else any(_covers(shade, low, row.top, high, row.bottom) for shade in shaded)
        )
        # Between columns known by alignment only lies the padding of two cells.
        inner = high if row.drawn or high == x1 else high - _GUTTER
        lines = lines_of(inside, low, inner, sheet)
        cells.append(DraftCell(low, row.top, high, row.bottom, sheet, 1, dark, list(lines)))
    return cells


def _covers(shade: Shade, x0: float, top: float, x1: float, bottom: float) -> bool:
    wide = min(x1, shade.x1) - max(x0, shade.x0)
    high = min(bottom, shade.bottom) - max(top, shade.top)
    return wide > _COVERED * (x1 - x0) and high > _COVERED * (bottom - top)


def boundaries(rules: Sequence[Edge], pieces: Sequence[Edge], shades: Sequence[Shade]) -> list[Boundary]:
    """All boundaries from top to bottom. `pieces`: the rules before they were joined."""
    found: list[Boundary] = []
    for at, start, end in rules:
        near = [
            piece for piece in pieces if abs(piece.at - at) <= SNAP and start - 1 <= piece.start <= piece.end <= end + 1
        ]
        found.append(Boundary(at, start, end, _joints(near, start, end)))
    bands: dict[tuple[int, int], list[Shade]] = {}
    for shade in shades:
        bands.setdefault((round(shade.top), round(shade.bottom)), []).append(shade)
    for band in bands.values():
        x0, x1 = min(shade.x0 for shade in band), max(shade.x1 for shade in band)
        found += [Boundary(y, x0, x1, [], False) for y in (band[0].top, band[0].bottom)]
    found.sort(key=lambda boundary: boundary.y)
    merged: list[Boundary] = []
    for boundary in found:
        last = merged[-1] if merged else None
        beside = boundary.rule or last is None or last.rule
        meet = 0.0 if beside else _MEET  # fills of cells side by side touch
        if (
            last is not None
            and boundary.y - last.y <= _NEAR
            and boundary.x0 < last.x1 + meet
            and last.x0 < boundary.x1 + meet
        ):
            last.x0, last.x1 = min(last.x0, boundary.x0), max(last.x1, boundary.x1)
            last.joints = _distinct([*last.joints, *boundary.joints])
            last.rule = last.rule or boundary.rule
        else:
            merged.append(boundary)
    return merged


def _joints(pieces: Sequence[Edge], start: float, end: float) -> list[float]:
    """Where one piece of a rule ends and the next begins, and no other runs on."""
    starts = [piece.start for piece in pieces]
    return _distinct(
        [
            piece.end
            for piece in pieces
            if start + 4 < piece.end < end - 4
            and any(abs(x - piece.end) <= _MEET for x in starts)
            and not any(other.start < piece.end - _MEET and other.end > piece.end + _MEET for other in pieces)
        ]
    )


def _distinct(places: Sequence[float]) -> list[float]:
    kept: list[float] = []
    for x in sorted(places):
        if not kept or x - kept[-1] > SNAP:
            kept.append(x)
    return kept


def stacks(boundaries: Sequence[Boundary], taken: Sequence[Area]) -> list[list[Boundary]]:
    """Boundaries of the same width one under the other, with no table in between."""
    stacks: list[list[Boundary]] = []
    for boundary in boundaries:
        for stack in stacks:
            last = stack[-1]
            same = abs(last.x0 - boundary.x0) <= _SAME_END and abs(last.x1 - boundary.x1) <= _SAME_END
            # Of shaded cells alone a row has one or several: only where the first begins is the same in all.
            same = same or not (last.rule or boundary.rule or abs(last.x0 - boundary.x0) > _SAME_END)
            within = last.x0 - _SAME_END <= boundary.x0 and boundary.x1 <= last.x1 + _SAME_END
            within = within and (len(stack) > 1 or not last.rule)
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


def stacked(
    stack: list[Boundary], words: Sequence[Word], shades: Sequence[Shade], sheet: Sheet
) -> tuple[list[Word], list[Placed]]:
    """The tables that the rows of one stack make, and the words in them; none when nothing in them lines up."""
    x0, x1, joints = _reach_across(stack, words)
    mine = [word for word in words if x0 - 4 <= (word.x0 + word.x1) / 2 <= x1 + 4]
    jointed = any(boundary.joints for boundary in stack if boundary.rule)
    bands = [
        (upper, lower, rows_of([word for word in mine if upper.y < (word.top + word.bottom) / 2 <= lower.y]))
        for upper, lower in pairwise(_with_ends(stack, mine))
    ]
    if _ornaments(bands):
        return [], []
    # Fills over rows that have columns are there to guide the eye; otherwise a filled row is a heading.
    striped = any(
        _filled(shades, x0, x1, upper, lower) and any(len(chunks(line)) > 1 for line in inside)
        for upper, lower, inside in bands
    )
    rows: list[Row] = []
    groups: list[list[Row]] = [rows]
    for upper, lower, inside in bands:
        top, bottom = upper.y, lower.y
        meet = _distinct([*lower.joints, *joints, *_shade_joints(shades, top, bottom, x0, x1)])
        filled = _filled(shades, x0, x1, upper, lower)
        if not inside and not filled and not lower.rule:
            # White paper between the end of one section and the shaded heading of the next.
            rows = []
            groups.append(rows)
            continue
        for above, row in () if filled else _sections(inside):
            # A heading stands between two rows, or between two rules and over the first row below it.
            if above and any(len(chunks(line)) > 1 for line in above):
                rows.append(Row(top, max(word.bottom for word in above[-1]), above, tuple(meet)))
            rows = []
            groups.append(rows)
            top, inside = row[0][0].top - 1, row
        ends = None if filled or upper.rule or lower.rule else _before_heading(inside, top)
        if ends is not None:
            # The heading of the next section stands between two tables, and ends this one.
            if ends > 0 or inside[0][0].top - top > _EMPTY_ROW * inside[0][0].size:
                rows.append(Row(top, inside[ends][0].top - 1, inside[:ends], tuple(meet)))
            rows = []
            groups.append(rows)
            continue
        heading = filled and not striped and not meet and all(len(chunks(line)) == 1 for line in inside)
        drawn = (jointed and lower.rule) or heading
        ruled = upper.rule or (lower.rule and lower.y <= stack[-1].y)
        parts = _apart(inside) if striped and not (ruled or filled or drawn) else [inside]
        edges = [top, *(part[0][0].top - 1 for part in parts[1:]), bottom]
        for part, (low, high) in zip(parts, pairwise(edges), strict=True):
            rows.append(Row(low, high, part, tuple(meet), drawn))
    blocks: list[Placed] = []
    held: list[Word] = []
    parted = 0
    for group in groups:
        cuts = places(group, x0, x1)
        made = [(row, cells_of(row, x0, x1, at, sheet, shades)) for row, at in zip(group, cuts, strict=True)]
        # A row of several paragraphs above the first row that has columns is text between two ornaments.
        # A line above the first rule, or below the last, is a row only where it has columns too.
        made = [
            (row, cells)
            for row, cells in made
            if stack[0].y <= (row.top + row.bottom) / 2 <= stack[-1].y or sum(bool(cell.blocks) for cell in cells) > 1
        ]
        while (
            made
            and len(made[0][1]) == 1
            and not made[0][1][0].shaded
            and (len(made[0][1][0].blocks) > 1 or made[0][0].top < stack[0].y)
        ):
            made.pop(0)
        if made:
            parted += sum(sum(bool(cell.blocks) for cell in cells) > 1 for _, cells in made)
            held += [word for row, _ in made for word in row.words]
            table = DraftTable([cells for _, cells in made], guessed=True)
            blocks.append(Placed(made[0][0].top, made[-1][0].bottom, x0, x1, table))
    kept = parted > 1 or (parted and len(rows) > 1) or _alternates(blocks)
    return (held, blocks) if kept else ([], [])


def _apart(lines: list[list[Word]]) -> list[list[list[Word]]]:
    """The printed lines of a white row between stripes, row by row: where only labels are striped, a text and the rows that
    follow it stand on white together. A row begins where a line stands further left than the text before it."""
    parts = [lines[:1]]
    for line in lines[1:]:
        before = parts[-1][-1]
        text = len(chunks(before)) == 1 and before[-1].x1 - before[0].x0 > 2 * _INDENTED
        if text and line[0].x0 < before[0].x0 - _INDENTED:
            parts.append([line])
        else:
            parts[-1].append(line)
    return parts


def _before_heading(lines: Sequence[list[Word]], top: float) -> int | None:
    """How many printed lines of a white row stand before the heading of the next section: a last line with room above it,
    alone on it, and bold, in capitals or numbered; None when the row ends with none."""
    if not lines or len(chunks(lines[-1])) > 1:
        return None
    last = lines[-1]
    room = last[0].top - (max(word.bottom for word in lines[-2]) if len(lines) > 1 else top)
    text = " ".join(word.text for word in last)
    bold = all(word.bold for word in last)
    if room < _ROOM_ABOVE * last[0].size or any(word.control is not None or word.mark is not None for word in last):
        return None
    if len(lines) > 1 and bold and all(word.bold for line in lines for word in line):
        return None
    return len(lines) - 1 if like_heading(text, bold) else None


def _ornaments(bands: Sequence[tuple[Boundary, Boundary, list[list[Word]]]]) -> bool:
    """Whether rules stand right under headings, and part sections of several rows each rather than rows."""
    told = [(lower, inside) for _, lower, inside in bands if lower.rule and len(inside) > 1]
    headed = sum(
        _before_heading(inside, inside[0][0].top) is not None and lower.y - inside[-1][0].bottom < inside[-1][0].size
        for lower, inside in told
    )
    return len(told) > 1 and 3 * headed >= 2 * len(told)


def _sections(lines: Sequence[list[Word]]) -> list[tuple[list[list[Word]], list[list[Word]]]]:
    """For each heading among the printed lines of a white row, by its larger print alone on its line, the lines before it,
    up to the heading above, and all lines behind it; the lines behind the last are the row that stands under it."""
    found: list[tuple[list[list[Word]], list[list[Word]]]] = []
    begun = 0
    for number, line in enumerate(lines[:-1]):
        below = lines[number + 1]
        alone = len(chunks(line)) == 1 and all(word.text and word.control is None for word in line)
        if alone and min(word.size for word in line) > max(word.size for word in below) + _LARGER:
            found.append((list(lines[begun:number]), list(lines[number + 1 :])))
            begun = number + 1
    return found


def _alternates(blocks: Sequence[Placed]) -> bool:
    """Whether shaded rows stand over plain ones between rules: labels over narratives, as wide as the page."""
    rows = [row for placed in blocks if isinstance(placed.block, DraftTable) for row in placed.block.rows if row]
    pairs = sum(above[0].shaded and not below[0].shaded and not below[0].empty for above, below in pairwise(rows))
    return pairs > 0 and len(rows) > 2


def _filled(shades: Sequence[Shade], x0: float, x1: float, upper: Boundary, lower: Boundary) -> bool:
    return any(_covers(shade, x0, upper.y, x1, lower.y) for shade in shades)


def _reach_across(stack: Sequence[Boundary], words: Sequence[Word]) -> tuple[float, float, list[float]]:
    """From where to where the rows reach, and the ends of the rules where print stands beside them: labels before fill-in lines."""
    x0, x1 = stack[0].x0, stack[0].x1
    beside = [word for word in words if stack[0].y - word.size * 2 < (word.top + word.bottom) / 2 < stack[-1].y]
    before = [word for word in beside if word.x0 < x0 - 4]
    after = [word for word in beside if word.x1 > x1 + 4]
    joints = [x0] * any(word.x1 < x0 + 4 for word in before) + [x1] * any(word.x0 > x1 - 4 for word in after)
    return min([x0, *(word.x0 - 2 for word in before)]), max([x1, *(word.x1 + 2 for word in after)]), joints


def _shade_joints(shades: Sequence[Shade], top: float, bottom: float, x0: float, x1: float) -> list[float]:
    """Where shaded cells of one row end: the fill of a label cell stops where its value begins."""
    return [
        x
        for shade in shades
        if not shade.coloured and min(shade.bottom, bottom) - max(shade.top, top) > 0.6 * (bottom - top)
        for x in (shade.x0, shade.x1)
        if x0 + 4 < x < x1 - 4
    ]


def _with_ends(stack: Sequence[Boundary], words: Sequence[Word]) -> list[Boundary]:
    """The boundaries, and one more where a row stands right above the first rule, or else right below the last."""
    bounds = list(stack)
    first, last = stack[0], stack[-1]
    above = sorted((w for w in words if (w.top + w.bottom) / 2 < first.y), key=lambda word: -word.bottom)
    top = _reach(above, first.y, up=True)
    if top is not None:
        bounds.insert(0, Boundary(top, first.x0, first.x1, []))
    if top is None or not first.rule:
        below = sorted((w for w in words if (w.top + w.bottom) / 2 > last.y), key=lambda word: word.top)
        bottom = _reach(below, last.y, up=False)
        if bottom is not None:
            bounds.append(Boundary(bottom, last.x0, last.x1, last.joints))
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
