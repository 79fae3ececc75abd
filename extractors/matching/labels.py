"""Finds what is printed: labels of questions, known, near or unknown, wherever they stand in cells and lines.

A `Hit` is one printed label with the keys it may mean. Whole cells and line beginnings may hold a label; inside a line one
is seen by its colon, by wide room or by bold print.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from extractors.forms.definitions import OTHER, Definition
from extractors.matching.places import Grid, Places, Spot, cut
from extractors.page import Line
from extractors.wording import Match, plain, without_brackets, without_numbering

NEAR = 0.7
"""Least likeness of a label's wording to a known one, in a place where a label is expected."""
NEARER = 0.84
"""The same where none is expected."""
LONGEST_LABEL = 170
_LABEL_LINES = 5
_COLON = re.compile(r"[:：](?=\s|$|_|\.\.)|(?<=[a-z)])[:：](?=[A-Z\d])")
_ROOM = re.compile(r"\t+|\s{3,}|\s*_{3,}\s*|\s*\.{5,}\s*|\s*…{2,}\s*|\s\|\s")
_STOP = re.compile(r"[:?(\[;,–—]|\.(?=\s+[A-Z]|\s*$)|\s-\s")
_UNKNOWN_LABEL = re.compile(r"[A-Z0-9][^.;!?\n]{1,60}")


@dataclass(eq=False)
class Hit:
    """One printed label. `claims` are (key, score) it may mean, best first, OTHER among them; empty when nobody knows it.

    `rest` is what stands behind it in the same spot, up to the next label there. `whole` says that the label (with its
    note) is all of the spot. `context` marks claims that hold only in their own part of the form.
    """

    spot: Spot
    line: int
    start: int
    text: str
    claims: tuple[Match, ...]
    here: tuple[Match, ...]
    colon: bool = False
    first: bool = True
    rest: tuple[Line, ...] = ()
    parts: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()
    """the parts of the labels before it: on its row, or next in reading order"""
    beside: frozenset[str] = frozenset()

    @property
    def place(self) -> tuple[int, int, int]:
        return (self.spot.order, self.line, self.start)

    @cached_property
    def best(self) -> float:
        return max((match.score for match in (*self.claims, *self.here)), default=0.0)

    @property
    def known(self) -> bool:
        return bool(self.claims or self.here)

    def same_line(self) -> tuple[Line, ...]:
        """What stands behind the label on its own line."""
        return self.rest[:1] if self.rest and not self.rest_below else ()

    rest_below: bool = False
    """True when `rest` begins on the line below the label."""
    opens: frozenset[str] | None = None
    """The parts of the form that it opens as a heading; empty for a heading that nobody knows, None for a label."""


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
    tabbed_lines: bool = False
    """labels on lines of text end with a tab or wide room"""
    answers_on_line: bool = False
    """answers on lines of text stand on the line of their label"""
    same_cell: bool = False
    """labels and answers share cells"""

    def label_like(self, spot: Spot) -> bool:
        """Whether the spot looks like the cells that hold labels."""
        if spot.empty or spot.grid is None:
            return False
        if self.shaded:
            return spot.shaded
        if self.bold and not spot.fillable:
            return spot.bold
        grid = id(spot.grid)
        return not spot.fillable and (
            spot.col in self.columns.get(grid, frozenset()) or spot.row in self.rows.get(grid, frozenset())
        )

    @property
    def telling(self) -> bool:
        return self.shaded or self.bold


def claims(text: str, definition: Definition, least: float) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
    """What a label's text may mean: (claims anywhere, claims in their own part). Exact wordings hide near ones."""
    exact = definition.labels.exact(text)
    here = definition.here.exact(text)
    if exact or here:
        return exact, here
    bare = without_brackets(text)
    if bare != text:
        exact, here = definition.labels.exact(bare), definition.here.exact(bare)
        if exact or here:
            return exact, here
    near = definition.labels.nearest(text, least)
    if bare != text:
        better = definition.labels.nearest(bare, least)
        if better and (not near or better[0].score > near[0].score):
            near = better
    return tuple(match for match in near if match.score > near[0].score - 0.15), ()


