"""Which cells are labels after all, and which are answers to the label before or above them."""

from __future__ import annotations

from itertools import pairwise

from extractors.forms.definitions import OTHER
from extractors.looks import like_heading
from extractors.matching.answers.ticks import is_option
from extractors.matching.headings import opened_by
from extractors.matching.labels.awaited import is_option_of
from extractors.matching.labels.hits import NEAR, NEARER, Hit
from extractors.matching.notes import rest_is_note
from extractors.matching.places import Grid, Spot
from extractors.matching.scene import Scene
from extractors.matching.values.choices import options_of
from extractors.wording import plain


def share_cells(here: Scene) -> bool:
    """Labels and answers share cells where most certain labels are followed by more than a note in their own cell."""
    sure = [
        hits[0]
        for hits in here.labels.values()
        if hits[0].spot.grid is not None and hits[0].first and hits[0].claims and hits[0].best >= NEARER
    ]
    filled = [hit for hit in sure if not rest_is_note(here.definition, hit)]
    colons = sum(hit.colon for hit in filled)
    beside = sum(hit.colon and hit not in filled and _answered_beside(here, hit) for hit in sure)
    return (colons >= 4 and colons > beside) or (len(filled) >= 4 and len(filled) * 3 >= len(sure) * 2)


def _answered_beside(here: Scene, hit: Hit) -> bool:
    """Whether a cell right of a label, or below it, has something in it and is no label itself."""
    grid = hit.spot.grid
    if grid is None:
        return False
    near = (*grid.right_of(hit.spot)[:1], *grid.below(hit.spot)[:1])
    return any(not spot.empty and spot.order not in here.who and not here.is_label(spot) for spot in near)


def settle_roles(here: Scene) -> None:
    """Takes labels away from cells that are answers to the label before or above them."""
    for order in sorted(here.labels):
        hits = here.labels[order]
        spot = hits[0].spot
        if spot.grid is None:
            continue
        if _beside_options(here, spot) or _heads_answers(here, spot):
            del here.labels[order]
            here.taken.add(order)
            continue
        if lists_options(here, spot) or _goes_on_from_above(here, hits[0]) or _boxed(here, hits[0]):
            del here.labels[order]
            continue
        if (here.style.telling and row_of_labels(here, spot)) or _holds_questions(here, hits):
            continue
        if here.style.label_like(spot):
            if _answers_in_bold(here, hits[0]):
                del here.labels[order]
                continue
            if hits[0].first and len(hits) > 1 and _has_room(here, spot):
                # What else is printed in a cell of labels with room for the answer beside it is a note.
                notes = hits[0].rest + tuple(line for hit in hits[1:] for line in hit.rest)
                hits[0].rest = notes
                here.labels[order] = hits[:1]
            continue
        if not any(hit.known for hit in hits) and not (here.same_cell and hits[0].colon):
            del here.labels[order]
            continue
        certain = hits[0].claims and hits[0].best >= (NEAR if hits[0].colon else 1.0) and hits[0].place[1:] == (0, 0)
        if here.same_cell and certain and (hits[0].colon or not rest_is_note(here.definition, hits[0])):
            continue
        if spot.col == 0 and spot.row in here.ticked_rows.get(id(spot.grid), {}):
            continue
        if _among_remarks(here, spot):
            del here.labels[order]
            continue
        asker = _asker(here, spot)
        if asker is not None and is_option_of(hits[0], asker, here.definition):
            del here.labels[order]
            continue
        if here.style.telling:
            inner = [hit for hit in hits if hit.colon or (hit.claims and hit.best == 1.0 and len(hit.text) > 12)]
            starts = bool(hits) and hits[0].line == 0 and hits[0].start == 0
            if asker is None:
                if not (
                    here.same_cell
                    or hits[0].colon
                    or (hits[0].claims and hits[0].best == 1.0 and len(hits[0].text) > 12)
                ):
                    del here.labels[order]
            elif not (inner and starts and hits[0].colon and hits[0].best >= NEARER) or _tells_at_length(here, asker):
                del here.labels[order]
            continue
        if asker is not None and (
            (hits[0].rest and hits[0].rest[0].joins_previous and not hits[0].colon)
            or _out_of_line(here, asker, spot)
            or _between_labels(here, asker, hits[0])
            or hits[0].line > 0
            or hits[0].start > 0
            or (not hits[0].colon and _is_whole(hits[0]) and _below_a_row_of_labels(here, spot))
        ):
            del here.labels[order]


