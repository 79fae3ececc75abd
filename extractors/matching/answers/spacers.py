"""Columns that only keep labels and answers apart, in which nothing ever stands."""

from __future__ import annotations

from extractors.matching.labels.hits import Hit
from extractors.matching.notes import surely_note
from extractors.matching.places import Grid, Spot
from extractors.matching.scene import Scene

_FEWEST = 3
"""So many labels of the tables of one width have writing right behind such a column."""


def beyond_spacer(hit: Hit, spot: Spot, here: Scene) -> Spot | None:
    """The cell behind the empty one right of a label, where the whole column is empty in all tables of its width, and most
    labels have something of their own behind it."""
    grid = spot.grid
    if grid is None or not spot.empty or spot.fillable or spot.col_end - spot.col > 1 or spot.row_end - spot.row > 1:
        return None
    alike = [other for other in here.places.grids if other.width == grid.width and other.around is grid.around]
    if not all(spot.col in other.bare for other in alike):
        return None
    behind = [
        other
        for one in alike
        for label in _column(one, hit.spot.col)
        if here.is_label(label) and (other := one.at(label.row, spot.col_end)) is not None
    ]
    written = [one.text for one in behind if not one.empty and here.is_answer(one) and not surely_note(one.text)]
    told = len(set(written)) >= _FEWEST and 2 * len(written) >= len(behind)
    found = grid.at(spot.row, spot.col_end)
    return found if told and found is not None and found.row == spot.row else None


def _column(grid: Grid, col: int) -> list[Spot]:
    """The cells of one column alone."""
    return [spot for spot in grid.spots if spot.col == col and spot.col_end == col + 1]
