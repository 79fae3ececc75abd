"""One page's ink becomes blocks in reading order: tables by their rulings, rows by rules and alignment, and lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.layout.boxes import boxed_rows, combed, doubt_clipped, doubt_framed, entry_fields, without_frames
from extractors.layout.columns import mark_columns
from extractors.layout.draft import SAME, DraftCell, DraftTable, Placed
from extractors.layout.fills import entry_fills, headed
from extractors.layout.flow import flow, recut
from extractors.layout.grid import Face, Grid, grids, unnest
from extractors.layout.halves import halves
from extractors.layout.ink import Edge, PageInk, Shade, Word
from extractors.layout.lines import Sheet, lines_of, rows_of
from extractors.layout.low_rows import doubt_low_rows

_FRAME = 0.86
"""A lone face that covers this share of the page both ways is a border round the page, not a cell."""
_COVERED = 0.55
"""Share of a cell that a fill must cover to shade it."""
_PANEL, _SIZES = 4, 0.9
"""Printed lines on a fill behind a whole section, and points by which its heading is larger than the rest."""


_COLUMNED, _BESIDE = 3, 0.5
"""Tables that show two columns of a page, and the share of the lower one's height for which they stand beside each other."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """One page whose cells are told, and whose print outside them is not yet laid out.

    grids, faces: the tables that rulings draw, and for each the printed lines of its faces. boxed: rows of entry boxes.
    loose, rules, shades: what is left outside.
    """

    ink: PageInk
    sheet: Sheet
    grids: Sequence[Grid]
    faces: Sequence[dict[int, list[list[Word]]]]
    boxed: Sequence[Placed]
    loose: Sequence[Word]
    rules: Sequence[Edge]
    shades: Sequence[Shade]

    def blocks(self) -> list[Placed]:
        """The blocks of the page, from top to bottom; side by side from left to right."""
        blocks = [*self.boxed, *_tables(self.grids, self.faces, self.ink.shades, self.sheet)]
        taken = [*(grid.box for grid in self.grids), *((b.x0, b.top, b.x1, b.bottom) for b in self.boxed)]
        blocks += flow(self.loose, self.rules, self.ink.horizontals, self.shades, taken, self.sheet)
        return _ordered(blocks)


def sketch(ink: PageInk, number: int) -> Sketch:
    """The cells of a page, and what stands outside any."""
    right = max((word.x1 for word in ink.words), default=0.0)
    margin = min((word.x0 for word in ink.words), default=0.0)
    sheet = Sheet(number, ink.back, max(right, upright_width(ink) - margin))
    found, loose_rows, _ = grids(ink.horizontals, ink.verticals)
    frames: list[Grid] = []
    found = [
        inner
        for grid in found
        if not _page_border(grid, ink)
        for inner in unnest(grid, lambda face: _is_empty(face, ink.words), frames)
    ]
    found, words = combed(without_frames([headed(grid, ink) for grid in found], frames), ink.words)
    held, loose = _assign(found, words)
    if entries := [*entry_fields(loose), *entry_fills(ink.shades, loose)]:
        found += entries
        held, loose = _assign(found, words)
    doubt_clipped(found, held)
    doubt_framed(frames, words)
    boxed, kept, loose = boxed_rows(found, words, loose, sheet)
    held = [faces for grid, faces in zip(found, held, strict=True) if grid in kept]
    found = kept
    rows = [{n: rows_of(words) for n, words in faces.items()} for faces in held]
    doubt_low_rows(found, rows)
    for faces in rows:
        for lines in faces.values():
            sheet.observe(lines)
    shades = [shade for shade in ink.shades if not any(_within(shade, grid) for grid in found)]
    shades = [shade for shade in shades if not _panel(shade, loose)]
    rules = [
        rule for rule in loose_rows if not any(_on(rule.at, (rule.start + rule.end) / 2, grid.box) for grid in found)
    ]
    return Sketch(ink, sheet, found, rows, boxed, loose, rules, shades)


def page_blocks(pages: Sequence[PageInk]) -> list[list[Placed]]:
    """The blocks of each page. Where columns begin one page may show to another: a form is drawn in one way."""
    sketches = [[sketch(ink, number) for ink in parts] for number, parts in enumerate(halves(pages), 1)]
    columns = mark_columns([line for page in sketches for part in page for line in rows_of(part.loose)])
    for part in (part for page in sketches for part in page):
        part.sheet.columns = columns
    return [[block for part in page for block in part.blocks()] for page in sketches]


def upright_width(ink: PageInk) -> float:
    """Width of the page's upright frame."""
    a, b, *_ = ink.to_page
    return ink.height if abs(b) > abs(a) else ink.width


