"""Labels on lines of text: before colons, before and after wide room, where bold print ends, on lines of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extractors.forms.definitions import OTHER, Definition
from extractors.looks import like_heading
from extractors.matching.choices import options_of
from extractors.matching.headings import is_heading, opened_by
from extractors.matching.hits import LONGEST_LABEL, NEAR, NEARER, Hit, claims
from extractors.matching.places import Spot
from extractors.matching.run_in import run_in
from extractors.matching.style import Style
from extractors.matching.unmarked import question, with_unmarked
from extractors.page import Line
from extractors.wording import Match, plain, without_numbering

_COLON = re.compile(r"[:：](?=\s|$|_|\.\.)|(?<=[a-z)])[:：](?=[A-Z\d])")


_ROOM = re.compile(r"\t+|\s{3,}|\s*_{3,}\s*|\s*\.{5,}\s*|\s*…{2,}\s*|\s\|\s")


_UNKNOWN_LABEL = re.compile(r"[A-Z0-9][^.;!?\n]{1,60}")


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
        found.extend(own if whole is None else [whole])
    busy = {hit.line for hit in found}
    for hit in found:
        if (
            hit.opens is not None
            and _answered(spot, hit.line, busy)
            and (hit.claims or (style.bold_lines and not hit.opens))
            and not _surely_heading(hit, style)
        ):
            hit.opens = None
    found = [hit for hit in found if not _is_title(spot, hit, definition)]
    if style.bare_lines:
        answers = {id(hit) for before, hit in pairwise(found) if _asked_elsewhere(hit, before, found)}
        found = with_unmarked(spot, [hit for hit in found if id(hit) not in answers], definition)
    return without_told((), _awaited(without_answers(found, definition, style), style), definition, style)


def _is_title(spot: Spot, hit: Hit, definition: Definition) -> bool:
    """Whether a line at the head of the form is its title, which may read like a question."""
    if spot.order > 3 or hit.line > 5 or hit.start or hit.colon:
        return False
    said = set(definition.wording.tokens(spot.own[hit.line].text))
    return any(said == set(definition.wording.tokens(title)) for title in definition.titles)


def without_answers(hits: Sequence[Hit], definition: Definition, style: Style) -> list[Hit]:
    """Without what reads like a label and is the answer to the one before: an option of it, or words that stand where its
    answer is awaited and lack the marks that labels carry here."""
    busy = {hit.line for hit in hits}
    filled = sum(_answered(hit.spot, hit.line, busy) for hit in hits) * 5 > len(hits) * 3
    kept: list[Hit] = []
    for hit in hits:
        before = kept[-1] if kept and kept[-1].opens is None else None
        if before is not None and (is_option_of(hit, before, definition) or _is_awaited(hit, before, style)):
            continue
        if before is not None and filled and not style.answers_on_line and _between_lines(hit, before, busy, style):
            continue
        kept.append(hit)
    return kept


def _asked_elsewhere(hit: Hit, before: Hit, hits: Sequence[Hit]) -> bool:
    """Whether what stands where an answer is awaited is worded as the label of a question that the form asks elsewhere:
    "Case manager" is a job where the name is asked for by another label."""
    if hit.opens is not None or not _ends_line(before) or _next_line(before) != hit.line or not hit.claims:
        return False
    owners = {match.owner for match in hit.claims}
    return any(
        other is not hit and other.opens is None and other.best == 1.0 and owners & {m.owner for m in other.claims}
        for other in hits
    )


def _between_lines(hit: Hit, before: Hit, busy: set[int], style: Style) -> bool:
    """Whether a line that reads like a label is all that stands between the label before it and the one behind, in a form
    whose answers stand on the lines below their labels."""
    line = hit.spot.own[hit.line]
    bold = all(run.bold for run in line.runs if run.text.strip())
    whole = (
        not hit.colon
        and not (style.bold_lines and bold)
        and hit.opens is None
        and hit.start == 0
        and line.text.strip() == hit.text
        and not hit.text.endswith("?")
    )
    return whole and _ends_line(before) and before.line + 1 == hit.line and hit.line + 1 in busy


def is_option_of(hit: Hit, before: Hit, definition: Definition) -> bool:
    """Whether what reads like a label is an option of the label before it."""
    for match in (*before.claims, *before.here):
        form = definition.fields.get(match.owner)
        if form is None or form.options is None:
            continue
        options = options_of(form.options)
        if not hit.colon:
            found = options.code_of(hit.text)
            if found is not None and found[1] == 1.0:
                return True
        else:
            printed = hit.spot.own[hit.line].text
            whole = " ".join([printed, *(one.text for one in _wrapped(hit.spot.own, hit.line + 1))])
            end_of_hit = hit.start + len(hit.text)
            if any(start < end_of_hit < end for _, start, end in options.found_in(whole)):
                return True
    return False


def _is_awaited(hit: Hit, before: Hit, style: Style) -> bool:
    line = hit.spot.own[hit.line]
    if (
        hit.colon
        or hit.opens is not None
        or line.text[hit.start :].strip() != hit.text.strip()
        or hit.text.endswith(("?", ":"))
    ):
        return False
    if hit.line == before.line:
        between = line.text[before.start + len(before.text) : hit.start]
        return not between.strip(" \t:?：") and bool(
            before.colon or before.text.endswith((":", "?")) or "\t" in between
        )
    bold = all(run.bold for run in line.runs if run.text.strip())
    return _ends_line(before) and _next_line(before) == hit.line and not style.marked(line.text, bold)


def _surely_heading(hit: Hit, style: Style) -> bool:
    """Whether a heading says that it is one: by its number, or by bold print where labels have none."""
    bold = all(run.bold for run in hit.spot.own[hit.line].runs if run.text.strip())
    return _SECTION.match(hit.text) is not None or (bold and bool(hit.opens) and style.plain_lines)


_SECTION = re.compile(r"\s*(?:section|part)\s+(?:\d{1,2}|[A-Z])\b", re.IGNORECASE)


def _whole_line(spot: Spot, at: int, line: Line, definition: Definition, style: Style, taken: bool) -> Hit | None:
    """A line that is all label, or heading. Where a label was seen inside it already, only when all of it is known."""
    text = plain(line.text)
    if line.joins_previous or not text or len(text) > LONGEST_LABEL or any(run.mark is not None for run in line.runs):
        return None
    if _only_head_tells(text, definition) or (text[0] in "([" and text[-1] in ")]"):
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
        and not (opens and _SECTION.match(text))
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
            heading = hit.opens is not None and style.plain_lines and bold
            ends = style.colon_lines and hit.spot.own[hit.line].text.rstrip().endswith(":")
            if (
                asked
                and not style.bold_lines
                and not heading
                and not (style.answers_on_line and hit.colon)
                and not ends
            ):
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
            goes_on = left > start or (line.joins_previous and start == 0)
            hit = _before_colon(spot, at, text, left, colon, definition, goes_on)
            if hit is not None and not _behind_box(boxes, hit.start, text):
                found.append(hit)
                left = colon + 1
    if not found:
        asked = question(spot, at, line, definition, style)
        if asked is not None:
            return [asked]
        known = run_in(spot, at, line, definition, style)
        if known is not None:
            return [known]
        bold = _bold_head(line)
        if bold is not None:
            owned, here = claims(bold, definition, NEARER)
            if owned or here:
                found.append(Hit(spot, at, 0, plain(bold), owned, here, first=False))
    return found


def _reaches_further(shorter: str, longer: str, definition: Definition) -> bool:
    """Whether a label goes on behind its first colon, as in "RoSH: public" and "Level 3: why seniors are needed"."""
    if _names_options(shorter, longer[len(shorter) :], definition):
        return False
    if definition.labels.exact(longer):
        return not _only_head_tells(longer, definition)
    owned, here = claims(shorter, definition, NEAR)
    further, _ = claims(longer, definition, NEAR)
    mine = {match.owner for match in (*owned, *here)}
    return bool(further) and further[0].owner in mine and len(further[0].phrase) > len(plain(shorter))


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
    if owned or (here and (inner or bold or style.tabbed_lines)):
        return Hit(spot, at, start, piece, owned, here, first=False)
    if not style.tabbed_lines or inner or line.text[:start].strip() or (style.bold_lines and not bold):
        return None
    if line.bullet or len(piece.split()) > 9 or not _UNKNOWN_LABEL.fullmatch(without_numbering(piece)):
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
    if not stripped or _SECTION.fullmatch(stripped):
        return None
    answer_before = inner and (stripped[:1].islower() or without_numbering(stripped) != stripped)
    if len(stripped) <= LONGEST_LABEL and not answer_before:
        at_start = not text[:start].strip() and len(stripped.split()) <= 16
        owned, here = claims(stripped, definition, NEAR if at_start and not inner else NEARER)
        if owned or here:
            return Hit(spot, at, start, stripped, owned, here, colon=True, first=False)
    words = list(re.finditer(r"\S+", piece))
    alone = not inner and len(words) <= 7 and _UNKNOWN_LABEL.fullmatch(without_numbering(stripped)) is not None
    stranger: Hit | None = None
    for word in words[max(1, len(words) - 8) :]:
        tail = plain(piece[word.start() :])
        if alone or not tail[:1].isupper():
            continue
        owned, here = definition.labels.exact(tail), definition.here.exact(tail)
        if owned or here:
            hit = Hit(spot, at, left + word.start(), tail, owned, here, colon=True, first=False)
            if here or any(match.owner != OTHER for match in owned):
                return hit
            stranger = stranger or hit
    if stranger is not None:
        return stranger
    if alone:
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


def without_told(before: Sequence[Match], hits: list[Hit], definition: Definition, style: Style) -> list[Hit]:
    """Without what only looks like a label inside the narrative that answers the label before it."""
    kept: list[Hit] = []
    for hit in hits:
        told = any(
            match.owner in definition.fields and definition.fields[match.owner].kind == "narrative" for match in before
        )
        if told and not _stands_out(hit, style):
            continue
        kept.append(hit)
        before = [*hit.claims, *hit.here]
    return kept


def _stands_out(hit: Hit, style: Style) -> bool:
    """Whether a label inside a narrative is one: bold, a question of the contract, or followed by a short answer."""
    line = hit.spot.own[hit.line]
    if hit.start > 0 and style.several_on_line and hit.colon:
        return any(match.score == 1.0 for match in (*hit.claims, *hit.here))
    if line.bullet or hit.start > 0:
        return False
    if next((run.bold for run in line.runs if run.text.strip()), False) or hit.opens is not None:
        return True
    if line.joins_previous and (style.bold_lines or style.tabbed_lines):
        return False
    if any(match.owner != OTHER and match.score == 1.0 for match in hit.claims):
        return True
    if line.joins_previous:
        return False
    rest = line.text[len(hit.text) :].strip(" :")
    return len(rest) <= 40 and not rest.endswith((".", ";"))
