"""The places of a document where text may stand: cells with their neighbours, and stretches of lines between tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile

from extractors.models import Box
from extractors.page import Block, Cell, Document, Line, Run, Table
from extractors.wording import plain


@dataclass(eq=False)
class Spot:
    """A cell, or a stretch of body lines. `order` counts spots in reading order; `own` are its lines without those of nested tables."""

    order: int
    own: tuple[Line, ...]
    grid: Grid | None = None
    cell: Cell | None = None
    inner: list[Grid] = field(default_factory=list)

    row: int = field(init=False, default=0)
    col: int = field(init=False, default=0)
    row_end: int = field(init=False, default=1)
    col_end: int = field(init=False, default=1)

    def __post_init__(self) -> None:
        if self.cell is not None:
            self.row, self.col = self.cell.row, self.cell.col
            self.row_end, self.col_end = self.row + self.cell.row_span, self.col + self.cell.col_span

    @property
    def shaded(self) -> bool:
        return self.cell is not None and self.cell.shaded

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Own lines and, in their place behind them, those of nested tables, each cell's lines following the last one's."""
        nested = (line for grid in self.inner for row in grid.rows for spot in row for line in spot.lines)
        return (*self.own, *nested)

    @cached_property
    def text(self) -> str:
        """Own text, one space for any white space, prompts of empty controls left out."""
        return plain(" ".join("".join(run.text for run in line.runs if not run.placeholder) for line in self.own))

    @cached_property
    def empty(self) -> bool:
        """Nothing printed or written, no boxes, not even in nested tables."""
        return not any(
            run.mark is not None or (run.text.strip() and not run.placeholder)
            for line in self.lines
            for run in line.runs
        )

    @cached_property
    def fillable(self) -> bool:
        """Whether it holds a control or a tick box: a place made to be filled."""
        return any(
            run.mark is not None or run.control is not None or run.placeholder
            for line in self.lines
            for run in line.runs
        )

    @cached_property
    def bold(self) -> bool:
        """Whether the first line's words are all bold, but for a note in brackets behind them."""
        runs = [run for line in self.own[:1] for run in line.runs if run.text.strip()]
        strong = list(takewhile(lambda run: run.bold, runs))
        behind = "".join(run.text for run in runs[len(strong) :]).strip(" :*")
        return bool(strong) and (not behind or (behind[0] in "([" and behind[-1] in ")]"))

    def holds(self, grid: Grid | None) -> bool:
        """Whether `grid` is nested in this spot, at any depth."""
        while grid is not None:
            if grid.around is self:
                return True
            grid = grid.around.grid if grid.around else None
        return False


@dataclass(eq=False)
class Grid:
    """A table of spots. `around` is the spot that holds it when nested."""

    rows: list[list[Spot]]
    around: Spot | None = None
    guessed: bool = False

    @cached_property
    def _at(self) -> dict[tuple[int, int], Spot]:
        return {
            (row, col): spot
            for line in self.rows
            for spot in line
            for row in range(spot.row, spot.row_end)
            for col in range(spot.col, spot.col_end)
        }

    @cached_property
    def _on(self) -> dict[int, list[Spot]]:
        """The spots that each row has a part of, left to right."""
        found: dict[int, list[Spot]] = defaultdict(list)
        for spot in self.spots:
            for row in range(spot.row, spot.row_end):
                found[row].append(spot)
        for spots in found.values():
            spots.sort(key=lambda spot: spot.col)
        return found

    @cached_property
    def width(self) -> int:
        return max((spot.col_end for line in self.rows for spot in line), default=0)

    @cached_property
    def height(self) -> int:
        return max((spot.row_end for line in self.rows for spot in line), default=0)

    @property
    def spots(self) -> Iterator[Spot]:
        return (spot for line in self.rows for spot in line)

    @cached_property
    def bare(self) -> frozenset[int]:
        """The columns in which nothing ever stands: they only keep their neighbours apart."""
        single = [spot for spot in self.spots if spot.col_end == spot.col + 1]
        written = {spot.col for spot in single if not spot.empty or spot.fillable}
        return frozenset(spot.col for spot in single) - written

    def at(self, row: int, col: int) -> Spot | None:
        """The spot covering one grid place."""
        return self._at.get((row, col))

    def across(self, row: int, start: int = 0, end: int | None = None) -> list[Spot]:
        """The spots on a row between two columns, left to right."""
        until = self.width if end is None else end
        return [spot for spot in self._on.get(row, ()) if spot.col_end > start and spot.col < until]

    def right_of(self, spot: Spot, row: int | None = None) -> list[Spot]:
        """The spots to the right on the spot's first row (or `row`)."""
        return [other for other in self.across(spot.row if row is None else row, spot.col_end) if other is not spot]

    def left_of(self, spot: Spot) -> list[Spot]:
        """The spots to the left on the spot's first row, nearest first."""
        return [other for other in reversed(self.across(spot.row, 0, spot.col)) if other is not spot]

    def below(self, spot: Spot) -> list[Spot]:
        """The spots directly below, left to right."""
        return self.across(spot.row_end, spot.col, spot.col_end)

    def row_of(self, spot: Spot) -> list[Spot]:
        """All spots on the spot's first row."""
        return self.across(spot.row)


