"""Answers found without a label that is known: options that tell by themselves what is asked, and choices in a form's title."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from extractors.forms.definitions import FieldForm
from extractors.matching.answers.answer import Answer
from extractors.matching.answers.named_rows import in_named_rows
from extractors.matching.answers.option_cells import option_cells
from extractors.matching.answers.ticked import ticked_options
from extractors.matching.places import Spot, cut
from extractors.matching.scene import Scene
from extractors.matching.values.choices import options_of
from extractors.matching.values.kinds import Parsed, parsed
from extractors.page import Line

_LEAST_LISTED = 3
"""So many different options in one cell tell what is asked."""
_FROM_PERSON = ("person.family_name", "person.full_name", "person.given_names")


def unlabelled(form: FieldForm, here: Scene, today: date) -> Iterator[tuple[Answer, Parsed]]:
    """What may answer a field whose label was not found, surest first."""
    if form.options is None:
        return
    for told in in_named_rows(form, here):
        yield told, parsed(form, told.lines, here.definition, today)
    if form.spread:
        for grid in here.places.grids:
            cells = option_cells(grid, form.key, here.definition)
            answer = ticked_options(cells, form, here) if cells else None
            if answer is not None:
                yield answer, parsed(form, answer.lines, here.definition, today)
        for spot in _listing(form, here):
            doubt = "What is asked was told by the options alone."
            yield Answer(spot.lines, (spot,), 0.88, (doubt,)), parsed(form, spot.lines, here.definition, today)
        for spot, lines in _under_heading(form, here):
            doubt = "What is asked was told by the heading and the options."
            yield Answer(lines, (spot,), 0.88, (doubt,)), parsed(form, lines, here.definition, today)
    if form.titled:
        for spot in _offering(form, here):
            doubt = "What is asked was told by the options alone."
            yield Answer(spot.lines, (spot,), 0.88, (doubt,)), parsed(form, spot.lines, here.definition, today)
        for spot, line in _title_lines(here):
            options = options_of(form.options)
            named = options.found_in(line.text)
            piece = cut(line, named[0][1]) if named else line
            if len(options.offered((piece,))) < 2:
                continue
            read = parsed(form, (piece,), here.definition, today)
            if read.value is not None and read.method in ("strike_out", "emphasis"):
                yield Answer((piece,), (spot,)), read


def _listing(form: FieldForm, here: Scene) -> Iterator[Spot]:
    """Cells that list options of a field, beside or below a label that nobody knows."""
    if form.options is None:
        return
    options = options_of(form.options)
    for grid in here.places.grids:
        for spot in grid.spots:
            if len(spot.own) < _LEAST_LISTED or not here.is_answer(spot):
                continue
            asking = [*grid.left_of(spot)[:1], *(grid.across(spot.row - 1, spot.col, spot.col_end)[:1])]
            labels = next((here.labels[one.order] for one in asking if one.order in here.labels), [])
            codes = {code for line in spot.own for code, _, _ in options.found_in(line.text)}
            if labels and not labels[0].known and len(codes) >= _LEAST_LISTED:
                yield spot


def _offering(form: FieldForm, here: Scene) -> Iterator[Spot]:
    """Cells that say nothing but the options of a field, each in more than a digit: "Level 2 / Level 3"."""
    options = options_of(form.options) if form.options is not None else None
    for spot in here.places.spots:
        if options is None or spot.grid is None or not here.is_answer(spot) or len(spot.own) != 1:
            continue
        named = [spot.text[start:end] for _, start, end in options.found_in(spot.text)]
        if (
            len(named) > 1
            and all(" " in name for name in named)
            and sum(map(len, named)) + 4 * len(named) >= len(spot.text)
        ):
            yield spot


def _under_heading(form: FieldForm, here: Scene) -> Iterator[tuple[Spot, tuple[Line, ...]]]:
    """Lines with boxes that list options of a field right below the heading of its part, with no label between them."""
    options = options_of(form.options) if form.options is not None else None
    for hit in here.hits():
        if options is None or not hit.opens or form.part not in hit.opens:
            continue
        boxed = tuple(line for line in hit.rest if any(run.mark is not None for run in line.runs))
        codes = {code for line in boxed for code, _, _ in options.found_in(line.text)}
        if len(codes) >= _LEAST_LISTED:
            yield hit.spot, boxed


def _title_lines(here: Scene) -> Iterator[tuple[Spot, Line]]:
    """The lines before anything is asked of the person."""
    asked = (hit.spot.order for hit in here.hits() if any(match.owner in _FROM_PERSON for match in hit.claims))
    first = min(asked, default=0)
    for spot in here.places.spots[:first]:
        if not here.is_label(spot) or spot.grid is None:
            yield from ((spot, line) for line in spot.own)
