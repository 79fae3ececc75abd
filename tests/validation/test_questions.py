"""The fewest questions: nothing asked that cannot matter, nothing held back that could settle a verdict, each field once.

The oracle fills in real answers and judges again; it shares nothing with the way the rules work out what to ask.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations, pairwise, product
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.contract import FIELDS, keys_of
from extractors.models import FieldValue, FormCode, FormReading
from validation import check
from validation.check import judged
from validation.facts import Facts
from validation.models import Finding
from validation.pack import load_pack
from validation.rule import Rule
from validation.rules import RULES
from validation.worked import form_saying

TODAY = date(2026, 11, 20)
WRITTEN: Mapping[str, tuple[FieldValue, ...]] = {
    "person.pnc_id": ("2002/0073319Z", "2012/0123456A"),
    "person.cro_number": ("029906/12J", "085227/65G"),
    "person.prison_number": ("A1234BC", "12345"),
    "person.nhs_number": ("9990000018", "9990000019"),
    "person.ethnicity": ("White Irish", "W2"),
    "person.current_address": ("NFA, Dudley", "NFA", "4 Larkhill Close, Dudley"),
    "person.location": ("HMP Tarn Hill", "In the community"),
    "conviction.index_offence": ("Robbery", "Common assault", "Matters of concern"),
    "conviction.sentence": ("3 years imprisonment", "Fine", "52 weeks"),
    "hospital.order": ("s37/41", "s.3"),
    "referrer.email": ("ward@nhs.net", "ward@example.com"),
    "risk.tools": (({"tool": "OASys", "score": "High", "date": "2026-05-14"},), ({"tool": "OASys", "score": "High"},)),
}
DAYS = ("1990-05-05", "2012-03-03", "2024-06-06", "2026-01-01", "2026-11-17", "2027-02-01", "2027-08-01", "2031-01-01")
WEIGHED = {key for rule in RULES for leaf in rule.leaves() for key in leaf.keys} | {
    "referrer.date",
    "dates.complex_case",
}
FORMS: tuple[FormCode, ...] = ("A", "H", "I")


def possible(key: str) -> tuple[FieldValue, ...]:
    """Answers that somebody might give."""
    field = FIELDS[key]
    codes = tuple(code for code, _ in field.options)
    if key in WRITTEN:
        return WRITTEN[key]
    by_kind: Mapping[str, tuple[FieldValue, ...]] = {
        "yes_no": ("yes", "no"),
        "choice": codes,
        "ticks": tuple((code,) for code in codes),
        "date": ("1960-01-01", "2000-01-01", *DAYS, "2040-01-01"),
    }
    return by_kind.get(field.kind, ("Something is written here.",))


class Partial(NamedTuple):
    """A partly filled form, in few words where a test fails."""

    form: FormCode
    answers: dict[str, FieldValue]
    unclear: tuple[str, ...]
    not_known: tuple[str, ...]

    def reading(self) -> FormReading:
        return form_saying(self.form, self.answers, self.unclear, self.not_known)


@st.composite
def partial_forms(draw: st.DrawFn) -> Partial:
    form = draw(st.sampled_from(FORMS))
    answers, unclear, not_known = {}, [], []
    share = draw(st.sampled_from((0.15, 0.5, 0.85, 0.95)))
    for key in (key for key in keys_of(form) if key in WEIGHED):
        choices = DAYS if FIELDS[key].kind == "date" else possible(key)
        if key == "category":
            choices = (*choices, ("1", "2"))
        if draw(st.floats(0, 1)) < share:
            answers[key] = draw(st.sampled_from(choices))
        else:
            draw(st.sampled_from(([], unclear, not_known))).append(key)
    return Partial(form, answers, tuple(unclear), tuple(not_known))


def rules_of(reading: FormReading) -> tuple[Rule, ...]:
    return load_pack("west-midlands").rules(reading.form, TODAY)


def after(rule: Rule, facts: Facts, answers: Mapping[str, FieldValue], exceptional: bool = False) -> str:
    """The verdict once these answers are in; `exceptional`: had the coordinator judged a low or medium risk so."""
    for key, answer in answers.items():
        facts = facts.supposing(key, answer)
    if exceptional and facts.value("risk.overall") in ("low", "medium") and facts.value("referral.reason"):
        facts = facts.supposing("risk.overall", "high")
    return rule.verdict(rule.look(facts))


def ways(keys: tuple[str, ...]) -> Iterator[Mapping[str, FieldValue]]:
    for answers in product(*(possible(key) for key in keys)):
        yield dict(zip(keys, answers, strict=True))


def settled(verdict: str) -> bool:
    return verdict in ("met", "not_applicable")


def asking(reading: FormReading) -> Iterator[tuple[Rule, Facts, Finding]]:
    """Every finding; the order of dates has its own oracle below."""
    facts = Facts(reading, TODAY)
    for rule in rules_of(reading):
        if rule.id != "dates-in-order":
            yield rule, facts, judged(rule, facts)


@settings(max_examples=150)
@given(partial_forms())
def test_answering_all_that_a_rule_asks_can_settle_it(partial: Partial) -> None:
    reading = partial.reading()
    for rule, facts, finding in asking(reading):
        if finding.asks:
            assert any(settled(after(rule, facts, way, exceptional=True)) for way in ways(finding.asks)), rule.id


@settings(max_examples=150)
@given(partial_forms())
def test_no_field_is_asked_about_that_cannot_matter(partial: Partial) -> None:
    reading = partial.reading()
    for rule, facts, finding in asking(reading):
        for key in finding.asks:
            others = tuple(other for other in finding.asks if other != key)
            matters = any(
                after(rule, facts, {**way, key: answer}, exceptional) != after(rule, facts, way, exceptional)
                for exceptional in (False, True)
                for size in range(len(others) + 1)
                for some in combinations(others, size)
                for way in ways(some)
                for answer in possible(key)
            )
            assert matters, (rule.id, key)


@settings(max_examples=150)
@given(partial_forms())
def test_what_stays_open_after_every_answer_could_be_settled_by_no_missing_field(partial: Partial) -> None:
    reading = partial.reading()
    for rule, facts, finding in asking(reading):
        if finding.verdict != "cannot_tell":
            continue
        missing = tuple(
            key
            for key in rule.asks
            if key in keys_of(reading.form) and facts.value(key) is None and key not in finding.asks
        )
        assert not any(
            settled(after(rule, facts, {key: answer}, exceptional))
            for key in missing
            for answer in possible(key)
            for exceptional in (False, True)
        ), rule.id


@settings(max_examples=150)
@given(partial_forms())
def test_only_an_open_or_broken_verdict_asks_and_only_about_the_forms_own_fields(partial: Partial) -> None:
    reading = partial.reading()
    for rule, _, finding in asking(reading):
        assert set(finding.asks) <= set(keys_of(reading.form)), rule.id
        assert finding.verdict in ("cannot_tell", "not_met") or not finding.asks


@settings(max_examples=100)
@given(partial_forms())
def test_a_field_is_asked_about_once_in_the_forms_order_for_all_the_rules_that_want_it(partial: Partial) -> None:
    reading = partial.reading()
    assessment = check(reading, TODAY)
    keys = [question.key for question in assessment.questions]
    wanted = {(key, finding.rule) for finding in assessment.findings for key in finding.asks}
    assert keys == [key for key in keys_of(reading.form) if key in {key for key, _ in wanted}]
    assert {(question.key, rule) for question in assessment.questions for rule in question.rules} == wanted


@settings(max_examples=60)
@given(partial_forms())
def test_asking_and_answering_comes_to_an_end(partial: Partial) -> None:
    reading = partial.reading()
    facts = Facts(reading, TODAY)
    for _ in range(8):
        asked = {key for rule in rules_of(reading) for key in judged(rule, facts).asks}
        if not asked:
            break
        for key in sorted(asked):
            facts = facts.supposing(key, helpful(key))
    left = [judged(rule, facts) for rule in rules_of(reading)]
    assert not [(f.rule, f.asks) for f in left if f.asks]


def helpful(key: str) -> FieldValue:
    """An answer that settles what it can, and fits all the other such answers."""
    days = {
        "person.date_of_birth": "1990-05-05",
        "conviction.date": "2024-06-06",
        "conviction.sentence_date": "2024-06-06",
    }
    if FIELDS[key].kind == "date":
        return days.get(key, "2026-11-17" if key == "referrer.date" else "2031-01-01")
    return possible(key)[-1 if FIELDS[key].kind == "choice" else 0]


NEIGHBOURS = (
    "person.date_of_birth",
    "conviction.date",
    "conviction.sentence_date",
    "dates.release",
    "dates.sentence_expiry",
)


@settings(max_examples=300)
@given(st.fixed_dictionaries({}, optional={key: st.sampled_from(DAYS) for key in (*NEIGHBOURS, "referrer.date")}))
def test_dates_are_asked_about_exactly_where_a_neighbouring_pair_breaks(days: dict[str, str]) -> None:
    found = next(f for f in check(form_saying("A", days), TODAY).findings if f.rule == "dates-in-order")
    read = [key for key in NEIGHBOURS if key in days]
    expected = {
        key
        for key in ("conviction.date", "conviction.sentence_date", "referrer.date")
        if days.get(key, "") > "2026-11-20"
    }
    for one, other in pairwise(read):
        tens = str(int(days[one][:4]) + 10) + days[one][4:]
        child = (one, other) == ("person.date_of_birth", "conviction.date") and days[other] < tens
        if days[one] > days[other] or (one == "person.date_of_birth" and days[one] == days[other]) or child:
            expected |= {one, other}
    if len(days) < 2:
        assert (found.verdict, found.asks) == ("not_applicable", ())
    else:
        assert (found.verdict, set(found.asks)) == ("not_met" if expected else "met", expected)


def question(answers: Mapping[str, FieldValue], key: str, form: FormCode = "A") -> tuple[str, str, tuple[str, ...]]:
    found = next(q for q in check(form_saying(form, answers), TODAY).questions if q.key == key)
    return found.asks, found.reason, found.rules


def test_a_question_that_several_rules_want_gives_all_their_reasons_once() -> None:
    asks, reason, rules = question({"category": ("3",), "level_requested": "2"}, "referral.added_value")
    assert rules == ("category-3", "level-2-threshold", "added-value")
    assert asks == "What will management at level 2 or 3 add?"
    assert reason == (
        "Category 3 is only for people who need the active work of several agencies. "
        "Level 2 is for cases that need the active work of other agencies. "
        "The lowest level that gives a defensible plan is the right one, so a higher one needs its reason."
    )


def test_the_same_reason_is_not_given_twice() -> None:
    _, reason, rules = question({"referrer.agency_type": "yot"}, "endorsement.name")
    assert rules == ("manager-endorsement",)
    assert reason.count("endorsed by its manager") == 1


def test_a_question_about_an_answer_that_stands_in_the_way_says_so() -> None:
    missing, _, _ = question({}, "category")
    twice, _, _ = question({"category": ("1", "2")}, "category")
    assert missing == "Which category brings this person into MAPPA?"
    assert twice == "More than one category is ticked. Which one brings this person into MAPPA?"


def test_a_question_carries_what_a_page_needs_to_put_it() -> None:
    found = next(q for q in check(form_saying("A", {}), TODAY).questions if q.key == "level_requested")
    assert (found.label, found.kind, found.options) == (
        "Referral to Level",
        "choice",
        (("2", "Level 2"), ("3", "Level 3")),
    )
    assert found.citation.document.startswith("West Midlands")


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_form_asks_for_what_is_needed_first_and_not_more(form: FormCode) -> None:
    keys = {question.key for question in check(form_saying(form, {}), TODAY).questions}
    expected = {
        "A": {
            "level_requested",
            "category",
            "person.family_name",
            "person.given_names",
            "person.date_of_birth",
            "person.pnc_id",
            "risk.tools",
            "risk.overall",
            "referral.added_value",
            "victim.issues",
            "disclosure.considered",
            "referrer.agency",
            "referrer.agency_type",
            "referrer.name",
            "referrer.email",
        },
        "H": {
            "category",
            "person.family_name",
            "person.given_names",
            "person.date_of_birth",
            "person.pnc_id",
            "conviction.sentence_date",
            "referral.level_proposed",
            "referral.form_a_attached",
            "referrer.agency",
            "referrer.agency_type",
            "referrer.name",
            "referrer.email",
        },
        "I": {
            "category",
            "person.family_name",
            "person.given_names",
            "person.date_of_birth",
            "person.pnc_id",
            "hospital.trigger",
            "referral.level_proposed",
            "referral.form_a_attached",
            "referrer.agency",
            "referrer.agency_type",
            "referrer.name",
            "referrer.email",
        },
    }
    assert keys == expected[form]
