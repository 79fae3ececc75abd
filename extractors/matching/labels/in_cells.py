"""The label with which a cell begins, and the labels inside the cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.forms.definitions import OTHER, Definition
from extractors.matching.labels.awaited import without_answers, without_told
from extractors.matching.labels.hits import (
    ALL_BUT_SAID,
    FARTHEST,
    LONGEST_LABEL,
    NEAR,
    NEARER,
    Hit,
    claims,
    no_surer,
    turns,
)
from extractors.matching.labels.on_lines import labels_on_lines
from extractors.matching.notes import all_note
from extractors.matching.places import Spot, cut
from extractors.matching.style import Style
from extractors.matching.values.choices import Options, options_of
from extractors.page import Line
from extractors.wording import Match, plain

_LABEL_LINES = 5
_VERY_LIKE = 0.78
_ANSWERED = re.compile(r":\s+\S")
"""A label with its answer behind its colon, which no label goes on behind on the next line."""


_STOP = re.compile(r"[:?(\[;,–—]|\.(?=\s+[A-Z]|\s*$)|\s-\s")


def _longer(near: _Head | None, unfinished: _Head | None, alone: bool) -> _Head | None:
    """A label nearly as known whose paragraph goes on behind one that is exactly known, when it means the same or is very
    like, or the cell is one for labels alone: "Level of risk to self" asks something else than its first line, "Level of
    risk to"."""
    if near is None or unfinished is None:
        return near
    if alone:
        return near if len(near.text) > len(unfinished.text) else None
    mine = {match.owner for match in (*unfinished.claims, *unfinished.here)}
    alike = near.claims[0].owner in mine or near.claims[0].score >= _VERY_LIKE
    return near if alike and len(near.text) > len(unfinished.text) else None


_SENTENCE = 5
"""Words of the shortest sentence that an answer may have."""
_BRACKET = re.compile(r"\s*(?:\((?=[^)]*[A-Za-z]|16\s*\+\s*1\))[^()]*\)|\[(?=[^\]]*[A-Za-z])[^\][]*\]|\*(?=\s|$))")
"""What may stand behind a label and belongs to it: a note in brackets, the star of a question that must be answered."""
_OPENED = re.compile(r"\s*[(\[](?=[^()\[\]]*[A-Za-z])[^()\[\]]*")
_CLOSED = re.compile(r"([^()\[\]]*[)\]])\s*([:：?]*)")
"""A bracket that ends on a later printed line, and its end."""


@dataclass(frozen=True, slots=True)
class _Head:
    """A label at the beginning of a spot: its text, what it may mean, and where what follows it begins."""

    text: str
    claims: tuple[Match, ...]
    here: tuple[Match, ...]
    line: int
    end: int
    colon: bool


def labels_in_cell(spot: Spot, definition: Definition, style: Style, expected: bool) -> list[Hit]:
    if all_note(plain(spot.text)):
        return []  # "(tick one)" asks nothing
    expected = expected or style.label_like(spot)
    head = _head(spot.own, definition, expected or style.same_cell, alone=expected and not style.same_cell)
    if head is not None and _told_in_answer(Hit(spot, 0, 0, head.text, head.claims, head.here, head.colon), style, 0):
        head = None
    words_before = 0 if head is not None else len(spot.own[0].text.split())
    inside = [
        hit for hit in labels_on_lines(spot, 0, definition, style) if not _told_in_answer(hit, style, words_before)
    ]
    if head is None:
        if inside:
            return inside
        return [_unknown(spot)] if expected and len(spot.text) <= LONGEST_LABEL else []
    if style.label_like(spot) and (style.telling or _answered_beside(spot)) and _narrowed(spot, head, definition):
        owned, here = claims(spot.text, definition, NEAR)
        return [Hit(spot, 0, 0, spot.text, owned, here)]
    later = [hit for hit in inside if (hit.line, hit.start) > (head.line, max(0, head.end - 1)) and hit.known]
    first = Hit(spot, 0, 0, head.text, head.claims, head.here, head.colon)
    later = without_answers([first, *later], definition, style)[1:]
    later = without_told([*head.claims, *head.here], later, definition, style)
    first.rest = cut_from(spot.own, head.line, head.end)
    first.rest_below = not plain(cut(spot.own[head.line], head.end).text) and head.line + 1 < len(spot.own)
    return [first, *later]


def _told_in_answer(hit: Hit, style: Style, words_before: int) -> bool:
    """Whether what reads like a label with its answer looks unlike the labels here: an answer may have such lines. It asks
    nothing of the contract ("Contingency: ..."), or says a sentence where the cell begins with one."""
    spot, line = hit.spot, hit.spot.own[hit.line]
    if hit.here or not hit.colon:
        return False
    said = len(line.text[hit.start + len(hit.text) :].split())
    if said < _SENTENCE or (
        words_before < _SENTENCE and any(match.owner != OTHER and match.score == 1.0 for match in hit.claims)
    ):
        return False
    if style.shaded:
        return not spot.shaded and words_before >= _SENTENCE
    boxed = spot.grid is not None and (spot.grid.width, spot.grid.height) == (1, 1)
    return (style.bold or (style.bold_lines and boxed)) and not any(run.bold for run in line.runs if run.text.strip())