def known_for_sure(text: str, definition: Definition) -> bool:
    """Whether a text is worded so like a known label that the look of its cell tells how labels look."""
    if definition.labels.exact(text):
        return True
    near = definition.labels.nearest(text, 0.78)
    return bool(near) and len(definition.wording.tokens(text)) > 1


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
        style.shaded = shaded > 0.7 and (
            shaded_others < 0.75 or any(not spot.shaded for spot in found.spots if spot.grid and spot.empty)
        )
        bold = sum(spot.bold for spot in sure) / len(sure)
        bold_others = sum(spot.bold for spot in others) / max(1, len(others))
        style.bold = not style.shaded and bold > 0.7 and bold_others < 0.6
    _learn_lines(found, definition, style)
    if not style.telling:
        known = {
            spot.order
            for spot in sure
            if not spot.fillable and spot.col_end - spot.col < max(2, spot.grid.width if spot.grid else 0)
        }
        for grid in found.grids:
            columns, rows = _label_places(grid, known)
            style.columns[id(grid)], style.rows[id(grid)] = columns, rows
    return style


def _learn_lines(found: Places, definition: Definition, style: Style) -> None:
    """How labels look on lines of text, from lines that begin with a known label."""
    bold = tabbed = behind = count = 0
    for spot in found.spots:
        for line in spot.own if spot.grid is None else ():
            head = _LINE_HEAD.match(line.text)
            if head is None or len(head[1]) > LONGEST_LABEL or not known_for_sure(head[1], definition):
                continue
            count += 1
            bold += next((run.bold for run in line.runs if run.text.strip()), False)
            tabbed += not head[2].startswith((":", "：")) and head.end() < len(line.text)
            behind += bool(line.text[head.end() :].strip()) or any(run.mark is not None for run in line.runs)
    if count >= 4:
        style.bold_lines = bold * 10 >= count * 7
        style.tabbed_lines = tabbed * 10 >= count * 6
        style.answers_on_line = behind * 2 >= count


_LINE_HEAD = re.compile(r"\s*(\S.*?)\s*([:：]\s|[:：]?$|\t|\s{3,})")


def _label_places(grid: Grid, known: set[int]) -> tuple[frozenset[int], frozenset[int]]:
    """The columns, or the rows, in which a grid's labels stand: labels follow each other down a column, or along a row."""
    along = down = 0
    for spot in grid.spots:
        if spot.order in known:
            along += any(other.order in known for other in grid.right_of(spot)[:1])
            down += any(other.order in known for other in grid.below(spot)[:1])
    if along > down:
        label_rows: set[int] = set()
        for row in range(grid.height):
            spots = [spot for spot in grid.across(row) if spot.text]
            share = sum(spot.order in known for spot in spots) / max(1, len(spots))
            if share == 1.0 or (share >= 0.5 and row - 1 not in label_rows):
                label_rows.add(row)
        return frozenset(), frozenset(label_rows)
    held: dict[int, list[Spot]] = {}
    for spot in grid.spots:
        if spot.text and spot.col_end - spot.col < grid.width:
            held.setdefault(spot.col, []).append(spot)
    counts = {col: sum(spot.order in known for spot in spots) for col, spots in held.items()}
    return frozenset(
        col for col, spots in held.items() if counts[col] >= 2 and counts[col] * 2 > len(spots)
    ), frozenset()


def hits_in(spot: Spot, definition: Definition, style: Style, expected: bool = False) -> list[Hit]:
    """The labels printed in a spot, in order, each with what stands behind it. `expected`: where a label must stand."""
    if not any(run.text.strip() and not run.placeholder for line in spot.own for run in line.runs):
        return []
    found = _in_stretch(spot, definition, style) if spot.grid is None else _in_cell(spot, definition, style, expected)
    _share_out(spot, found)
    return found


@dataclass(frozen=True, slots=True)
class _Head:
    """A label at the beginning of a spot: its text, what it may mean, and where what follows it begins."""

    text: str
    claims: tuple[Match, ...]
    here: tuple[Match, ...]
    line: int
    end: int
    colon: bool