def _answers_in_bold(here: Scene, hit: Hit) -> bool:
    """Whether a cell that is bold as labels are, but worded as none, answers the label right before it: that one has no other
    place for its answer, neither to the right nor below."""
    grid, spot = hit.spot.grid, hit.spot
    if grid is None or here.style.shaded or here.same_cell or hit.best >= NEARER or spot.text.endswith((":", "?")):
        return False
    before = [one for one in grid.left_of(spot) if one.order not in here.who][:1]
    asked = next((here.labels[one.order][0] for one in before if one.order in here.labels), None)
    if asked is None or asked.best < 1.0 or not asked.first or not rest_is_note(here.definition, asked):
        return False
    near = [*[one for one in grid.right_of(spot) if one.order not in here.who][:1], *grid.below(asked.spot)[:1]]
    return all(one.order in here.labels and here.labels[one.order][0].known for one in near)


def _beside_options(here: Scene, spot: Spot) -> bool:
    """Whether a cell ends the row of options above rows of ticks, right behind two of them: "If yes, details" asks for more
    about each row, and is no question of its own."""
    rows = here.ticked_rows.get(id(spot.grid), {})
    if spot.grid is None or spot.row_end not in rows or spot.row in rows or spot.col_end < spot.grid.width:
        return False
    before = spot.grid.left_of(spot)[:2]
    return any(all(is_option(one, form) for one in before) for form in here.definition.fields.values() if form.options)


def _heads_answers(here: Scene, spot: Spot) -> bool:
    """Whether a cell in the first row heads a column of answers, or of remarks on them, and asks nothing itself: what stands
    before it heads a column of questions, "Information required | Details | Comments"."""
    grid = spot.grid
    if grid is None or spot.row or not spot.col or len(grid.row_of(spot)) != grid.width:
        return False
    first, mine = grid.row_of(spot)[0], here.labels[spot.order][0]
    if mine.best < 1.0 or mine.text != spot.text or (here.style.telling and not here.style.label_like(spot)):
        return False
    if first.empty or any(label.known for label in here.labels.get(first.order, [])):
        return False
    asking = [one for row in range(1, grid.height) if (one := grid.at(row, 0)) is not None and one.order in here.labels]
    known = sum(here.labels[one.order][0].best == 1.0 for one in asking)
    return known >= _LEAST_IN_ROW and known * 3 >= (grid.height - 1) * 2


def _holds_questions(here: Scene, hits: list[Hit]) -> bool:
    """Whether a cell opens with a label known for certain and its colon, and has another that asks for something else: a box
    of questions, whatever its title is worded like. Prose that tells of each in turn answers none of them."""
    if hits[0].place[1:] != (0, 0):
        return False
    asked = [
        {match.owner for match in (*hit.claims, *hit.here)}
        for hit in hits
        if hit.colon and hit.best == 1.0 and not _only_told(here, hit)
    ]
    return bool(asked) and hits[0].colon and hits[0].best == 1.0 and any(not asked[0] & other for other in asked[1:])


def _only_told(here: Scene, hit: Hit) -> bool:
    """Whether what stands behind a label that asks for one of several options names none of them, in a sentence."""
    text = plain(" ".join(line.text for line in hit.rest))
    forms = [here.definition.fields.get(match.owner) for match in (*hit.claims, *hit.here)]
    asks = [options_of(form.options) for form in forms if form is not None and form.options is not None]
    boxed = any(run.mark is not None for line in hit.rest for run in line.runs)
    return (
        bool(asks)
        and len(asks) == len(forms)
        and text.endswith(".")
        and not boxed
        and not any(one.found_in(text) for one in asks)
    )


_LEAST_IN_ROW = 3
_LEAST_BOXES = 6


def row_of_labels(here: Scene, spot: Spot) -> bool:
    """Whether a cell unlike those of labels stands in a row of cells that are each a label known for certain of a question
    of its own, above cells of the same widths: bold cells above plain ones, or the first row of a table without any cell
    that looks like a label."""
    row = spot.grid.row_of(spot) if spot.grid is not None else []
    below = spot.grid.across(spot.row_end) if spot.grid is not None else []
    if len(row) < _LEAST_IN_ROW or [one.col for one in row] != [one.col for one in below]:
        return False
    if spot.grid is None or any(here.style.label_like(one) for one in row) or any(one.bold for one in below):
        return False
    first = spot.row == 0 and not any(here.style.label_like(one) for one in spot.grid.spots)
    if not (first or all(one.bold for one in row)):
        return False
    hits = [hit for one in row for hit in here.labels.get(one.order, [])[:1]]
    asked = {(*hit.claims, *hit.here)[0].owner for hit in hits if hit.best == 1.0 and _is_whole(hit)}
    return len(asked) == len(row)


