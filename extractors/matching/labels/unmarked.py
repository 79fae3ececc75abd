"""Labels that nothing but their words and their place among the lines tells: questions before their answers, and lines of
their own in forms whose labels carry no mark."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from extractors.forms.definitions import OTHER, Definition, FieldForm
from extractors.matching.labels.hits import NEAR, NEARER, Hit, claims
from extractors.matching.labels.run_in import run_in
from extractors.matching.notes import all_note
from extractors.matching.places import Spot, boxes
from extractors.matching.style import DOTTED, Style
from extractors.matching.values.choices import options_of
from extractors.page import Line
from extractors.wording import plain

_QUESTION = re.compile(r"\s*([A-Z0-9(][^?:]{6,140})\?(?=\s+\S|\s*$)")
_END_OF_LABEL = re.compile(r"[:?](?=\s|$)|\t")
_LONGEST_NUMBERED = 20
"""Words of the longest label told by its number."""
_LONGEST_UNMARKED = 12
"""Words of the longest label looked for among lines without marks."""


def question(spot: Spot, at: int, line: Line, definition: Definition, style: Style) -> Hit | None:
    """A known question at the head of a line, with its answer behind it on the line."""
    found = _QUESTION.match(line.text)
    if found is None or line.joins_previous or line.bullet or not line.text[found.end() :].strip():
        return None
    owned, here = claims(found[1], definition, NEAR if style.colon_lines or style.bold_lines else NEARER)
    if not owned:
        return None
    return Hit(spot, at, found.start(1), plain(found[1]), owned, here, colon=True, first=False)


def with_numbered(spot: Spot, hits: list[Hit], definition: Definition, style: Style) -> list[Hit]:
    """The labels and, where each has its number, the lines that have one too, whoever knows their wording. On a line that
    was taken to carry on the one above, the number must be the next in turn."""
    found = list(hits)
    taken = {hit.line for hit in hits if hit.start == 0}
    last = (0, 0)
    for at, line in enumerate(spot.own):
        number = DOTTED.match(line.text)
        if number is None:
            continue
        before, last = last, (int(number[1]), int(number[2]))
        in_turn = last == (before[0], before[1] + 1)
        if at in taken or line.bullet or (line.joins_previous and not in_turn):
            continue
        printed = line.text[: next((offset for offset in boxes(line) if offset), None)]
        end = _END_OF_LABEL.search(printed, number.end())
        hit = run_in(spot, at, line, definition, style) if end is None else None
        text = plain(printed[: end.start() if end else None])
        if hit is None and len(text.split()) <= _LONGEST_NUMBERED:
            owned, here = claims(text, definition, NEAR)
            hit = Hit(spot, at, 0, text, owned, here, colon=bool(end and end[0] != "\t"), first=False)
        if hit is not None:
            found = [*(other for other in found if other.line != at), hit]
    return sorted(found, key=lambda hit: (hit.line, hit.start))


def with_unmarked(spot: Spot, hits: list[Hit], definition: Definition, style: Style) -> list[Hit]:
    """The labels and, where labels carry no mark, the short lines that stand where one must: behind a heading or an
    answer, or apart from the label above. One that nobody knows ends the answer before it all the same."""
    found: list[Hit] = []
    known = {hit.line: hit for hit in reversed(hits)}
    asked: Hit | None = None
    """the label that awaits its answer"""
    last: Hit | None = None
    printed = [
        at for at, line in enumerate(spot.own) if line.text.strip() or any(run.mark is not None for run in line.runs)
    ]
    for at, line in ((at, spot.own[at]) for at in printed):
        if at in known:
            found += [hit for hit in hits if hit.line == at]
            last = found[-1]
            asked = last if last.opens is None else None
            continue
        if asked is not None and all_note(plain(line.text)):
            continue
        awaited = asked is not None and not (style.close_answers and line.apart)
        if awaited and not _asks_itself(spot, at, printed, known, definition):
            asked = None
            continue
        asked = None
        if not _short(line) or _goes_on(spot, at) or (last is None) or _is_option(plain(line.text), last, definition):
            continue
        hit = _unmarked(spot, at, line, last, definition, printed)
        if hit is not None:
            found.append(hit)
            asked = last = hit
    return found


def _asks_itself(spot: Spot, at: int, printed: Sequence[int], known: Mapping[int, Hit], definition: Definition) -> bool:
    """Whether a line where an answer is awaited is a label worded nearly as known: what no label says follows it, and then
    a label or a heading."""
    text = plain(spot.own[at].text)
    following = printed[printed.index(at) + 1 :][:2]
    if len(following) < 2 or following[0] in known or not _short(spot.own[at]) or spot.own[following[0]].apart:
        return False
    owned, _ = claims(text, definition, NEAR)
    if not owned or owned[0].owner == OTHER:
        return False
    return following[1] in known and not claims(plain(spot.own[following[0]].text), definition, NEAR)[0]


def _unmarked(spot: Spot, at: int, line: Line, last: Hit, definition: Definition, printed: Sequence[int]) -> Hit | None:
    """A short line as a label: worded nearly as known, or behind a heading or an answer that has an end."""
    text = plain(line.text)
    owned, here = claims(text, definition, NEAR)
    if owned and owned[0].owner != OTHER:
        return Hit(spot, at, 0, text, owned, (), first=False)
    before = spot.own[printed[printed.index(at) - 1]].text.rstrip()
    ended = line.apart or last.opens is not None or not _asks_at_length(last, definition) or before.endswith((".", "!"))
    return Hit(spot, at, 0, text, (), here, first=False) if ended and at != printed[-1] else None


def _short(line: Line) -> bool:
    text = plain(line.text)
    return (
        len(text.split()) <= _LONGEST_UNMARKED
        and text[:1].isupper()
        and not text.endswith((".", ";", ","))
        and ". " not in text
        and not (line.joins_previous or line.bullet or any(run.mark is not None for run in line.runs))
    )


def _goes_on(spot: Spot, at: int) -> bool:
    """Whether the paragraph of a line has more words than a label has."""
    words = len(spot.own[at].text.split())
    for line in spot.own[at + 1 :]:
        if not line.joins_previous:
            break
        words += len(line.text.split())
    return words > _LONGEST_UNMARKED


def _forms(hit: Hit, definition: Definition) -> list[FieldForm]:
    owners = [match.owner for match in (*hit.claims, *hit.here)]
    return [form for owner in owners if (form := definition.fields.get(owner)) is not None]


def _is_option(text: str, hit: Hit, definition: Definition) -> bool:
    forms = _forms(hit, definition)
    return any(form.options is not None and options_of(form.options).code_of(text) is not None for form in forms)


def _asks_at_length(hit: Hit, definition: Definition) -> bool:
    return any(form.kind == "narrative" for form in _forms(hit, definition))
