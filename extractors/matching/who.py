"""Who completes a row, how, and which number it has: the cells that only say that."""

from __future__ import annotations

import re
from itertools import pairwise

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
        return _aside(found) | {
            spot.order
            for grid in found.grids
            for spot in grid.spots
            if spot.col > 0
            and spot.col_end == grid.width
            and _says_who(spot.text, definition)
            and spot.col >= starts.get(id(grid), 2)
        }
    named: set[int] = _aside(found)
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


def _aside(found: Places) -> set[int]:
    return _guidance(found) | _numbers(found)


_NUMBER = re.compile(r"(?:Q(?:uestion)?\s*)?(\d{1,2})(?:\.(\d{1,2}))?\s*(?:\(?[a-z]\)?)?[.):]?", re.IGNORECASE)
_NUMBERS = re.compile(r"(?:(?:question|item|field|box|ref|row)\s*)?(?:no|number|nr|#)?\.?|q\.?", re.IGNORECASE)
"""What may head a column of numbers."""
_LEAST_NUMBERED = 6
"""So many rows make a column of plain numbers one of question numbers: fewer may be the numbers of categories."""


def _numbers(found: Places) -> set[int]:
    """Spots of a first column, or of one behind the names of parts, that holds nothing but the numbers of the rows, each
    greater than the one before."""
    spots: set[int] = set()
    for grid, col in ((grid, col) for grid in found.grids for col in (0, 1)):
        column = [spot for spot in grid.spots if spot.col == col and spot.col_end == col + 1 and spot.text]
        heads = column[:1] if column and _NUMBERS.fullmatch(column[0].text) else []
        told = [_NUMBER.fullmatch(spot.text) for spot in column[len(heads) :]]
        numbers = [(int(one[1]), int(one[2] or 0)) for one in told if one is not None]
        dotted = all(number[1] for number in numbers)
        in_turn = len(numbers) == len(told) and all(a <= b for a, b in pairwise(numbers))
        if grid.width > col + 2 and in_turn and len(numbers) >= (3 if dotted else _LEAST_NUMBERED):
            spots.update(spot.order for spot in column)
    return spots


def _guidance(found: Places) -> set[int]:
    """Spots of a column, behind that of the labels, that says in its heading that it explains how to fill in the row."""
    spots: set[int] = set()
    for grid in found.grids:
        head = next((one for one in grid.across(0) if one.col >= 1 and _GUIDANCE.fullmatch(one.text)), None)
        if head is not None and grid.height > 2 and grid.width > 2:
            spots.update(one.order for one in grid.spots if one.col == head.col and one.col_end == head.col_end)
    return spots


def _says_who(text: str, definition: Definition) -> bool:
    if not text or len(text) > 60:
        return False
    if frozenset(definition.wording.tokens(text)) in definition.who_headings:
        return True
    parts = [part for part in _WHO_PARTS.split(text) if part]
    return bool(parts) and all(" ".join(PLAIN_WORDS.tokens(part)) in definition.who for part in parts)