def _answered_beside(spot: Spot) -> bool:
    return spot.grid is not None and any(not other.empty for other in spot.grid.right_of(spot)[:1])


def _narrowed(spot: Spot, head: _Head, definition: Definition) -> bool:
    """Whether small words behind a label's colon narrow it down, as in "RoSH: public": it is another label then. They are
    few, or turn it to a label that is known."""
    rest = plain(" ".join([spot.own[head.line].text[head.end :], *(line.text for line in spot.own[head.line + 1 :])]))
    if not head.colon or spot.fillable or not rest[:1].islower():
        return False
    return len(rest.split()) <= 3 or bool(_asking_else(spot.text, head, definition))


def _unknown(spot: Spot) -> Hit:
    hit = Hit(spot, 0, 0, spot.text, (), ())
    return hit


def _head(lines: Sequence[Line], definition: Definition, expected: bool, alone: bool) -> _Head | None:
    """The label with which the lines begin. The longest known wording wins; else, where expected, the nearest. `alone`:
    the lines are nothing but a label and its notes."""
    exact: _Head | None = None
    near: _Head | None = None
    unfinished: _Head | None = None
    cut_off = False
    joined = ""
    for at, line in enumerate(lines[:_LABEL_LINES]):
        text, open_end = _before_box(line)
        if open_end and not text.strip():
            break
        if not line.joins_previous and _ANSWERED.search(joined):
            break
        offset = len(joined) + 1 if joined else 0
        joined = f"{joined} {text}" if joined else text
        if offset > LONGEST_LABEL:
            break
        for stop in _stops(joined, offset):
            piece = joined[:stop]
            if len(piece) > LONGEST_LABEL or not any(sign.isalpha() for sign in piece):
                continue
            end = stop - offset
            after = joined[stop : stop + 1]
            colon = after in (":", "：")
            whole = stop == len(joined)
            goes_on = whole and at + 1 < len(lines) and (lines[at + 1].joins_previous or _asks_on(lines[at + 1]))
            if not (expected or colon or whole or after in ("(", "[", "?")):
                continue
            owned, here = definition.labels.exact(piece), definition.here.exact(piece)
            if owned or here:
                said = definition.wording.tokens(piece)
                again = exact is not None and set(said) == set(definition.wording.tokens(exact.text))
                if exact is not None and again and (offset or exact.colon):
                    continue
                if exact is not None and offset and _offers(joined[offset:stop], (*owned, *here), definition):
                    continue
                below = exact is not None and offset and not line.joins_previous
                meant = (*exact.claims, *exact.here) if exact is not None and below else ()
                if _chooses(joined[offset:stop], meant, definition):
                    continue
                if exact is not None and exact.colon and after in (",", ";", ".", "-", "–", "—", " "):
                    continue
                if not here or expected or colon or whole:
                    head = _Head(
                        plain(piece), owned, here, at, end + (after in (":", "：", "?")), colon or after == "?"
                    )
                    if goes_on:
                        unfinished = head
                    else:
                        exact = head
            elif (whole or colon or after == "?") and exact is None:
                owned, here = claims(piece, definition, NEAR if expected or colon else NEARER)
                if owned and (near is None or cut_off or owned[0].score > near.claims[0].score):
                    near = _Head(plain(piece), owned, here, at, end + (after in (":", "：", "?")), colon)
                    cut_off = goes_on and alone  # what the whole paragraph says goes before it
        if open_end:
            break
    found = _with_its_end(lines, exact or _longer(near, unfinished, alone) or unfinished, definition, expected)
    return _without_option(lines, found, definition)


def _asks_on(line: Line) -> bool:
    """Whether a line is the end of a question that another begins."""
    text = plain(line.text)
    return text[:1].islower() and text.endswith("?")


def _offers(text: str, meant: Sequence[Match], definition: Definition) -> bool:
    """Whether a text names several options of the question meant."""
    return any(len({code for code, _, _ in options.found_in(text)}) > 1 for options in _options(meant, definition))


def _chooses(text: str, meant: Sequence[Match], definition: Definition) -> bool:
    """Whether a text is nothing but an option of the question meant: "No" below "MARAC" is no number of it."""
    return any(options.exactly(text) is not None for options in _options(meant, definition))


def _options(meant: Sequence[Match], definition: Definition) -> list[Options]:
    forms = (definition.fields.get(match.owner) for match in meant)
    return [options_of(form.options) for form in forms if form is not None and form.options is not None]


