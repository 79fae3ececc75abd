"""Options that stand in cells of their own: lists of categories, triggers."""

from __future__ import annotations

import re

from extractors.forms.definitions import OTHER, Definition
from extractors.matching.places import Grid, Spot
from extractors.matching.values.choices import options_of
from extractors.wording import without_brackets


def option_cells(grid: Grid, key: str, definition: Definition) -> list[tuple[Spot, str]]:
    """The cells of `grid` that each hold one whole option of `key`, with its code; empty unless two different ones. Of those
    that say an option twice on one row, the one beside the place for a tick."""
    return _said_once(listed_cells(grid, key, definition))


def listed_cells(grid: Grid, key: str, definition: Definition) -> list[tuple[Spot, str]]:
    """The same with the cells that say the option of another one on their row again, as a number and its meaning do."""
    form = definition.fields[key]
    if form.options is None:
        return []
    options = options_of(form.options)
    found: list[tuple[Spot, str]] = []
    for spot in grid.spots:
        if len(spot.text) < 2 or len(spot.text) > 220 or len(spot.own) > 4:
            continue
        text = without_x(spot.text)
        named = options.found_in(text)
        if len({code for code, _, _ in named}) > 1:
            continue
        exact = options.exactly(text)
        if exact is not None:
            found.append((spot, exact))
        elif named and named[0][1] <= 2 and (named[-1][2] - named[0][1]) * 5 >= len(text) * 3:
            found.append((spot, named[0][0]))
    distinct = {code for _, code in found}
    if len(distinct) < 2 or len(_said_once(found)) != len(distinct):
        return []
    labels = sum(
        any(
            match.owner not in (key, OTHER)
            for text in (spot.text, without_brackets(spot.text))
            for match in (*definition.labels.exact(text), *definition.here.exact(text))
        )
        for spot, _ in found
    )
    return found if labels * 2 < len(found) else []


def _said_once(cells: list[tuple[Spot, str]]) -> list[tuple[Spot, str]]:
    kept: list[tuple[Spot, str]] = []
    for spot, code in cells:
        alike = [one for one, other in cells if other == code and one.row == spot.row]
        last = max(alike, key=lambda one: one.col)
        outer = last if last.grid is not None and next(iter(last.grid.right_of(last)), None) is not None else alike[0]
        if len(alike) == 1 or spot is outer:
            kept.append((spot, code))
    return kept


def without_x(text: str) -> str:
    """Text without a cross typed before or behind it."""
    return re.sub(r"^[xX]\s+|\s+[xX]$", "", text)