def _in_cell(spot: Spot, definition: Definition, style: Style, expected: bool) -> list[Hit]:
    expected = expected or style.label_like(spot)
    head = _head(spot.own, definition, expected or style.same_cell)
    inside = _inside(spot, 0, definition, style)
    if head is None:
        if inside:
            return inside
        return [_unknown(spot)] if expected and len(spot.text) <= LONGEST_LABEL else []
    later = [hit for hit in inside if (hit.line, hit.start) > (head.line, max(0, head.end - 1)) and hit.known]
    later = _not_told([*head.claims, *head.here], later, definition)
    first = Hit(spot, 0, 0, head.text, head.claims, head.here, head.colon)
    first.rest = _cut_from(spot.own, head.line, head.end)
    first.rest_below = not plain(cut(spot.own[head.line], head.end).text) and head.line + 1 < len(spot.own)
    return [first, *later]


def _not_told(before: Sequence[Match], hits: list[Hit], definition: Definition) -> list[Hit]:
    """Without what only looks like a label inside the narrative that answers the label before it."""
    kept: list[Hit] = []
    for hit in hits:
        told = any(
            match.owner in definition.fields and definition.fields[match.owner].kind == "narrative" for match in before
        )
        if told and not _stands_out(hit):
            continue
        kept.append(hit)
        before = [*hit.claims, *hit.here]
    return kept


def _stands_out(hit: Hit) -> bool:
    """Whether a label inside a narrative is one: bold, a question of the contract, or followed by a short answer."""
    line = hit.spot.own[hit.line]
    if line.bullet or hit.start > 0:
        return False
    if next((run.bold for run in line.runs if run.text.strip()), False) or hit.opens is not None:
        return True
    if any(match.owner != OTHER and match.score == 1.0 for match in hit.claims):
        return True
    rest = line.text[len(hit.text) :].strip(" :")
    return len(rest) <= 40 and not rest.endswith((".", ";"))


def _unknown(spot: Spot) -> Hit:
    hit = Hit(spot, 0, 0, spot.text, (), ())
    return hit


def _head(lines: Sequence[Line], definition: Definition, expected: bool) -> _Head | None:
    """The label with which the lines begin. The longest known wording wins; else, where expected, the nearest."""
    exact: _Head | None = None
    near: _Head | None = None
    joined = ""
    for at, line in enumerate(lines[:_LABEL_LINES]):
        text, open_end = _before_box(line)
        if open_end and not text.strip():
            break
        offset = len(joined) + 1 if joined else 0
        joined = f"{joined} {text}" if joined else text
        if offset > LONGEST_LABEL:
            break
        for stop in _stops(joined, offset):
            piece = joined[:stop]
            if len(piece) > LONGEST_LABEL or not plain(piece):
                continue
            end = stop - offset
            after = joined[stop : stop + 1]
            colon = after in (":", "：")
            whole = stop == len(joined)
            if not (expected or colon or whole or after in ("(", "[", "?")):
                continue
            owned, here = definition.labels.exact(piece), definition.here.exact(piece)
            if owned or here:
                said = definition.wording.tokens(piece)
                again = exact is not None and set(said) == set(definition.wording.tokens(exact.text))
                if exact is not None and again and (offset or exact.colon):
                    continue
                if exact is not None and exact.colon and after in (",", ";", ".", "-", "–", "—", " "):
                    continue
                if not here or expected or colon or whole:
                    exact = _Head(
                        plain(piece), owned, here, at, end + (after in (":", "：", "?")), colon or after == "?"
                    )
            elif (whole or colon or after == "?") and exact is None:
                owned, _ = claims(piece, definition, NEAR if expected or colon else NEARER)
                if owned and (near is None or owned[0].score > near.claims[0].score):
                    near = _Head(plain(piece), owned, (), at, end + (after in (":", "：", "?")), colon)
        if open_end:
            break
    return _with_its_end(lines, exact or near, definition, expected)


