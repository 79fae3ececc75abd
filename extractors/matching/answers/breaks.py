"""Answers that a break cuts: of a page, of a column of the page, or of a table into two."""

from __future__ import annotations

from extractors.forms.definitions import FieldForm
from extractors.matching.answers.answer import Answer
from extractors.matching.labels.hits import Hit
from extractors.matching.places import Spot
from extractors.matching.scene import Scene
from extractors.matching.values.choices import options_of
from extractors.page import Line
from extractors.wording import plain

_OPTION = 0.9
"""How surely the words of an option name it."""


def continued(hit: Hit, spot: Spot, here: Scene) -> tuple[tuple[Line, ...], tuple[Spot, ...]]:
    """A cell's lines and those of rows below that carry it on after a page break: no label, same column."""
    grid = spot.grid
    lines, more = list(spot.lines), []
    row = max(spot.row_end, hit.spot.row_end)
    while grid is not None and row < grid.height:
        label, next_spot = grid.at(row, hit.spot.col), grid.at(row, spot.col)
        if label is None or next_spot is None or label is next_spot or not label.empty or next_spot.empty:
            break
        if (
            next_spot.col != spot.col
            or label.fillable
            or not here.is_answer(next_spot)
            or here.headings & {label.order}
        ):
            break
        if any(not here.is_label(other) and not other.empty for other in grid.left_of(next_spot)):
            break
        lines.extend(next_spot.lines)
        more.append(next_spot)
        row = next_spot.row_end
    return tuple(lines), tuple(more)


def in_next_table(hit: Hit, spot: Spot, here: Scene) -> Spot | None:
    """The cell below the last of a table, where the next table begins with the rest of its last row: no label, same columns."""
    grid = spot.grid
    if grid is None or spot.row_end < grid.height:
        return None
    last = max(other.order for other in grid.spots)
    # A heading over the part beyond the break may come first.
    near = here.places.spots[last + 1 : last + 3]
    following = next((other.grid for other in near if other.grid is not None or len(other.own) > 1), None)
    if following is None or following.width != grid.width or following.around is not grid.around:
        return None
    label, rest = following.at(0, hit.spot.col), following.at(0, spot.col)
    if label is None or rest is None or label is rest or not label.empty or label.fillable or rest.col != spot.col:
        return None
    return rest if not rest.empty and (here.is_answer(rest) or rest.text[:1].islower()) else None


def options_beyond(hit: Hit, form: FieldForm) -> Answer | None:
    """The options in a label's own cell with those in the cell below, on the next page: nothing but options of the question,
    even where one is worded as another question is."""
    grid, cell = hit.spot.grid, hit.spot.cell
    below = grid.at(hit.spot.row_end, hit.spot.col) if grid is not None and form.options is not None else None
    if (
        below is None
        or below.cell is None
        or cell is None
        or below.cell.page in (None, cell.page)
        or form.options is None
    ):
        return None
    named = options_of(form.options).code_of
    paragraphs: list[str] = []
    for line in (line for line in below.lines if line.text.strip()):
        if line.joins_previous and paragraphs:
            paragraphs[-1] += f" {line.text}"
        else:
            paragraphs.append(line.text)
    if not paragraphs or any((found := named(plain(text))) is None or found[1] < _OPTION for text in paragraphs):
        return None
    doubt = "The options go on beyond a page break."
    return Answer((*hit.rest, *below.lines), (hit.spot, below), 0.85, (doubt,))
