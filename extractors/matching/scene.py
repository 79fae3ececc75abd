"""The scene of one form: every spot with its role (label, answer, heading, who completes) and every label with its part.

Roles are told by look first (shading, bold print), then by place (columns of labels, rows of headings), then by wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from extractors.forms.definitions import OTHER, PLAIN_WORDS, Definition, FieldForm
from extractors.matching.choices import options_of
from extractors.matching.labels import (
    NEAR,
    NEARER,
    Hit,
    Style,
    hits_in,
    is_heading,
    learn_style,
    like_heading,
    opened_by,
)
from extractors.matching.places import Grid, Places, Spot
from extractors.matching.ticks import rows_of_ticks
from extractors.wording import plain

_WHO_PARTS = re.compile(r"\s*(?:[/,&;+\n]|\band\b|\bor\b)\s*")
_ELSEWHERE = "elsewhere"


@dataclass(eq=False)
class Scene:
    """Everything known about a document before answers are looked for."""

    definition: Definition
    places: Places
    style: Style
    labels: dict[int, list[Hit]] = field(default_factory=dict)
    """order of spot -> the labels printed in it"""
    who: set[int] = field(default_factory=set)
    """orders of spots that only say who completes a row"""
    taken: set[int] = field(default_factory=set)
    """orders of spots that belong to a list of options or a table of rows, and are neither label nor answer"""
    headings: set[int] = field(default_factory=set)
    ticked_rows: dict[int, dict[int, str]] = field(default_factory=dict)
    """id of grid -> its rows of ticks under options, with the part of the form they belong to"""
    same_cell: bool = False
    """labels and answers share cells in this document"""

    def hits(self) -> Iterable[Hit]:
        """Every label in reading order."""
        return (hit for order in sorted(self.labels) for hit in self.labels[order])

    def is_label(self, spot: Spot) -> bool:
        return spot.order in self.labels

    def is_answer(self, spot: Spot) -> bool:
        """Whether a spot may hold an answer: no label, heading, list of options or note of who completes."""
        if (
            spot.order in self.labels
            or spot.order in self.who
            or spot.order in self.taken
            or spot.order in self.headings
        ):
            return False
        if any(self.is_label(inner) for grid in spot.inner for inner in grid.spots):
            return False
        return not (spot.empty and spot.shaded and self.style.shaded)


def scene(found: Places, definition: Definition) -> Scene:
    """The scene of a document's places."""
    who = _who(found, definition)
    here = Scene(definition, found, learn_style(found, definition, who), who=who)
    _find_option_lists(here)
    forms = _distinct_options(definition)
    here.ticked_rows = {id(grid): rows for grid in found.grids if (rows := rows_of_ticks(grid, forms))}
    _find_labels(here)
    if _share_cells(here):
        here.same_cell = here.style.same_cell = True
        _find_labels(here)
    _settle_roles(here)
    _find_headings(here)
    _give_parts(here)
    return here


def _distinct_options(definition: Definition) -> list[FieldForm]:
    """One field for each set of options that may head a table of ticks."""
    seen: dict[tuple[tuple[str, str], ...], FieldForm] = {}
    for form in definition.fields.values():
        if form.options is not None and form.kind in ("yes_no", "choice"):
            seen.setdefault(tuple(form.option_words.items()), form)
    return list(seen.values())


def _find_labels(here: Scene) -> None:
    here.labels.clear()
    for spot in here.places.spots:
        if spot.order not in here.who and spot.order not in here.taken:
            asks = spot.grid is not None and spot.col == 0 and spot.row in here.ticked_rows.get(id(spot.grid), {})
            hits = hits_in(spot, here.definition, here.style, expected=asks)
            if hits:
                here.labels[spot.order] = hits


def _who(found: Places, definition: Definition) -> set[int]:
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
        return {
            spot.order
            for grid in found.grids
            for spot in grid.spots
            if spot.col > 0
            and spot.col_end == grid.width
            and _says_who(spot.text, definition)
            and spot.col >= starts.get(id(grid), 1)
        }
    named: set[int] = set()
    for grid in found.grids:
        for col in range(1, grid.width):
            spots = [spot for spot in grid.spots if spot.col == col and spot.text]
            says = [spot for spot in spots if _says_who(spot.text, definition)]
            if len({spot.row for spot in says}) >= 4 and len(says) * 5 >= len(spots) * 4 and len(grid.rows) >= 4:
                named.update(spot.order for spot in says)
    return named


def _says_who(text: str, definition: Definition) -> bool:
    if not text or len(text) > 60:
        return False
    if frozenset(definition.wording.tokens(text)) in definition.who_headings:
        return True
    parts = [part for part in _WHO_PARTS.split(text) if part]
    return bool(parts) and all(" ".join(PLAIN_WORDS.tokens(part)) in definition.who for part in parts)