def _page_border(grid: Grid, ink: PageInk) -> bool:
    """Whether a lone face is a border round the page: as large as the page nearly, and nothing printed outside it."""
    x0, top, x1, bottom = grid.box
    a0, b0, a1, b1 = ink.back(x0, top, x1, bottom)
    if len(grid.faces) > 1 or a1 - a0 < _FRAME * ink.width or b1 - b0 < _FRAME * ink.height:
        return False
    return all(_on((word.top + word.bottom) / 2, (word.x0 + word.x1) / 2, grid.box) for word in ink.words)


def _is_empty(face: Face, words: Sequence[Word]) -> bool:
    left, right, top, bottom = 2 * face.x0, 2 * face.x1, 2 * face.top, 2 * face.bottom
    return not any(top <= word.top + word.bottom <= bottom and left <= word.x0 + word.x1 <= right for word in words)


def _on(y: float, x: float, box: tuple[float, float, float, float]) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _within(shade: Shade, grid: Grid) -> bool:
    return _on((shade.top + shade.bottom) / 2, (shade.x0 + shade.x1) / 2, grid.box)


def _panel(shade: Shade, words: Sequence[Word]) -> bool:
    """Whether a fill lies behind a whole section with its heading, as a card of a web page does, and is no row or cell."""
    box = shade.x0, shade.top, shade.x1, shade.bottom
    inside = [word for word in words if word.text and _on((word.top + word.bottom) / 2, (word.x0 + word.x1) / 2, box)]
    lines = rows_of(inside)
    return len(lines) >= _PANEL and lines[0][0].size > max(line[0].size for line in lines[1:]) + _SIZES


class _Index:
    """Finds the face of a grid that holds a point."""

    def __init__(self, grid: Grid) -> None:
        self.xs, self.ys = grid.xs, grid.ys
        self.units = {
            (face.row + i, face.col + k): n
            for n, face in enumerate(grid.faces)
            for i in range(face.row_span)
            for k in range(face.col_span)
        }

    def face(self, x: float, y: float) -> int | None:
        return self.units.get((bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1))


def _assign(found: Sequence[Grid], words: Sequence[Word]) -> tuple[list[dict[int, list[Word]]], list[Word]]:
    """For each grid its words by face, and the words in none. A word belongs to the innermost grid about its middle."""
    indexes = [_Index(grid) for grid in found]
    inner_first = [(i, *found[i].box) for i in sorted(range(len(found)), key=lambda i: _area(found[i]))]
    held: list[dict[int, list[Word]]] = [{} for _ in found]
    loose: list[Word] = []
    for word in words:
        x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
        for i, x0, top, x1, bottom in inner_first:
            if not (top <= y <= bottom and x0 <= x <= x1):
                continue
            n = indexes[i].face(x, y)
            if n is None:
                continue
            face = found[i].faces[n]
            overhang = max(face.x0 - word.x0, word.x1 - face.x1)
            if overhang > 0.5 * word.size and word.control is None:
                # Print that runs over a ruling may belong to the neighbour.
                word.confidence = min(word.confidence, 0.8)
            held[i].setdefault(n, []).append(word)
            break
        else:
            loose.append(word)
    return held, loose


def _area(grid: Grid) -> float:
    x0, top, x1, bottom = grid.box
    return (x1 - x0) * (bottom - top)


def _tables(
    found: Sequence[Grid], held: Sequence[dict[int, list[list[Word]]]], shades: Sequence[Shade], sheet: Sheet
) -> list[Placed]:
    """The outermost tables, with those that stand within a cell put into it."""
    parents = _parents(found)
    inner: dict[tuple[int, int], list[tuple[float, DraftTable]]] = {}
    outermost: list[Placed] = []
    for i in sorted(range(len(found)), key=lambda i: _area(found[i])):
        grid = found[i]
        table = DraftTable([[] for _ in range(len(grid.ys) - 1)])
        nested = False
        kept: list[list[list[Word]]] = []
        for n, face in enumerate(grid.faces):
            lines, tables = held[i].get(n, []), inner.get((i, n), [])
            nested = nested or bool(tables)
            if lines or tables or not face.open:
                table.rows[face.row].append(_cell(face, lines, tables, shades, sheet))
                kept.append(lines)
        if not nested:
            table = recut(table, kept, sheet)
        if not any(table.rows):
            continue
        if i in parents:
            inner.setdefault(parents[i], []).append((grid.ys[0], table))
        else:
            outermost += _unframed(table, grid)
    return outermost


def _unframed(table: DraftTable, grid: Grid) -> list[Placed]:
    """The table; or what stands in it where it is but a frame round another."""
    x0, top, x1, bottom = grid.box
    cells = list(table.cells)
    if len(cells) == 1 and any(isinstance(block, DraftTable) for block in cells[0].blocks):
        return [Placed(top + 0.01 * k, bottom, x0, x1, block) for k, block in enumerate(cells[0].blocks)]
    return [Placed(top, bottom, x0, x1, table)]