def _without_option(lines: Sequence[Line], head: _Head | None, definition: Definition) -> _Head | None:
    """A head less the option that stands between it and the box behind that option, as in "Complex case Yes [ ] No [ ]", and
    less options printed behind it without boxes, as in "Referral to level Level 2 / Level 3"."""
    if head is None:
        return None
    text, boxed = _before_box(lines[head.line])
    for match in (*head.claims, *head.here):
        form = definition.fields.get(match.owner)
        if form is None or form.options is None:
            continue
        options = options_of(form.options)
        found = options.found_in(text[: head.end])
        if len({code for code, _, _ in found}) > 1:
            shorter = plain(text[: found[0][1]])
            owned, here = definition.labels.exact(shorter), definition.here.exact(shorter)
            if any(one.owner == match.owner for one in (*owned, *here)):
                return replace(head, text=shorter, claims=owned, here=here, end=found[0][1])
        for _, start, end in options.found_in(text) if boxed and not text[head.end :].strip() else ():
            if end == len(text.rstrip()) and options.code_of(text[start:end]):
                shorter = plain(head.text[: len(head.text) - len(plain(text[start:end]))])
                return replace(head, text=shorter, end=start) if shorter else head
    return head


def _with_its_end(lines: Sequence[Line], head: _Head | None, definition: Definition, expected: bool) -> _Head | None:
    """A head with what belongs to it behind its last known word: a bracket, more words up to a colon, a note."""
    if head is None:
        return None
    text, _ = _before_box(lines[head.line])
    end, colon = head.end, head.colon
    while (bracket := _BRACKET.match(text, end)) is not None:
        end = bracket.end()
    if (over := _bracket_over(lines, head, end, definition)) is not None:
        return over
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
    added = text[head.end : end].lstrip()
    note = added.lstrip(" -–—,;([:?").lower().startswith(definition.note_starts)
    unsure = not note and (added[:1] in ("-", "–", "—") or turns(added, definition))
    head = _narrowed_head(plain(head.text + text[head.end : end]), head, definition, note, unsure) if added else head
    return replace(head, end=end, colon=colon)


def _bracket_over(lines: Sequence[Line], head: _Head, end: int, definition: Definition) -> _Head | None:
    """A head with the bracket at `end` behind it that ends on one of the next printed lines."""
    text, boxed = _before_box(lines[head.line])
    if boxed or _OPENED.fullmatch(text, end) is None:
        return None
    said = text[end:]
    for at in range(head.line + 1, min(head.line + _LABEL_LINES, len(lines))):
        printed, boxed = _before_box(lines[at])
        closed = _CLOSED.match(printed)
        if closed is not None:
            said += f" {closed[1]}"
            whole = plain(head.text + text[head.end : end] + said)
            note = said.lstrip(" ([").lower().startswith(definition.note_starts)
            found = _narrowed_head(whole, head, definition, note, not note and turns(said, definition))
            return replace(found, text=head.text if note else whole, line=at, end=closed.end(), colon=bool(closed[2]))
        if boxed:
            return None
        said += f" {printed}"
    return None


def _narrowed_head(whole: str, head: _Head, definition: Definition, note: bool, unsure: bool) -> _Head:
    """A label with the words behind its head: they may turn it to another, as in "RoSH - general public", or to one that
    nobody knows, as in "RoSH - neighbours" and "Surname (partner)". A note does so only where it leaves no doubt."""
    found = _asking_else(whole, head, definition)
    if found and found[0].score >= (ALL_BUT_SAID if note else NEARER):
        return replace(head, claims=found, here=())
    if not unsure or definition.labels.nearest(whole, NEARER):
        return head
    return replace(head, claims=no_surer(head.claims))


def _asking_else(whole: str, head: _Head, definition: Definition) -> tuple[Match, ...]:
    """What a whole label is known to mean, where that is not what its head means."""
    mine = {match.owner for match in (*head.claims, *head.here)}
    found = definition.labels.nearest(whole, NEARER)
    return () if any(match.owner in mine for match in found) else found


def _before_box(line: Line) -> tuple[str, bool]:
    """A line's text up to its first tick box or control, and whether there is one."""
    text = ""
    for run in line.runs:
        if run.mark is not None or run.control is not None or run.placeholder:
            return text, True
        text += run.text
    return text, False


def _stops(text: str, offset: int) -> list[int]:
    """Where a label may end: at signs outside brackets, none farther on than labels reach, and at the end."""
    inside = [bracket.span() for bracket in _BRACKET.finditer(text[:FARTHEST])]
    signs = (match.start() for match in _STOP.finditer(text[:FARTHEST]) if match.start() > max(1, offset))
    return [
        *(at for at in signs if not any(start < at < end and text[at] not in "([" for start, end in inside)),
        len(text),
    ]


def cut_from(lines: Sequence[Line], line: int, end: int) -> tuple[Line, ...]:
    first = cut(lines[line], end)
    rest = [first] if first.runs else []
    return (*rest, *lines[line + 1 :])