_BRACKET = re.compile(r"\s*(?:\([^()]*\)|\[[^\][]*\])")


def _with_its_end(lines: Sequence[Line], head: _Head | None, definition: Definition, expected: bool) -> _Head | None:
    """A head with what belongs to it behind its last known word: a bracket, more words up to a colon, a note."""
    if head is None:
        return None
    text, _ = _before_box(lines[head.line])
    end, colon = head.end, head.colon
    while (bracket := _BRACKET.match(text, end)) is not None:
        end = bracket.end()
    if colon and end == head.end:
        # "Level 3: why seniors are needed?: N/A" is a label to its second colon.
        further = next((sign.start() for sign in re.finditer(r"[:?]", text[end:])), None)
        if further is not None and further > 8:
            owned, _ = claims(text[: end + further], definition, NEAR)
            mine = {match.owner for match in (*head.claims, *head.here)}
            if owned and owned[0].owner in mine and len(owned[0].phrase) > len(head.text):
                end += further + 1
        end += len(text[end:]) - len(text[end:].lstrip(":?"))
    else:
        rest = text[end:]
        sign = re.match(r"\s*[:：?]+:?", rest)
        if sign is not None:
            end, colon = end + sign.end(), True
        elif rest[:1] in (",", ";", "-", "–", "—") or rest[:2] == " -":
            later = rest.find(":")
            if 0 < later < 60:
                end, colon = end + later + 1, True
            elif expected:
                end = len(text)
    return replace(head, end=end, colon=colon)


def _before_box(line: Line) -> tuple[str, bool]:
    """A line's text up to its first tick box or control, and whether there is one."""
    text = ""
    for run in line.runs:
        if run.mark is not None or run.control is not None or run.placeholder:
            return text, True
        text += run.text
    return text, False


def _stops(text: str, offset: int) -> list[int]:
    """Where a label may end: at signs outside brackets, and at the end."""
    inside = [bracket.span() for bracket in _BRACKET.finditer(text)]
    signs = (match.start() for match in _STOP.finditer(text) if match.start() > max(1, offset))
    return [
        *(at for at in signs if not any(start < at < end and text[at] not in "([" for start, end in inside)),
        len(text),
    ]


def _inside(spot: Spot, from_line: int, definition: Definition, style: Style) -> list[Hit]:
    found: list[Hit] = []
    for at, line in enumerate(spot.own):
        if at >= from_line:
            found.extend(_on_line(spot, at, line, definition, style))
    return found


def _in_stretch(spot: Spot, definition: Definition, style: Style) -> list[Hit]:
    """Labels and headings in a stretch of lines. A line that may be both is a label when an answer follows it."""
    inside = _inside(spot, 0, definition, style)
    found: list[Hit] = []
    for at, line in enumerate(spot.own):
        own = [hit for hit in inside if hit.line == at]
        whole = _whole_line(spot, at, line, definition, style, bool(own and own[0].start == 0))
        found.extend(own if whole is None else [whole])
    busy = {hit.line for hit in found}
    for hit in found:
        if (
            hit.opens is not None
            and _answered(spot, hit.line, busy)
            and (hit.claims or (style.bold_lines and not hit.opens))
        ):
            hit.opens = None
    return _not_told((), _awaited(found, style), definition)


def _whole_line(spot: Spot, at: int, line: Line, definition: Definition, style: Style, taken: bool) -> Hit | None:
    """A line that is all label, or heading. Where a label was seen inside it already, only when all of it is known."""
    text = plain(line.text)
    if line.joins_previous or not text or len(text) > LONGEST_LABEL or any(run.mark is not None for run in line.runs):
        return None
    if _only_head_tells(text, definition):
        return None
    if at + 1 < len(spot.own) and spot.own[at + 1].joins_previous:
        text = plain(" ".join([text, *(one.text for one in _wrapped(spot.own, at + 1))]))
    owned, here = definition.labels.exact(text), definition.here.exact(text)
    bold = bool(line.runs) and all(run.bold for run in line.runs if run.text.strip())
    if taken and not (owned and text.rstrip(" :").find(":") > 0):
        return None
    if not (owned or here) and len(text.split()) > 1 and (bold or text.endswith("?")):
        owned, here = claims(text, definition, NEAR if bold and style.bold_lines else NEARER)
    looks = like_heading(text, bold)
    opens = opened_by(text, definition, looks)
    if style.bold_lines and not bold:
        owned, here = (), ()
        opens = opens if looks else None
    if not owned and not (here and bold) and opens is None:
        return None
    if (
        owned
        and owned[0].score == 1.0
        and (not is_heading(text, definition) or line.text.rstrip(" ").endswith((":", "\t")))
    ):
        opens = None
    return Hit(spot, at, 0, text, owned, here if bold else (), first=False, opens=None if taken else opens)


