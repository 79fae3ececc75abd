"""The headings of a form, and the part in which each label stands."""

from __future__ import annotations

from itertools import pairwise

from extractors.forms.definitions import OTHER, PERSON
from extractors.looks import like_heading
from extractors.matching.headings import SECTION, is_heading, opened_by
from extractors.matching.labels.hits import Hit
from extractors.matching.labels.meanings import anybodys, astray
from extractors.matching.notes import all_note
from extractors.matching.places import Grid, Spot
from extractors.matching.roles import _asker, boxed_answer, lists_options, row_of_labels
from extractors.matching.scene import Scene
from extractors.wording import plain

_LONGEST_HEADING = 5
"""Words of the longest heading that is not known and stands above one wide cell; longer ones are questions."""
_OF_PERSON = frozenset({"person", "conviction"})
_OTHERS = (
    "victim partner spouse wife husband mother father parent carer family relative sibling brother sister associate "
    "complainant witness household codefendant kin dependant"
)
"""Whom the details under a heading may be of, who are not the person."""


def find_headings(here: Scene) -> None:
    for grid in here.places.grids:
        for spot in grid.spots:
            if spot.order in here.who or spot.order in here.taken or not spot.text:
                continue
            opens = _corner(here, grid, spot) or _heading(here, grid, spot)
            if opens is None or lists_options(here, spot) or boxed_answer(here, spot):
                continue
            here.headings.add(spot.order)
            hits = [hit for hit in here.labels.pop(spot.order, []) if hit.first and hit.claims and hit.best == 1.0]
            here.labels[spot.order] = hits[:1] or [Hit(spot, 0, 0, spot.text, (), ())]
            here.labels[spot.order][0].opens = opens or (_part_of(here, hits[0]) if hits else opens)


def _corner(here: Scene, grid: Grid, spot: Spot) -> frozenset[str] | None:
    """The part of a table of ticks that a cell in its corner names, if rows below have names of their own: else it asks."""
    rows = here.ticked_rows.get(id(grid), {})
    under = grid.at(spot.row_end, 0)
    if under is None or under.empty or all_note(plain(under.text)):
        return None
    if spot.col == 0 and spot.row not in rows and spot.row_end in rows and len(grid.right_of(spot)) >= 2:
        return frozenset({rows[spot.row_end]})
    return None


def _heading(here: Scene, grid: Grid, spot: Spot) -> frozenset[str] | None:
    others = [
        other for other in grid.row_of(spot) if other is not spot and not (other.empty or other.order in here.who)
    ]
    alone = grid.guessed and (SECTION.match(spot.text) is not None or (spot.bold and not here.style.bold))
    spans = spot.col == 0 and not others and (alone or (spot.col_end - spot.col) * 3 >= grid.width * 2)
    upright = spot.col == 0 and spot.row_end - spot.row >= 2 and grid.width > 2 and bool(others)
    if not spans and not upright:
        return None
    first = plain(spot.own[0].text) if spot.own else ""
    if not first or len(first) > 90 or spot.fillable:
        return None
    if alone and spot.own and len(spot.own) == 1:
        return opened_by(spot.text, here.definition, looks=True) or frozenset()
    if here.same_cell and spot.bold and _goes_on_plain(spot):
        return None  # a bold label with its answer below it in its cell
    if here.same_cell and grid.width == 1 and grid.height > 2 and not is_heading(spot.text, here.definition):
        return None  # a label with its answer, or without one, among others of its kind
    if here.style.shaded and not spot.shaded:
        return None
    below = [other for other in grid.below(spot) if other.order not in here.who]
    label = here.labels.get(spot.order, [])
    if upright:
        right = grid.right_of(spot)
        if not right or not here.is_label(right[0]):
            return None
        return opened_by(first, here.definition, looks=True) or None
    boxed = spans and any(len(grid.row_of(one)) == 1 and len(here.labels.get(one.order, [])) > 1 for one in below[:1])
    looks = boxed or (spot.shaded or spot.bold if here.style.telling else like_heading(first, spot.bold))
    opens = opened_by(spot.text, here.definition, looks) or opened_by(first, here.definition, looks)
    if not here.style.label_like(spot) and _asker(here, spot) is not None and not (opens and spot.bold):
        return None
    known = bool(label and label[0].known)
    named = is_heading(spot.text, here.definition) or is_heading(first, here.definition)
    labelled = [other for other in below if _label_by_now(here, other) or other.order in here.taken]
    # a label that another one follows has no place for an answer
    heads = here.style.telling and spans and not here.same_cell and bool(below) and below[0] in labelled
    if label and label[0].claims and label[0].best == 1.0 and (label[0].colon or not (named or heads or boxed)):
        return None
    if not below:
        return None if known or (grid.height == 1 and not opens) else opens
    if known and not labelled:
        return None
    asks = known or first.endswith("?") or len(first.split()) > _LONGEST_HEADING
    if len(grid.row_of(below[0])) == 1 and not labelled and (asks or not opens):
        # One wide cell above one wide cell that is no label: a question and its answer.
        return None
    return opens if opens is not None or not looks else frozenset()


