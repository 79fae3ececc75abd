"""Victims, disclosure, children, and answers that other agencies can work with."""

from __future__ import annotations

import re
from pathlib import Path

from validation.criteria import is_no, is_yes, stated
from validation.facts import Facts
from validation.logic import Found, Leaf, always, any_of, never
from validation.rule import Ask, Rule
from validation.sources import notes, wm

ADULT = 18
_CODE = re.compile(r"\b(?:[A-Z]{1,2}\s?\d{1,2}|IC|NS|SDE|PNC|codes?|ethnicity|self.?defined)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_NO_FIXED_ABODE = re.compile(
    r"\bN\s?[./]?\s?F\s?[./]?\s?A\b\.?|\b(?:of\s+)?no\s+fixed\s+(?:abode|address)\b", re.IGNORECASE
)
_NO_PLACE = frozenset(Path(__file__).with_name("no_place.txt").read_text(encoding="utf-8").split())
"""Words that stand beside "no fixed abode" without naming a place."""


def _under_age(facts: Facts) -> Found:
    age = facts.age
    if age is None:
        return Found("unknown", facts.evidence("person.date_of_birth"))
    return Found("true" if age < ADULT else "false", f"age {age} on the referral day")


under_18 = Leaf(says="the person is under 18 on the referral day", keys=("person.date_of_birth",), judge=_under_age)


def is_in_words(text: str) -> bool:
    """True when an ethnicity says at least one word beside any code such as W1, A9, IC3 or NS."""
    return bool(_WORD.search(_CODE.sub(" ", text)))


def _in_words(facts: Facts) -> Found:
    text = facts.text("person.ethnicity")
    if text is None:
        return Found("unknown", facts.evidence("person.ethnicity"))
    return Found("true" if is_in_words(text) else "false", facts.evidence("person.ethnicity"))


in_words = Leaf(
    says="the ethnicity is given in words, with or without a code", keys=("person.ethnicity",), judge=_in_words
)


def _homeless(facts: Facts) -> Found:
    text = facts.text("person.current_address")
    if text is None:
        return Found("unknown", facts.evidence("person.current_address"))
    return Found("true" if _NO_FIXED_ABODE.search(text) else "false", facts.evidence("person.current_address"))


def names_an_area(text: str) -> bool:
    """True when, beside "no fixed abode", a word stands that can be the name of a place."""
    rest = _NO_FIXED_ABODE.sub(" ", text).replace("’", "'")
    return any(word.casefold() not in _NO_PLACE for word in _WORD.findall(rest))


def _area(facts: Facts) -> Found:
    text = facts.text("person.current_address")
    named = text is not None and names_an_area(text)
    return Found("true" if named else "unknown", facts.evidence("person.current_address"))


no_fixed_abode = Leaf(
    says="the current address says NFA or no fixed abode", keys=("person.current_address",), judge=_homeless
)
area_named = Leaf(
    says="the area of closest links is named as well", keys=("person.current_address",), judge=_area, can_be=("true",)
)

RULES: tuple[Rule, ...] = (
    Rule(
        id="victim-considered",
        title="Victims have been considered",
        section="safeguards",
        forms="A",
        applies=always,
        met=stated("victim.issues"),
        not_met=never,
        says={
            "met": "Victim issues are stated, if only that none are known.",
            "cannot_tell": "Nothing is said about victims, not even that none are known.",
        },
        asks={
            "victim.issues": Ask(
                "What are the victim issues? If none are known, please say so.",
                "Every plan must protect victims, past and possible; “none known” is an answer, a blank is not.",
            )
        },
        citations=(wm("Victims", "vital to ensure effective engagement with the victim"),),
    ),
    Rule(
        id="disclosure-considered",
        title="Disclosure has been considered",
        section="safeguards",
        forms="A",
        applies=always,
        met=any_of(is_yes("disclosure.considered"), is_no("disclosure.considered")),
        not_met=never,
        says={
            "met": "Whether disclosure has been considered is stated.",
            "cannot_tell": "Whether disclosure has been considered is not stated.",
        },
        asks={
            "disclosure.considered": Ask(
                "Has disclosure been considered?",
                "Disclosure must be considered in every case at all levels, with the reasons recorded.",
            )
        },
        citations=(wm("Disclosure", "Disclosure must be considered in every case at all levels"),),
    ),
    Rule(
        id="under-18",
        title="Children's Services are named for a child",
        section="safeguards",
        forms="A",
        applies=under_18,
        met=stated("safeguarding.childrens_services"),
        not_met=never,
        says={
            "met": "The person is under 18 and a contact in Children's Services is named.",
            "cannot_tell": "The person is under 18 and no contact in Children's Services is named.",
        },
        asks={
            "safeguarding.childrens_services": Ask(
                "Who is the contact or social worker in Children's Services?",
                "The person is under 18, and Children's Services must be at level 2 and 3 panels.",
            )
        },
        citations=(wm("Youth Offending Service", "Children's Services must be present at level 2 and 3 panels"),),
        note="Without a date of birth the age is not known, and the rule does not apply.",
    ),
    Rule(
        id="ethnicity-in-words",
        title="Ethnicity is given in words",
        section="safeguards",
        forms="AHI",
        applies=stated("person.ethnicity"),
        met=in_words,
        not_met=~in_words,
        says={
            "met": "The ethnicity is given in words.",
            "not_met": "The ethnicity is given only as a code.",
        },
        asks={
            "person.ethnicity": Ask(
                "What is the person's ethnicity, in words?",
                "The actual ethnicity is needed: codes differ between agencies.",
                again="What is the person's ethnicity, in words? The form gives only a code.",
            )
        },
        citations=(notes("Offender information", "State the actual ethnicity, not the code."),),
    ),
    Rule(
        id="release-address-approved",
        title="The release address is approved",
        section="safeguards",
        forms="A",
        applies=stated("person.release_address"),
        met=is_yes("person.release_address_approved"),
        not_met=is_no("person.release_address_approved"),
        says={
            "met": "The proposed release address is stated to be approved.",
            "not_met": "The proposed release address is stated not to be approved.",
            "cannot_tell": "Whether the proposed release address is approved is not stated.",
        },
        asks={
            "person.release_address_approved": Ask(
                "Is the proposed release address approved?",
                "The address on the form should be the approved one, because the plan is built round it.",
                again="The release address on the form was not approved. Is it approved now?",
            )
        },
        citations=(
            notes("Offender information", "The proposed release address should be that which has been approved"),
        ),
    ),
    Rule(
        id="closest-links",
        title="No fixed abode: the area of closest links is named",
        section="safeguards",
        forms="AHI",
        applies=no_fixed_abode,
        met=area_named,
        not_met=never,
        says={
            "met": "The person has no fixed abode and an area is named.",
            "cannot_tell": "The person has no fixed abode and no area is named.",
        },
        asks={
            "person.current_address": Ask(
                "The person has no fixed abode: to which area are the closest links?",
                "The area of closest links decides which MAPPA area and which police unit take the case.",
            )
        },
        citations=(notes("Offender information", "the area to which the offender has closest links"),),
    ),
)
