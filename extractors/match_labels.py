"""Finds what is printed: labels of questions, known, near or unknown, wherever they stand in cells and lines.

A `Hit` is one printed label with the keys it may mean. Whole cells and line beginnings may hold a label; inside a line one
is seen by its colon, by wide room or by bold print.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from extractors.definitions import Definition
from extractors.match_places import Grid, Places, Spot, cut
from extractors.page import Line
from extractors.wording import Match, plain, without_brackets

NEAR = 0.7
"""Least likeness of a label's wording to a known one, in a place where a label is expected."""
NEARER = 0.84
"""The same where none is expected."""
LONGEST_LABEL = 170
_LABEL_LINES = 5
_COLON = re.compile(r"[:：](?=\s|$|_|\.\.)|(?<=[a-z)])[:：](?=[A-Z\d])")
_ROOM = re.compile(r"\t+|\s{3,}|\s*_{3,}\s*|\s*\.{5,}\s*|\s*…{2,}\s*|\s\|\s")
_STOP = re.compile(r"[:?(\[;,.–—]|\s-\s|\s/\s")
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

    def label_like(self, spot: Spot) -> bool:
        """Whether the spot looks like the cells that hold labels."""
        if spot.empty or spot.grid is None:
            return False
        if self.shaded:
            return spot.shaded
        if self.bold and not spot.fillable:
            return spot.bold
        return not spot.fillable and spot.col in self.columns.get(id(spot.grid), frozenset())

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


def learn_style(found: Places, definition: Definition) -> Style:
    """How labels look here, from cells whose whole text is a known label."""
    sure: list[Spot] = []
    others: list[Spot] = []
    for spot in found.spots:
        if spot.grid is None or not spot.text or len(spot.text) > LONGEST_LABEL:
            if spot.grid is not None and spot.text:
                others.append(spot)
            continue
        exact = definition.labels.exact(spot.text) or definition.labels.exact(spot.own[0].text)
        (sure if exact else others).append(spot)
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
    if not style.telling:
        style.columns = {id(grid): _label_columns(grid, set(map(id, sure))) for grid in found.grids}
    return style


def _label_columns(grid: Grid, sure: set[int]) -> frozenset[int]:
    known: dict[int, int] = {}
    filled: dict[int, int] = {}
    for spot in grid.spots:
        if spot.text and spot.col_end - spot.col < grid.width:
            filled[spot.col] = filled.get(spot.col, 0) + 1
            known[spot.col] = known.get(spot.col, 0) + (id(spot) in sure)
    return frozenset(col for col, count in known.items() if count >= 2 and count * 2 > filled[col])


def hits_in(spot: Spot, definition: Definition, style: Style) -> list[Hit]:
    """The labels printed in a spot, in order, each with what stands behind it."""
    if not any(run.text.strip() and not run.placeholder for line in spot.own for run in line.runs):
        return []
    found = _in_stretch(spot, definition, style) if spot.grid is None else _in_cell(spot, definition, style)
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


def _in_cell(spot: Spot, definition: Definition, style: Style) -> list[Hit]:
    expected = style.label_like(spot)
    head = _head(spot.own, definition, expected)
    inside = _inside(spot, 0, definition, style)
    if head is None:
        if inside:
            return inside
        return [_unknown(spot)] if expected and len(spot.text) <= LONGEST_LABEL else []
    later = [hit for hit in inside if (hit.line, hit.start) > (head.line, max(0, head.end - 1)) and hit.known]
    first = Hit(spot, 0, 0, head.text, head.claims, head.here, head.colon)
    first.rest = _cut_from(spot.own, head.line, head.end)
    first.rest_below = not plain(cut(spot.own[head.line], head.end).text) and head.line + 1 < len(spot.own)
    return [first, *later]


def _unknown(spot: Spot) -> Hit:
    hit = Hit(spot, 0, 0, spot.text, (), ())
    return hit


def _head(lines: Sequence[Line], definition: Definition, expected: bool) -> _Head | None:
    """The label with which the lines begin. The longest known wording wins; else, where expected, the nearest."""
    exact: _Head | None = None
    near: _Head | None = None
    joined = ""
    for at, line in enumerate(lines[:_LABEL_LINES]):
        text = "".join(run.text for run in line.runs if not run.placeholder)
        if any(run.mark is not None for run in line.runs) and at:
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
                if exact is not None and set(said) == set(definition.wording.tokens(exact.text)):
                    continue
                if not here or expected or colon or whole:
                    exact = _Head(
                        plain(piece), owned, here, at, end + (after in (":", "：", "?")), colon or after == "?"
                    )
            elif (whole or colon or after == "?") and exact is None:
                owned, _ = claims(piece, definition, NEAR if expected or colon else NEARER)
                if owned and (near is None or owned[0].score > near.claims[0].score):
                    near = _Head(plain(piece), owned, (), at, end + (after in (":", "：", "?")), colon)
        if any(run.mark is not None or run.control is not None for run in line.runs):
            break
    return exact or near


