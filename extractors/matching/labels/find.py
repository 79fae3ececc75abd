"""Finds what is printed: labels of questions, known, near or unknown, wherever they stand in cells and lines."""

from __future__ import annotations

import re

from extractors.forms.definitions import Definition
from extractors.matching.labels.hits import Hit
from extractors.matching.labels.in_cells import labels_in_cell
from extractors.matching.labels.on_lines import labels_in_stretch
from extractors.matching.labels.run_in import without_said
from extractors.matching.places import Spot, cut
from extractors.matching.style import Style
from extractors.page import Line
from extractors.wording import plain

_END = re.compile(r"^(?:[:：?._⁰¹²³⁴⁵⁶⁷⁸⁹]| +[:：](?=\s|$))+")
"""What ends a label and is no part of the answer."""
_STAR = re.compile(r"\s*\*+(?=\s|$)")
"""The star of a question that must be answered."""


def hits_in(
    spot: Spot,
    definition: Definition,
    style: Style,
    expected: bool = False,
    but: frozenset[tuple[int, int]] = frozenset(),
) -> list[Hit]:
    """The labels printed in a spot, in order, each with what stands behind it. `expected`: where a label must stand.
    `but`: places (line, start) of what is none."""
    if not any(run.text.strip() and not run.placeholder for line in spot.own for run in line.runs):
        return []
    found = (
        labels_in_stretch(spot, definition, style)
        if spot.grid is None
        else labels_in_cell(spot, definition, style, expected)
    )
    found = [hit for hit in found if (hit.line, hit.start) not in but]
    for hit in found:
        without_said(hit, definition)
    _share_out(spot, found)
    return found


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
    at, end = hit.line, hit.start
    line = spot.own[at]
    text = line.text
    wanted = len(hit.text.replace(" ", ""))
    while wanted:
        if end < len(text):
            wanted -= not text[end].isspace()
            end += 1
        elif at + 1 < len(spot.own) and spot.own[at + 1].joins_previous:
            at, end = at + 1, 0
            line = spot.own[at]
            text = line.text
        else:
            break
    end += len(text[end:]) - len(_END.sub("", text[end:], count=1))
    star = _STAR.match(text, end)
    end = star.end() if star is not None else end
    stop = upto.start if upto is not None and upto.line == at else None
    first = cut(line, end, stop)
    hit.rest_below = not plain(first.text) and not any(
        run.mark is not None or run.control is not None for run in first.runs
    )
    if stop is not None:
        return (first,)
    last = upto.line if upto is not None else len(spot.own)
    lines = [first] if not hit.rest_below else []
    lines.extend(spot.own[at + 1 : last])
    if upto is not None and upto.line > at and upto.start:
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
