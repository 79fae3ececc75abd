"""What makes it doubtful that a question was left out: print that may be its answer, and places where one may have been missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractors.forms.definitions import OTHER, FieldForm
from extractors.matching.answers.answer import Answer
from extractors.matching.doubts import LeftBehind
from extractors.matching.headings import SECTION, is_heading
from extractors.matching.labels.hits import Hit
from extractors.matching.labels.inner import begins_bold
from extractors.matching.notes import rest_is_note, surely_note
from extractors.matching.places import Spot
from extractors.matching.scene import Scene
from extractors.matching.values.choices import options_of
from extractors.wording import plain, without_numbering


def unanswered(hit: Hit, answer: Answer, form: FieldForm, here: Scene, left: LeftBehind) -> Iterator[tuple[float, str]]:
    """How sure it can be at most that a label, read as a question of `form`, has no answer, and why, for each thing that speaks
    against it. `answer`: where it would stand."""
    answered = answer.spots
    label = f"The label \u201c{hit.text}\u201d"
    if left.beside(hit) or _beside_unsure_label(hit, here):
        yield 0.6, f"{label} has no answer, but text stands beside it that no label claims."
    if _apart_from_tables(hit, here):
        yield 0.85, f"{label} stands on a line of its own, apart from the tables that hold the others."
    if _told_like_a_note(hit, here):
        yield 0.85, f"What stands below {label[0].lower()}{label[1:]} was taken for an instruction."
    if _before_strange_line(hit, here):
        yield 0.85, f"{label} has no answer, but a line that is not understood stands where it is awaited."
    if _nowhere_to_answer(hit, answered, here) or _answered_below(hit, answered, here):
        yield 0.85, f"{label} has no answer in its place, but print stands where it may be."
    if form.options is not None and _options_parted(answer):
        yield 0.6, "Lines part the options of this question; one of them may stand in a frame that chooses it."
    if _few_options(answer, form):
        yield 0.85, "Few of the options of this question are printed; another one may be chosen."
    if _cut_by_page(hit.spot, here):
        yield 0.85, "A page break stands beside this answer's place; it may be on the other page."


def _apart_from_tables(hit: Hit, here: Scene) -> bool:
    """Whether a label stands on a line of its own in a form whose labels stand in tables: it may be a piece of one."""
    labels = [label for label in here.hits() if label.opens is None]
    return hit.spot.grid is None and sum(label.spot.grid is None for label in labels) * 5 < len(labels)


def _beside_unsure_label(hit: Hit, here: Scene) -> bool:
    """Whether what stands right of a label was itself taken for one by its place alone: it may be the answer."""
    grid = hit.spot.grid
    if grid is None or here.style.telling:
        return False
    right = [spot for spot in grid.right_of(hit.spot) if spot.order not in here.who][:1]
    labels = [label for spot in right for label in here.labels.get(spot.order, [])[:1]]
    return any(label.best < 1.0 and label.opens is None for label in labels)


def _told_like_a_note(hit: Hit, here: Scene) -> bool:
    """Whether a sentence stands below a label where answers stand, and was passed over because instructions begin like it."""
    rest = plain(" ".join(line.text for line in hit.rest)) if here.same_cell and hit.rest_below else ""
    return rest.endswith(".") and not surely_note(rest)


def _before_strange_line(hit: Hit, here: Scene) -> bool:
    """Whether what stands where the answer to a label on a line is awaited is a label or heading that nobody knows, the rest
    of the label itself, or a label beside it whose answer stands below both."""
    if hit.spot.grid is not None:
        return False
    hits = here.labels.get(hit.spot.order, [])
    following = hits[hits.index(hit) + 1 :] if hit in hits else []
    if not following:
        return False
    other, lines = following[0], hit.spot.own
    if other.line == hit.line:
        last = [one for one in following if one.line == hit.line][-1]
        return not here.style.several_on_line or (
            last.rest_below and any(plain(line.text) or line.runs for line in last.rest)
        )
    if here.style.bold_lines and other.line == hit.line + 1 and not begins_bold(other):
        return True
    apart = lines[other.line].apart
    close = here.style.close_answers and not apart
    if not other.known and other.opens is not None and not is_heading(other.text, here.definition):
        below = not (here.style.answers_on_line or _told_as_heading(other) or (here.style.close_answers and apart))
        return other.text[:1].islower() or close or below
    goes_on = (
        other.line == hit.line + 1 and other.colon and not (hit.colon or lines[hit.line].text.rstrip().endswith("?"))
    )
    return (goes_on and close) or (not other.known and other.opens is None)


def _told_as_heading(hit: Hit) -> bool:
    """Whether a line says that it is a heading: by its number, or in capitals."""
    return hit.text.isupper() or without_numbering(hit.text) != hit.text or SECTION.match(hit.text) is not None


def _nowhere_to_answer(hit: Hit, answered: Sequence[Spot], here: Scene) -> bool:
    """Whether the cell right of a label or below it is taken for another one that is worded nearly as it asks; or for one that
    nobody knows, or that asks nothing of the contract, where no other place is left for an answer."""
    grid = hit.spot.grid
    near = [*grid.right_of(hit.spot)[:1], *grid.below(hit.spot)[:1]] if grid is not None else []
    labels = [label for spot in near if spot.order not in here.who for label in here.labels.get(spot.order, [])[:1]]
    asked = {match.owner for match in (*hit.claims, *hit.here)} - {OTHER}
    if any(label.best < 1.0 and match.owner in asked for label in labels for match in (*label.claims, *label.here)):
        return True
    if here.same_cell or any(spot is not hit.spot for spot in answered):
        return False
    return any(all(match.owner == OTHER for match in (*label.claims, *label.here)) for label in labels)


def _answered_below(hit: Hit, answered: Sequence[Spot], here: Scene) -> bool:
    """Whether print stands below a label in its cell that was taken for an instruction without being worded as one, where the
    answer would stand in another cell and does not."""
    if hit.spot.grid is None or not hit.rest_below or any(spot is hit.spot for spot in answered):
        return False
    return bool(plain(" ".join(line.text for line in hit.rest))) and not rest_is_note(here.definition, hit)


def _options_parted(answer: Answer) -> bool:
    """Whether the cells of an answer end in the middle of its options, or hold some of what is printed in a table within."""
    torn = any(spot.text.startswith("/") or spot.text.endswith("/") for spot in answer.spots)
    return torn or any(
        spot.text and any(not one.empty for grid in spot.inner for one in grid.spots) for spot in answer.spots
    )


def _few_options(answer: Answer, form: FieldForm) -> bool:
    """Whether fewer than half of the options of a question are printed: the others may be cut off."""
    if form.options is None:
        return False
    options = options_of(form.options)
    printed = {code for line in answer.lines for code, _, _ in options.found_in(line.text)}
    return 0 < 2 * len(printed) < len(options.codes)


def _cut_by_page(spot: Spot, here: Scene) -> bool:
    """Whether a page break stands right above the row of a cell, or right below it: part of the row may be beyond it. So may
    that of a last row, where the table on the next page begins with no label."""
    grid, cell = spot.grid, spot.cell
    if grid is None or cell is None or cell.page is None:
        return False
    near = [*(grid.across(spot.row - 1) if spot.row else ()), *grid.across(spot.row_end)]
    if spot.row_end == grid.height:
        following = here.places.spots[max(other.order for other in grid.spots) + 1 :][:1]
        near += [other for other in following if not other.empty and here.is_answer(other)]
    return any(other.cell is not None and other.cell.page != cell.page for other in near)
