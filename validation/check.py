"""Judges a form as read: a verdict per rule with its trace and citations, the fewest questions, the route, the duties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from extractors.contract import FIELDS
from extractors.models import FormReading
from validation.criteria import label
from validation.duties import duties_of
from validation.facts import Facts
from validation.models import Assessment, Citation, Finding, Question
from validation.pack import load_pack
from validation.route import way_of
from validation.rule import Rule

DEFAULT_PACK = "west-midlands"


def check(reading: FormReading, received: date, pack: str = DEFAULT_PACK) -> Assessment:
    """Everything that the rules of `pack`, as in force on the day of receipt, conclude from one form.

    Raises UnknownPack for a pack that does not exist; never raises for what a form says.
    """
    chosen = load_pack(pack)
    facts = Facts(reading, received)
    rules = chosen.rules(reading.form, received)
    findings = tuple(judged(rule, facts) for rule in rules)
    way = way_of(facts, chosen.routes)
    return Assessment(
        form=reading.form,
        received=received,
        pack=pack,
        findings=findings,
        questions=questions_of(facts, rules, findings),
        route=way.route,
        route_reason=way.because,
        duties=duties_of(facts, chosen, way.route),
    )


def judged(rule: Rule, facts: Facts) -> Finding:
    """One rule's verdict on one form."""
    found = rule.look(facts)
    verdict = rule.verdict(found)
    asks = rule.to_ask(facts, found)
    summary = f"Applies only when {rule.applies.words}." if verdict == "not_applicable" else rule.says[verdict]
    if asks:
        summary += f" Asks for: {', '.join(label(key) for key in asks)}."
    return Finding(
        rule=rule.id,
        title=rule.title,
        verdict=verdict,
        summary=summary,
        trace=rule.trace(found),
        citations=in_force(rule.citations, facts.received),
        asks=asks,
        note=rule.note,
    )


def in_force(citations: Sequence[Citation], day: date) -> tuple[Citation, ...]:
    """The citations that stood on `day`."""
    return tuple(
        citation
        for citation in citations
        if (citation.in_force_from is None or citation.in_force_from <= day)
        and (citation.in_force_until is None or day <= citation.in_force_until)
    )


def questions_of(facts: Facts, rules: Sequence[Rule], findings: Sequence[Finding]) -> tuple[Question, ...]:
    """One question per field that any finding asks about, in the form's order, for all the rules that want it."""
    wanted: dict[str, list[Rule]] = {}
    for rule, finding in zip(rules, findings, strict=True):
        for key in finding.asks:
            wanted.setdefault(key, []).append(rule)
    cited = {rule.id: finding.citations or rule.citations for rule, finding in zip(rules, findings, strict=True)}
    return tuple(_question(facts, key, wanted[key], cited) for key in FIELDS if key in wanted)


def _question(facts: Facts, key: str, rules: Sequence[Rule], cited: Mapping[str, tuple[Citation, ...]]) -> Question:
    field, first = FIELDS[key], rules[0].asks[key]
    reasons = dict.fromkeys(rule.asks[key].reason for rule in rules)
    return Question(
        key=key,
        label=field.label,
        kind=field.kind,
        options=field.options,
        asks=first.question if facts.value(key) is None or first.again is None else first.again,
        reason=" ".join(reasons),
        rules=tuple(rule.id for rule in rules),
        citation=cited[rules[0].id][0],
    )