def _awaited(hits: list[Hit], style: Style) -> list[Hit]:
    """Without unknown labels and headings that stand where an answer is awaited, or look unlike the others."""
    kept: list[Hit] = []
    for hit in hits:
        if not hit.known and not hit.opens:
            bold = all(run.bold for run in hit.spot.own[hit.line].runs if run.text.strip() and not hit.colon)
            if hit.colon:
                bold = next((run.bold for run in hit.spot.own[hit.line].runs if run.text.strip()), False)
            asked = bool(kept) and kept[-1].opens is None and _ends_line(kept[-1]) and _next_line(kept[-1]) == hit.line
            if style.bold_lines and not bold:
                continue
            if asked and not style.bold_lines and not (style.answers_on_line and hit.colon):
                continue
        kept.append(hit)
    return kept


def _ends_line(hit: Hit) -> bool:
    text = plain(hit.spot.own[hit.line].text)
    return text.rstrip(" :?").endswith(hit.text.rstrip(" :?"))


def _next_line(hit: Hit) -> int:
    lines = hit.spot.own
    return next((at for at in range(hit.line + 1, len(lines)) if lines[at].text.strip()), len(lines))


def _wrapped(lines: Sequence[Line], at: int) -> list[Line]:
    found = []
    while at < len(lines) and lines[at].joins_previous:
        found.append(lines[at])
        at += 1
    return found


def _answered(spot: Spot, line: int, busy: set[int]) -> bool:
    """Whether the next line with anything on it is no label or heading itself."""
    for at in range(line + 1, len(spot.own)):
        if any(run.mark is not None or run.text.strip() for run in spot.own[at].runs):
            return at not in busy
    return False


def opened_by(text: str, definition: Definition, looks: bool) -> frozenset[str] | None:
    """The parts of the form that a heading opens; empty when it only looks like a heading; None when it is none."""
    plain_text = text.rstrip(" :")
    for wording in dict.fromkeys((plain_text, without_brackets(plain_text))):
        exact = definition.headings.exact(wording)
        if exact and (looks or len(exact[0].phrase) > 12):
            return frozenset(match.owner for match in exact)
    if not looks:
        return None
    near = definition.headings.nearest(plain_text, 0.8)
    if near:
        return frozenset(match.owner for match in near if match.score > near[0].score - 0.1)
    tokens = definition.wording.tokens(plain_text)
    if not any(token in definition.part_words for token in tokens) and any(
        sign.isdigit() for sign in without_numbering(text)
    ):
        return None
    return frozenset(part for token in tokens for part in definition.part_words.get(token, ()))


def is_heading(text: str, definition: Definition) -> bool:
    """Whether a text is worded exactly as a known heading."""
    plain_text = text.rstrip(" :")
    return bool(definition.headings.exact(plain_text) or definition.headings.exact(without_brackets(plain_text)))


_NUMBERED = re.compile(
    r"\s*(?:(?:[Ss]ection|[Pp]art|SECTION|PART)\s+(?:\d{1,2}|[A-Z])\b|\(?(?:\d{1,2}(?:\.\d)?|[A-Z])[.):]\s+\S|\d{1,2}\s+[A-Z]{3,})"
)