def _goes_on_plain(spot: Spot) -> bool:
    """Whether print that is not bold follows the first line of a cell as a paragraph of its own."""
    more = [line for line in spot.own[1:] if line.text.strip() and not line.joins_previous]
    return any(not run.bold for line in more for run in line.runs if run.text.strip())


def _label_by_now(here: Scene, spot: Spot) -> bool:
    looks = here.style.label_like(spot)
    return looks or (row_of_labels(here, spot) if here.style.telling else here.is_label(spot))


def give_parts(here: Scene) -> None:
    """Tells every label the part it stands in, and the part of the label before it; drops those of ignored parts."""
    parts: frozenset[str] = frozenset()
    ending: Grid | None = None
    before: frozenset[str] = frozenset()
    strange = others = False
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
                parts, ending, before, strange, others = frozenset(), None, frozenset(), False, False
            if hit.opens is not None:
                parts, before, strange = hit.opens, frozenset(), not hit.opens
                others = _of_others(hit, here)
                ending = grid if hit.opens & here.definition.ignored_parts else None
                hit.parts = parts
                continue
            if _heads_table(hit, here):
                others = _of_others(hit, here)
                if others and not hit.here and all(match.owner == OTHER for match in hit.claims):
                    parts, before, strange = frozenset(), frozenset(), True
            hit.parts = parts
            hit.strange, hit.others = strange, others
            hit.local = before
            if grid is not None and row_before[:2] == (id(grid), hit.spot.row):
                hit.beside = row_before[2]
            own = _part_of(here, hit)
            if own and not (anybodys(hit, here.definition) and astray(hit, own, here.definition)):
                before = own
                if grid is not None:
                    row_before = (id(grid), hit.spot.row, own)
        if parts & here.definition.ignored_parts:
            here.labels[order] = [hit for hit in here.labels[order] if hit.opens is not None]
    for order in [order for order, hits in here.labels.items() if not hits]:
        here.taken.add(order)
        del here.labels[order]
    _at_the_head(here)
    _look_ahead(here)


def _heads_table(hit: Hit, here: Scene) -> bool:
    """Whether a line that has no answer stands right over a table of labels."""
    alone = hit.spot.grid is None and not any(line.text.strip() for line in hit.rest)
    return alone and hit.spot.order + 1 in here.labels


def _of_others(heading: Hit, here: Scene) -> bool:
    """Whether a heading names somebody else and not the person whom the form is about."""
    said = set(here.definition.wording.tokens(heading.text))
    return PERSON not in said and not said.isdisjoint(here.definition.wording.tokens(_OTHERS))


def _at_the_head(here: Scene) -> None:
    """Short labels among those for area and level, before anything is asked about the person, stand in the head of the form:
    "Date" there is that of the form itself."""
    head: list[Hit] = []
    named = frozenset[str]()
    for hit in (hit for order in sorted(here.labels) for hit in here.labels[order] if hit.opens is None):
        own = _part_of(here, hit)
        if (
            hit.parts
            or own & _OF_PERSON
            or any(here.definition.fields[match.owner].part in _OF_PERSON for match in hit.here)
        ):
            break
        named |= own
        head.append(hit)
    for hit in head if "header" in named else ():
        if hit.here and all(match.owner == OTHER for match in hit.claims):
            hit.parts = frozenset({"header"})


def _look_ahead(here: Scene) -> None:
    """Short labels before any heading stand in the part of the label behind them: "Name" before "Date of birth". So do those
    that begin a table, whatever was asked before it."""
    hits = [hit for order in sorted(here.labels) for hit in here.labels[order]]
    grids = [hit.spot.grid for hit in hits]
    for at, (hit, following) in enumerate(pairwise(hits)):
        parts = {here.definition.fields[match.owner].part for match in hit.here}
        if hit.opens is not None or following.opens is not None or not hit.here:
            continue
        if not (hit.parts | hit.local | hit.beside) & parts:
            hit.local = hit.local or _part_of(here, following)
        elif (
            grids[at] is not None
            and grids[at] is grids[at + 1]
            and grids[at] not in grids[:at]
            and not hit.parts & parts
        ):
            ahead = _part_of(here, following) & parts
            hit.local = ahead or hit.local


def _part_of(here: Scene, hit: Hit) -> frozenset[str]:
    owners = [match.owner for match in hit.claims if match.score >= 0.9 and match.owner != OTHER]
    return frozenset(here.definition.fields[owner].part for owner in owners)


def _nested_in(grid: Grid | None, outer: Grid) -> bool:
    while grid is not None:
        if grid is outer:
            return True
        grid = grid.around.grid if grid.around else None
    return False
