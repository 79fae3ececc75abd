"""Labels on lines of text: before colons, before and after wide room, where bold print ends, on lines of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extractors.dates import is_when
from extractors.forms.definitions import OTHER, Definition
from extractors.looks import bold_head, like_heading
from extractors.matching.headings import SECTION, is_heading, opened_by
from extractors.matching.labels.awaited import (
    answered,
    asked_elsewhere,
    without_answers,
    without_strangers,
    without_told,
    wrapped,
)
from extractors.matching.labels.hits import FARTHEST, LONGEST_LABEL, NEAR, NEARER, Hit, claims
from extractors.matching.labels.run_in import before_options, run_in
from extractors.matching.labels.unmarked import question, with_numbered, with_unmarked
from extractors.matching.places import Spot, boxes
from extractors.matching.style import Style
from extractors.matching.values.choices import options_of
from extractors.page import Line
from extractors.wording import plain, without_numbering

_COLON = re.compile(r"[:：](?=\s|$|_|\.\.)|(?<=[a-z)])[:：](?=[A-Z\d])")


_ROOM = re.compile(r"\t+|\s{3,}|\s*_{3,}\s*|\s*\.{5,}\s*|\s*…{2,}\s*|\s\|\s")


_WORD = re.compile(r"\S+")


_UNKNOWN_LABEL = re.compile(r"[A-Z0-9][^.;!?\n]{1,60}")


_TABBED = re.compile(r"[A-Z0-9][^.;!?\n]{1,90}\??")
"""What may be a label by the tab behind it."""
_LONGEST_TABBED = 14
"""Words of the longest of them."""


def labels_on_lines(spot: Spot, from_line: int, definition: Definition, style: Style) -> list[Hit]:
    found: list[Hit] = []
    for at, line in enumerate(spot.own):
        if at >= from_line:
            found.extend(_on_line(spot, at, line, definition, style))
    return found


def labels_in_stretch(spot: Spot, definition: Definition, style: Style) -> list[Hit]:
    """Labels and headings in a stretch of lines. A line that may be both is a label when an answer follows it."""
    inside = labels_on_lines(spot, 0, definition, style)
    found: list[Hit] = []
    for at, line in enumerate(spot.own):
        own = [hit for hit in inside if hit.line == at]
        whole = _whole_line(spot, at, line, definition, style, bool(own and own[0].start == 0))
        if whole is None and not own:
            whole = _heading_before(spot, at, inside, definition)
        found.extend(own if whole is None else [whole])
    busy = {hit.line for hit in found}
    for hit in found:
        if (
            hit.opens is not None
            and answered(spot, hit.line, busy)
            and (
                hit.claims
                or (hit.here and (style.bare_lines or hit.text.endswith("?")))
                or (style.bold_lines and not hit.opens)
            )
            and not _surely_heading(hit, style)
        ):
            hit.opens = None
        elif hit.opens is None and not answered(spot, hit.line, busy) and _reads_as_heading(hit, style):
            hit.opens = opened_by(hit.text, definition, looks=True) or frozenset()
    found = [hit for hit in found if not _is_title(spot, hit, definition)]
    if style.bare_lines:
        answers = {id(hit) for before, hit in pairwise(found) if asked_elsewhere(hit, before, found, style)}
        kept = [hit for hit in found if id(hit) not in answers]
        found = [hit for hit in with_unmarked(spot, kept, definition, style) if not _is_title(spot, hit, definition)]
    if style.dotted_lines:
        found = with_numbered(spot, found, definition, style)
    return without_told((), without_strangers(without_answers(found, definition, style), style), definition, style)


def _heading_before(spot: Spot, at: int, inside: Sequence[Hit], definition: Definition) -> Hit | None:
    """A line without any look that is worded as a heading and stands before a label of the part that it opens, unless a
    label waits for it as its answer."""
    text = plain(spot.own[at].text)
    if spot.own[at].joins_previous or not is_heading(text, definition):
        return None
    written = [number for number, line in enumerate(spot.own) if line.text.strip()]
    place = written.index(at)
    before = [hit for hit in inside if place and hit.line == written[place - 1]]
    after = [hit for hit in inside if place + 1 < len(written) and hit.line == written[place + 1] and hit.start == 0]
    opens = opened_by(text, definition, looks=True) or frozenset()
    asks = {definition.fields[match.owner].part for hit in after for match in hit.claims if match.owner != OTHER}
    if not asks & opens or (
        before and not plain(spot.own[before[-1].line].text[before[-1].start + len(before[-1].text) :])
    ):
        return None
    return Hit(spot, at, 0, text, (), (), first=False, opens=opens)


def _is_title(spot: Spot, hit: Hit, definition: Definition) -> bool:
    """Whether a line at the head of the form is its title, which may read like a question."""
    if spot.order > 3 or hit.line > 5 or hit.start or hit.colon:
        return False
    said = set(definition.wording.tokens(spot.own[hit.line].text))
    return any(said == set(definition.wording.tokens(title)) for title in definition.titles)


def _reads_as_heading(hit: Hit, style: Style) -> bool:
    """Whether a line worded as a label, with nothing behind it, looks like a heading and unlike the labels here: it lacks
    their colon and is lettered, numbered or in capitals, or is bold where they are not."""
    line = hit.spot.own[hit.line]
    whole = hit.start == 0 and not hit.colon and plain(line.text) == hit.text
    bold = style.plain_lines and all(run.bold for run in line.runs if run.text.strip())
    return whole and (bold or not style.marked(line.text, bold=True)) and like_heading(hit.text, bold)


def _surely_heading(hit: Hit, style: Style) -> bool:
    """Whether a heading says that it is one: by its number, or by bold print where labels have none."""
    bold = all(run.bold for run in hit.spot.own[hit.line].runs if run.text.strip())
    told = bool(hit.opens) or style.bare_lines
    return SECTION.match(hit.text) is not None or (bold and told and style.plain_lines)


def _whole_line(spot: Spot, at: int, line: Line, definition: Definition, style: Style, taken: bool) -> Hit | None:
    """A line that is all label, or heading. Where a label was seen inside it already, only when all of it is known."""
    text = plain(line.text)
    if line.joins_previous or not text or len(text) > LONGEST_LABEL or any(run.mark is not None for run in line.runs):
        return None
    if _only_head_tells(text, definition) or (text[0] in "([" and text[-1] in ")]"):
        return None
    if at + 1 < len(spot.own) and spot.own[at + 1].joins_previous:
        text = plain(" ".join([text, *(one.text for one in wrapped(spot.own, at + 1))]))
    owned, here = definition.labels.exact(text), definition.here.exact(text)
    bold = bool(line.runs) and all(run.bold for run in line.runs if run.text.strip())
    if not (owned or here) and text.endswith((")", "*")):
        owned, here = claims(text, definition, 1.0)
    if not (owned or here) and len(text.split()) > 1 and (text.endswith("?") or (bold and not taken)):
        owned, here = claims(text, definition, NEAR if bold and style.bold_lines else NEARER)
    if taken and not (owned and text.rstrip(" :").find(":") > 0):
        return None
    looks = like_heading(text, bold)
    opens = opened_by(text, definition, looks) if looks or not (style.bare_lines and style.bold_headings) else None
    if style.bold_lines and not bold:
        owned, here = (), ()
        opens = opens if looks else None
    # Where labels carry no mark, capitals are one: "NAME" stands on a line of its own.
    strong = bold or (style.bare_lines and text.isupper())
    if not owned and not (here and strong) and opens is None:
        return None
    if (
        owned
        and owned[0].score == 1.0
        and not (opens and SECTION.match(text))
        and (not is_heading(text, definition) or line.text.rstrip(" ").endswith((":", "\t")))
    ):
        opens = None
    return Hit(spot, at, 0, text, owned, here if strong or owned else (), first=False, opens=None if taken else opens)


def _on_line(spot: Spot, at: int, line: Line, definition: Definition, style: Style) -> list[Hit]:
    """Labels inside one line: before colons, before and after wide room, and where bold print ends."""
    text = line.text
    marks = boxes(line)
    filled = _ends_of_controls(line)
    found: list[Hit] = []
    pieces = _pieces(text)
    head = bold_head(line) if style.bold_lines else None
    if head is not None and not _COLON.search(f"{head} ") and not _COLON.match(text, len(head)):
        # Where labels are bold, one ends where its print does, whatever colons its answer has.
        owned, here = claims(head, definition, NEARER)
        if owned or here:
            return [Hit(spot, at, 0, plain(head), owned, here, first=False)]
    answers_next = False
    for start, end in pieces:
        if answers_next:
            # What stands behind a label that is all of its piece is the answer, even if it reads like a label.
            answers_next = False
            continue
        begins = start + len(text[start:end]) - len(text[start:end].lstrip())
        parted = len(pieces) > 1 or (style.tabbed_lines and text.rstrip(" ").endswith("\t"))
        if parted and not any(box <= begins for box in marks):
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
            left = max([left, *(end for end in filled if end <= colon)])
            goes_on = left > start or (line.joins_previous and start == 0)
            hit = _before_colon(spot, at, text, left, colon, definition, goes_on)
            if hit is not None and not _behind_box(marks, hit.start, text):
                found.append(hit)
                left = colon + 1
    if not found:
        asked = question(spot, at, line, definition, style)
        if asked is not None:
            return [asked]
        known = before_options(spot, at, line, definition) or run_in(spot, at, line, definition, style)
        if known is not None:
            return [known]
        bold = bold_head(line)
        if bold is not None:
            owned, here = claims(bold, definition, NEARER)
            if owned or here:
                found.append(Hit(spot, at, 0, plain(bold), owned, here, first=False))
    return found


def _ends_of_controls(line: Line) -> list[int]:
    """The character offsets at which controls with words in them end: what is filled in is no part of a label."""
    ends, at = [], 0
    for run in line.runs:
        at += len(run.text)
        if run.control is not None and run.text.strip():
            ends.append(at)
    return ends


def _reaches_further(shorter: str, longer: str, definition: Definition) -> bool:
    """Whether a label goes on behind its first colon, as in "RoSH: public" and "Level 3: why seniors are needed"."""
    if len(longer) > FARTHEST:
        return False
    if _names_options(shorter, longer[len(shorter) :], definition):
        return False
    if definition.labels.exact(longer):
        return not _only_head_tells(longer, definition)
    owned, here = claims(shorter, definition, NEAR)
    further, _ = claims(longer, definition, NEAR)
    mine = {match.owner for match in (*owned, *here)}
    if not further or further[0].owner not in mine or len(further[0].phrase) <= len(plain(shorter)):
        return False
    more = set(definition.wording.tokens(longer[len(shorter) :])).difference(definition.wording.tokens(shorter))
    return not more.isdisjoint(definition.wording.tokens(further[0].phrase))


def _names_options(label: str, rest: str, definition: Definition) -> bool:
    """Whether what stands behind a label is the options of its question."""
    forms = (definition.fields.get(match.owner) for match in definition.labels.exact(label))
    return any(
        form is not None and form.options is not None and options_of(form.options).found_in(rest) for form in forms
    )


def _whole_piece(
    spot: Spot, at: int, line: Line, start: int, end: int, definition: Definition, style: Style, inner: bool
) -> Hit | None:
    """A stretch of a line between wide room that is all label; where labels end so, the first one even unknown."""
    piece = plain(line.text[start:end])
    if _only_head_tells(piece, definition):
        return None
    bold = next((run.bold for run in line.runs if run.text.strip()), False)
    owned, here = definition.labels.exact(piece), definition.here.exact(piece)
    if not (owned or here) and piece.endswith(")"):
        owned, here = claims(piece, definition, 1.0)
    if owned or (here and (inner or bold or style.tabbed_lines)):
        return Hit(spot, at, start, piece, owned, here, first=False)
    if not style.tabbed_lines or inner or line.text[:start].strip() or (style.bold_lines and not bold):
        return None
    if line.bullet or len(piece.split()) > _LONGEST_TABBED or not _TABBED.fullmatch(without_numbering(piece)):
        return None
    owned, here = claims(piece, definition, NEAR)
    return Hit(spot, at, start, piece, owned, here, first=False)


def _only_head_tells(text: str, definition: Definition) -> bool:
    """Whether what stands behind a colon adds nothing to the words before it, as in "Approved: yes"."""
    head, tail = re.split(r"[:?](?!.*[:?])", text, maxsplit=1) if re.search(r"[:?]", text) else (text, "")
    if not tail.strip():
        return False
    if _names_options(head, tail, definition):
        return True
    return set(definition.wording.tokens(head)) == set(definition.wording.tokens(text))


def _behind_box(marks: Sequence[int], start: int, text: str) -> bool:
    """Whether a tick box stands directly before a place: the words there are an option."""
    return any(box <= start <= box + 2 and not text[box:start].strip() for box in marks)


def _before_colon(
    spot: Spot, at: int, text: str, left: int, colon: int, definition: Definition, inner: bool
) -> Hit | None:
    behind = text.rfind(";", left, colon) + 1  # no label has a semicolon: it ends the answer before one
    dash = text.rfind(" - ", left, colon) + 1 if left else 0
    if dash > behind and definition.labels.exact(plain(text[dash + 1 : colon])):
        behind = dash + 1  # so does a dash before a label known for certain
    left, inner = (behind, True) if behind else (left, inner)
    piece = text[left:colon]
    if len(piece) > FARTHEST:
        return _known_tail(spot, at, piece, left, definition)
    start = left + len(piece) - len(piece.lstrip())
    stripped = plain(piece)
    if not stripped or SECTION.fullmatch(stripped):
        return None
    small = stripped[:1].islower()
    answer_before = (inner and (small or without_numbering(stripped) != stripped)) or (small and ". " in stripped)
    if len(stripped) <= LONGEST_LABEL and not answer_before:
        at_start = not text[:start].strip() and len(stripped.split()) <= 16
        owned, here = claims(stripped, definition, NEAR if at_start and not inner else NEARER)
        sure = bool(here) or any(match.score == 1.0 for match in owned)
        # "Y / N Adult safeguarding" behind another label on the line is an answer and a label.
        tail = None if sure or not left else _known_tail(spot, at, piece, left, definition, answered=True)
        if tail is not None or owned or here:
            return tail or Hit(spot, at, start, stripped, owned, here, colon=True, first=False)
    alone = not inner and len(piece.split()) <= 7 and _UNKNOWN_LABEL.fullmatch(without_numbering(stripped)) is not None
    if alone and not is_when(stripped):
        return Hit(spot, at, start, stripped, (), (), colon=True, first=False)
    return _known_tail(spot, at, piece, left, definition)


_YES_OR_NO = re.compile(r"\W*y(?:es)?(?:\s*/\s*no?)?\W*|\W*no?(?:\s*/\s*y(?:es)?)?\W*", re.IGNORECASE)


def _known_tail(
    spot: Spot, at: int, piece: str, left: int, definition: Definition, answered: bool = False
) -> Hit | None:
    """The label with which the words before a colon end, known exactly. `answered`: only behind a yes or no, which answers
    the label before."""
    words = list(_WORD.finditer(piece, max(0, len(piece) - FARTHEST)))
    stranger: Hit | None = None
    for word in words[max(1, len(words) - 8) :]:
        tail = plain(piece[word.start() :])
        if not tail[:1].isupper() or (answered and not _YES_OR_NO.fullmatch(piece[: word.start()])):
            continue
        owned, here = definition.labels.exact(tail), definition.here.exact(tail)
        if owned or here:
            hit = Hit(spot, at, left + word.start(), tail, owned, here, colon=True, first=False)
            if here or any(match.owner != OTHER for match in owned):
                return hit
            stranger = stranger or hit
    return stranger


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
