"""Where the answer to a label stands: behind it, to its right, below it, or in the columns and rows of a table of ticks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.forms.definitions import OTHER, FieldForm
from extractors.looks import set_back
from extractors.matching.answers.addresses import address_cells
from extractors.matching.answers.answer import Answer
from extractors.matching.answers.boxed import in_box_below, same_page
from extractors.matching.answers.breaks import continued, in_next_table, options_beyond
from extractors.matching.answers.hints import less_hint
from extractors.matching.answers.on_lines import answer_on_lines, goes_on, without_notes, written
from extractors.matching.answers.signs import without_signs
from extractors.matching.answers.spacers import beyond_spacer
from extractors.matching.answers.ticked import options_below, options_in_table, tick_table, told_apart
from extractors.matching.answers.ticks import TICK_WORDS, as_ticks, is_option
from extractors.matching.labels.hits import Hit
from extractors.matching.notes import is_note, rest_is_note, surely_note
from extractors.matching.places import Spot
from extractors.matching.scene import Scene
from extractors.matching.values.choices import options_of
from extractors.page import Line, Run
from extractors.wording import plain


def answer_to(hit: Hit, form: FieldForm, here: Scene) -> Answer:
    """The answer to a label read as a question of `form`; less sure where the wording of the label is known in part."""
    found = without_signs(less_hint(_answer_to(hit, form, here), here), here.signs)
    if _inner(hit, here) and not written(found.lines):
        found = replace(found, certainty=min(found.certainty, 0.8))
    partly = hit.run_in if hit.spot.grid is None else _runs_on(hit) and not here.same_cell
    return replace(found, certainty=min(found.certainty, 0.85)) if partly else found


def _answer_to(hit: Hit, form: FieldForm, here: Scene) -> Answer:
    if form.options is not None:
        ticks = tick_table(hit, form, here) or options_below(hit, form, here)
        if ticks is not None:
            return ticks
    if hit.spot.grid is None:
        in_table = options_in_table(hit, form, here) or in_box_below(hit, form, here)
        return in_table or answer_on_lines(hit, form, here)
    under = _below(hit, here)
    told_below = _told_below_note(hit, here)
    note = rest_is_note(here.definition, hit) and not (told_below and (under is None or not written(under.lines)))
    own = not note and not _all_label(hit, here) and not _over_answer(hit, under, here)
    if here.same_cell and (own or hit.colon) and not here.style.shaded:
        if (cut_off := options_beyond(hit, form)) is not None:
            return cut_off
        rows = _rows_below(hit, here) if hit.spot.grid.guessed and not written(hit.rest) else ()
        if rows:
            return Answer(tuple(line for spot in rows for line in spot.lines), rows, 0.85)
        return Answer(without_notes(hit.rest), (hit.spot,), 0.8 if goes_on(hit.rest) else 1.0)
    if not own and (inner := _in_inner_rows(hit, here)):
        return Answer(tuple(line for spot in inner for line in spot.lines), inner, 0.95)
    if not own and (lines_below := _in_lines_below(hit, here)):
        return Answer(lines_below, (here.places.spots[hit.spot.order + 1],), 0.85)
    beside = _right(hit, form, here) if hit.first or not own else None
    if own and (beside is None or hit.colon or not here.style.label_like(hit.spot)):
        open_beside = beside is not None and (written(beside.lines) or _fillable(beside))
        # a note below the label, or behind its colon in a cell shaded as those of labels, with the answer beside both
        noted = (hit.rest_below and not here.same_cell) or (here.style.shaded and hit.spot.shaded)
        if (hit.colon and not noted) or not open_beside:
            small = beside is not None and not here.same_cell and plain(hit.rest[0].text)[:1].islower()
            sure = (hit.colon or beside is None) and not (small or goes_on(hit.rest))
            if hit.rest_below and len(told := without_notes(hit.rest)) < len(hit.rest) and written(told):
                return Answer(told, (hit.spot,), 0.85 if sure else 0.8, (_NOTED,))
            return Answer(hit.rest, (hit.spot,), 1.0 if sure else 0.8)
    if own and hit.spot.grid.guessed and beside is not None and not written(beside.lines):
        # A row made by alignment has an empty cell wherever others have one.
        return Answer(without_notes(hit.rest), (hit.spot,), 0.8)
    if here.same_cell and not own and _next_labels(hit, here):
        return Answer((), (hit.spot,), 0.8)
    if beside is not None:
        if here.same_cell and written(beside.lines):
            return replace(beside, certainty=min(beside.certainty, 0.8))
        under = under if not written(beside.lines) and not _fillable(beside) else None
        in_row = here.among_labels(hit.spot)
        if under is not None and written(under.lines) and (in_row or hit.spot.col == 0):
            return under if in_row else replace(under, certainty=0.85)
        return beside
    if under is not None:
        unsure = written(under.lines) and (here.same_cell or told_below or _beside_unknown(hit, here))
        return replace(under, certainty=min(under.certainty, 0.8)) if unsure else under
    lines = without_notes(hit.rest)
    if written(lines):
        return Answer(lines, (hit.spot,), 1.0 if own else 0.85)
    sure = here.same_cell or (hit.colon and not here.style.telling)
    return Answer((), (hit.spot,), 0.9 if sure else 0.8, found=hit.colon or here.same_cell)


def _inner(hit: Hit, here: Scene) -> list[Spot]:
    """The cells with something in them of tables that are nested in the cell of a label behind it."""
    last = here.labels.get(hit.spot.order, [])[-1:] == [hit]
    return [spot for grid in hit.spot.inner if last for spot in grid.spots if written(spot.lines)]


def _in_inner_rows(hit: Hit, here: Scene) -> tuple[Spot, ...]:
    """The same where they stand below each other and hold no labels."""
    single = all(grid.width == 1 for grid in hit.spot.inner)
    inner = _inner(hit, here) if single else []
    return tuple(inner) if all(here.is_answer(spot) for spot in inner) else ()


def _next_labels(hit: Hit, here: Scene) -> bool:
    """Whether the cells right of a label and below it have labels of their own, where labels share their cells with answers:
    a short line that ends as no sentence does, above other paragraphs."""
    grid = hit.spot.grid
    near = [*grid.right_of(hit.spot)[:1], *grid.below(hit.spot)[:1]] if grid is not None else []
    return (
        bool(near)
        and all(here.is_label(spot) or spot.empty or _has_own_label(spot) for spot in near)
        and any(not spot.empty and not here.is_label(spot) for spot in near)
    )


def _has_own_label(spot: Spot) -> bool:
    paragraphs = [plain(line.text) for line in spot.own if line.text.strip() and not line.joins_previous]
    first = paragraphs[0] if len(paragraphs) > 1 else ""
    return first[:1].isupper() and len(first.split()) <= 14 and not first.endswith((".", ";", ","))


def _beside_unknown(hit: Hit, here: Scene) -> bool:
    """Whether what stands right of a label was taken for another one that nobody knows: it may be the answer."""
    right = (
        [spot for spot in hit.spot.grid.right_of(hit.spot)[:1] if spot.order not in here.who] if hit.spot.grid else []
    )
    return any(
        not label.known and label.opens is None for spot in right for label in here.labels.get(spot.order, [])[:1]
    )


def _in_lines_below(hit: Hit, here: Scene) -> tuple[Line, ...]:
    """The lines up to the next label or heading that follow a table made by alignment or shading, where its last row is
    nothing but a label: the print below it was not seen to be a row, or stands on the next page."""
    grid, spot = hit.spot.grid, hit.spot
    if grid is None or not grid.guessed or not here.style.telling or not here.style.label_like(spot):
        return ()
    if spot.row_end < grid.height or any(not other.empty for other in grid.row_of(spot) if other is not spot):
        return ()
    behind = next(iter(here.places.spots[spot.order + 1 : spot.order + 2]), None)
    if behind is None or behind.grid is not None:
        return ()
    ends = (
        label.line
        for label in here.labels.get(behind.order, [])
        if label.opens is not None or any(match.owner != OTHER and match.score == 1.0 for match in label.claims)
    )
    lines = without_notes(behind.own[: min(ends, default=len(behind.own))])
    return lines if written(lines) else ()


def _all_label(hit: Hit, here: Scene) -> bool:
    """Whether what stands behind a label's colon is printed like the label, in a form whose labels are bold."""
    runs = [run for line in hit.rest for run in line.runs if run.text.strip()]
    return here.style.bold and hit.spot.bold and bool(runs) and all(run.bold for run in runs)


