"""One rule is one declaration; judging it gives a verdict, a trace, and the fields that can still change the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, product

from extractors.contract import FIELDS
from validation.facts import Facts
from validation.logic import Criterion, Found, Keys, Leaf, never
from validation.models import Citation, Step, Truth, Verdict

Section = str

_ORDER: Mapping[str, int] = {key: place for place, key in enumerate(FIELDS)}
_ANSWERS: Mapping[str, tuple[str, ...]] = {"yes_no": ("yes", "no")}


@dataclass(frozen=True)
class Ask:
    """What the referrer is asked about one field, and why.

    `again` is the wording used where an answer stands but is in the way of the verdict; without it an answered field is
    never asked about again.
    """

    question: str
    reason: str
    again: str | None = None


@dataclass(frozen=True)
class Rule:
    """A rule of the contract. `says` gives the plain sentence of each verdict it can reach."""

    id: str
    title: str
    section: Section
    forms: str
    applies: Criterion
    met: Criterion
    not_met: Criterion
    says: Mapping[Verdict, str]
    citations: tuple[Citation, ...]
    asks: Mapping[str, Ask] = field(default_factory=dict)
    note: str | None = None
    in_force_from: date | None = None
    in_force_until: date | None = None
    """The last day on which the rule is in force."""

    def in_force(self, day: date) -> bool:
        return (self.in_force_from is None or self.in_force_from <= day) and (
            self.in_force_until is None or day <= self.in_force_until
        )

    def leaves(self) -> tuple[Leaf, ...]:
        """Every leaf of the rule, each once."""
        return tuple(dict.fromkeys(leaf for part in (self.applies, self.not_met, self.met) for leaf in part.leaves()))

    def verdict(self, found: Mapping[Leaf, Found]) -> Verdict:
        """The verdict, given how the leaves came out. What is known to break a rule outweighs what meets it."""
        if self.applies.truth(found) != "true":
            return "not_applicable"
        if self.not_met.truth(found) == "true":
            return "not_met"
        return "met" if self.met.truth(found) == "true" else "cannot_tell"

    def look(self, facts: Facts) -> dict[Leaf, Found]:
        """How every leaf comes out on this form."""
        return {leaf: leaf.judge(facts) for leaf in self.leaves()}

    def rests_on(self, found: Mapping[Leaf, Found], doubted: Mapping[Leaf, Keys]) -> Keys:
        """Of the keys that are `doubted`, leaf by leaf, those without which the verdict might be another."""
        verdict = self.verdict(found)
        parts = [self.applies]
        if verdict != "not_applicable":
            parts += [self.not_met] if verdict == "not_met" else [self.not_met, self.met]
        return Keys().union(*(part.rests_on(found, doubted) for part in parts))

    def trace(self, found: Mapping[Leaf, Found]) -> Step:
        """Why: whether the rule applies, what would break it, what meets it, each down to its leaves."""
        verdict = self.verdict(found)
        truths: Mapping[Verdict, Truth] = {"met": "true", "not_met": "false"}
        parts = [
            Step(says="applies when", truth=self.applies.truth(found), parts=(self.applies.step(found),)),
            Step(says="met when", truth=self.met.truth(found), parts=(self.met.step(found),)),
        ]
        if self.not_met is not never:
            parts.append(Step(says="not met when", truth=self.not_met.truth(found), parts=(self.not_met.step(found),)))
        return Step(says=self.title, truth=truths.get(verdict, "unknown"), parts=tuple(parts))

    def to_ask(self, facts: Facts, found: Mapping[Leaf, Found]) -> tuple[str, ...]:
        """The fields whose answers can still lead to `met`, or to the rule not applying, in the form's order.

        A field is asked about when it belongs to a smallest set of answers that would lead there: so nothing is asked that
        cannot matter, and nothing is held back that will be needed.
        """
        now = self.verdict(found)
        if not self.asks or now not in ("cannot_tell", "not_met"):
            return ()
        open_topics = self._open_topics(facts, found)
        wanted: set[str] = set()
        for goal in ("met", "not_applicable"):
            smallest: list[frozenset[int]] = []
            for size in range(1, len(open_topics) + 1):
                for chosen in combinations(range(len(open_topics)), size):
                    here = frozenset(chosen)
                    if any(less < here for less in smallest):
                        continue
                    ways = product(*(open_topics[place].ways for place in chosen))
                    if any(self.verdict(_merged(found, way)) == goal for way in ways):
                        smallest.append(here)
            wanted.update(key for chosen in smallest for place in chosen for key in open_topics[place].keys)
        return tuple(sorted(wanted & self.asks.keys(), key=_ORDER.__getitem__))

    def _open_topics(self, facts: Facts, found: Mapping[Leaf, Found]) -> list[_Topic]:
        together: dict[object, list[Leaf]] = {}
        for leaf in found:
            together.setdefault(leaf.keys[0] if len(leaf.keys) == 1 else leaf, []).append(leaf)
        return [
            _Topic(tuple(key for leaf in leaves for key in leaf.to_ask(facts)), _ways(facts, leaves))
            for leaves in together.values()
            if self._is_open(facts, found, leaves)
        ]

    def _is_open(self, facts: Facts, found: Mapping[Leaf, Found], leaves: list[Leaf]) -> bool:
        for leaf in leaves:
            unknown = found[leaf].truth == "unknown"
            if leaf.judged and unknown:
                return True
            for key in leaf.to_ask(facts):
                if key in self.asks and (unknown or self.asks[key].again):
                    return True
        return False


@dataclass(frozen=True)
class _Topic:
    """Fields that one question settles together, and every way its leaves could then come out."""

    keys: tuple[str, ...]
    ways: tuple[Mapping[Leaf, Found], ...]


def _ways(facts: Facts, leaves: list[Leaf]) -> tuple[Mapping[Leaf, Found], ...]:
    field_ = FIELDS.get(leaves[0].keys[0])
    codes = () if field_ is None else _ANSWERS.get(field_.kind) or tuple(code for code, _ in field_.options)
    if codes and len(leaves[0].keys) == 1 and field_ is not None:
        answers = [(code,) if field_.kind == "ticks" else code for code in codes]
        supposed = [facts.supposing(field_.key, answer) for answer in answers]
        return tuple({leaf: leaf.judge(there) for leaf in leaves} for there in supposed)
    return tuple(
        {leaf: Found(truth) for leaf, truth in zip(leaves, truths, strict=True)}
        for truths in product(*(leaf.can_be for leaf in leaves))
    )


def _merged(found: Mapping[Leaf, Found], way: tuple[Mapping[Leaf, Found], ...]) -> dict[Leaf, Found]:
    merged = dict(found)
    for topic in way:
        merged.update(topic)
    return merged