def _parents(found: Sequence[Grid]) -> dict[int, tuple[int, int]]:
    """For each grid that stands within a cell of another, that grid and the cell's face."""
    parents: dict[int, tuple[int, int]] = {}
    if len(found) < 2:
        return parents
    indexes = [_Index(grid) for grid in found]
    for i, grid in enumerate(found):
        x0, top, x1, bottom = grid.box
        x, y = (x0 + x1) / 2, (top + bottom) / 2
        around = [k for k, other in enumerate(found) if k != i and _area(other) > _area(grid) and _on(y, x, other.box)]
        for k in sorted(around, key=lambda k: _area(found[k])):
            n = indexes[k].face(x, y)
            if n is not None and _holds(found[k].faces[n], grid):
                parents[i] = (k, n)
                break
    return parents


def _holds(face: Face, grid: Grid) -> bool:
    x0, top, x1, bottom = grid.box
    return face.x0 - 2 <= x0 and x1 <= face.x1 + 2 and face.top - 2 <= top and bottom <= face.bottom + 2


def _cell(
    face: Face, lines: list[list[Word]], tables: list[tuple[float, DraftTable]], shades: Sequence[Shade], sheet: Sheet
) -> DraftCell:
    """The cell of one face: its lines, with nested tables among them by height."""
    cell = DraftCell(face.x0, face.top, face.x1, face.bottom, sheet, face.row_span)
    cell.shaded = _shaded(face.x0, face.top, face.x1, face.bottom, shades)
    left = lines
    for top, table in sorted(tables, key=lambda entry: entry[0]):
        above = [line for line in left if (line[0].top + line[0].bottom) / 2 < top]
        left = left[len(above) :]
        cell.blocks += [*lines_of(above, face.x0, face.x1, sheet), table]
    cell.blocks += lines_of(left, face.x0, face.x1, sheet)
    return cell


def _shaded(x0: float, top: float, x1: float, bottom: float, shades: Sequence[Shade]) -> bool:
    area = (x1 - x0) * (bottom - top)
    for shade in shades:
        if shade.top < bottom and shade.bottom > top and shade.x0 < x1 and shade.x1 > x0:
            wide = min(x1, shade.x1) - max(x0, shade.x0)
            if wide * (min(bottom, shade.bottom) - max(top, shade.top)) > _COVERED * area:
                return True
    return False


def _ordered(blocks: list[Placed]) -> list[Placed]:
    """Top to bottom; blocks that stand beside each other left to right; what stands in two columns of the page, as a newspaper
    prints, column by column between the blocks that reach across both."""
    gutter = _gutter(blocks)
    if gutter is None:
        return _downwards(blocks)
    ordered: list[Placed] = []
    columns: tuple[list[Placed], list[Placed]] = ([], [])
    for block in sorted(blocks, key=lambda block: (block.top, block.x0)):
        if block.x0 < gutter < block.x1:
            ordered += [*_downwards(columns[0]), *_downwards(columns[1]), block]
            columns = ([], [])
        else:
            columns[block.x0 >= gutter].append(block)
    return [*ordered, *_downwards(columns[0]), *_downwards(columns[1])]


def _gutter(blocks: Sequence[Placed]) -> float | None:
    """The x between two columns of tables of one width that stand beside each other for most of their height; None without."""
    ruled = [block for block in blocks if isinstance(block.block, DraftTable) and not block.block.guessed]
    if len(ruled) < _COLUMNED:
        return None
    start = min(block.x0 for block in ruled)
    left = [block for block in ruled if block.x0 - start < SAME]
    wide = max(block.x1 for block in left) - start
    right = [block for block in ruled if block.x0 > start + wide]
    if not right or len(left) + len(right) < len(ruled):
        return None
    edge = min(block.x0 for block in right)
    alike = all(abs(block.x1 - block.x0 - wide) < SAME and block.x0 - edge < SAME for block in right)
    top, bottom = max(_top(left), _top(right)), min(_foot(left), _foot(right))
    high = min(_foot(left) - _top(left), _foot(right) - _top(right))
    return edge - 1 if alike and bottom - top > _BESIDE * high else None


def _top(blocks: Sequence[Placed]) -> float:
    return min(block.top for block in blocks)


def _foot(blocks: Sequence[Placed]) -> float:
    return max(block.bottom for block in blocks)


def _downwards(blocks: Sequence[Placed]) -> list[Placed]:
    """Top to bottom; blocks that stand beside each other left to right."""
    ordered: list[Placed] = []
    for block in sorted(blocks, key=lambda block: (block.top, block.x0)):
        at = len(ordered)
        while at and ordered[at - 1].x0 > block.x1 - 1 and ordered[at - 1].bottom > block.top + 1:
            at -= 1
        ordered.insert(at, block)
    return ordered