def _told_below_note(hit: Hit, here: Scene) -> bool:
    """Whether more follows an instruction below a label, in a cell that looks unlike those of labels: it may be told there."""
    unlike = not here.style.label_like(hit.spot)
    return unlike and hit.rest_below and 0 < len(without_notes(hit.rest)) < len(hit.rest)


def _over_answer(hit: Hit, under: Answer | None, here: Scene) -> bool:
    """Whether what stands below a label in its cell is an instruction by its look, with the place of the answer in the cell below: it is in
    italic or grey print, or its cell is shaded as those of labels are, and neither is so below."""
    if under is None or not hit.rest_below or here.same_cell or not written(hit.rest):
        return False
    told = [line for line in hit.rest if line.text.strip()]
    stepped = all(map(set_back, told)) and not any(map(set_back, (hit.spot.own[hit.line], *under.lines)))
    return stepped or (here.style.shaded and hit.spot.shaded and not any(spot.shaded for spot in under.spots))


def _runs_on(hit: Hit) -> bool:
    """Whether the paragraph of a label has more words than those it was known by."""
    return bool(hit.rest) and hit.rest[0].joins_previous and not surely_note(plain(hit.rest[0].text))


def _fillable(answer: Answer) -> bool:
    return any(spot.fillable for spot in answer.spots)


