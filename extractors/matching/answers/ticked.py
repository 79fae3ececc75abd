"""Answers ticked in a table: under headings that are options, or beside options that stand in cells of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.answers import is_empty_answer
from extractors.forms.definitions import FieldForm
from extractors.matching.answers.answer import Answer
from extractors.matching.answers.option_cells import option_cells, without_x
from extractors.matching.answers.ticks import TICK_WORDS, headed, is_option, one_tick
from extractors.matching.labels.hits import Hit
from extractors.matching.notes import all_note
from extractors.matching.places import Spot
from extractors.matching.scene import Scene
from extractors.matching.values.choices import options_of
from extractors.page import Line, Run
from extractors.wording import plain

_LONGEST_OPTION = 120


def tick_table(hit: Hit, form: FieldForm, here: Scene) -> Answer | None:
    """An answer ticked on the label's row under column headings that are options, or down its column beside them."""
    grid = hit.spot.grid
    if grid is None or form.options is None:
        return None
    across = [spot for spot in grid.right_of(hit.spot) if spot.order not in here.who]
    found = headed(grid, across, form, up=True) or _under_options(hit, form, here)
    if found is None:
        down: list[Spot] = []
        row = hit.spot.row_end
        while (spot := grid.at(row, hit.spot.col)) is not None:
            down.append(spot)
            row = spot.row_end
        found = headed(grid, down, form, up=False)
    if found is None:
        return None
    lines = [Line((*one_tick(spot, form), _words(heading))) for heading, spot in found]
    if not any(run.mark for line in lines for run in line.runs):
        row = found[0][0].row
        for spot in across:
            heading = grid.at(row, spot.col)
            if heading is not None and is_empty_answer(heading.text) and one_tick(spot, form)[0].mark:
                # Ticked under "Not known": that is what is answered.
                return Answer((Line((replace(_box(spot), text=heading.text),)),), (spot,))
    return Answer(tuple(lines), tuple(spot for _, spot in found))


def _under_options(hit: Hit, form: FieldForm, here: Scene) -> list[tuple[Spot, Spot]] | None:
    """The options on a label's own row, each with the cell for its tick below it, on a row that asks nothing itself."""
    grid = hit.spot.grid
    under = grid.at(hit.spot.row_end, hit.spot.col) if grid is not None else None
    if grid is None or under is None or not (under.empty or all_note(plain(under.text))):
        return None
    beside = [spot for spot in grid.right_of(hit.spot) if is_option(spot, form)]
    cells = [cell for cell in grid.right_of(under) if any(cell.col == spot.col for spot in beside)]
    return headed(grid, cells, form, up=True)


def _words(heading: Spot) -> Run:
    return Run(f" {heading.text}")


def options_below(hit: Hit, form: FieldForm, here: Scene) -> Answer | None:
    """Options in cells of their own, below the label or to its right, each with a place for a tick beside it."""
    grid = hit.spot.grid
    if grid is None:
        return None
    if (own := _options_on_rows(hit, form, here)) and (answer := ticked_options(own, form, here)) is not None:
        return answer
    if form.kind == "yes_no":
        return None
    near = [
        (spot, code)
        for spot, code in option_cells(grid, form.key, here.definition)
        if spot.row >= hit.spot.row and (spot.row < hit.spot.row_end + 12) and spot is not hit.spot
    ]
    if len({code for _, code in near}) < 2 or not _reaches(hit, near[0][0], here):
        return None
    if near[0][0].row == hit.spot.row == near[-1][0].row:
        under = grid.at(hit.spot.row_end, hit.spot.col)
        if under is not None and here.is_label(under):
            # The options head a table of ticks for the labels below.
            return None
    return ticked_options(near, form, here)


def options_in_table(hit: Hit, form: FieldForm, here: Scene) -> Answer | None:
    """The options of the question on a line in the table that follows it: each in a cell of its own with a place for a tick,
    and nothing else there."""
    last = here.labels.get(hit.spot.order, [])[-1:] == [hit]
    behind = next(iter(here.places.spots[hit.spot.order + 1 : hit.spot.order + 2]), None)
    if not last or behind is None or behind.grid is None or form.options is None or any(map(_said, hit.rest)):
        return None
    cells = option_cells(behind.grid, form.key, here.definition)
    options = {spot.order for spot, _ in cells}
    if not cells or not all(spot.order in options or _tickable(spot) for spot in behind.grid.spots):
        return None
    return ticked_options(cells, form, here)


def _said(line: Line) -> bool:
    return bool(line.text.strip()) and not all_note(plain(line.text))