def like_heading(text: str, bold: bool) -> bool:
    """Whether a line looks like a heading: few words, and bold, in capitals or numbered."""
    words = text.split()
    if len(words) > 12 or text.endswith((".", ";", ",")):
        return False
    upper = text.upper() == text and any(sign.isalpha() for sign in text) and len(text) > 3
    return bold or upper or (_NUMBERED.match(text) is not None and len(words) <= 9)


def _on_line(spot: Spot, at: int, line: Line, definition: Definition, style: Style) -> list[Hit]:
    """Labels inside one line: before colons, before and after wide room, and where bold print ends."""
    text = line.text
    boxes = _box_offsets(line)
    found: list[Hit] = []
    pieces = _pieces(text)
    answers_next = False
    for start, end in pieces:
        if answers_next:
            # What stands behind a label that is all of its piece is the answer, even if it reads like a label.
            answers_next = False
            continue
        begins = start + len(text[start:end]) - len(text[start:end].lstrip())
        if len(pieces) > 1 and not any(box <= begins for box in boxes):
            hit = _whole_piece(spot, at, line, begins, end, definition, style, bool(found))
            if hit is not None:
                found.append(hit)
                answers_next = not hit.text.endswith(":")
                continue
        left = start
        colons = [colon.start() for colon in _COLON.finditer(text, start, end)]
        for place, colon in enumerate(colons):
            if colon < left:
                continue
            for later in colons[place + 1 : place + 2]:
                if _reaches_further(text[left:colon], text[left:later], definition):
                    colon = later
            hit = _before_colon(spot, at, text, left, colon, definition, left > start)
            if hit is not None and not _behind_box(boxes, hit.start, text):
                found.append(hit)
                left = colon + 1
    if not found:
        bold = _bold_head(line)
        if bold is not None:
            owned, here = claims(bold, definition, NEARER)
            if owned or here:
                found.append(Hit(spot, at, 0, plain(bold), owned, here, first=False))
    return found


def _reaches_further(shorter: str, longer: str, definition: Definition) -> bool:
    """Whether a label goes on behind its first colon, as in "RoSH: public" and "Level 3: why seniors are needed"."""
    if definition.labels.exact(longer):
        return not _only_head_tells(longer, definition)
    owned, here = claims(shorter, definition, NEAR)
    further, _ = claims(longer, definition, NEAR)
    mine = {match.owner for match in (*owned, *here)}
    return bool(further) and further[0].owner in mine and len(further[0].phrase) > len(plain(shorter))


def _whole_piece(
    spot: Spot, at: int, line: Line, start: int, end: int, definition: Definition, style: Style, inner: bool
) -> Hit | None:
    """A stretch of a line between wide room that is all label; where labels end so, the first one even unknown."""
    piece = plain(line.text[start:end])
    if _only_head_tells(piece, definition):
        return None
    bold = next((run.bold for run in line.runs if run.text.strip()), False)
    owned, here = definition.labels.exact(piece), definition.here.exact(piece)
    if owned or (here and (inner or bold or style.tabbed_lines)):
        return Hit(spot, at, start, piece, owned, here, first=False)
    if not style.tabbed_lines or inner or line.text[:start].strip() or (style.bold_lines and not bold):
        return None
    if line.bullet or len(piece.split()) > 9 or not _UNKNOWN_LABEL.fullmatch(piece):
        return None
    owned, here = claims(piece, definition, NEAR)
    return Hit(spot, at, start, piece, owned, here, first=False)


def _only_head_tells(text: str, definition: Definition) -> bool:
    """Whether what stands behind a colon adds nothing to the words before it, as in "Approved: yes"."""
    head, colon, tail = text.rpartition(":")
    if not colon or not tail.strip():
        return False
    return set(definition.wording.tokens(head)) == set(definition.wording.tokens(text))


def _box_offsets(line: Line) -> list[int]:
    offsets, at = [], 0
    for run in line.runs:
        if run.mark is not None:
            offsets.append(at)
        at += len(run.text)
    return offsets


def _behind_box(boxes: Sequence[int], start: int, text: str) -> bool:
    """Whether a tick box stands directly before a place: the words there are an option."""
    return any(box <= start <= box + 2 and not text[box:start].strip() for box in boxes)