def _right(hit: Hit, form: FieldForm, here: Scene) -> Answer | None:
    """The cell to the right, when it is no label; for options, all cells up to the next label."""
    grid = hit.spot.grid
    if grid is None:
        return None
    spots: list[Spot] = []
    for spot in grid.right_of(hit.spot):
        if spot.order in here.who:
            continue
        if form.options is not None and is_option(spot, form):
            spots.append(spot)
            continue
        if not here.is_answer(spot):
            break
        if not spots and (beyond := beyond_spacer(hit, spot, here)) is not None:
            cells = address_cells(beyond, here) if form.key.endswith("address") else (beyond,)
            lines = tuple(line for one in cells for line in one.lines)
            return Answer(lines if here.is_answer(beyond) else (), cells, 0.85, (_SPACED,))
        spots.append(spot)
        if form.options is None and not (form.kind == "date" and _FIGURES.fullmatch(spot.text)):
            break
    if not spots:
        return None
    if form.kind == "date" and len(spots) == 3 and all(_FIGURES.fullmatch(spot.text) for spot in spots):
        runs = [run for spot in spots for line in spot.lines for run in (*line.runs, Run("/"))]
        return Answer((Line(tuple(runs[:-1])),), tuple(spots))
    if form.options is None or len(spots) == 1:
        spot = spots[0]
        if form.options is None and spot.row_end < hit.spot.row_end:
            beside = _beside_merged(hit, spot, here)
            return Answer(tuple(line for other in beside for line in other.lines), beside)
        if form.key.endswith("address") and (cells := address_cells(spot, here)) != (spot,):
            lines = tuple(line for one in cells for line in one.lines)
            return Answer(lines, cells, 0.95 if all(one.row > spot.row for one in cells if one is not spot) else 0.85)
        lines, more = continued(hit, spot, here)
        if beyond := in_next_table(hit, (more or (spot,))[-1], here):
            doubt = "The answer goes on in a table that follows."
            return Answer((*lines, *beyond.lines), (spot, *more, beyond), 0.85, (doubt,))
        if same_page(spot, more):
            return Answer(lines, (spot, *more), 0.85, ("Rows without a label of their own follow.",))
        return Answer(lines, (spot, *more))
    first = spots[0]
    if not any(is_option(spot, form) for spot in spots) and written(first.lines):
        return Answer(first.lines, (first,), *_agreeing(spots, form))
    others = spots[1:]
    remarks = len(others) > 1 or any(spot.text for spot in others)
    ticks = any(spot.fillable or is_option(spot, form) or spot.text.lower() in TICK_WORDS for spot in others)
    if is_option(first, form) and not first.fillable and remarks and not ticks:
        return Answer(first.lines, (first,), 0.85, (_ONE_OPTION,))
    if all(is_option(spot, form) for spot in spots) and not told_apart(spots):
        # The headings of a table of ticks whose corner this label is.
        return None
    return Answer(tuple(line for spot in spots for line in as_ticks(spot, form)), tuple(spots))


