"""Who the form is about: names, date of birth, identifiers that hold, and dates that can be true together."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from extractors.identifiers import CHECKS
from validation.criteria import at_least, label, stated
from validation.facts import Facts, years_between
from validation.logic import Found, Leaf, all_of, always, any_of, never
from validation.rule import Ask, Rule
from validation.sources import notes, practice, wm

IDENTIFIERS = (
    "person.pnc_id",
    "person.cro_number",
    "person.visor_ref",
    "person.prison_number",
    "person.nhs_number",
    "person.agency_ref",
)
CHECKED = ("person.pnc_id", "person.cro_number", "person.nhs_number", "person.prison_number")
LIFE_ORDER = (
    "person.date_of_birth",
    "conviction.date",
    "conviction.sentence_date",
    "dates.release",
    "dates.sentence_expiry",
)
"""Dates in the order in which they must fall; only the first step is strict."""
PAST = ("conviction.date", "conviction.sentence_date", "referrer.date")
AGE_OF_RESPONSIBILITY = 10


def passes_its_check(key: str) -> Leaf:
    """False only when `key` is stated and its shape or check character is wrong."""

    def judge(facts: Facts) -> Found:
        text = facts.text(key)
        if text is None:
            return Found("true", "nothing is stated that could fail")
        checked = CHECKS[key](text, facts.received)
        outcomes = {
            "valid": "its check holds",
            "wrong_check": "its check character is not the one its digits give",
            "wrong_shape": "it has not the shape of one",
        }
        return Found("true" if checked.valid else "false", f"{facts.evidence(key)}: {outcomes[checked.outcome]}")

    return Leaf(says=f"“{label(key)}”, if stated, passes its check", keys=(key,), judge=judge)


def broken_pairs(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Neighbours, among the dates read, that cannot be true together."""
    read = [(key, day) for key in LIFE_ORDER if (day := facts.day(key)) is not None]
    return tuple(
        (before, after)
        for (before, earlier), (after, later) in pairwise(read)
        if earlier > later
        or (before == "person.date_of_birth" and earlier == later)
        or ((before, after) == LIFE_ORDER[:2] and years_between(earlier, later) < AGE_OF_RESPONSIBILITY)
    )


def _judge_order(facts: Facts) -> Found:
    broken = broken_pairs(facts)
    if not broken:
        return Found("true")
    return Found(
        "false",
        "; ".join(
            f"{label(before)} ({facts.evidence(before)}) against {label(after)} ({facts.evidence(after)})"
            for before, after in broken
        ),
    )


in_order = Leaf(
    says="birth comes before conviction (at ten years of age or more), conviction not after sentence, sentence not after "
    "release, release not after sentence expiry, as far as they are read",
    keys=LIFE_ORDER,
    judge=_judge_order,
    wants=lambda facts: tuple(dict.fromkeys(key for pair in broken_pairs(facts) for key in pair)),
)


def not_after_receipt(key: str) -> Leaf:
    """False only when the date `key` is read and lies after the day of receipt."""

    def judge(facts: Facts) -> Found:
        day: date | None = facts.day(key)
        late = day is not None and day > facts.received
        return Found("false" if late else "true", facts.evidence(key) if day else "no such date is read")

    return Leaf(says=f"“{label(key)}”, if read, is not after the day of receipt", keys=(key,), judge=judge)


_plausible = all_of(in_order, *(not_after_receipt(key) for key in PAST))
_checks_hold = all_of(*(passes_its_check(key) for key in CHECKED))

_SAME_PERSON = "The coordinator must be sure which person this is before other agencies' records are searched."
_TYPING_SLIP = "Its check character does not fit: one wrong character can point to another person's record."
_DATES_CLASH = "Two dates on the form cannot both be right, and deadlines are worked out from them."


def ask_for_date(key: str) -> Ask:
    """The question about a date that clashes with another."""
    name = label(key)[0].lower() + label(key)[1:]
    return Ask(question=f"What is the {name}?", reason=_DATES_CLASH, again=f"Please check the {name}.")


RULES: tuple[Rule, ...] = (
    Rule(
        id="identified",
        title="The person can be identified",
        section="identity",
        forms="AHI",
        applies=always,
        met=all_of(
            stated("person.family_name"),
            stated("person.given_names"),
            stated("person.date_of_birth"),
            any_of(*(stated(key) for key in IDENTIFIERS)),
        ),
        not_met=never,
        says={
            "met": "Family name, given names, date of birth and at least one identifier are stated.",
            "cannot_tell": "Not everything is stated that tells this person from others.",
        },
        asks={
            "person.family_name": Ask("What is the person's last name?", _SAME_PERSON),
            "person.given_names": Ask("What are the person's first names?", _SAME_PERSON),
            "person.date_of_birth": Ask("What is the person's date of birth?", _SAME_PERSON),
            "person.pnc_id": Ask(
                "What is the person's PNC ID? If there is none, give any other identifier you hold.",
                "No identifier at all is on the form, and two people can share a name and a date of birth.",
            ),
        },
        citations=(
            notes("Offender information", "Agency unique identifier should be included"),
            wm("Health Bodies", "requires the Form I in order to check visor"),
        ),
    ),
    Rule(
        id="identifiers-valid",
        title="Identifiers pass their checks",
        section="identity",
        forms="AHI",
        applies=at_least(1, *CHECKED),
        met=_checks_hold,
        not_met=~_checks_hold,
        says={
            "met": "Every identifier that carries a check passes it.",
            "not_met": "An identifier is written wrongly: its shape or check character does not fit.",
        },
        asks={
            key: Ask(
                question=f"What is the {label(key)}?",
                reason=_TYPING_SLIP if key != "person.prison_number" else "It has not the shape of a prison number.",
                again=f"Please check the {label(key)}: as written it cannot be right.",
            )
            for key in CHECKED
        },
        citations=(
            practice("Identifier formats", "a failed check is a question to the referrer"),
            notes("Offender information", "Agency unique identifier should be included"),
        ),
        note="A failed check never rejects a form. Shape and check letter of PNC and CRO numbers, shape of prison numbers and "
        "the NHS number's check digit are those that HMPPS services and the NHS publish.",
    ),
    Rule(
        id="dates-in-order",
        title="Dates can be true together",
        section="identity",
        forms="AHI",
        applies=at_least(2, *LIFE_ORDER[:3], "referrer.date", *LIFE_ORDER[3:]),
        met=_plausible,
        not_met=~_plausible,
        says={
            "met": "The dates that are read can be true together.",
            "not_met": "Dates on the form contradict each other or lie in the future.",
        },
        asks={key: ask_for_date(key) for key in (*LIFE_ORDER, "referrer.date")},
        citations=(
            wm("Youth Offending Service", "age of criminal responsibility in England and Wales is 10 years"),
            practice("Dates", "a person cannot be sentenced before conviction"),
        ),
        note="Neighbours are compared among the dates that are read: where conviction is missing, birth is compared with "
        "sentence. The age of ten is tested at conviction only. A date of birth after receipt is caught by its neighbours; "
        "by itself the rule does not name it.",
    ),
)
