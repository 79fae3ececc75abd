"""Rulings become cells by geometry alone, however they were drawn."""

from __future__ import annotations

import random
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.layout.grid import GAP, SNAP, Face, Grid, grids, join
from extractors.layout.ink import Edge

Cell = tuple[int, int, int, int]
sizes = st.lists(st.integers(8, 120), min_size=1, max_size=7)


@st.composite
def layouts(draw: st.DrawFn) -> tuple[list[float], list[float], list[Cell]]:
    """Grid lines and cells of a table with some neighbouring squares merged."""
    xs, ys = [50.0], [60.0]
    for width in draw(sizes):
        xs.append(xs[-1] + width)
    for height in draw(sizes):
        ys.append(ys[-1] + height)
    rows, cols = len(ys) - 1, len(xs) - 1
    free = {(row, col) for row in range(rows) for col in range(cols)}
    cells: list[Cell] = []
    for row in range(rows):
        for col in range(cols):
            if (row, col) not in free:
                continue
            down, span = draw(st.integers(1, rows - row)), draw(st.integers(1, cols - col))
            block = {(row + i, col + k) for i in range(down) for k in range(span)}
            if not block <= free or draw(st.booleans()):
                down, span, block = 1, 1, {(row, col)}
            free -= block
            cells.append((row, col, down, span))
    return xs, ys, cells


def drawn(xs: list[float], ys: list[float], cells: list[Cell]) -> tuple[list[Edge], list[Edge]]:
    """The four sides of every cell."""
    level: list[Edge] = []
    upright: list[Edge] = []
    for row, col, down, span in cells:
        x0, x1, top, bottom = xs[col], xs[col + span], ys[row], ys[row + down]
        level += [Edge(top, x0, x1), Edge(bottom, x0, x1)]
        upright += [Edge(x0, top, bottom), Edge(x1, top, bottom)]
    return level, upright


def boxes(grid: Grid) -> set[tuple[int, int, int, int]]:
    return {(round(f.x0), round(f.top), round(f.x1), round(f.bottom)) for f in grid.faces}


def wanted(xs: list[float], ys: list[float], cells: list[Cell]) -> set[tuple[int, int, int, int]]:
    return {(round(xs[c]), round(ys[r]), round(xs[c + s]), round(ys[r + d])) for r, c, d, s in cells}


@given(layouts())
def test_every_cell_of_a_drawn_table_is_found_once_with_its_merges(
    layout: tuple[list[float], list[float], list[Cell]],
) -> None:
    found, loose_rows, loose_columns = grids(*drawn(*layout))
    assert len(found) == 1 and not loose_rows and not loose_columns
    assert boxes(found[0]) == wanted(*layout)
    assert not any(face.open for face in found[0].faces)


@given(layouts(), st.randoms(use_true_random=False))
def test_pieces_doubles_order_and_small_misses_change_nothing(
    layout: tuple[list[float], list[float], list[Cell]], chance: random.Random
) -> None:
    def rough(edges: list[Edge]) -> list[Edge]:
        pieces: list[Edge] = []
        for at, start, end in edges:
            cut = chance.uniform(start + 1, end - 1)
            for low, high in ((start, cut), (cut + chance.uniform(-1, 1), end)):
                pieces.append(
                    Edge(at + chance.uniform(-0.4, 0.4), low + chance.uniform(-1, 1), high + chance.uniform(-1, 1))
                )
        chance.shuffle(pieces)
        return pieces + pieces[:3]

    level, upright = drawn(*layout)
    found, _, _ = grids(rough(level), rough(upright))
    assert len(found) == 1
    exact = sorted(wanted(*layout))
    assert len(boxes(found[0])) == len(exact)
    for got, want in zip(sorted(boxes(found[0])), exact, strict=True):
        assert all(abs(a - b) <= 2 for a, b in zip(got, want, strict=True))


edges = st.builds(
    lambda at, start, length: Edge(at, start, start + length),
    st.floats(0, 600),
    st.floats(0, 600),
    st.floats(0, 400),
)


