"""What makes a value doubtful beyond its own words: text that no label claims, lines that may be labels of their own.

A form that nobody has seen may be laid out in a way that the matcher takes wrongly; it then leaves answers behind, or finds
answers that do not fit their questions. Both are seen over the whole form, and no value is surer than what is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extractors.dates import is_when
from extractors.forms.definitions import OTHER
from extractors.matching.headings import is_heading
from extractors.matching.labels.hits import LONGEST_LABEL, NEARER, Hit
from extractors.matching.labels.inner import begins_bold
from extractors.matching.notes import surely_note
from extractors.matching.places import Spot
from extractors.matching.scene import Scene
from extractors.matching.style import NUMBER, Style
from extractors.matching.values.choices import options_of
from extractors.matching.values.kinds import Parsed
from extractors.page import Line
from extractors.wording import plain, without_numbering

LEFT_BEHIND = 0.1
"""So large a share of the cells with text that no label claims puts every value in doubt."""
_FEW = 3
"""Words of what may be left of an answer on the next line."""

_HEAD = re.compile(r"\s*([A-Z0-9][^.;!?\n:：\t]{1,110})(?:[:：](?=\s|$)|\t|\?(?=\s|$))")


_SECTION = re.compile(r"\s*(?:(?:[Ss]ection|[Pp]art)\s+)?(?:\d{1,2}|[A-Z])[.:)]\s+[A-Z][^.;:?!\n]{2,60}")
"""The heading of a section, by its number or letter."""


def like_a_label(line: Line, style: Style) -> bool:
    """Whether a line of an answer looks like the labels on lines of this form."""
    text = line.text
    if line.bullet or line.joins_previous or not text.strip():
        return False
    if _SECTION.fullmatch(text) is not None:
        return True
    if style.numbered_lines:
        return NUMBER.match(text) is not None
    if style.bold_lines:
        return next(run.bold for run in line.runs if run.text.strip())
    head = _HEAD.match(without_numbering(text))
    if head is not None and (is_when(head[1]) or is_when(text.partition(":")[0])):
        return False
    if style.colon_lines or style.tabbed_lines:
        return head is not None and len(head[1].split()) <= 14
    bare = plain(text)
    return head is not None or (len(bare.split()) <= 14 and bare[:1].isupper() and not bare.endswith((".", ";", ",")))


def with_labels_inside(lines: Sequence[Line], style: Style) -> bool:
    """Whether an answer of several paragraphs may hold a label of another question, behind its first or as all of it."""
    paragraphs = [line for line in lines if line.text.strip() and not line.joins_previous]
    opened = paragraphs[:1] if style.colon_lines and paragraphs and paragraphs[0].text.rstrip().endswith(":") else []
    return any(like_a_label(line, style) for line in (*opened, *paragraphs[1:])) or any(
        line.joins_previous and before.text.rstrip().endswith((".", "!")) and _label_after_all(line, style)
        for before, line in pairwise(lines)
    )


def with_label_joined(lines: Sequence[Line], style: Style) -> bool:
    """Whether a short answer may hold a label of another question that was taken for its second line."""
    return any(line.joins_previous and _label_after_all(line, style) for line in lines[1:])


def may_go_on(answer: Sequence[Line], behind: Sequence[Line]) -> bool:
    """Whether the line behind an answer may be the rest of it: it begins with a small letter or a figure, or holds few words
    that look like the answer's and follow closely."""
    text = behind[0].text if behind else ""
    if text[:1].islower() or text[:1].isdigit():
        return True
    few = 0 < len(text.split()) <= _FEW and not behind[0].apart and bool(answer)
    looks = [[run.bold for run in line.runs if run.text.strip()] for line in (*answer[-1:], *behind[:1])]
    return few and bool(looks[0]) and looks[0][-1:] == looks[-1][:1]


def _goes_on_in_rows(hit: Hit, here: Scene) -> bool:
    """Whether an answer on lines ends where print follows that rules or alignment made rows of, and no label claims."""
    if hit.spot.grid is not None or here.labels.get(hit.spot.order, [])[-1:] != [hit]:
        return False
    behind = next(iter(here.places.spots[hit.spot.order + 1 : hit.spot.order + 2]), None)
    if behind is None or behind.grid is None or not behind.grid.guessed or behind.empty or behind.shaded:
        return False
    return here.is_answer(behind)


