"""Cells and tables from rulings by geometry alone: edges meet, enclose faces, and hang together as grids.

edges -> join (pieces of one ruling become one) -> components that touch -> unit squares -> faces -> Grid

Points, origin top left. Nothing here knows text, so a scanner's rulings and a printer's are treated alike.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from extractors.layout.ink import Edge

SNAP = 2.0
"""Rulings no further apart are one: a double border, or the facing sides of two neighbouring boxes."""
GAP = 3.0
"""Pieces of one ruling may lie this far apart, and a ruling may miss the one it should meet by as much."""
SPECK = 4.0
"""A shorter piece, when all that join it are joined, is no ruling."""
SHARE = 0.5
"""A ruling parts two neighbours when it covers at least this share of their common side."""
SLIT = 3.5
"""A face thinner than this holds no print: it is the inside of a double border."""
LEAST = 6.0
"""Height of the lowest row, and width of the narrowest column, that may lack its outer border."""
_FILLED = 0.9
"""Share of the place between two paddings that cells must fill to be a table there."""
_PADDING = 11.0
"""Widest padding beside a table within a cell."""


class Face(NamedTuple):
    """A rectangle enclosed by rulings, counted in grid units and in points. `open`: its outer side has a hole.

    part: 0 for a whole cell; else the number of the L, U or O shaped area that this is a piece of. No cell has such a
    shape: it is what a table within a cell leaves of the cell.
    """

    row: int
    col: int
    row_span: int
    col_span: int
    x0: float
    top: float
    x1: float
    bottom: float
    open: bool
    part: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """Faces that hang together; they never overlap. `xs` and `ys` are the grid lines, left to right and top to bottom."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    faces: tuple[Face, ...]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x0, top, x1, bottom of the whole grid."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    @staticmethod
    def of(faces: Sequence[Face]) -> Grid:
        """The grid of faces whose rows and columns are to be counted anew, by their sides; sides within SLIT are one."""
        xs = _lines_of(x for face in faces for x in (face.x0, face.x1))
        ys = _lines_of(y for face in faces for y in (face.top, face.bottom))
        counted: list[Face] = []
        for face in faces:
            col, row = nearest(xs, face.x0), nearest(ys, face.top)
            down, span = nearest(ys, face.bottom) - row, nearest(xs, face.x1) - col
            counted.append(face._replace(row=row, col=col, row_span=max(1, down), col_span=max(1, span)))
        return Grid(xs, ys, tuple(sorted(counted)))


def _lines_of(places: Iterable[float]) -> tuple[float, ...]:
    lines: list[float] = []
    for place in sorted(places):
        if not lines or place - lines[-1] > SLIT:
            lines.append(place)
    return tuple(lines)


def nearest(lines: Sequence[float], place: float) -> int:
    """Which of the lines, in order, is nearest to a place."""
    after = bisect_left(lines, place)
    return after - 1 if after == len(lines) or (after and place - lines[after - 1] <= lines[after] - place) else after


def unnest(grid: Grid, empty: Callable[[Face], bool], frames: list[Grid]) -> list[Grid]:
    """The grid, and those within its cells that touch its rulings. `empty` tells whether nothing is printed in a face;
    `frames` takes up those that are no more than a frame.

    A word processor leaves white paper about a table within a cell: an L or U shaped area, or a narrow strip on either
    side. What that paper goes round is the table, and both together are the cell.
    """
    faces = list(grid.faces)
    inner: list[Grid] = []
    for rest, table in (*_surrounded(faces, empty), *_between(faces, empty)):
        if not all(face in faces for face in (*rest, *table)):
            continue
        faces = [face for face in faces if face not in rest and face not in table]
        x0, top = min(face.x0 for face in (*rest, *table)), min(face.top for face in (*rest, *table))
        x1, bottom = max(face.x1 for face in (*rest, *table)), max(face.bottom for face in (*rest, *table))
        faces.append(Face(0, 0, 1, 1, x0, top, x1, bottom, False))
        if len(table) > 1:
            inner += unnest(Grid.of(table), empty, frames)
        elif table:
            frames.append(Grid.of(table))
    return [Grid.of(faces), *inner] if len(faces) != len(grid.faces) else [grid]


def _surrounded(faces: Sequence[Face], empty: Callable[[Face], bool]) -> Iterator[tuple[list[Face], list[Face]]]:
    """Pieces of an L, U or O shaped area with the faces they go round."""
    for part in {face.part for face in faces if face.part}:
        rest = [face for face in faces if face.part == part]
        x0, x1 = min(face.x0 for face in rest), max(face.x1 for face in rest)
        top, bottom = min(face.top for face in rest), max(face.bottom for face in rest)
        across = [
            face
            for face in faces
            if face not in rest and face.x0 < x1 and x0 < face.x1 and face.top < bottom and top < face.bottom
        ]
        whole = all(
            x0 - 1 <= face.x0 and face.x1 <= x1 + 1 and top - 1 <= face.top and face.bottom <= bottom + 1
            for face in across
        )
        # Print in the rest stands above or below the table, over the whole width of the cell.
        beside = [face for face in rest if face.x1 - face.x0 < _FILLED * (x1 - x0)]
        if whole and across and all(empty(face) for face in beside):
            yield rest, across