_NOTED = "What stands in the label's cell above the answer was taken for an instruction."
_ONE_OPTION = "One option stands beside the question, with other cells behind it."
_SPACED = "An empty column stands between the label and the answer."
_FIGURES = re.compile(r"\d{1,2}|\d{4}")
"""Day, month or year in a cell of its own."""


def _beside_merged(hit: Hit, spot: Spot, here: Scene) -> tuple[Spot, ...]:
    """The cells below each other beside a label that is merged over their rows, such as the lines of an address."""
    grid = hit.spot.grid
    rows = range(spot.row, hit.spot.row_end)
    column = dict.fromkeys(grid.at(row, spot.col) for row in rows) if grid is not None else {}
    return tuple(other for other in column if other is not None and here.is_answer(other))


def _agreeing(spots: Sequence[Spot], form: FieldForm) -> tuple[float, tuple[str, ...]]:
    if form.options is None:
        return 1.0, ()
    options = options_of(form.options)
    codes = {found[0] for spot in spots if spot.text and (found := options.code_of(spot.text)) is not None}
    if len(codes) > 1:
        return 0.6, ("Several columns on this row give different answers.",)
    return 1.0, ()


def _rows_below(hit: Hit, here: Scene) -> tuple[Spot, ...]:
    """What stands in the cell of a label below it, where alignment made rows of its paragraphs."""
    grid, found = hit.spot.grid, list[Spot]()
    spot = grid.at(hit.spot.row_end, hit.spot.col) if grid is not None else None
    while grid is not None and spot is not None and not spot.empty and here.is_answer(spot):
        found.append(spot)
        spot = grid.at(spot.row_end, spot.col)
    return tuple(found)


def _down_to_label(spot: Spot, here: Scene) -> Answer:
    """A cell and those below it, up to the next that looks like a label, where alignment may have made rows of paragraphs;
    without the instruction that the first of them may be."""
    grid, found = spot.grid, [spot]
    following = grid.at(spot.row_end, spot.col) if grid is not None else None
    while (
        grid is not None
        and following is not None
        and following.col == spot.col
        and not (following.empty and written(found[-1].lines))
    ):
        if not here.is_answer(following) or any(not other.empty for other in grid.left_of(following)):
            break
        found.append(following)
        following = grid.at(following.row_end, spot.col)
    if len(found) > 1 and surely_note(found[0].text):
        found.pop(0)
    return Answer(tuple(line for one in found for line in one.lines), tuple(found), 0.85 if len(found) > 1 else 1.0)