def lists_options(here: Scene, spot: Spot) -> bool:
    """Whether a cell holds options of the question beside it or above it, whatever their look: the chosen one may be bold."""
    asker = _asker(here, spot)
    if asker is None:
        return False
    forms = (here.definition.fields.get(match.owner) for match in (*asker.claims, *asker.here))
    return any(
        len({code for code, _, _ in options_of(form.options).found_in(spot.text)}) > 1
        for form in forms
        if form is not None and form.options is not None
    )


def _goes_on_from_above(here: Scene, hit: Hit) -> bool:
    """Whether a cell that no known label opens is the answer that a page break cut off the label above, where labels
    share their cells with answers."""
    grid, spot = hit.spot.grid, hit.spot
    if grid is not None and grid.guessed and here.same_cell:
        return _paragraph_of_above(here, hit, grid)
    if not here.same_cell or hit.known or hit.colon or grid is None or spot.row == 0:
        return False
    above = grid.at(spot.row - 1, spot.col)
    if above is None or above.cell is None or spot.cell is None or above.cell.page == spot.cell.page:
        return False
    labels = here.labels.get(above.order, [])[-1:]
    return above.col_end == spot.col_end and any(
        label.known and rest_is_note(here.definition, label) for label in labels
    )


def _paragraph_of_above(here: Scene, hit: Hit, grid: Grid) -> bool:
    """Whether a cell that no known label opens is a paragraph of the answer to the label above it, of which alignment made a
    row: only empty cells stand right of the label."""
    if hit.best >= NEARER or hit.spot.bold:
        return False
    above = grid.at(hit.spot.row - 1, hit.spot.col)
    while above is not None and above.order not in here.labels and above.row and not above.empty:
        above = grid.at(above.row - 1, above.col)
    labels = here.labels.get(above.order, [])[-1:] if above is not None else []
    beside = [spot for spot in grid.right_of(above) if not spot.empty] if above is not None else []
    return not beside and any(
        label.known and label.opens is None and rest_is_note(here.definition, label) for label in labels
    )


def _boxed(here: Scene, hit: Hit) -> bool:
    """Whether a cell that is a table of its own is the box for the answer to the label on the line above it."""
    grid, spot = hit.spot.grid, hit.spot
    if grid is None or grid.width * grid.height > 1:
        return False
    if (hit.colon or hit.text.endswith("?") or not _is_whole(hit)) and not _boxes_hold_answers(here):
        return False
    return _below_its_label(here, spot)


def _below_its_label(here: Scene, spot: Spot) -> bool:
    """Whether the line right above a table ends with a label that has nothing behind it."""
    before = here.labels.get(spot.order - 1, [])[-1:]
    return any(label.spot.grid is None and label.opens is None and _is_whole(label) for label in before)


def boxed_answer(here: Scene, spot: Spot) -> bool:
    """Whether a table of one cell is the box for the answer to the label on the line above it, in a form of such boxes."""
    single = spot.grid is not None and spot.grid.width * spot.grid.height == 1
    return single and _below_its_label(here, spot) and _boxes_hold_answers(here)


def _boxes_hold_answers(here: Scene) -> bool:
    """Whether tables of one cell stand below labels on lines throughout, and hardly any of them has a label in it."""
    spots = here.places.spots
    boxes = [
        box
        for line, box in pairwise(spots)
        if box.grid is not None and box.grid.width * box.grid.height == 1 and line.grid is None and here.is_label(line)
    ]
    return len(boxes) >= _LEAST_BOXES and sum(here.is_label(box) for box in boxes) * 4 <= len(boxes)


def _between_labels(here: Scene, asker: Hit, hit: Hit) -> bool:
    """Whether the cell between two labels that stand one above the other is the upper one's answer, whatever it says."""
    grid, spot = hit.spot.grid, hit.spot
    if grid is None or asker.spot.row_end != spot.row or (hit.colon and not _tells_at_length(here, asker)):
        return False
    above = grid.at(asker.spot.row - 1, spot.col) if asker.spot.row else None
    below = grid.at(spot.row_end, spot.col)
    if above is not None and above.order in here.labels and _asker(here, asker.spot) is not None:
        return False
    return below is None or below.order in here.labels


