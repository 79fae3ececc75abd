"""A printed label and what it may mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from extractors.forms.definitions import OTHER, Definition
from extractors.matching.labels.tails import within
from extractors.matching.places import Spot
from extractors.page import Line
from extractors.wording import BRACKETS, Match, without_brackets

NEAR = 0.7
"""Least likeness of a label's wording to a known one, in a place where a label is expected."""


NEARER = 0.84
"""The same where none is expected."""


ALL_BUT_SAID = 0.95
"""Likeness of a label to a known one that differs from it by light words alone."""


LONGEST_LABEL = 170
"""Characters of the longest label, without what is noted in it."""
FARTHEST = 4 * LONGEST_LABEL
"""So many characters on, no label ends any more, with all its notes: what follows is told, not asked."""


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
    strange: bool = False
    """whether it stands under a heading that nobody knows"""
    others: bool = False
    """whether it stands under a heading that names somebody else, such as the victim"""

    @property
    def place(self) -> tuple[int, int, int]:
        return (self.spot.order, self.line, self.start)

    @cached_property
    def best(self) -> float:
        return max((match.score for match in (*self.claims, *self.here)), default=0.0)

    @property
    def known(self) -> bool:
        return bool(self.claims or self.here)

    run_in: bool = False
    """True when nothing but its wording parts it from the answer behind it."""
    rest_below: bool = False
    """True when `rest` begins on the line below the label."""
    opens: frozenset[str] | None = None
    """The parts of the form that it opens as a heading; empty for a heading that nobody knows, None for a label."""


def claims(text: str, definition: Definition, least: float) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
    """What a label's text may mean: (claims anywhere, claims in their own part). Exact wordings hide near ones. Whom something
    is sent to is not who sends it."""
    owned, here = _claims(text, definition, least)
    if _ADDRESSED.search(text) is None:
        return owned, here
    return tuple(one for one in owned if not one.owner.startswith(_SENDER)), here


_YES_OR_NO = re.compile(r"\W+y(?:es)?\s*/\s*no?\W*$", re.IGNORECASE)
"""How a label says that it is answered by yes or no, which tells nothing of what it asks."""
_ADDRESSED = re.compile(r"\b(?:to|received by)\W*$", re.IGNORECASE)
_SENDER = ("referrer.", "referral.")


def _claims(text: str, definition: Definition, least: float) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
    exact = definition.labels.exact(text)
    here = definition.here.exact(text)
    if exact or here:
        return exact, here
    bare = _YES_OR_NO.sub("", without_brackets(text)).rstrip(" *")
    if bare != text:
        exact, here = definition.labels.exact(bare), definition.here.exact(bare)
        whole = definition.labels.nearest(text, ALL_BUT_SAID)
        if whole and not any(match.owner == other.owner for match in (*exact, *here) for other in whole):
            return whole, ()
        if (exact or here) and turns(" ".join(BRACKETS.findall(text)), definition):
            return no_surer(exact), ()
        if exact or here:
            return exact, here
    if alike := _alternatives(text, definition):
        return alike, ()
    near = definition.labels.nearest(text, least)
    if bare != text:
        better = definition.labels.nearest(bare, least)
        if better and (not near or better[0].score > near[0].score):
            near = better
    kept = tuple(match for match in near if match.score > near[0].score - 0.15)
    if least > NEAR:
        return kept, ()
    inside = tuple(match for match in within(text, definition) if all(match.owner != one.owner for one in kept))
    return tuple(sorted((*kept, *inside), key=lambda match: -match.score)), ()


def turns(added: str, definition: Definition) -> bool:
    """Whether what is added to a label may turn it to something else: "(victim)", "(previous)"."""
    turning = definition.wording.turning - {"date"}
    return any(token in turning for token in definition.wording.tokens(added))


def no_surer(found: tuple[Match, ...]) -> tuple[Match, ...]:
    """The same, as of a wording that is only like a known one."""
    return tuple(Match(match.owner, min(match.score, NEARER), match.phrase) for match in found)


_SAID_TWICE = 0.96
"""How surely a label means what each of the wordings means that it offers."""


def _alternatives(text: str, definition: Definition) -> tuple[Match, ...]:
    """What every one of several known wordings means, divided by strokes: "Street name / maiden name / A.K.A."."""
    pieces = text.rstrip(" :?").split("/")
    known = [{match.owner: match for match in definition.labels.exact(piece)} for piece in pieces]
    shared = set(known[0]).intersection(*known[1:]) - {OTHER}
    return tuple(Match(owner, _SAID_TWICE, known[0][owner].phrase) for owner in sorted(shared) if len(pieces) > 1)


def known_for_sure(text: str, definition: Definition) -> bool:
    """Whether a text is worded so like a known label that the look of its cell tells how labels look, whatever is noted
    behind it in brackets."""
    if definition.labels.exact(text) or definition.labels.exact(without_brackets(text)):
        return True
    near = definition.labels.nearest(text, 0.78)
    return bool(near) and len(definition.wording.tokens(text)) > 1