def with_loose_end(hit: Hit, lines: Sequence[Line], here: Scene) -> bool:
    """Whether a long answer has a paragraph that ends as no sentence does, where it may be something else: before a table
    that it may be the caption of, or in a form whose labels carry no mark."""
    style, spots = here.style, here.places.spots
    ends = [
        line
        for at, line in enumerate(lines)
        if line.text.strip() and not (at + 1 < len(lines) and lines[at + 1].joins_previous)
    ]
    unmarked = not (style.bold_lines or style.colon_lines or style.numbered_lines)
    behind = spots[hit.spot.order + 1 : hit.spot.order + 2]
    last = bool(ends) and ends[-1] is next((line for line in reversed(hit.spot.own) if line.text.strip()), None)
    doubtful = [*(ends[1:] if unmarked else ()), *(ends[-1:] if last and any(spot.grid for spot in behind) else ())]
    return any(
        not line.text.rstrip().endswith((".", "!", "?", ";", ")", '"')) and all(run.mark is None for run in line.runs)
        for line in doubtful
    )


def _label_after_all(line: Line, style: Style) -> bool:
    """Whether a printed line that was taken to carry on a paragraph looks like a label with its colon or number."""
    return (style.colon_lines or style.numbered_lines or style.tabbed_lines) and like_a_label(
        replace(line, joins_previous=False), style
    )


def before_loose_lines(here: Scene) -> frozenset[int]:
    """The last row of every table behind which lines follow that begin with no label or heading: they may go on with it."""
    found: set[int] = set()
    for before, spot in pairwise(here.places.spots):
        if spot.grid is not None or before.grid is None:
            continue
        first = next((at for at, line in enumerate(spot.own) if line.text.strip()), None)
        hits = here.labels.get(spot.order, [])
        if first is not None and not any(hit.line <= first for hit in hits) and not spot.bold:
            found.update(other.order for other in before.grid.row_of(before))
    return frozenset(found)


@dataclass(frozen=True)
class LeftBehind:
    """The cells with text that is neither label nor answer to one, and how large a part of all cells with text they are."""

    orders: frozenset[int]
    share: float
    unlikely: frozenset[int]
    """cells read as labels that look unlike the labels of this form"""
    unended: frozenset[int]
    """rows of cells behind which loose lines follow"""

    def beside(self, hit: Hit) -> bool:
        """Whether one of them touches the cell of a label, or stands next to the right of it."""
        grid, spot = hit.spot.grid, hit.spot
        if grid is None:
            return False
        near = (
            *[other for other in grid.right_of(spot) if not other.empty][:1],
            *grid.left_of(spot)[:1],
            *grid.below(spot)[:1],
            *(grid.across(spot.row - 1, spot.col, spot.col_end) if spot.row else ()),
        )
        return any(other.order in self.orders or other.order in self.unlikely for other in near)


def left_behind(here: Scene, answered: Iterable[Spot]) -> LeftBehind:
    """What no label claims. `answered` are the spots in which answers stand."""
    claimed = {spot.order for spot in answered}
    cells = [spot for grid in here.places.grids for spot in grid.spots if spot.text]
    left = {
        spot.order
        for spot in cells
        if spot.order not in claimed and not spot.inner and here.is_answer(spot) and len(spot.text) > 1
    }
    unlikely = {
        spot.order
        for spot in cells
        if here.style.telling
        and here.is_label(spot)
        and spot.order not in here.headings
        and not here.style.label_like(spot)
    }
    return LeftBehind(frozenset(left), len(left) / max(1, len(cells)), frozenset(unlikely), before_loose_lines(here))


_WITHIN = re.compile(r"(?<=[;,])\s+([A-Z][^:;,.\n]{2,60}):\s")


def asks_within(raw: str, key: str, here: Scene) -> bool:
    """Whether an answer goes on, behind a comma or semicolon, with another label of the contract and its colon."""
    return any(
        match.owner not in (OTHER, key)
        for found in _WITHIN.finditer(raw)
        for match in here.definition.labels.exact(found[1])
    )


def runs_into_a_label(hit: Hit, here: Scene) -> bool:
    """Whether another label begins on the line of an answer with no more than a blank between them, where lines hold one
    label each: where the answer ends is a guess."""
    if hit.spot.grid is not None or here.style.several_on_line:
        return False
    hits = here.labels.get(hit.spot.order, [])
    following = hits[hits.index(hit) + 1 :][:1] if hit in hits else []
    line = hit.spot.own[hit.line].text
    between = line[hit.start + len(hit.text) : following[0].start] if following else ""
    return (
        bool(following) and following[0].line == hit.line and bool(between.strip(" :\t")) and not _WIDE.search(between)
    )


_WIDE = re.compile(r"(?:\t|\s{3,}|[_.|]{3,})\s*$")


