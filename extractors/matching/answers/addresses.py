"""Addresses whose lines stand in cells of their own, each beside what it is: "Line 2", "Town", "Postcode"."""

from __future__ import annotations

import re
from itertools import pairwise

from extractors.matching.places import Spot
from extractors.matching.scene import Scene

_ADDRESS_PART = re.compile(
    r"(?:(?:address\s*)?line\s*\d|post\s*code|town|city|county|street|village)"
    r"(?:\s*(?:/|,|and|or)\s*(?:town|city|county|post\s*code))*\W*",
    re.IGNORECASE,
)


def address_cells(spot: Spot, here: Scene) -> tuple[Spot, ...]:
    """The cells of an address whose first one is found: those with its further lines stand beside labels such as "Line 2",
    "Town", "Postcode", to the right of it or on the rows below."""
    grid = spot.grid
    found: list[Spot] = [] if _ADDRESS_PART.fullmatch(spot.text) else [spot]
    for row in range(spot.row, grid.height) if grid is not None else ():
        cells = [one for one in grid.across(row) if one.row == row and one.order not in here.who] if grid else []
        pairs = [(a, b) for a, b in pairwise(cells) if _ADDRESS_PART.fullmatch(a.text) and here.is_answer(b)]
        if row > spot.row and not (pairs and pairs[0][0] is next(one for one in cells if not one.empty)):
            break
        found += [value for _, value in pairs if value is not spot and not value.empty]
    return tuple(found) or (spot,)
