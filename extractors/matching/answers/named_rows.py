"""Tables that look like no questions and ask some: a row for each group at risk, or concern, with a word for its level beside it and
columns of remarks behind. The rows are told by their words, and the column of answers by holding options alone."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.forms.definitions import Definition, FieldForm
from extractors.matching.answers.answer import Answer
from extractors.matching.places import Grid, Spot
from extractors.matching.scene import Scene
from extractors.matching.values.choices import options_of

_FEWEST = 3
"""So many rows that are named tell what a table asks."""
_DOUBT = "What is asked was told by the rows of a table and the options beside them."


def in_named_rows(form: FieldForm, here: Scene) -> Iterator[Answer]:
    """The cell of each such table that answers the question of `form`."""
    for grid in here.places.grids if form.options is not None else ():
        rows = {row: names for row in range(grid.height) if (names := _names(grid.at(row, 0), row, here.definition))}
        asked = any((name := grid.at(row, 0)) is not None and here.is_label(name) for row in rows)
        columns = [
            col for col in range(1, grid.width) if len(rows) >= _FEWEST and not asked and _answers(grid, rows, col)
        ]
        mine = [row for row, names in rows.items() if form.key in {name.key for name in names}]
        if len(columns) == len(mine) == 1 and (spot := grid.at(mine[0], columns[0])) is not None and not spot.empty:
            yield Answer(spot.lines, (spot,), 0.85, (_DOUBT,))


def _names(spot: Spot | None, row: int, definition: Definition) -> list[FieldForm]:
    """The questions with options that the first cell of a row is worded as."""
    if spot is None or spot.row != row or not spot.text:
        return []
    owners = (match.owner for match in (*definition.labels.exact(spot.text), *definition.here.exact(spot.text)))
    forms = [definition.fields[owner] for owner in owners if owner in definition.fields]
    return [one for one in forms if one.options is not None and one.kind in ("choice", "yes_no")]


def _answers(grid: Grid, rows: dict[int, list[FieldForm]], col: int) -> bool:
    """Whether a column holds an option of the question on each of the rows, but for empty cells."""
    cells = [(grid.at(row, col), names) for row, names in rows.items()]
    filled = [(spot, names) for spot, names in cells if spot is not None and spot.text]
    told = all(
        any(one.options is not None and options_of(one.options).exactly(spot.text) is not None for one in names)
        for spot, names in filled
    )
    return told and len(filled) * 2 > len(cells) and all(spot is not None and spot.col == col for spot, _ in cells)