def unnumbered(hit: Hit, text: str) -> bool:
    """Whether an answer begins with a question's number, as labels in cells do that its own label lacks, or with the next in
    turn, or is the heading of the next section."""
    mine, its = _QUESTION.match(hit.text), _QUESTION.match(text)
    if mine is None or its is None:
        return (mine is None and its is not None) or (mine is not None and _NEXT_SECTION.match(text) is not None)
    return (int(its[1]), int(its[2])) == (int(mine[1]), int(mine[2]) + 1)


_NEXT_SECTION = re.compile(r"\d{1,2}\.\s+[A-Z][^.;:?!\n]{2,60}$")
"""The numbered heading of a section, in a form that numbers its questions "9.1" too."""
_QUESTION = re.compile(r"(\d{1,2})\.(\d{1,2})\.?\s")


def goes_on_behind_colon(hit: Hit, answered: Sequence[Spot]) -> bool:
    """Whether small letters stand behind the colon of a label whose answer is elsewhere: "Offence in brief: what was done"."""
    rest = plain(hit.rest[0].text) if hit.colon and hit.rest and not hit.rest_below else ""
    return rest[:1].islower() and hit.spot not in answered and not surely_note(rest)


_ONLY_NUMBER = re.compile(r"\(?(?:\d{1,2}(?:\.\d{1,2}){0,2}|[a-z])[.):]?")


def label_cut_by_page(spot: Spot) -> bool:
    """Whether the cell below a label begins the next page with a small letter: it may be the rest of the label. Or whether the
    label itself begins a table so: it may be the rest of the last one of the table before. Or whether its number stands alone
    at the foot of the page before."""
    grid, cell = spot.grid, spot.cell
    if grid is not None and spot.row == 0 and spot.text[:1].islower():
        return True
    above = grid.at(spot.row - 1, spot.col) if grid is not None and spot.row else None
    beyond = above is not None and above.cell is not None and cell is not None and above.cell.page != cell.page
    if above is not None and beyond and _ONLY_NUMBER.fullmatch(above.text):
        return True
    below = grid.across(spot.row_end, spot.col, spot.col + 1) if grid is not None else []
    return any(
        other.cell is not None and cell is not None and other.cell.page != cell.page and other.text[:1].islower()
        for other in below
    )


def another_option_follows(hit: Hit, answered: Sequence[Line], read: Parsed, here: Scene) -> bool:
    """Whether the line behind an answer in words is another option of its question: all of them are printed there, and what
    marks the one that was chosen was not seen."""
    if hit.spot.grid is not None or not answered or read.method != "text" or read.value is None:
        return False
    texts = [plain(line.text) for line in hit.spot.own]
    said = plain(answered[-1].text)
    at = next((n for n in range(hit.line, len(texts)) if said and texts[n].endswith(said)), len(texts))
    following = next((text for text in texts[at + 1 :] if text), "")
    forms = (here.definition.fields.get(match.owner) for match in (*hit.claims, *hit.here))
    found = (
        options_of(form.options).code_of(following) for form in forms if form is not None and form.options is not None
    )
    return bool(following) and any(code is not None and code[1] == 1.0 and code[0] not in read.value for code in found)


def before_unknown_label(hit: Hit, here: Scene) -> bool:
    """Whether a line that asks nothing of the contract was taken to end an answer, in a form whose labels carry no mark of
    their own: a narrative may have such lines ("Contingency: ..."). Or rows that no label claims follow it."""
    hits = here.labels.get(hit.spot.order, []) if hit.spot.grid is None else []
    following = hits[hits.index(hit) + 1 :][:1] if hit in hits else []
    return any(_may_be_more_of_it(other, here) for other in following) or _goes_on_in_rows(hit, here)


def _may_be_more_of_it(label: Hit, here: Scene) -> bool:
    style, lines = here.style, label.spot.own
    if label.opens is not None:
        # Where answers are bold, a bold line need be no heading.
        before = [run.bold for run in lines[max(0, label.line - 1)].runs if run.text.strip()]
        return before[-1:] == [True] and _bold(lines[label.line]) and not is_heading(label.text, here.definition)
    if style.plain_lines and begins_bold(label):
        return True
    if any(match.owner != OTHER for match in (*label.claims, *label.here)):
        return False
    behind = lines[label.line].text[label.start + len(label.text) :]
    plainly = style.bold_lines or style.numbered_lines or style.tabbed_lines
    return (style.bare_lines and not label.known) or (not plainly and bool(behind.strip(" :")))


def _bold(line: Line) -> bool:
    return bool(line.text.strip()) and all(run.bold for run in line.runs if run.text.strip())


