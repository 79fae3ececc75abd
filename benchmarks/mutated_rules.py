"""Changes of the declarations of rules: one criterion or question at a time; each must be noticed by a worked example or a labelled form."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from validation.check import judged
from validation.facts import Facts
from validation.logic import Criterion, Leaf, Many, Not, always, constant, never
from validation.rule import Rule
from validation.rules import RULES
from validation.worked import examples_of

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("MAPPA_SHARED", ROOT.parent / "shared"))

sys.path.insert(0, str(ROOT / "tests" / "validation"))

import corpus  # noqa: E402

Expected = tuple[Facts, str, tuple[str, ...]]


def changed(criterion: Criterion) -> Iterator[tuple[str, Criterion]]:
    """Every criterion that differs in one place, with what was done to it."""
    yield f"not ({criterion.words})", ~criterion
    if isinstance(criterion, Leaf) and criterion not in (always, never):
        for truth in ("true", "false", "unknown"):
            yield f"{truth} for ({criterion.says})", constant(truth, criterion.says)  # type: ignore[arg-type]
    if isinstance(criterion, Not):
        for done, part in changed(criterion.part):
            yield done, ~part
    if isinstance(criterion, Many):
        other: dict[str, str] = {"true": "false", "false": "true"}
        if len(criterion.parts) > 1:
            yield f"and/or swapped in ({criterion.words})", replace(criterion, decides=other[criterion.decides])  # type: ignore[arg-type]
        for place, part in enumerate(criterion.parts):
            before, after = criterion.parts[:place], criterion.parts[place + 1 :]
            if before or after:
                yield f"without ({part.words})", replace(criterion, parts=before + after)
            for done, instead in changed(part):
                yield done, replace(criterion, parts=(*before, instead, *after))


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Every rule that differs from `rule` in one place."""
    for done, criterion in changed(rule.applies):
        yield f"applies: {done}", replace(rule, applies=criterion)
    opposite = isinstance(rule.not_met, Not) and rule.not_met.part is rule.met
    for done, criterion in changed(rule.met):
        yield f"met: {done}", replace(rule, met=criterion, not_met=~criterion if opposite else rule.not_met)
    for done, criterion in () if opposite else changed(rule.not_met):
        yield f"not_met: {done}", replace(rule, not_met=criterion)
    can_be_false = {key for leaf in rule.leaves() if "false" in leaf.can_be for key in leaf.keys}
    for key, ask in rule.asks.items():
        yield f"asks: without {key}", replace(rule, asks={k: a for k, a in rule.asks.items() if k != key})
        if ask.again or key in can_be_false:
            again = None if ask.again else ask.question
            yield f"asks: {key} again or not", replace(rule, asks={**rule.asks, key: replace(ask, again=again)})


def expected_of(rule: Rule) -> list[Expected]:
    """What worked examples, and labelled forms where they are here, say of `rule`."""
    known = [(Facts(e.reading(), e.received), str(e.gives), tuple(sorted(e.asks))) for e in examples_of(rule.id)]
    if (SHARED / "corpus").is_dir():
        known += [
            (Facts(f.reading, f.received), f.verdicts[rule.id], tuple(sorted(f.questions.get(rule.id, []))))
            for f in corpus.labelled(SHARED / "corpus")
            if rule.id in f.verdicts
        ]
    return known


def noticed(rule: Rule, known: list[Expected]) -> bool:
    for facts, verdict, asks in known:
        try:
            finding = judged(rule, facts)
        except (KeyError, IndexError):
            return True
        if (finding.verdict, tuple(sorted(finding.asks))) != (verdict, asks):
            return True
    return False


def declarations() -> tuple[int, list[str]]:
    """How many changes of declarations there are, and those that nothing notices."""
    count, missed = 0, []
    for rule in RULES:
        known = expected_of(rule)
        for done, mutant in mutants(rule):
            count += 1
            if not noticed(mutant, known):
                missed.append(f"{rule.id}: {done}")
    return count, missed


def say() -> None:
    """Print the changes that nothing notices, and the score."""
    count, missed = declarations()
    print("\n".join(f"not noticed: {line}" for line in missed))
    print(f"declarations: {count - len(missed)} of {count} changes noticed, {100 * (1 - len(missed) / count):.1f} %")