@given(st.lists(edges, max_size=25), st.lists(edges, max_size=25))
@settings(max_examples=200)
def test_faces_of_any_scribble_never_overlap_and_stay_within_their_grid(level: list[Edge], upright: list[Edge]) -> None:
    for grid in grids(level, upright)[0]:
        x0, top, x1, bottom = grid.box
        for face in grid.faces:
            assert x0 <= face.x0 < face.x1 <= x1 and top <= face.top < face.bottom <= bottom
        for a, b in combinations(grid.faces, 2):
            assert min(a.x1, b.x1) <= max(a.x0, b.x0) or min(a.bottom, b.bottom) <= max(a.top, b.top)


@given(st.lists(edges, max_size=40))
def test_joined_pieces_at_one_place_lie_further_apart_than_a_gap(level: list[Edge]) -> None:
    joined = join(level)
    for a, b in combinations(joined, 2):
        assert a.at != b.at or max(a.start, b.start) - min(a.end, b.end) > GAP
    for edge in level:
        assert any(abs(one.at - edge.at) <= SNAP and one.start <= edge.start and edge.end <= one.end for one in joined)


@given(layouts())
def test_a_table_without_outer_borders_keeps_its_cells(layout: tuple[list[float], list[float], list[Cell]]) -> None:
    xs, ys, _ = layout
    if len(xs) < 3 or len(ys) < 3:
        return
    level = [Edge(y, xs[0], xs[-1]) for y in ys[1:-1]]
    upright = [Edge(x, ys[0], ys[-1]) for x in xs[1:-1]]
    found, _, _ = grids(level * 2, upright * 2)
    want = {(r, c, 1, 1) for r in range(len(ys) - 1) for c in range(len(xs) - 1)}
    # one ruling across may be a stray tail; from two on the ends that agree are the sides
    if len(level) >= 2 and len(upright) >= 2:
        assert boxes(found[0]) == wanted(xs, ys, list(want))


def test_tables_apart_are_two_and_a_table_within_a_cell_is_its_own() -> None:
    outer = drawn([0.0, 100.0, 400.0], [0.0, 200.0], [(0, 0, 1, 1), (0, 1, 1, 1)])
    inner = drawn([110.0, 200.0, 390.0], [20.0, 60.0, 90.0], [(r, c, 1, 1) for r in range(2) for c in range(2)])
    below = drawn([0.0, 400.0], [230.0, 260.0], [(0, 0, 1, 1)])
    found, _, _ = grids(outer[0] + inner[0] + below[0], outer[1] + inner[1] + below[1])
    assert [len(grid.faces) for grid in found] == [2, 4, 1]


def test_a_double_border_makes_no_cell_of_its_own() -> None:
    level, upright = drawn([0.0, 100.0, 200.0], [0.0, 20.0, 40.0], [(r, c, 1, 1) for r in range(2) for c in range(2)])
    frame = drawn([-3.0, 203.0], [-3.0, 43.0], [(0, 0, 1, 1)])
    found, _, _ = grids(level + frame[0], upright + frame[1])
    assert sum(len(grid.faces) for grid in found) in {4, 5}
    assert all(f.x1 - f.x0 >= 3.5 and f.bottom - f.top >= 3.5 for grid in found for f in grid.faces)


def test_a_row_narrower_than_its_table_leaves_a_face_marked_open() -> None:
    level, upright = drawn([0.0, 100.0, 200.0], [0.0, 20.0, 40.0], [(0, 0, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)])
    (grid,), _, _ = grids(level, upright)
    assert [face for face in grid.faces if face.open] == [Face(0, 1, 1, 1, 100.0, 0.0, 200.0, 20.0, True)]


def test_rulings_that_meet_nothing_are_given_back() -> None:
    found, rows, columns = grids([Edge(10, 0, 100), Edge(30, 0, 100)], [Edge(300, 0, 50)])
    assert found == [] and len(rows) == 2 and len(columns) == 1