def _stops(text: str, offset: int) -> list[int]:
    found = [match.start() for match in _STOP.finditer(text) if match.start() > max(1, offset)]
    return [*found, len(text)]


def _inside(spot: Spot, from_line: int, definition: Definition, style: Style) -> list[Hit]:
    found: list[Hit] = []
    for at, line in enumerate(spot.own):
        if at >= from_line:
            found.extend(_on_line(spot, at, line, definition, style))
    return found


def _in_stretch(spot: Spot, definition: Definition, style: Style) -> list[Hit]:
    """Labels and headings in a stretch of lines. A line that may be both is a label when an answer follows it."""
    found = _inside(spot, 0, definition, style)
    at_start = {hit.line for hit in found if hit.start == 0}
    busy = {hit.line for hit in found}
    for at, line in enumerate(spot.own):
        text = plain(line.text)
        if at in at_start or line.joins_previous or not text or len(text) > LONGEST_LABEL:
            continue
        if any(run.mark is not None for run in line.runs):
            continue
        if at + 1 < len(spot.own) and spot.own[at + 1].joins_previous:
            text = plain(" ".join([text, *(one.text for one in _wrapped(spot.own, at + 1))]))
        owned, here = definition.labels.exact(text), definition.here.exact(text)
        bold = bool(line.runs) and all(run.bold for run in line.runs if run.text.strip())
        if not (owned or here) and len(text) <= LONGEST_LABEL and (bold or text.endswith("?")):
            owned, here = claims(text, definition, NEARER)
        opens = opened_by(text, definition, looks=_like_heading(text, bold))
        if not owned and not (here and bold) and opens is None:
            continue
        busy.add(at)
        found.append(Hit(spot, at, 0, text, owned, here if bold else (), first=False, opens=opens))
    found.sort(key=lambda hit: hit.place)
    for hit in found:
        if hit.opens is not None and hit.claims and _answered(spot, hit.line, busy):
            hit.opens = None
    return found


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
    return frozenset(part for token in tokens for part in definition.part_words.get(token, ()))


_NUMBERED = re.compile(r"\s*(?:section|part)?\s*\(?(?:\d{1,2}|[A-Z])[.):]?\s+\S", re.IGNORECASE)


def _like_heading(text: str, bold: bool) -> bool:
    words = text.split()
    if len(words) > 12 or text.endswith((".", ";", ",")):
        return False
    upper = text.upper() == text and any(sign.isalpha() for sign in text) and len(text) > 3
    return bold or upper or (_NUMBERED.match(text) is not None and text[0].isdigit() and len(words) <= 9)


def _on_line(spot: Spot, at: int, line: Line, definition: Definition, style: Style) -> list[Hit]:
    """Labels inside one line: before colons, after wide room, and where bold print ends."""
    text = line.text
    found: list[Hit] = []
    pieces = _pieces(text)
    for start, end in pieces:
        left = start
        for colon in _COLON.finditer(text, start, end):
            hit = _before_colon(spot, at, text, left, colon.start(), definition, bool(found) or left > start)
            if hit is not None:
                found.append(hit)
                left = colon.end()
        if left == start and len(pieces) > 1:
            piece = plain(text[start:end])
            owned, here = definition.labels.exact(piece), definition.here.exact(piece)
            if owned or (here and (found or line.runs[0].bold)):
                found.append(Hit(spot, at, start, piece, owned, here, first=False))
    if not found:
        bold = _bold_head(line)
        if bold is not None:
            owned, here = claims(bold, definition, NEARER)
            if owned or here:
                found.append(Hit(spot, at, 0, plain(bold), owned, here, first=False))
    return found


def _before_colon(
    spot: Spot, at: int, text: str, left: int, colon: int, definition: Definition, inner: bool
) -> Hit | None:
    piece = text[left:colon]
    start = left + len(piece) - len(piece.lstrip())
    stripped = plain(piece)
    if not stripped:
        return None
    if len(stripped) <= LONGEST_LABEL:
        owned, here = claims(stripped, definition, NEARER)
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
    while end < len(text) and text[end] in " :：?_\t":
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
