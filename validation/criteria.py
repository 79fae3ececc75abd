"""The small tests that rules are composed of, each said in a practitioner's words and resting on named fields."""

from __future__ import annotations

from collections.abc import Callable

from extractors.contract import FIELDS
from validation.facts import Facts
from validation.logic import Criterion, Found, Leaf


def label(key: str) -> str:
    """The field as people call it: its label on the form."""
    return FIELDS[key].label.rstrip("?")


def option_words(key: str, code: str) -> str:
    """The words that stand for a code of a choice or tick field."""
    return dict(FIELDS[key].options).get(code, code)


def stated(key: str) -> Leaf:
    """True when `key` is stated, else unknown: missing information is never false."""

    def judge(facts: Facts) -> Found:
        return Found("unknown" if facts.value(key) is None else "true", facts.evidence(key))

    return Leaf(says=f"“{label(key)}” is stated", keys=(key,), judge=judge, can_be=("true",))


def answered(key: str, says: str, fits: Callable[[str], bool]) -> Leaf:
    """True or false by the answer given to `key`; unknown while it is missing."""

    def judge(facts: Facts) -> Found:
        value = facts.text(key)
        if value is None:
            return Found("unknown", facts.evidence(key))
        return Found("true" if fits(value) else "false", facts.evidence(key))

    return Leaf(says=says, keys=(key,), judge=judge)


def is_yes(key: str) -> Leaf:
    return answered(key, f"“{label(key)}”: yes", lambda value: value == "yes")


def is_no(key: str) -> Leaf:
    return answered(key, f"“{label(key)}”: no", lambda value: value == "no")


def one_of(key: str, *codes: str) -> Leaf:
    """True when the choice made under `key` is one of `codes`."""
    words = " or ".join(option_words(key, code) for code in codes)
    return answered(key, f"“{label(key)}” is {words}", lambda value: value in codes)


def only_category(code: str) -> Leaf:
    """True when category `code` and no other is ticked; unknown while none is."""

    def judge(facts: Facts) -> Found:
        ticked = facts.ticks("category")
        if not ticked:
            return Found("unknown", facts.evidence("category"))
        return Found("true" if set(ticked) == {code} else "false", facts.evidence("category"))

    return Leaf(says=f"category {code} alone is ticked", keys=("category",), judge=judge)


def on_form(*forms: str) -> Leaf:
    """True on these forms, false on the others."""
    return Leaf(
        says=f"the form is {' or '.join(forms)}",
        keys=(),
        judge=lambda facts: Found("true" if facts.form in forms else "false"),
        can_be=(),
    )


def at_least(count: int, *keys: str) -> Criterion:
    """True when at least `count` of `keys` are stated, else false: how many are stated is always known."""

    def judge(facts: Facts) -> Found:
        there = [label(key) for key in keys if facts.value(key) is not None]
        return Found("true" if len(there) >= count else "false", f"stated: {', '.join(there) or 'none'}")

    words = ", ".join(label(key) for key in keys)
    number = {1: "one", 2: "two"}[count]
    return Leaf(says=f"stated are at least {number} of {words}", keys=(), judge=judge, can_be=())
