"""Every worked example comes out as it says, and every verdict that a rule can reach has one."""

import pytest

from extractors.contract import FIELDS
from validation import check
from validation.logic import always
from validation.models import Finding
from validation.rule import Rule
from validation.rules import RULES
from validation.worked import Example, examples, examples_of, form_saying

BY_ID = {rule.id: rule for rule in RULES}


def finding(example: Example) -> Finding:
    findings = check(example.reading(), example.received).findings
    return next(found for found in findings if found.rule == example.rule)


@pytest.mark.parametrize("example", examples(), ids=lambda example: f"{example.rule}: {example.says}")
def test_an_example_gives_the_verdict_and_asks_what_it_says(example: Example) -> None:
    found = finding(example)
    assert found.verdict == example.gives
    assert found.asks == tuple(sorted(example.asks, key=list(FIELDS).index))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_verdict_that_a_rule_can_reach_has_an_example(rule: Rule) -> None:
    shown = {example.gives for example in examples_of(rule.id)}
    reachable = set(rule.says) | (set() if rule.applies is always else {"not_applicable"})
    assert shown == reachable


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_asks_only_about_fields_that_one_of_its_forms_has(rule: Rule) -> None:
    assert {example.form for example in examples_of(rule.id)} <= set(rule.forms)
    assert all(set(FIELDS[key].forms) & set(rule.forms) for key in rule.asks)


def test_the_summary_is_the_rules_own_sentence_and_names_what_is_asked() -> None:
    example = next(e for e in examples_of("manager-endorsement") if e.gives == "cannot_tell")
    assert finding(example).summary == (
        "The manager's endorsement, or the manager's name, is missing. Asks for: Line manager."
    )
    other = next(e for e in examples_of("manager-endorsement") if e.gives == "not_applicable")
    assert finding(other).summary == "Applies only when “Type of agency” is Youth offending team."


def test_the_trace_shows_which_leaf_was_true_and_on_what_evidence() -> None:
    example = next(e for e in examples_of("level-2-threshold") if e.says.startswith("High risk"))
    trace = finding(example).trace
    assert (trace.says, trace.truth) == (BY_ID["level-2-threshold"].title, "true")
    applies, met = trace.parts
    assert (applies.says, applies.truth, applies.parts[0].because) == ("applies when", "true", "“2”")
    (test,) = met.parts
    both, before = test.parts
    assert [(leaf.key, leaf.truth, leaf.because) for leaf in both.parts] == [
        ("risk.overall", "true", "High: “high”"),
        ("referral.added_value", "true", "“Housing, police and health at one table.”"),
    ]
    assert (before.key, before.truth, before.because) == ("referral.previously_level_3", "unknown", "left blank")


def test_a_trace_shows_what_would_break_a_rule_only_where_something_can() -> None:
    traces = {f.rule: f.trace for f in check(form_saying("A", {}), examples()[0].received).findings}
    assert [part.says for part in traces["category-1"].parts] == ["applies when", "met when", "not met when"]
    assert [part.says for part in traces["added-value"].parts] == ["applies when", "met when"]
    assert traces["category-1"].truth == "unknown"