def _find_option_lists(here: Scene) -> None:
    """Marks cells that are telling options (categories, triggers) standing in cells of their own, two or more together."""
    for form in here.definition.fields.values():
        if not form.spread or form.options is None:
            continue
        for grid in here.places.grids:
            cells = option_cells(grid, form.key, here.definition)
            here.taken.update(spot.order for spot, _ in cells)


def option_cells(grid: Grid, key: str, definition: Definition) -> list[tuple[Spot, str]]:
    """The cells of `grid` that each hold one whole option of `key`, with its code; empty unless two different ones."""
    form = definition.fields[key]
    if form.options is None:
        return []
    options = options_of(form.options)
    found: list[tuple[Spot, str]] = []
    for spot in grid.spots:
        if len(spot.text) < 2 or len(spot.text) > 220 or len(spot.own) > 4:
            continue
        text = without_x(spot.text)
        named = options.found_in(text)
        code = options.code_of(text)
        if code is None or len({one for one, _, _ in named}) > 1:
            continue
        if code[1] == 1.0 or (named and named[0][1] <= 2 and (named[-1][2] - named[0][1]) * 5 >= len(text) * 3):
            found.append((spot, code[0]))
    distinct = {code for _, code in found}
    if len(distinct) < 2 or len(found) != len(distinct):
        return []
    labels = sum(
        any(match.owner not in (key, OTHER) for match in definition.labels.exact(spot.text)) for spot, _ in found
    )
    return found if labels * 2 < len(found) else []


def without_x(text: str) -> str:
    """Text without a cross typed before or behind it."""
    return re.sub(r"^[xX]\s+|\s+[xX]$", "", text)


def _find_headings(here: Scene) -> None:
    for grid in here.places.grids:
        for spot in grid.spots:
            if spot.order in here.who or spot.order in here.taken or not spot.text:
                continue
            opens = _corner(here, grid, spot) or _heading(here, grid, spot)
            if opens is None:
                continue
            here.headings.add(spot.order)
            hits = [hit for hit in here.labels.pop(spot.order, []) if hit.first and hit.claims and hit.best == 1.0]
            here.labels[spot.order] = hits[:1] or [Hit(spot, 0, 0, spot.text, (), ())]
            here.labels[spot.order][0].opens = opens


def _corner(here: Scene, grid: Grid, spot: Spot) -> frozenset[str] | None:
    """The part of a table of ticks that a cell in its corner names."""
    rows = here.ticked_rows.get(id(grid), {})
    if spot.col == 0 and spot.row not in rows and spot.row_end in rows and len(grid.right_of(spot)) >= 2:
        return frozenset({rows[spot.row_end]})
    return None


def _heading(here: Scene, grid: Grid, spot: Spot) -> frozenset[str] | None:
    others = [
        other for other in grid.row_of(spot) if other is not spot and not (other.empty or other.order in here.who)
    ]
    spans = spot.col == 0 and not others and (spot.col_end - spot.col) * 3 >= grid.width * 2
    upright = spot.col == 0 and spot.row_end - spot.row >= 2 and grid.width > 2 and bool(others)
    if not spans and not upright:
        return None
    first = plain(spot.own[0].text) if spot.own else ""
    if not first or len(first) > 90 or spot.fillable:
        return None
    if here.style.shaded and not spot.shaded:
        return None
    below = [other for other in grid.below(spot) if other.order not in here.who]
    label = here.labels.get(spot.order, [])
    if upright:
        right = grid.right_of(spot)
        if not right or not here.is_label(right[0]):
            return None
        return opened_by(first, here.definition, looks=True) or None
    looks = spot.shaded or spot.bold if here.style.telling else like_heading(first, spot.bold)
    opens = opened_by(spot.text, here.definition, looks) or opened_by(first, here.definition, looks)
    if not here.style.label_like(spot) and _asker(here, spot) is not None and not (opens and spot.bold):
        return None
    known = bool(label and label[0].known)
    named = is_heading(spot.text, here.definition) or is_heading(first, here.definition)
    if label and label[0].claims and label[0].best == 1.0 and (label[0].colon or not named):
        return None
    if not below:
        return None if known or (grid.height == 1 and not opens) else opens
    labelled = [other for other in below if _label_by_now(here, other) or other.order in here.taken]
    if known and not labelled:
        return None
    if len(grid.row_of(below[0])) == 1 and not labelled and not (opens and not known):
        # One wide cell above one wide cell that is no label: a question and its answer.
        return None
    return opens if opens is not None or not looks else frozenset()


def _label_by_now(here: Scene, spot: Spot) -> bool:
    return here.style.label_like(spot) if here.style.telling else here.is_label(spot) or here.style.label_like(spot)


def _share_cells(here: Scene) -> bool:
    """Labels and answers share cells where most certain labels are followed by more than a note in their own cell."""
    sure = [
        hits[0]
        for hits in here.labels.values()
        if hits[0].spot.grid is not None and hits[0].first and hits[0].claims and hits[0].best >= NEARER
    ]
    filled = [hit for hit in sure if not rest_is_note(here, hit)]
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