def _before_colon(
    spot: Spot, at: int, text: str, left: int, colon: int, definition: Definition, inner: bool
) -> Hit | None:
    piece = text[left:colon]
    start = left + len(piece) - len(piece.lstrip())
    stripped = plain(piece)
    if not stripped:
        return None
    if len(stripped) <= LONGEST_LABEL:
        at_start = not text[:start].strip() and len(stripped.split()) <= 16
        owned, here = claims(stripped, definition, NEAR if at_start else NEARER)
        if owned or here:
            return Hit(spot, at, start, stripped, owned, here, colon=True, first=False)
    words = list(re.finditer(r"\S+", piece))
    for word in words[max(1, len(words) - 8) :]:
        tail = plain(piece[word.start() :])
        owned, here = definition.labels.exact(tail), definition.here.exact(tail)
        if owned or here:
            return Hit(spot, at, left + word.start(), tail, owned, here, colon=True, first=False)
    if not inner and len(words) <= 7 and _UNKNOWN_LABEL.fullmatch(stripped):
        return Hit(spot, at, start, stripped, (), (), colon=True, first=False)
    return None


def _pieces(text: str) -> list[tuple[int, int]]:
    """Stretches of a line divided by wide room, fill lines or bars."""
    bounds, at = [], 0
    for room in _ROOM.finditer(text):
        if room.start() > at:
            bounds.append((at, room.start()))
        at = room.end()
    if at < len(text):
        bounds.append((at, len(text)))
    return bounds


def _bold_head(line: Line) -> str | None:
    """The bold words a line begins with, when plain ones follow."""
    head = ""
    for run in line.runs:
        if run.mark is not None or (run.text.strip() and not run.bold):
            return head if head.strip() else None
        head += run.text
    return None


def _share_out(spot: Spot, found: list[Hit]) -> None:
    """Gives every hit what stands between it and the next one."""
    for at, hit in enumerate(found):
        upto = found[at + 1] if at + 1 < len(found) else None
        if at == 0 and hit.first:
            if upto is not None:
                hit.rest = _between(hit.rest, spot, hit, upto)
            continue
        hit.rest = _after(spot, hit, upto)


def _after(spot: Spot, hit: Hit, upto: Hit | None) -> tuple[Line, ...]:
    line = spot.own[hit.line]
    text = line.text
    end = hit.start
    wanted = len(hit.text.replace(" ", ""))
    while wanted and end < len(text):
        wanted -= not text[end].isspace()
        end += 1
    while end < len(text) and text[end] in ":：?._":
        end += 1
    stop = upto.start if upto is not None and upto.line == hit.line else None
    first = cut(line, end, stop)
    hit.rest_below = not plain(first.text) and not any(
        run.mark is not None or run.control is not None for run in first.runs
    )
    if stop is not None:
        return (first,)
    last = upto.line if upto is not None else len(spot.own)
    lines = [first] if not hit.rest_below else []
    lines.extend(spot.own[hit.line + 1 : last])
    if upto is not None and upto.line > hit.line and upto.start:
        lines.append(cut(spot.own[upto.line], 0, upto.start))
    return tuple(lines)


def _between(rest: tuple[Line, ...], spot: Spot, hit: Hit, upto: Hit) -> tuple[Line, ...]:
    """The rest of a first label cut off where the next label in its spot begins."""
    skipped = len(spot.own) - len(rest)
    kept = list(rest[: upto.line - skipped])
    if 0 <= upto.line - skipped < len(rest) and upto.start:
        line = rest[upto.line - skipped]
        lost = len(spot.own[upto.line].text) - len(line.text)
        kept.append(cut(line, 0, max(0, upto.start - lost)))
    return tuple(line for line in kept if line.runs)


def _cut_from(lines: Sequence[Line], line: int, end: int) -> tuple[Line, ...]:
    first = cut(lines[line], end)
    rest = [first] if first.runs else []
    return (*rest, *lines[line + 1 :])
