"""Surveys the places of a document: their roles are told by look first, then by place, then by wording."""

from __future__ import annotations

from itertools import pairwise

from extractors.forms.definitions import Definition, FieldForm
from extractors.matching.answers.option_cells import listed_cells
from extractors.matching.answers.ticks import rows_of_ticks
from extractors.matching.labels.find import hits_in
from extractors.matching.labels.inner import told_inside
from extractors.matching.parts import find_headings, give_parts
from extractors.matching.places import Places, Spot
from extractors.matching.roles import settle_roles, share_cells
from extractors.matching.scene import Scene
from extractors.matching.style import learn_style
from extractors.matching.who import who_completes


def survey(found: Places, definition: Definition) -> Scene:
    """The scene of a document's places."""
    who = who_completes(found, definition)
    here = Scene(definition, found, learn_style(found, definition, who), who=who)
    _find_option_lists(here)
    forms = _distinct_options(definition)
    here.ticked_rows = {id(grid): rows for grid in found.grids if (rows := rows_of_ticks(grid, forms))}
    _find_labels(here)
    if share_cells(here):
        here.same_cell = here.style.same_cell = True
        here.labels.clear()
        _find_labels(here)
    for order, none in told_inside(here).items():
        _find_in(here, found.spots[order], none)
    settle_roles(here)
    _ask_for_boxes(here)
    find_headings(here)
    give_parts(here)
    return here


def _distinct_options(definition: Definition) -> list[FieldForm]:
    """One field for each set of options that may head a table of ticks."""
    seen: dict[tuple[tuple[str, str], ...], FieldForm] = {}
    for form in definition.fields.values():
        if form.options is not None and form.kind in ("yes_no", "choice"):
            seen.setdefault(tuple(form.option_words.items()), form)
    return list(seen.values())


def _find_labels(here: Scene) -> None:
    for spot in here.places.spots:
        if spot.order not in here.who and spot.order not in here.taken:
            _find_in(here, spot)


def _find_in(here: Scene, spot: Spot, none: frozenset[tuple[int, int]] = frozenset()) -> None:
    """Finds the labels in a spot. `none`: places (line, start) of what is no label, though worded as one."""
    asks = spot.grid is not None and spot.col == 0 and spot.row in here.ticked_rows.get(id(spot.grid), {})
    hits = hits_in(spot, here.definition, here.style, asks, none)
    if hits:
        here.labels[spot.order] = hits


def _ask_for_boxes(here: Scene) -> None:
    """A line that may be label or heading is a label where nothing but one box for an answer stands behind it."""
    for before, box in pairwise(here.places.spots):
        last = here.labels.get(before.order, [])[-1:]
        if before.grid is not None or not last or last[0].opens is None or not last[0].known:
            continue
        if box.grid is not None and (box.grid.width, box.grid.height) == (1, 1) and here.is_answer(box):
            last[0].opens = None


def _find_option_lists(here: Scene) -> None:
    """Marks cells that are telling options (categories, triggers) standing in cells of their own, two or more together."""
    for form in here.definition.fields.values():
        if not form.spread or form.options is None:
            continue
        for grid in here.places.grids:
            cells = listed_cells(grid, form.key, here.definition)
            here.taken.update(spot.order for spot, _ in cells)
