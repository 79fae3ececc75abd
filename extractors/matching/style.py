"""How a document prints its labels, learnt from those that are known for certain."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.forms.definitions import Definition
from extractors.looks import bold_head, set_back
from extractors.matching.headings import opened_by
from extractors.matching.labels.hits import LONGEST_LABEL, known_for_sure
from extractors.matching.notes import surely_note
from extractors.matching.places import Grid, Places, Spot
from extractors.wording import plain

_BOXED = 4
"""Labels above boxes that show that answers stand in boxes here."""
_NOTED = 3
"""So many instructions that step back tell that all do."""


@dataclass
class Style:
    """How this document prints its labels, learnt from those that are known for certain."""

    shaded: bool = False
    bold: bool = False
    columns: dict[int, frozenset[int]] = field(default_factory=dict)
    """id of grid -> the columns in which its labels stand, where no look tells them"""
    rows: dict[int, frozenset[int]] = field(default_factory=dict)
    """id of grid -> the rows that are labels of the cells below, where no look tells them"""
    bold_lines: bool = False
    """labels on lines of text are bold"""
    plain_lines: bool = False
    """labels on lines of text are not bold"""
    tabbed_lines: bool = False
    """labels on lines of text end with a tab or wide room"""
    answers_on_line: bool = False
    """answers on lines of text stand on the line of their label"""
    colon_lines: bool = False
    """labels on lines of text end with a colon or a question mark"""
    numbered_lines: bool = False
    """labels on lines of text begin with a number of their own"""
    dotted_lines: bool = False
    """they begin with the number of their section and their own, as in 2.1"""
    bold_headings: bool = False
    """headings between lines of text are bold, and labels are not"""
    bare_lines: bool = False
    """labels stand on lines of their own above their answers, without any mark"""
    close_answers: bool = False
    """answers follow right below their labels, so that an empty line in their place is an empty answer"""
    boxed_lines: bool = False
    """labels on lines of text stand above boxes that hold their answers"""
    set_back_notes: bool = False
    """instructions between labels and their answers are in italic or grey print"""
    same_cell: bool = False
    """labels and answers share cells"""
    several_on_line: bool = False
    """several labels with their answers follow each other on one line"""

    def marked(self, text: str, bold: bool) -> bool:
        """Whether a line of text, or a label on it, carries every mark that labels on lines carry here."""
        return (
            (bold or not self.bold_lines)
            and (not self.colon_lines or _SIGN.search(text) is not None)
            and (not self.numbered_lines or NUMBER.match(text) is not None)
        )

    def label_like(self, spot: Spot) -> bool:
        """Whether the spot looks like the cells that hold labels."""
        if spot.empty or spot.grid is None:
            return False
        if self.shaded:
            return spot.shaded
        if self.bold and not spot.fillable:
            return spot.bold
        grid = id(spot.grid)
        narrow = spot.col_end - spot.col < max(2, spot.grid.width)
        return not spot.fillable and (
            (narrow and spot.col in self.columns.get(grid, frozenset())) or spot.row in self.rows.get(grid, frozenset())
        )

    @property
    def telling(self) -> bool:
        return self.shaded or self.bold


def learn_style(found: Places, definition: Definition, who: set[int]) -> Style:
    """How labels look here, from cells whose whole text is a known label. `who` are spots to leave aside."""
    sure: list[Spot] = []
    others: list[Spot] = []
    for spot in found.spots:
        if spot.grid is None or not spot.text or spot.order in who:
            continue
        if len(spot.text) > LONGEST_LABEL:
            others.append(spot)
            continue
        seen = known_for_sure(spot.text, definition) or known_for_sure(spot.own[0].text, definition)
        (sure if seen else others).append(spot)
    style = Style()
    if len(sure) >= 4:
        shaded = sum(spot.shaded for spot in sure) / len(sure)
        shaded_others = sum(spot.shaded for spot in others) / max(1, len(others))
        style.shaded = (
            shaded > 0.7
            and (shaded_others < 0.75 or any(not spot.shaded for spot in found.spots if spot.grid and spot.empty))
            and not _answered_alike(sure, lambda spot: spot.shaded)
        )
        bold = sum(spot.bold for spot in sure) / len(sure)
        bold_others = sum(spot.bold for spot in others) / max(1, len(others))
        style.bold = not style.shaded and bold > 0.7 and bold_others < 0.6 and not _answered_alike(sure, _wholly_bold)
    _learn_lines(found, definition, style)
    if not style.telling:
        known = {
            spot.order
            for spot in sure
            if not spot.fillable and spot.col_end - spot.col < max(2, spot.grid.width if spot.grid else 0)
        }
        _learn_places(found.grids, known, style)
    return style


def _answered_alike(sure: Sequence[Spot], looks_so: Callable[[Spot], bool]) -> bool:
    """Whether what stands right of known labels and below them looks as they do, so that this look tells no label."""
    known = {spot.order for spot in sure}
    alike = otherwise = 0
    for spot in sure:
        grid = spot.grid
        near = [*grid.right_of(spot)[:1], *grid.below(spot)[:1]] if grid is not None else []
        looks = [looks_so(other) for other in near if other.text and not other.fillable and other.order not in known]
        alike += bool(looks) and all(looks)
        otherwise += not all(looks)
    return alike >= 4 and alike * 10 >= (alike + otherwise) * 6


def _wholly_bold(spot: Spot) -> bool:
    return all(run.bold for line in spot.own for run in line.runs if run.text.strip())


def _learn_lines(found: Places, definition: Definition, style: Style) -> None:
    """How labels look on lines of text, from lines that begin with a known label."""
    bold = headed = tabbed = behind = colons = numbers = dotted = count = several = close = apart = 0
    below_words = below_bold = 0
    for spot in found.spots:
        for at, line in enumerate(spot.own):
            several += sum(_ends_in_label(head, definition) for head in _before_colons(line.text)) > 1
            if spot.grid is not None:
                continue
            head = _LINE_HEAD.match(line.text)
            if head is None or len(head[1]) > LONGEST_LABEL or not known_for_sure(head[1], definition):
                run_in = plain(bold_head(line) or "")
                if 0 < len(run_in) <= LONGEST_LABEL and known_for_sure(run_in, definition):
                    count, bold, behind = count + 1, bold + 1, behind + 1
                continue
            count += 1
            strong = next((run.bold for run in line.runs if run.text.strip()), False)
            bold += strong
            headed += strong and bool(opened_by(head[1], definition, looks=True))
            below = next((one for one in spot.own[at + 1 :] if one.text.strip()), None)
            if below is not None and head.end() >= len(line.text) and not known_for_sure(plain(below.text), definition):
                close += not below.apart
                apart += below.apart
                if all(run.mark is None for run in below.runs):
                    below_words += 1
                    below_bold += all(run.bold for run in below.runs if run.text.strip())
            tabbed += not head[2].startswith((":", "：")) and head.end() < len(line.text)
            behind += bool(line.text[head.end() :].strip()) or any(run.mark is not None for run in line.runs)
            colons += _SIGN.search(head[0]) is not None
            numbers += NUMBER.match(head[1]) is not None
            dotted += DOTTED.match(head[1]) is not None
    style.several_on_line = several >= 3
    style.boxed_lines = _boxed_below(found, definition) >= _BOXED
    style.set_back_notes = _noted(found, definition) >= _NOTED
    if count >= 4:
        # Where answers on the lines below are bold as well, bold print tells no label.
        all_bold = below_bold >= 4 and below_bold * 10 >= below_words * 6
        style.bold_lines = bold * 10 >= count * 7 and bold - headed >= 2 and not all_bold
        others = (bold - headed, count - headed) if count - headed >= 4 else (bold, count)
        style.plain_lines = others[0] * 10 <= others[1]
        style.answers_on_line = behind * 2 >= count
        style.tabbed_lines = tabbed * 10 >= count * 6 or (style.answers_on_line and tabbed * 10 >= behind * 8)
        style.colon_lines = count >= 8 and colons * 10 >= count * 7
        style.numbered_lines = count >= 8 and numbers * 10 >= count * 7
        style.dotted_lines = count >= 8 and dotted * 10 >= count * 7
        style.bold_headings = style.plain_lines and _bold_lines(found) >= 3
        marked = style.bold_lines or style.tabbed_lines or style.colon_lines or style.numbered_lines
        style.bare_lines = count >= 8 and not marked and not style.answers_on_line
        style.close_answers = close >= 4 and apart * 4 <= close


def _noted(found: Places, definition: Definition) -> int:
    """How many known labels have print that steps back below them, and then other print that is no label, or a box."""
    count = 0
    for spot in found.spots:
        lines = [line for line in spot.own if line.text.strip(" _.\t")]
        behind = next(iter(found.spots[spot.order + 1 : spot.order + 2]), None)
        for at, (line, note) in enumerate(pairwise(lines)):
            if not set_back(note) or set_back(line) or not known_for_sure(plain(line.text), definition):
                continue
            if answer := lines[at + 2 : at + 3]:
                count += not set_back(answer[0]) and not known_for_sure(plain(answer[0].text), definition)
            else:
                count += behind is not None and behind.grid is not None and behind.grid is not spot.grid
    return count


def _boxed_below(found: Places, definition: Definition) -> int:
    """How many known labels end a stretch of lines and have a table of one cell right below them."""
    return sum(
        spot.grid is None
        and below.grid is not None
        and below.grid.width * below.grid.height == 1
        and known_for_sure(plain(spot.own[-1].text), definition)
        for spot, below in pairwise(found.spots)
    )


def _bold_lines(found: Places) -> int:
    lines = [line for spot in found.spots if spot.grid is None for line in spot.own if line.text.strip()]
    return sum(all(run.bold for run in line.runs if run.text.strip()) for line in lines)


def _before_colons(text: str) -> list[str]:
    """What stands before each colon that white space follows, back to the colon before."""
    return [piece for piece, after in pairwise(text.split(":")) if piece and after[:1].isspace()]


def _ends_in_label(text: str, definition: Definition) -> bool:
    """Whether the last words before a colon are a known label."""
    words = text.split()
    return any(
        words[at][:1].isupper() and definition.labels.exact(" ".join(words[at:]))
        for at in range(max(0, len(words) - 5), len(words))
    )


_LINE_HEAD = re.compile(r"\s*(\S.*?)\s*([:：]\s|[:：]?$|\t|\s{3,})")
_SIGN = re.compile(r"[:：?](?:\s|$)")
NUMBER = re.compile(r"\s*(?:\d{1,2}\.\d{1,2}\.?|\d{1,2}[.)]|\(?[a-z]\))\s")
"""The number of a question."""
DOTTED = re.compile(r"\s*(\d{1,2})\.(\d{1,2})\.?\s+(?=[A-Z])")
"""The number of a section and that of a question in it."""


def _learn_places(grids: Sequence[Grid], known: set[int], style: Style) -> None:
    """The columns, or the rows, in which the labels of each grid stand. Labels follow each other down a column, or along a
    row; a grid that does not tell is taken as the others are, and grids of one width have their labels in one set of columns."""
    turns = {id(grid): _turns(grid, known) for grid in grids}
    upright = sum(down - along for along, down in turns.values()) >= 0
    pooled: dict[int, list[Grid]] = {}
    for grid in grids:
        along, down = turns[id(grid)]
        in_rows = along > down or (along == down and (not upright or bool(_every_other_row(grid, known))))
        style.columns[id(grid)] = style.rows[id(grid)] = frozenset()
        if in_rows and grid.height > 1:
            style.rows[id(grid)] = _label_rows(grid, known)
        else:
            pooled.setdefault(grid.width, []).append(grid)
    for width, alike in pooled.items():
        columns = _label_columns(alike, known, width)
        for grid in alike:
            style.columns[id(grid)] = columns


def _turns(grid: Grid, known: set[int]) -> tuple[int, int]:
    """How often a label stands right of a label, and how often below one."""
    along = down = 0
    for spot in grid.spots:
        if spot.order in known:
            along += any(other.order in known for other in grid.right_of(spot)[:1])
            down += any(other.order in known for other in _below_notes(grid, spot, known)[:1])
    return along, down


def _below_notes(grid: Grid, spot: Spot, known: set[int]) -> list[Spot]:
    """The cells below a label, or below the instruction under it, of which alignment may have made a row; or below the empty
    row that only keeps rows of labels beside answers apart."""
    below = grid.below(spot)
    beside = [other for other in grid.right_of(spot)[:1] if not other.empty and other.order not in known]
    if beside and below and all(other.empty for other in grid.across(below[0].row)):
        return grid.below(below[0])
    if not grid.guessed or len(below) != 1 or not surely_note(below[0].text):
        return below
    return grid.below(below[0])


def _label_rows(grid: Grid, known: set[int]) -> frozenset[int]:
    if turns := _every_other_row(grid, known):
        return turns
    found: set[int] = set()
    for row in range(grid.height - 1):
        spots = [spot for spot in grid.across(row) if spot.text]
        share = sum(spot.order in known for spot in spots) / max(1, len(spots))
        if share == 1.0 or (share >= 0.5 and row - 1 not in found):
            found.add(row)
    return frozenset(found)


def _label_columns(grids: Sequence[Grid], known: set[int], width: int) -> frozenset[int]:
    held: dict[int, int] = {}
    counts: dict[int, int] = {}
    for spot in (spot for grid in grids for spot in grid.spots if spot.text and spot.col_end - spot.col < width):
        held[spot.col] = held.get(spot.col, 0) + 1
        counts[spot.col] = counts.get(spot.col, 0) + (spot.order in known)
    return frozenset(col for col in held if counts[col] >= 2 and counts[col] * 2 > held[col])


def _every_other_row(grid: Grid, known: set[int]) -> frozenset[int]:
    """The rows of labels where rows of labels and of answers take turns; none where that is not plain to see."""
    rows = [row for row in range(grid.height) if any(spot.order in known for spot in grid.across(row))]
    wide = [spots for row in rows if len(spots := [spot for spot in grid.across(row) if spot.text]) > 1]
    if len(rows) < 2 or len({row % 2 for row in rows}) > 1 or not (wide or grid.width == 1):
        return frozenset()
    if any(spot.order not in known for spots in wide for spot in spots):
        return frozenset()
    return frozenset(range(rows[0] % 2, grid.height, 2))