def _between(faces: Sequence[Face], empty: Callable[[Face], bool]) -> Iterator[tuple[list[Face], list[Face]]]:
    """Two empty faces of one height, with the faces that fill the place between them: both narrow; or a wide one behind a
    single face that is but a frame."""
    padded = [face for face in faces if face.x1 - face.x0 <= _PADDING and empty(face)]
    for left in padded:
        alike = [
            face
            for face in faces
            if face.x0 >= left.x1
            and abs(face.top - left.top) <= SLIT
            and abs(face.bottom - left.bottom) <= SLIT
            and empty(face)
        ]
        narrow = min((face for face in alike if face in padded), key=lambda face: face.x0, default=None)
        wide = min(alike, key=lambda face: face.x0, default=None)
        for right in (one for one in (narrow, wide) if one is not None):
            table = [
                face
                for face in faces
                if left.x1 - 1 <= face.x0
                and face.x1 <= right.x0 + 1
                and left.top - SLIT <= face.top
                and face.bottom <= left.bottom + SLIT
            ]
            area = sum((face.x1 - face.x0) * (face.bottom - face.top) for face in table)
            filled = area >= _FILLED * (right.x0 - left.x1) * (left.bottom - left.top)
            if filled and (right is narrow or (len(table) == 1 and _framed(left, right, faces))):
                yield [left, right], table
                break


def _framed(left: Face, right: Face, faces: Sequence[Face]) -> bool:
    """Whether what stands between two empty faces is a frame within one cell: another row has one cell in place of the three,
    or the left one is too narrow for print and the right one ends where the table does."""
    if any(abs(face.x0 - left.x0) <= SLIT and abs(face.x1 - right.x1) <= SLIT for face in faces):
        return True
    return left.x1 - left.x0 <= LEAST and right.x1 >= max(face.x1 for face in faces) - SLIT


def join(edges: Iterable[Edge]) -> list[Edge]:
    """Pieces of one ruling become one edge; edges within SNAP of each other get one place. Sorted by place."""
    joined: list[Edge] = []
    band: list[Edge] = []
    for edge in sorted(edges):
        if band and edge.at - band[0].at > SNAP:
            joined.extend(_join_band(band))
            band = []
        band.append(edge)
    joined.extend(_join_band(band))
    return joined


def _join_band(band: list[Edge]) -> list[Edge]:
    if not band:
        return []
    longest = max(band, key=lambda edge: edge.end - edge.start)
    spans: list[list[float]] = []
    for _, start, end in sorted(band, key=lambda edge: edge.start):
        if spans and start - spans[-1][1] <= GAP:
            spans[-1][1] = max(spans[-1][1], end)
        else:
            spans.append([start, end])
    return [Edge(longest.at, start, end) for start, end in spans]


def grids(horizontals: Iterable[Edge], verticals: Iterable[Edge]) -> tuple[list[Grid], list[Edge], list[Edge]]:
    """All grids of a page from top to bottom, and the joined horizontals and verticals that belong to none."""
    rows = [edge for edge in join(horizontals) if edge.end - edge.start >= SPECK]
    columns = [edge for edge in join(verticals) if edge.end - edge.start >= SPECK]
    found: list[Grid] = []
    loose_rows: list[Edge] = []
    loose_columns: list[Edge] = []
    for group_rows, group_columns in _components(rows, columns):
        grid = _grid(group_rows, group_columns) if group_rows and group_columns else None
        if grid is None:
            loose_rows.extend(group_rows)
            loose_columns.extend(group_columns)
        else:
            found.append(grid)
    found.sort(key=lambda grid: (grid.ys[0], grid.xs[0]))
    return found, loose_rows, loose_columns