def goes_over_page(spots: Sequence[Spot], hit: Hit, here: Scene) -> bool:
    """Whether the row below an answer begins a page, and what stands there in its column is no label for certain: in a form
    whose labels share their cells with answers it may be the rest of the answer; and in any where no label stands before it."""
    orders = {spot.order for spot in spots}
    for spot in spots:
        grid, cell = spot.grid, spot.cell
        if grid is None or cell is None:
            continue
        if _goes_on_in_next_table(spot, here):
            return True
        if not here.same_cell or spot is not hit.spot:
            if any(
                _rest_of(other, spot, hit, here) for other in grid.across(spot.row_end) if other.order not in orders
            ):
                return True
            continue
        for other in grid.across(spot.row_end, spot.col, spot.col_end):
            labels = here.labels.get(other.order, [])
            cut = other.cell is not None and other.cell.page != cell.page
            # A cell of such a form has an answer behind its label, or a colon at least.
            whole = bool(labels) and labels[0].best == 1.0 and (labels[0].colon or bool(labels[0].rest))
            if cut and not other.empty and not whole:
                return True
    return False


def _goes_on_in_next_table(spot: Spot, here: Scene) -> bool:
    """Whether a table ends with a cell, and the next one of as many columns begins with a row without any label."""
    grid = spot.grid
    if grid is None or spot.row_end < grid.height:
        return False
    following = here.places.spots[max(one.order for one in grid.spots) + 1 :][:1]
    other = following[0].grid if following else None
    if other is None or other.width != grid.width or other.around is not None:
        return False
    row = other.across(0)
    return not all(one.empty for one in row) and not any(
        here.is_label(one) or one.order in here.headings or one.order in here.taken for one in row
    )


def _rest_of(other: Spot, spot: Spot, hit: Hit, here: Scene) -> bool:
    """Whether a cell below an answer's begins a page without any label in its row, or with an option of the question asked."""
    grid, cell = spot.grid, spot.cell
    beyond = cell is not None and other.cell is not None and other.cell.page != cell.page
    if grid is None or not beyond or other.empty or (other.col, other.col_end) != (spot.col, spot.col_end):
        return False
    forms = (here.definition.fields.get(match.owner) for match in (*hit.claims, *hit.here))
    offers = (
        options_of(form.options).found_in(other.own[0].text) for form in forms if form is not None and form.options
    )
    boxed = any(run.mark is not None for line in other.own for run in line.runs)
    if boxed and any(offers):
        return True
    return not any(here.is_label(one) or one.order in here.headings for one in grid.row_of(other))


def labels_together(hit: Hit, answered: Sequence[Spot], here: Scene) -> bool:
    """Whether a cell holds two labels one below the other, with nothing between them, and the answer stands in another cell:
    it may hold those to both."""
    if hit.spot.grid is None or any(spot is hit.spot for spot in answered):
        return False
    labels = [label for label in here.labels.get(hit.spot.order, []) if label.opens is None]
    return len({label.line for label in labels}) > 1


def printed_as_label(lines: Sequence[Line], others: Iterable[Sequence[Line]], here: Scene) -> bool:
    """Whether an answer is printed as labels are, in a form whose labels are bold and whose other answers are mostly not."""
    if not (here.style.bold or here.style.bold_lines) or not _all_bold(lines):
        return False
    looks = [_all_bold(other) for other in others]
    return sum(looks) * _MOSTLY_PLAIN < len(looks)


def _all_bold(lines: Sequence[Line]) -> bool:
    runs = [run for line in lines for run in line.runs if run.text.strip()]
    return bool(runs) and all(run.bold and run.control is None for run in runs)


_MOSTLY_PLAIN = 4
"""One answer in so many is bold at most where bold print tells labels."""


def reads_like_a_heading(hit: Hit, text: str, here: Scene) -> bool:
    """Whether an answer below its label is words in capitals, as the headings between the lines of this form are."""
    words = text.isupper() and not any(sign.isdigit() for sign in text) and len(text.split()) >= _HEADING
    if hit.spot.grid is not None or not hit.rest_below or not words:
        return False
    headings = [one for one in here.hits() if one.opens is not None and one.spot.grid is None]
    return sum(one.text.isupper() for one in headings) >= _HEADINGS


_HEADING, _HEADINGS = 2, 2
"""Words of an answer that may be a heading, and the headings in capitals that show how they are printed."""


def reads_like_a_label(text: str, here: Scene, told: bool) -> bool:
    """Whether an answer is worded as a label, or nearly so where the question asks for a narrative (`told`), in a form
    where nothing but wording tells labels from answers."""
    if len(text) > LONGEST_LABEL or here.style.telling:
        return False
    if text.endswith((":", "?")):
        return True
    if told and "\n" not in text and here.definition.labels.nearest(text, NEARER):
        return True
    return bool(here.definition.labels.exact(text)) and len(here.definition.wording.tokens(text)) > 1