def _below(hit: Hit, here: Scene) -> Answer | None:
    """The cell below, when it is no label and answers no label to its left."""
    grid = hit.spot.grid
    if grid is None:
        return None
    below = [spot for spot in grid.below(hit.spot) if spot.order not in here.who]
    if not below:
        return None
    spot = below[0]
    if not here.is_answer(spot) or _owned_from_left(spot, hit, here):
        return None
    if _cut_off_note(hit, spot, here):
        spot = grid.across(spot.row_end, spot.col, spot.col_end)[0]
    if any(here.is_label(inner) for inner_grid in spot.inner for inner in inner_grid.spots):
        return None
    narrow = [other for other in below if here.is_answer(other)]
    if len(narrow) > 1 and any(written(other.lines) for other in narrow[1:]):
        return Answer(spot.lines, (spot,), 0.8, ("Several cells stand below this label.",))
    if grid.guessed and here.style.telling:
        return _down_to_label(spot, here)
    lines = list(spot.lines)
    more: list[Spot] = []
    records = _heads_columns(hit, here)
    row = spot.row_end
    while row < grid.height:
        next_spot = grid.at(row, spot.col)
        if next_spot is None or next_spot.col != spot.col or next_spot.col_end != spot.col_end:
            break
        if not here.is_answer(next_spot) or next_spot.empty or _owned_from_left(next_spot, hit, here):
            break
        if next_spot.cell is None or spot.cell is None:
            break
        if next_spot.cell.page == spot.cell.page and written(lines) and not records:
            break
        if not records or all(next_spot.text != one.text for one in (spot, *more)):
            lines.extend(next_spot.lines)
        more.append(next_spot)
        row = next_spot.row_end
    if records and more:
        return Answer(tuple(lines), (spot, *more), 0.85, ("Several rows stand below this label.",))
    return Answer(tuple(lines), (spot, *more), 0.85 if same_page(spot, more) else 1.0)


def _heads_columns(hit: Hit, here: Scene) -> bool:
    """Whether a label stands in a row of nothing but labels: the headings of a table of records."""
    row = hit.spot.grid.row_of(hit.spot) if hit.spot.grid is not None else []
    labels = sum(here.is_label(one) for one in row)
    return labels > 1 and all(here.is_label(one) or one.empty or one.order in here.who for one in row)


def _cut_off_note(hit: Hit, spot: Spot, here: Scene) -> bool:
    """Whether the cell below a label is the instruction that a page break, or alignment, cut off it, with the answer in a cell
    below."""
    if spot.grid is None or spot.cell is None or hit.spot.cell is None:
        return False
    if spot.cell.page == hit.spot.cell.page and not (spot.grid.guessed and surely_note(spot.text)):
        return False
    under = spot.grid.across(spot.row_end, spot.col, spot.col_end)
    note = is_note(spot.text, here.definition) or surely_note(spot.text)
    return note and len(under) == 1 and under[0].col == spot.col and here.is_answer(under[0])


def _echoes(spot: Spot, here: Scene) -> bool:
    """Whether the label in a cell only says again what the label above it asks, as in "PNC: 12/345678A" below "PNC"."""
    above = spot.grid.at(spot.row - 1, spot.col) if spot.grid is not None and spot.row else None
    asked = here.labels.get(above.order, [])[-1:] if above is not None else []
    mine = {match.owner for label in here.labels.get(spot.order, [])[:1] for match in label.claims}
    return any(match.owner in mine for label in asked for match in label.claims)


def _owned_from_left(spot: Spot, hit: Hit, here: Scene) -> bool:
    if spot.grid is None:
        return False
    corner = spot.grid.at(hit.spot.row, 0)
    if corner is not None and corner.empty and corner is not hit.spot and _heads_columns(hit, here):
        return False  # a table of columns with their headings, whose rows have names of their own
    for left in spot.grid.left_of(spot):
        if left.order in here.who:
            continue
        return (
            here.is_label(left) and left is not hit.spot and left.order not in here.headings and not _echoes(left, here)
        )
    return False
