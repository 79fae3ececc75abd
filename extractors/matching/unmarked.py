"""Labels that nothing but their words and their place among the lines tells: questions before their answers, and lines of
their own in forms whose labels carry no mark."""

from __future__ import annotations

import re
from itertools import pairwise

from extractors.forms.definitions import OTHER, Definition
from extractors.matching.hits import NEAR, NEARER, Hit, claims
from extractors.matching.places import Spot
from extractors.matching.style import Style
from extractors.page import Line
from extractors.wording import plain

_QUESTION = re.compile(r"\s*([A-Z0-9(][^?:]{6,140})\?(?=\s+\S|\s*$)")
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


def with_unmarked(spot: Spot, hits: list[Hit], definition: Definition) -> list[Hit]:
    """The labels and those worded nearly as known, where labels carry no mark: a short line behind an answered label, or
    before the answer that stands between two labels."""
    found = list(hits)
    taken = {hit.line for hit in hits}
    printed = [at for at, line in enumerate(spot.own) if line.text.strip()]
    for before, at in pairwise(printed):
        text = plain(spot.own[at].text)
        short = len(text.split()) <= _LONGEST_UNMARKED and text[:1].isupper() and not text.endswith((".", ";", ","))
        line = spot.own[at]
        if at in taken or before in taken or not short or line.joins_previous or line.bullet:
            continue
        if any(run.mark is not None for run in line.runs):
            continue
        owned, _ = claims(text, definition, NEAR)
        if owned and owned[0].owner != OTHER:
            taken.add(at)
            found.append(Hit(spot, at, 0, text, owned, (), first=False))
    return sorted(found, key=lambda hit: (hit.line, hit.start))
