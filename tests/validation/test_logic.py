"""Criteria are Kleene-valued, compose, say themselves in words, and keep a trace."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.facts import Facts
from validation.logic import (
    Criterion,
    Found,
    Leaf,
    all_of,
    always,
    any_of,
    constant,
    never,
)
from validation.models import Step, Truth
from validation.worked import form_saying

TRUTHS: tuple[Truth, ...] = ("false", "unknown", "true")
RANK = {truth: place for place, truth in enumerate(TRUTHS)}
FACTS = Facts(form_saying("A", {}), date(2026, 11, 20))


def leaf(truth: Truth, says: str = "it is so") -> Leaf:
    return Leaf(says=says, keys=("area",), judge=lambda _: Found(truth, f"seen {truth}"))


def truth_of(criterion: Criterion) -> Truth:
    return criterion.truth({part: part.judge(FACTS) for part in criterion.leaves()})


@pytest.mark.parametrize(("one", "other"), list(product(TRUTHS, TRUTHS)))
def test_and_takes_the_lesser_and_or_the_greater(one: Truth, other: Truth) -> None:
    assert truth_of(leaf(one) & leaf(other)) == min(one, other, key=RANK.__getitem__)
    assert truth_of(leaf(one) | leaf(other)) == max(one, other, key=RANK.__getitem__)


def test_the_opposite_of_unknown_is_unknown() -> None:
    assert [truth_of(~leaf(truth)) for truth in TRUTHS] == ["true", "unknown", "false"]


def test_always_and_never_are_constant() -> None:
    assert (truth_of(always), truth_of(never)) == ("true", "false")
    assert (always.words, never.words) == ("always", "never")
    assert (always.keys, always.can_be) == ((), ("true",))
    open_one = constant("unknown", "who knows")
    assert (open_one.says, open_one.keys, open_one.can_be) == ("who knows", (), ("unknown",))
    assert open_one.judge(FACTS) == Found("unknown")


CRITERIA = st.recursive(
    st.sampled_from(TRUTHS).map(leaf),
    lambda parts: st.one_of(
        parts.map(lambda part: ~part),
        st.lists(parts, min_size=1, max_size=3).map(lambda some: all_of(*some)),
        st.lists(parts, min_size=1, max_size=3).map(lambda some: any_of(*some)),
    ),
    max_leaves=8,
)


@given(CRITERIA, CRITERIA)
def test_de_morgan_holds_for_any_two_tests(one: Criterion, other: Criterion) -> None:
    assert truth_of(~(one & other)) == truth_of(~one | ~other)
    assert truth_of(~~one) == truth_of(one)


@given(CRITERIA)
def test_settling_an_unknown_never_overturns_what_was_known(criterion: Criterion) -> None:
    found = {part: part.judge(FACTS) for part in criterion.leaves()}
    before = criterion.truth(found)
    for part, was in found.items():
        if was.truth == "unknown" and before != "unknown":
            for truth in ("true", "false"):
                assert criterion.truth({**found, part: Found(truth)}) == before


@given(CRITERIA)
def test_the_trace_says_the_same_truth_and_ends_in_the_leaves(criterion: Criterion) -> None:
    found = {part: part.judge(FACTS) for part in criterion.leaves()}
    step = criterion.step(found)

    def leaves(step: Step) -> list[Step]:
        return [step] if not step.parts else [found for part in step.parts for found in leaves(part)]

    assert step.truth == criterion.truth(found)
    assert [(s.says, s.truth, s.key, s.because) for s in leaves(step)] == [
        (part.says, found[part].truth, "area", f"seen {found[part].truth}") for part in criterion.leaves()
    ]


def test_words_keep_brackets_only_where_they_are_needed() -> None:
    a, b, c = (leaf("true", says) for says in "abc")
    assert all_of(a, any_of(b, c)).words == "a and (b or c)"
    assert any_of(a, all_of(b)).words == "a or b"
    assert (~all_of(a, b)).words == "not (a and b)"


def test_a_trace_names_how_its_parts_hang_together() -> None:
    a, b = leaf("true", "a"), leaf("unknown", "b")
    found = {part: part.judge(FACTS) for part in (a, b)}
    assert all_of(a, b).step(found).says == "all of these"
    assert any_of(a, b).step(found).says == "at least one of these"
    opposite = (~a).step(found)
    assert (opposite.says, opposite.truth, opposite.parts[0].says) == ("the opposite of", "false", "a")
    assert always.step({always: Found("true")}).key is None


def test_a_leaf_asks_about_its_own_fields_unless_it_wants_others() -> None:
    plain = leaf("unknown")
    other = Leaf(says="x", keys=("area",), judge=plain.judge, wants=lambda facts: (facts.form,))
    assert plain.to_ask(FACTS) == ("area",)
    assert other.to_ask(FACTS) == ("A",)
    assert plain.can_be == ("true", "false")
    assert not plain.judged