@dataclass(eq=False)
class Places:
    """All spots of a document in reading order, and its grids."""

    spots: list[Spot]
    grids: list[Grid]


def places(document: Document) -> Places:
    """The spots and grids of a document's body."""
    found = Places([], [])
    _add(document.blocks, found)
    return found


def _add(blocks: Sequence[Block], found: Places) -> None:
    stretch: list[Line] = []
    for block in blocks:
        if isinstance(block, Line):
            stretch.append(block)
            continue
        _end_stretch(stretch, found)
        _add_table(block, found, None)
    _end_stretch(stretch, found)


def _end_stretch(stretch: list[Line], found: Places) -> None:
    if any(run.text.strip() or run.mark is not None for line in stretch for run in line.runs):
        found.spots.append(Spot(len(found.spots), tuple(stretch)))
    stretch.clear()


def _add_table(table: Table, found: Places, around: Spot | None) -> None:
    grid = Grid([], around, table.guessed)
    found.grids.append(grid)
    if around is not None:
        around.inner.append(grid)
    for row in table.rows:
        spots = []
        for cell in row:
            spot = Spot(len(found.spots), cell.lines, grid, cell)
            found.spots.append(spot)
            spots.append(spot)
            for block in cell.blocks:
                if isinstance(block, Table):
                    _add_table(block, found, spot)
        grid.rows.append(spots)


def cut(line: Line, start: int, end: int | None = None) -> Line:
    """The part of a line between two character offsets; tick boxes at the edges stay in."""
    runs: list[Run] = []
    at = 0
    stop = len(line.text) if end is None else end
    for run in line.runs:
        size = len(run.text)
        if run.mark is not None:
            if start <= at <= stop and (end is None or at < stop or stop == 0):
                runs.append(run)
            continue
        if at + size > start and at < stop:
            piece = run.text[max(0, start - at) : max(0, stop - at)]
            if piece:
                runs.append(run if len(piece) == size else replace(run, text=piece))
        elif not size and run.placeholder and start <= at <= stop:
            runs.append(run)
        at += size
    return replace(line, runs=tuple(runs), joins_previous=line.joins_previous and start == 0)


def boxes(line: Line) -> list[int]:
    """The character offsets at which the tick boxes of a line stand."""
    offsets, at = [], 0
    for run in line.runs:
        if run.mark is not None:
            offsets.append(at)
        at += len(run.text)
    return offsets


def around(boxes: Sequence[Box]) -> Box | None:
    """The smallest box that holds all of them."""
    if not boxes:
        return None
    return Box(
        x0=min(box.x0 for box in boxes),
        top=min(box.top for box in boxes),
        x1=max(box.x1 for box in boxes),
        bottom=max(box.bottom for box in boxes),
    )