def _components(rows: list[Edge], columns: list[Edge]) -> list[tuple[list[Edge], list[Edge]]]:
    """Groups of rulings that touch one another, directly or through others."""
    parent = list(range(len(rows) + len(columns)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    places = [column.at for column in columns]
    for i, row in enumerate(rows):
        for j in range(bisect_left(places, row.start - GAP), bisect_right(places, row.end + GAP)):
            if columns[j].start - GAP <= row.at <= columns[j].end + GAP:
                parent[root(i)] = root(len(rows) + j)
    groups: dict[int, tuple[list[Edge], list[Edge]]] = {}
    for i, row in enumerate(rows):
        groups.setdefault(root(i), ([], []))[0].append(row)
    for j, column in enumerate(columns):
        groups.setdefault(root(len(rows) + j), ([], []))[1].append(column)
    return list(groups.values())


def _hull(places: list[float], across: list[Edge], fewest: int) -> tuple[list[float], bool, bool]:
    """Grid lines along one axis: the rulings' own places, and the common ends of those across where no border is drawn.

    fewest: how many of those across must end together.
    """
    lines = sorted(set(places))
    first, last = min(edge.start for edge in across), max(edge.end for edge in across)
    before = first < lines[0] - LEAST and sum(edge.start - first <= SNAP for edge in across) >= fewest
    after = last > lines[-1] + LEAST and sum(last - edge.end <= SNAP for edge in across) >= fewest
    return [first] * before + lines + [last] * after, before, after


def _walls(lines: list[float], edges: list[Edge], stops: list[float]) -> list[list[bool]]:
    """walls[i][k]: line i is drawn between stops k and k+1."""
    place = {at: i for i, at in enumerate(lines)}
    walls = [[False] * (len(stops) - 1) for _ in lines]
    for at, start, end in edges:
        wall = walls[place[at]]
        for k in range(max(0, bisect_right(stops, start) - 1), min(len(stops) - 1, bisect_left(stops, end))):
            low, high = stops[k], stops[k + 1]
            if min(end, high) - max(start, low) >= SHARE * (high - low):
                wall[k] = True
    return walls


def _grid(rows: list[Edge], columns: list[Edge]) -> Grid | None:
    # One ruling may stick out to the side of a table; but where columns run on below the last rule, there is a row.
    xs, open_left, open_right = _hull(
        [edge.at for edge in columns], rows, 1 if len(rows) == 1 else max(2, len(rows) // 2)
    )
    ys, open_top, open_bottom = _hull([edge.at for edge in rows], columns, 1)
    if len(xs) < 2 or len(ys) < 2:
        return None
    upright, level = _walls(xs, columns, ys), _walls(ys, rows, xs)
    # A side where no border is drawn at all is a style ("open sides"), not a hole: it counts as closed.
    for is_open, wall in (
        (open_left, upright[0]),
        (open_right, upright[-1]),
        (open_top, level[0]),
        (open_bottom, level[-1]),
    ):
        if is_open:
            wall[:] = [True] * len(wall)
    faces: list[Face] = []
    for number, units in enumerate(_regions(len(ys) - 1, len(xs) - 1, upright, level), 1):
        holed = any(
            (col == 0 and not upright[0][row])
            or (col == len(xs) - 2 and not upright[-1][row])
            or (row == 0 and not level[0][col])
            or (row == len(ys) - 2 and not level[-1][col])
            for row, col in units
        )
        pieces = _rectangles(units)
        for row, col, row_span, col_span in pieces:
            x0, x1, top, bottom = xs[col], xs[col + col_span], ys[row], ys[row + row_span]
            if x1 - x0 >= SLIT and bottom - top >= SLIT:
                part = number if len(pieces) > 1 and not holed else 0
                faces.append(Face(row, col, row_span, col_span, x0, top, x1, bottom, holed, part))
    if all(face.open for face in faces):
        return None
    return Grid(tuple(xs), tuple(ys), tuple(sorted(faces)))


def _regions(
    height: int, width: int, upright: Sequence[Sequence[bool]], level: Sequence[Sequence[bool]]
) -> list[list[tuple[int, int]]]:
    """Unit squares (row, col) not parted by a wall, grouped."""
    seen = [[False] * width for _ in range(height)]
    regions: list[list[tuple[int, int]]] = []
    for first_row in range(height):
        for first_col in range(width):
            if seen[first_row][first_col]:
                continue
            seen[first_row][first_col] = True
            region = [(first_row, first_col)]
            for row, col in region:
                for near_row, near_col, wall in (
                    (row, col - 1, upright[col][row]),
                    (row, col + 1, upright[col + 1][row]),
                    (row - 1, col, level[row][col]),
                    (row + 1, col, level[row + 1][col]),
                ):
                    inside = 0 <= near_row < height and 0 <= near_col < width
                    if inside and not wall and not seen[near_row][near_col]:
                        seen[near_row][near_col] = True
                        region.append((near_row, near_col))
            regions.append(region)
    return regions


def _rectangles(units: list[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """The units as (row, col, row span, column span): one rectangle where they fill one, else strips of equal width."""
    rows, cols = [row for row, _ in units], [col for _, col in units]
    top, left = min(rows), min(cols)
    height, width = max(rows) - top + 1, max(cols) - left + 1
    if height * width == len(units):
        return [(top, left, height, width)]
    left_units = set(units)
    found: list[tuple[int, int, int, int]] = []
    for row, col in sorted(units):
        if (row, col) not in left_units:
            continue
        span = 1
        while (row, col + span) in left_units:
            span += 1
        down = 1
        while all((row + down, col + k) in left_units for k in range(span)) and not (
            (row + down, col - 1) in left_units or (row + down, col + span) in left_units
        ):
            down += 1
        left_units -= {(row + i, col + k) for i in range(down) for k in range(span)}
        found.append((row, col, down, span))
    return found