def _options_on_rows(hit: Hit, form: FieldForm, here: Scene) -> list[tuple[Spot, str]]:
    """The options of a question below each other on the rows that its label alone stands beside, merged over them or with
    empty cells below it: each in a cell of its own, all in one column, with nothing else there."""
    grid, found = hit.spot.grid, list[tuple[Spot, str]]()
    column = next((one.col for one in grid.right_of(hit.spot) if _named(one, form)), None) if grid is not None else None
    row = hit.spot.row
    while grid is not None and column is not None and row < grid.height:
        asked, spot = grid.at(row, hit.spot.col), grid.at(row, column)
        if spot is None or (asked is not hit.spot and not (asked is not None and asked.empty)):
            break
        code = _named(spot, form)
        if code is None or spot.col != column or code in {other for _, other in found}:
            break
        found.append((spot, code))
        row = spot.row_end
    return found if len(found) > 1 else []


def _named(spot: Spot, form: FieldForm) -> str | None:
    """The option that a cell is all of."""
    if form.options is None or not spot.text or len(spot.text) > _LONGEST_OPTION:
        return None
    code = options_of(form.options).code_of(without_x(spot.text))
    return code[0] if code is not None and code[1] == 1.0 else None


def _reaches(hit: Hit, spot: Spot, here: Scene) -> bool:
    """Whether no other label or heading stands between a label and the first of its options."""
    return not any(hit.spot.order < order < spot.order for order in here.labels)


def ticked_options(cells: Sequence[tuple[Spot, str]], form: FieldForm, here: Scene) -> Answer | None:
    """The ticks of options that stand in cells of their own: in the cell, else right, left, below or above of it."""
    if any(run.mark is not None for spot, _ in cells for line in spot.lines for run in line.runs):
        found = Answer(tuple(line for spot, _ in cells for line in spot.lines), tuple(spot for spot, _ in cells))
        return replace(found, certainty=0.6, doubts=(_STRANGE,)) if _ticked_among(cells) else found
    if any(re.search(r"^[xX]\s|\s[xX]$", spot.text) for spot, _ in cells):
        lines = tuple(
            Line((replace(_box(spot), mark=bool(re.search(r"^[xX]\s|\s[xX]$", spot.text))), _words(spot)))
            for spot, _ in cells
        )
        return Answer(lines, tuple(spot for spot, _ in cells))
    order = {spot.order for spot, _ in cells}
    for side in ("right", "left", "below", "above"):
        beside = [_beside(spot, side, here) for spot, _ in cells]
        spots = [spot for spot in beside if spot is not None and spot.order not in order]
        if len(spots) != len(cells) or len({id(spot) for spot in spots}) < len(spots):
            continue
        if all(_tickable(spot) for spot in spots):
            lines = tuple(
                Line((*one_tick(tick, form), _words(spot))) for (spot, _), tick in zip(cells, spots, strict=True)
            )
            if not any(run.mark for line in lines for run in line.runs) and told_apart([spot for spot, _ in cells]):
                break
            return Answer(lines, tuple(spots))
    if told_apart([spot for spot, _ in cells]):
        return Answer(tuple(line for spot, _ in cells for line in spot.lines), tuple(spot for spot, _ in cells))
    return None


_STRANGE = "Another box among these options is ticked, whose words are not understood."


def _ticked_among(cells: Sequence[tuple[Spot, str]]) -> bool:
    """Whether a cell between those of options, or beside one, is ticked and none of them."""
    grid, known = cells[0][0].grid, {spot.order for spot, _ in cells}
    first, last = min(spot.row for spot, _ in cells), max(spot.row_end for spot, _ in cells)
    return grid is not None and any(
        any(run.mark for line in spot.lines for run in line.runs) and bool(spot.text)
        for row in range(first, last)
        for spot in grid.across(row)
        if spot.order not in known
    )


def _box(spot: Spot) -> Run:
    first = next(run for line in spot.lines for run in line.runs)
    return Run("", first.page, first.box, first.path, method=first.method, confidence=first.confidence)


def _tickable(spot: Spot) -> bool:
    return spot.empty or len(spot.text) <= 3 or spot.text.lower() in TICK_WORDS


def _beside(spot: Spot, side: str, here: Scene) -> Spot | None:
    grid = spot.grid
    if grid is None:
        return None
    if side == "right":
        return next((other for other in grid.right_of(spot) if other.order not in here.who), None)
    if side == "left":
        return next(iter(grid.left_of(spot)), None)
    if side == "below":
        return next(iter(grid.below(spot)), None)
    return grid.at(spot.row - 1, spot.col) if spot.row else None


def told_apart(spots: Sequence[Spot]) -> bool:
    """Whether some of the cells are struck out, bold or marked and others are not."""
    looks = {
        (run.struck, run.bold, run.highlighted, run.mark)
        for spot in spots
        for line in spot.lines
        for run in line.runs
        if run.text.strip() or run.mark is not None
    }
    return len(looks) > 1
