"""Which of the labels seen on lines are none: answers to the label before them, options of it, and what a narrative says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.forms.definitions import OTHER, Definition
from extractors.looks import bold_head
from extractors.matching.labels.hits import Hit
from extractors.matching.notes import all_note
from extractors.matching.places import Spot
from extractors.matching.style import DOTTED, NUMBER, Style
from extractors.matching.values.choices import options_of
from extractors.page import Line
from extractors.wording import Match, plain


def without_answers(hits: Sequence[Hit], definition: Definition, style: Style) -> list[Hit]:
    """Without what reads like a label and is the answer to the one before: an option of it, or words that stand where its
    answer is awaited and lack the marks that labels carry here."""
    busy = {hit.line for hit in hits}
    filled = sum(answered(hit.spot, hit.line, busy) for hit in hits) * 5 > len(hits) * 3
    kept: list[Hit] = []
    for hit in hits:
        before = kept[-1] if kept and kept[-1].opens is None else None
        if before is not None and (
            is_option_of(hit, before, definition) or _is_awaited(hit, before, style) or _asks_again(hit, before, style)
        ):
            continue
        if before is not None and filled and not style.answers_on_line and _between_lines(hit, before, busy, style):
            continue
        kept.append(hit)
    return kept


def _asks_again(hit: Hit, before: Hit, style: Style) -> bool:
    """Whether what stands where an answer is awaited is worded nearly as the question itself, with a colon behind it:
    "Extended sentence: 6 years" below "Sentence"."""
    if style.answers_on_line or hit.opens is not None or hit.best == 1.0 or before.best < 1.0:
        return False
    if style.dotted_lines and _numbered(hit):
        return False
    asked = {match.owner for match in (*before.claims, *before.here)} - {OTHER}
    again = any(match.owner in asked for match in (*hit.claims, *hit.here))
    return again and hit.start == 0 and _ends_line(before) and _next_line(before, style) == hit.line


def asked_elsewhere(hit: Hit, before: Hit, hits: Sequence[Hit], style: Style) -> bool:
    """Whether what stands where an answer is awaited is worded as the label of a question that the form asks elsewhere:
    "Case manager" is a job where the name is asked for by another label."""
    if hit.opens is not None or not _ends_line(before) or _next_line(before, style) != hit.line or not hit.claims:
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
    return whole and _ends_line(before) and _next_line(before, style) == hit.line and hit.line + 1 in busy


_NUMBER_OF = re.compile(r"\.?\s*(?:of\b|\d)")
_GOES_ON = re.compile(r"\s+\w")


def is_option_of(hit: Hit, before: Hit, definition: Definition) -> bool:
    """Whether what reads like a label is an option of the label before it."""
    for match in (*before.claims, *before.here):
        form = definition.fields.get(match.owner)
        if form is None or form.options is None:
            continue
        options = options_of(form.options)
        if not hit.colon:
            found = options.code_of(plain(hit.spot.own[hit.line].text) if hit.run_in else hit.text)
            if found is not None and found[1] == 1.0:
                return True
        else:
            printed = hit.spot.own[hit.line].text
            whole = " ".join([printed, *(one.text for one in wrapped(hit.spot.own, hit.line + 1))])
            end_of_hit = hit.start + len(hit.text)
            for _, start, end in options.found_in(whole):
                # "Yes. If yes, give details: ..." is an answer; "No. of victims: ..." and "Endorsed on: ..." are labels.
                opens = start == hit.start and not _NUMBER_OF.match(whole, end) and not _GOES_ON.match(whole, end)
                if opens or (start < end_of_hit < end and not _set_off(hit)):
                    return True
    return False


def _set_off(hit: Hit) -> bool:
    """Whether a label known for certain is bold, and what stands behind it is not: in "**Current level:** 2" no option is named."""
    said = plain(bold_head(hit.spot.own[hit.line]) or "").rstrip(" :?")
    return hit.best == 1.0 and hit.start == 0 and said == hit.text.rstrip(" :?")


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
    return _ends_line(before) and _next_line(before, style) == hit.line and not style.marked(line.text, bold)


def without_strangers(hits: list[Hit], style: Style) -> list[Hit]:
    """Without unknown labels and headings that stand where an answer is awaited, or look unlike the others."""
    kept: list[Hit] = []
    for hit in hits:
        if not hit.known and not hit.opens:
            bold = all(run.bold for run in hit.spot.own[hit.line].runs if run.text.strip() and not hit.colon)
            if hit.colon or _before_tab(hit, style) or (style.dotted_lines and _numbered(hit)):
                bold = next((run.bold for run in hit.spot.own[hit.line].runs if run.text.strip()), False)
            asked = (
                bool(kept)
                and kept[-1].opens is None
                and _ends_line(kept[-1])
                and _next_line(kept[-1], style) == hit.line
            )
            if style.bold_lines and not bold:
                continue
            heading = hit.opens is not None and style.plain_lines and bold
            ends = style.colon_lines and hit.spot.own[hit.line].text.rstrip().endswith(":")
            if (
                asked
                and not style.bold_lines
                and not heading
                and not (style.answers_on_line and (hit.colon or _before_tab(hit, style)))
                and not (style.dotted_lines and _numbered(hit))
                and not ends
            ):
                continue
        kept.append(hit)
    return kept


def _numbered(hit: Hit) -> bool:
    return hit.start == 0 and DOTTED.match(hit.spot.own[hit.line].text) is not None


def _before_tab(hit: Hit, style: Style) -> bool:
    """Whether a label stands where a line begins, with a tab behind it, in a form whose labels all do."""
    line = hit.spot.own[hit.line]
    behind = line.text[: hit.start].strip() == "" and plain(line.text.partition("\t")[0]).rstrip(
        " :"
    ) == hit.text.rstrip(" :")
    return style.tabbed_lines and behind and "\t" in line.text and not line.joins_previous


def _ends_line(hit: Hit) -> bool:
    text, label = plain(hit.spot.own[hit.line].text).rstrip(" :?"), hit.text.rstrip(" :?")
    return text.endswith(label) or all_note(text[text.rfind(label) + len(label) :].strip() if label in text else "")


def _next_line(hit: Hit, style: Style) -> int | None:
    """The line on which the answer to a label is awaited that ends its own line; None when an empty one stands there."""
    lines = hit.spot.own
    below = (at for at in range(hit.line + 1, len(lines)) if lines[at].text.strip())
    at = next((at for at in below if not all_note(plain(lines[at].text))), len(lines))
    return None if style.close_answers and at < len(lines) and lines[at].apart else at


def wrapped(lines: Sequence[Line], at: int) -> list[Line]:
    found = []
    while at < len(lines) and lines[at].joins_previous:
        found.append(lines[at])
        at += 1
    return found


def answered(spot: Spot, line: int, busy: set[int]) -> bool:
    """Whether the next line with anything on it is no label or heading itself."""
    for at in range(line + 1, len(spot.own)):
        if any(run.mark is not None or run.text.strip() for run in spot.own[at].runs):
            return at not in busy
    return False


def without_told(before: Sequence[Match], hits: list[Hit], definition: Definition, style: Style) -> list[Hit]:
    """Without what only looks like a label inside the narrative that answers the label before it."""
    kept: list[Hit] = []
    busy = {hit.line for hit in hits}
    for hit in hits:
        told = any(
            match.owner in definition.fields and definition.fields[match.owner].kind == "narrative" for match in before
        )
        if told and (not _stands_out(hit, style) or _opens_list(hit, style, busy)):
            continue
        kept.append(hit)
        before = [*hit.claims, *hit.here]
    return kept


def _opens_list(hit: Hit, style: Style, busy: set[int]) -> bool:
    """Whether a line with a colon at its end, that asks nothing of the contract, has lines below it in a form whose answers
    stand on the lines of their labels: it is the narrative that goes on with a list ("Chronology:")."""
    line = hit.spot.own[hit.line]
    bold = next((run.bold for run in line.runs if run.text.strip()), False)
    asks = hit.opens is not None or any(match.owner != OTHER for match in (*hit.claims, *hit.here))
    return style.answers_on_line and not bold and not asks and _ends_line(hit) and answered(hit.spot, hit.line, busy)


def _stands_out(hit: Hit, style: Style) -> bool:
    """Whether a label inside a narrative is one: bold, a question of the contract, or followed by a short answer."""
    line = hit.spot.own[hit.line]
    if hit.start > 0 and style.several_on_line and hit.colon:
        return any(match.score == 1.0 for match in (*hit.claims, *hit.here))
    if hit.start > 0 and hit.colon and line.text[: hit.start].rstrip().endswith((" -", ";")):
        return any(match.score == 1.0 and match.owner != OTHER for match in hit.claims)
    if line.bullet or hit.start > 0:
        return False
    if next((run.bold for run in line.runs if run.text.strip()), False) or hit.opens is not None:
        return True
    if (style.dotted_lines and _numbered(hit)) or _before_tab(hit, style):
        return True
    if line.joins_previous and (style.bold_lines or style.tabbed_lines):
        return False
    if any(match.owner != OTHER and match.score == 1.0 for match in hit.claims):
        return True
    rest = line.text[len(hit.text) :].strip(" :")
    if style.numbered_lines and NUMBER.match(line.text) is None:
        return False
    unlike = style.tabbed_lines or (rest and style.colon_lines and not style.answers_on_line)
    if line.joins_previous or unlike:
        return False
    return len(rest) <= 40 and not rest.endswith((".", ";"))
