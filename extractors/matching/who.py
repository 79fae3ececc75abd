"""Who completes a row, and how: the cells that only say that."""

from __future__ import annotations

import re

from extractors.forms.definitions import PLAIN_WORDS, Definition
from extractors.matching.places import Places, Spot

_WHO_PARTS = re.compile(r"\s*(?:[/,&;+\n]|\band\b|\bor\b)\s*")


def who_completes(found: Places, definition: Definition) -> set[int]:
    """Spots of a column that says who completes each row."""
    last: list[Spot] = []
    rows = 0
    for grid in found.grids:
        for row in range(grid.height):
            spots = grid.row_of(grid.rows[row][0]) if row < len(grid.rows) and grid.rows[row] else []
            if len(spots) >= 3:
                rows += 1
                if _says_who(spots[-1].text, definition):
                    last.append(spots[-1])
    if len(last) >= 3 and len(last) * 2 >= rows:
        starts = {id(spot.grid): spot.col for spot in last}
        return _guidance(found) | {
            spot.order
            for grid in found.grids
            for spot in grid.spots
            if spot.col > 0
            and spot.col_end == grid.width
            and _says_who(spot.text, definition)
            and spot.col >= starts.get(id(grid), 2)
        }
    named: set[int] = _guidance(found)
    for grid in found.grids:
        for col in range(1, grid.width):
            spots = [spot for spot in grid.spots if spot.col == col and spot.text]
            says = [spot for spot in spots if _says_who(spot.text, definition)]
            if len({spot.row for spot in says}) >= 4 and len(says) * 5 >= len(spots) * 4 and len(grid.rows) >= 4:
                named.update(spot.order for spot in says)
    return named


_GUIDANCE = re.compile(
    r"(?:guidance|help|explanation|instructions?)(?: (?:notes?|text))?|(?:guidance )?notes (?:for|on) completion|how to complete\W*",
    re.IGNORECASE,
)


def _guidance(found: Places) -> set[int]:
    """Spots of a last column that says in its heading that it explains how to fill in the row."""
    spots: set[int] = set()
    for grid in found.grids:
        head = next((one for one in grid.across(0) if one.col >= 2 and one.col_end == grid.width), None)
        if head is not None and grid.height > 2 and _GUIDANCE.fullmatch(head.text):
            spots.update(one.order for one in grid.spots if one.col == head.col and one.col_end == head.col_end)
    return spots


def _says_who(text: str, definition: Definition) -> bool:
    if not text or len(text) > 60:
        return False
    if frozenset(definition.wording.tokens(text)) in definition.who_headings:
        return True
    parts = [part for part in _WHO_PARTS.split(text) if part]
    return bool(parts) and all(" ".join(PLAIN_WORDS.tokens(part)) in definition.who for part in parts)