def _settle_roles(here: Scene) -> None:
    """Takes labels away from cells that are answers to the label before or above them."""
    for order in sorted(here.labels):
        hits = here.labels[order]
        spot = hits[0].spot
        if spot.grid is None:
            continue
        if here.style.label_like(spot):
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
        if here.same_cell and certain and (hits[0].colon or not rest_is_note(here, hits[0])):
            continue
        if spot.col == 0 and spot.row in here.ticked_rows.get(id(spot.grid), {}):
            continue
        asker = _asker(here, spot)
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
            elif not (inner and starts and hits[0].colon) or _tells_at_length(here, asker):
                del here.labels[order]
            continue
        if asker is not None and (
            _out_of_line(here, asker, spot)
            or _between_labels(here, asker, hits[0])
            or hits[0].line > 0
            or hits[0].start > 0
            or (not hits[0].colon and _is_whole(hits[0]) and _below_a_row_of_labels(here, spot))
        ):
            del here.labels[order]


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
        if left.order in here.who:
            continue
        hits = here.labels.get(left.order)
        if hits and hits[0].first and _is_note(here, hits[0]):
            return hits[0]
        break
    for above in grid.across(spot.row - 1, spot.col, spot.col_end) if spot.row else []:
        hits = here.labels.get(above.order)
        same_width = spot.col <= above.col and spot.col_end >= above.col_end and not _heads(here, above)
        if hits and hits[0].first and hits[0].opens is None and same_width and _is_note(here, hits[0]):
            right = [other for other in grid.right_of(above) if other.order not in here.who]
            if not right or here.is_label(right[0]):
                return hits[0]
    return None


def _heads(here: Scene, spot: Spot) -> bool:
    """Whether a wide cell that may be a label is printed as a heading, with the words of one."""
    if spot.grid is None or here.style.telling or (spot.col_end - spot.col) * 3 < spot.grid.width * 2:
        return False
    text = plain(spot.own[0].text) if spot.own else ""
    return like_heading(text, spot.bold) and bool(opened_by(text, here.definition, looks=True))


def _is_note(here: Scene, hit: Hit) -> bool:
    """Whether what stands behind a label in its cell is nothing, or an instruction."""
    return rest_is_note(here, hit)


def rest_is_note(here: Scene, hit: Hit) -> bool:
    """Whether what stands behind a label in its own spot is nothing or an instruction, and no answer."""
    text = plain(" ".join("".join(run.text for run in line.runs if not run.placeholder) for line in hit.rest)).strip(
        " :-–*"
    )
    if any(run.mark is not None or run.control is not None for line in hit.rest for run in line.runs):
        return False
    if not text or text[0] in "([":
        return True
    lowered = text.lower()
    return any(lowered.startswith(start) for start in here.definition.note_starts)


def surely_note(text: str) -> bool:
    """Whether text can only be an instruction, even where an answer may stand."""
    return not text or text[0] in "([" or text.lower().startswith(_SURE_NOTES)


_SURE_NOTES = (
    "e.g",
    "i.e",
    "please ",
    "tick ",
    "delete ",
    "do not ",
    "to be completed",
    "mark ",
    "select ",
    "include ",
    "state ",
    "n.b",
    "nb ",
    "note:",
    "specify",
)


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


def _give_parts(here: Scene) -> None:
    """Tells every label the part it stands in, and the part of the label before it; drops those of ignored parts."""
    parts: frozenset[str] = frozenset()
    ending: Grid | None = None
    before: frozenset[str] = frozenset()
    row_before: tuple[int, int, frozenset[str]] = (-1, -1, frozenset())
    for order in sorted(here.labels):
        for hit in list(here.labels[order]):
            grid = hit.spot.grid
            if (
                ending is not None
                and grid is not ending
                and not (grid and ending and hit.spot.holds(ending))
                and not _nested_in(grid, ending)
            ):
                parts, ending, before = frozenset(), None, frozenset()
            if hit.opens is not None:
                parts, before = hit.opens, frozenset()
                ending = grid if hit.opens & here.definition.ignored_parts else None
                hit.parts = parts
                continue
            hit.parts = parts
            hit.local = before
            if grid is not None and row_before[:2] == (id(grid), hit.spot.row):
                hit.beside = row_before[2]
            own = _part_of(here, hit)
            if own:
                before = own
                if grid is not None:
                    row_before = (id(grid), hit.spot.row, own)
        if parts & here.definition.ignored_parts:
            here.labels[order] = [hit for hit in here.labels[order] if hit.opens is not None]
    for order in [order for order, hits in here.labels.items() if not hits]:
        here.taken.add(order)
        del here.labels[order]


def _nested_in(grid: Grid | None, outer: Grid) -> bool:
    while grid is not None:
        if grid is outer:
            return True
        grid = grid.around.grid if grid.around else None
    return False


def _part_of(here: Scene, hit: Hit) -> frozenset[str]:
    owners = [match.owner for match in hit.claims if match.score >= 0.9 and match.owner != OTHER]
    return frozenset(here.definition.fields[owner].part for owner in owners)
