"""Answers in boxes of their own below their labels, as fillable forms and web pages draw them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.forms.definitions import FieldForm
from extractors.looks import set_back
from extractors.matching.answers.answer import Answer
from extractors.matching.answers.on_lines import written
from extractors.matching.labels.hits import Hit
from extractors.matching.notes import is_note, surely_note
from extractors.matching.places import Grid, Spot
from extractors.matching.scene import Scene
from extractors.matching.values.choices import options_of
from extractors.page import Line, Run
from extractors.wording import plain

_HINT_LINES = 3
"""Lines between a label and its box that may be a hint, at most."""
_FEWEST = 2
"""Boxes with an option each that are the options of one question."""
_DATE_HEADS = ("day", "month", "year")
_FIGURES = re.compile(r"\d{1,4}")


def in_box_below(hit: Hit, form: FieldForm, here: Scene) -> Answer | None:
    """The table of one cell, or of one column that a page break cuts, that follows a label with nothing but a hint behind it;
    for a date also the three boxes of its day, month and year."""
    behind = next(iter(here.places.spots[hit.spot.order + 1 : hit.spot.order + 2]), None)
    last = here.labels.get(hit.spot.order, [])[-1:]
    grid = behind.grid if behind is not None else None
    if behind is None or grid is None or last != [hit] or grid.around is not None:
        return None
    sure = _only_hinted(hit, here)
    if not sure:
        return None
    if form.kind == "date" and (date := _date_in_boxes(grid, sure)) is not None:
        return date
    if (chips := _options_in_boxes(behind, form, here)) is not None:
        return chips
    spots = [row[0] for row in grid.rows if row]
    if grid.width == 1 and here.is_answer(behind) and not behind.empty and any(map(here.is_label, spots[1:2])):
        return Answer(behind.lines, (behind,), 0.85)  # other labels follow in the same table
    if grid.width != 1 or not all(here.is_answer(spot) for spot in spots) or same_page(behind, spots[1:]):
        return None
    return Answer(tuple(line for spot in spots for line in spot.lines), tuple(spots), sure)


def same_page(spot: Spot, more: Sequence[Spot]) -> bool:
    """Whether any of the cells stands on the page of the first."""
    return any(other.cell is not None and spot.cell is not None and other.cell.page == spot.cell.page for other in more)


def _only_hinted(hit: Hit, here: Scene) -> float:
    """How sure it is that nothing but a hint stands behind a label before the box that follows; 0 where its answer may."""
    lines = [line for line in hit.rest if line.text.strip()]
    text = plain(" ".join(line.text for line in lines))
    if not written(hit.rest) or surely_note(text):
        return 0.95
    if here.style.set_back_notes and hit.rest_below and all(map(set_back, lines)):
        return 0.95
    boxed = any(run.mark is not None or run.control is not None for line in lines for run in line.runs)
    if not here.style.boxed_lines or not hit.rest_below or len(lines) > _HINT_LINES or boxed:
        return 0.0
    label = hit.spot.own[hit.line]
    told = _bold(label) and not any(map(_bold, lines))
    return 0.95 if told or is_note(text, here.definition) else 0.85


def _bold(line: Line) -> bool:
    runs = [run for run in line.runs if run.text.strip()]
    return bool(runs) and all(run.bold for run in runs)


def _options_in_boxes(first: Spot, form: FieldForm, here: Scene) -> Answer | None:
    """Options that stand in a box each, one beside the other, the chosen one told by its colour."""
    if form.options is None:
        return None
    options, found = options_of(form.options), list[Spot]()
    for spot in here.places.spots[first.order :]:
        alone = spot.grid is not None and spot.grid.width * spot.grid.height == 1 and spot.grid.around is None
        code = options.code_of(spot.text) if alone and spot.text else None
        if code is None or code[1] < 1.0:
            break
        found.append(spot)
    if len(found) < _FEWEST:
        return None
    lines = tuple(line for spot in found for line in spot.lines)
    marked = {all(run.highlighted for run in line.runs if run.text.strip()) for line in lines}
    doubt = "Several options stand in boxes; nothing says which of them was chosen."
    return Answer(lines, tuple(found), 0.95) if len(marked) > 1 else Answer(lines, tuple(found), 0.6, (doubt,))


def _date_in_boxes(grid: Grid, sure: float) -> Answer | None:
    """A date in three boxes, each under its heading."""
    spots = list(grid.spots)
    heads = [spot for spot in spots if plain(spot.text).lower() in _DATE_HEADS]
    parts = [spot for spot in spots if spot not in heads]
    if tuple(plain(spot.text).lower() for spot in heads) != _DATE_HEADS or len(parts) != len(heads):
        return None
    if any(part.col != head.col for part, head in zip(parts, heads, strict=True)):
        return None
    filled = [part for part in parts if not part.empty]
    if not all(_FIGURES.fullmatch(part.text) for part in filled):
        return None
    runs = [run for part in filled for line in part.lines for run in (*line.runs, Run("/"))]
    return Answer((Line(tuple(runs[:-1])),) if runs else (), tuple(spots), sure)