def _among_remarks(here: Scene, spot: Spot) -> bool:
    """Whether a cell stands in a column of remarks, behind the labels and their answers: what else stands there is no label."""
    grid = spot.grid
    columns = here.style.columns.get(id(grid), frozenset())
    if grid is None or not columns or spot.col <= max(columns) + 1:
        return False
    column = [one for one in grid.spots if one.col == spot.col and one.text]
    return len(column) >= _LEAST_BOXES and sum(here.is_label(one) for one in column) * 2 <= len(column)


def _out_of_line(here: Scene, asker: Hit, spot: Spot) -> bool:
    """Whether a cell beside a label stands in no column of labels, or says what only an answer says."""
    columns = here.style.columns.get(id(spot.grid), frozenset())
    rows = here.style.rows.get(id(spot.grid), frozenset())
    if asker.spot.col in columns and spot.col not in columns and asker.spot.row == spot.row:
        return True
    if asker.spot.row in rows and spot.row not in rows:
        return True
    key = next((match.owner for match in (*asker.claims, *asker.here) if match.owner != OTHER), None)
    form = here.definition.fields.get(key) if key else None
    if form is None or form.options is None or spot.text == asker.text:
        return form is not None and form.kind == "narrative" and asker.spot.col in columns
    return options_of(form.options).code_of(spot.text) is not None or bool(options_of(form.options).found_in(spot.text))


def _has_room(here: Scene, spot: Spot) -> bool:
    """Whether an answer can stand to the right of a label's cell or below it."""
    grid = spot.grid
    if grid is None:
        return False
    right = [other for other in grid.right_of(spot) if other.order not in here.who][:1]
    return any(here.is_answer(other) for other in (*right, *grid.below(spot)[:1]))


def _is_whole(hit: Hit) -> bool:
    return not any(plain(line.text) for line in hit.rest)


def _asker(here: Scene, spot: Spot) -> Hit | None:
    """The label directly left of a spot, or above it, that has no other place for its answer."""
    grid = spot.grid
    if grid is None:
        return None
    for left in grid.left_of(spot):
        if left.order in here.who or (left.empty and left.col in grid.bare):
            continue
        hits = here.labels.get(left.order)
        if hits and hits[0].first and rest_is_note(here.definition, hits[0]):
            return hits[0]
        break
    for above in grid.across(spot.row - 1, spot.col, spot.col_end) if spot.row else []:
        hits = here.labels.get(above.order)
        same_width = spot.col <= above.col and spot.col_end >= above.col_end and not _heads(here, above)
        if hits and hits[0].first and hits[0].opens is None and same_width and rest_is_note(here.definition, hits[0]):
            right = [other for other in grid.right_of(above) if other.order not in here.who]
            told = grid.guessed and here.style.label_like(above) and not here.style.label_like(spot)
            rows = here.style.rows.get(id(grid), frozenset())
            in_row = right[0].empty and (told or above.row in rows) if right else True
            if in_row or here.is_label(right[0]):
                return hits[0]
    return None


def _heads(here: Scene, spot: Spot) -> bool:
    """Whether a wide cell that may be a label is printed as a heading, with the words of one."""
    if spot.grid is None or here.style.telling or (spot.col_end - spot.col) * 3 < spot.grid.width * 2:
        return False
    text = plain(spot.own[0].text) if spot.own else ""
    return like_heading(text, spot.bold) and bool(opened_by(text, here.definition, looks=True))


def _tells_at_length(here: Scene, asker: Hit) -> bool:
    """Whether the question asks for a narrative, in which a colon is no label."""
    key = asker.claims[0].owner if asker.claims else asker.here[0].owner if asker.here else OTHER
    form = here.definition.fields.get(key)
    return form is not None and form.kind == "narrative"


def _below_a_row_of_labels(here: Scene, spot: Spot) -> bool:
    grid = spot.grid
    if grid is None or spot.row == 0:
        return False
    above = [other for other in grid.across(spot.row - 1) if not other.empty]
    own = [other for other in grid.row_of(spot) if not other.empty]
    return (
        len(above) >= 2
        and all(here.is_label(other) for other in above)
        and sum(here.is_label(other) for other in own) < max(2, len(own))
    )
