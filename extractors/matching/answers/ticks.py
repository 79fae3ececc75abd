"""Tables of ticks: options head columns or rows, and an answer is a tick, a cross or a word in the cell under one."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.forms.definitions import FieldForm
from extractors.matching.places import Grid, Spot
from extractors.matching.values.choices import options_of
from extractors.page import Line, Run

TICK_WORDS = frozenset({"x", "✓", "✔", "√", "*", "tick", "ticked", "yes", "y", "v", "/", "•", "●", "✗", "✘", "1"})
"""What people write in a cell to tick it."""


def is_option(spot: Spot, form: FieldForm) -> bool:
    if form.options is None or not spot.text or len(spot.text) > 60:
        return False
    return options_of(form.options).exactly(spot.text) is not None


def as_ticks(spot: Spot, form: FieldForm) -> tuple[Line, ...]:
    """A cell's lines; where it holds only a cross or nothing, a tick box that is ticked or empty."""
    if is_option(spot, form) or any(run.mark is not None for line in spot.lines for run in line.runs):
        return spot.lines
    text = spot.text.lower()
    if text and text not in TICK_WORDS:
        return spot.lines
    run = next((run for line in spot.lines for run in line.runs if run.text.strip()), None)
    box = Run(
        "",
        spot.cell.page if spot.cell else None,
        run.box if run else spot.cell.box if spot.cell else None,
        run.path if run else None,
        mark=bool(text),
        method=run.method if run else "text",
        confidence=run.confidence if run else 1.0,
    )
    return (Line((box,)),)


def headed(grid: Grid, spots: Sequence[Spot], form: FieldForm, up: bool) -> list[tuple[Spot, Spot]] | None:
    """(heading, cell) for cells whose column (row) headings are at least two different options."""
    pairs: list[tuple[Spot, Spot]] = []
    codes: set[str] = set()
    if form.options is None or len(spots) < 2:
        return None
    options = options_of(form.options)
    for spot in spots:
        heading = _heading_above(grid, spot, form) if up else grid.at(spot.row, 0)
        if heading is None or heading is spot or not heading.text:
            continue
        code = options.exactly(heading.text)
        if code is not None and not is_option(spot, form):
            pairs.append((heading, spot))
            codes.add(code)
    return pairs if len(codes) >= 2 and len(codes) == len(pairs) else None


def _heading_above(grid: Grid, spot: Spot, form: FieldForm) -> Spot | None:
    """The nearest cell above that is an option."""
    row = spot.row - 1
    while row >= 0:
        above = grid.at(row, spot.col)
        if above is None:
            return None
        if is_option(above, form):
            return above
        row = above.row - 1
    return None


def one_tick(spot: Spot, form: FieldForm) -> tuple[Run, ...]:
    """The tick of a cell under an option: its own box, else ticked when anything is written in it."""
    marks = [run for line in spot.lines for run in line.runs if run.mark is not None]
    if marks:
        return (next((run for run in marks if run.mark), marks[0]),)
    text = spot.text
    runs = [run for line in spot.lines for run in line.runs if run.text.strip() and not run.placeholder]
    said = text.lower() not in ("", "-", "no", "n", "n/a", "na", "none", "0")
    sure = 1.0 if text.lower() in TICK_WORDS or not text else 0.85
    return (
        Run(
            "",
            spot.cell.page if spot.cell else None,
            runs[0].box if runs else spot.cell.box if spot.cell else None,
            runs[0].path if runs else spot.cell.path if spot.cell else None,
            mark=said,
            method=runs[0].method if runs else "text",
            confidence=min([sure, *(run.confidence for run in runs)]),
        ),
    )


def rows_of_ticks(grid: Grid, forms: Sequence[FieldForm]) -> dict[int, str]:
    """Row -> the part of the form, for rows whose cells stand under two or more different options of one field."""
    found: dict[int, str] = {}
    for row in range(grid.height):
        spots = [spot for spot in grid.across(row, 1) if spot.row == row and spot.text and len(spot.text) < 30]
        if len(spots) < 2:
            continue
        for form in forms:
            heads = [spot for spot in spots if is_option(spot, form)]
            if form.options is None or len(heads) < 2:
                continue
            options = options_of(form.options)
            codes = {options.exactly(head.text) for head in heads}
            if len(codes) < 2 or len(codes) < len(heads):
                continue
            below = row + 1
            while below < grid.height and all(_ticked_or_empty(grid.at(below, head.col), form) for head in heads):
                found[below] = form.part
                below += 1
            if below > row + 1:
                break
    return found


def _ticked_or_empty(spot: Spot | None, form: FieldForm) -> bool:
    return spot is not None and (spot.empty or spot.fillable or len(spot.text) <= 12) and not is_option(spot, form)
