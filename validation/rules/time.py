"""Whether the form comes in time: three days after sentence, six or twelve months before release."""

from __future__ import annotations

import re

from validation.calendar import plus_months, plus_working_days
from validation.criteria import is_yes, on_form, stated
from validation.facts import Facts
from validation.logic import Found, Leaf, all_of, always, any_of
from validation.rule import Ask, Rule
from validation.sources import wm

SCREENING_WORKING_DAYS = 3
MONTHS, MONTHS_IF_COMPLEX = 6, 12
_COMMUNITY = re.compile(r"\bin the community\b|^\W*(?:in )?community\W*$", re.IGNORECASE)
_ESTABLISHMENT = re.compile(r"\b(?:HMP|HMYOI|YOI|prison|hospital|unit|ward|secure)\b", re.IGNORECASE)


def _screened(facts: Facts) -> Found:
    sentenced = facts.day("conviction.sentence_date")
    if sentenced is None:
        return Found("unknown", facts.evidence("conviction.sentence_date"))
    screened = facts.day("referral.screening_date") or facts.referral_day
    last = plus_working_days(sentenced, SCREENING_WORKING_DAYS)
    return Found(
        "true" if screened <= last else "false",
        f"sentenced on {sentenced:%d/%m/%Y}, so by {last:%d/%m/%Y}; screened on {screened:%d/%m/%Y}",
    )


screened_in_time = Leaf(
    says="screening (else the referral) is at most 3 working days after the date of sentence",
    keys=("conviction.sentence_date",),
    judge=_screened,
)


def months_wanted(facts: Facts) -> int:
    """Months before release at which the case should be screened: 12 where stated to be complex, else 6."""
    return MONTHS_IF_COMPLEX if facts.text("dates.complex_case") == "yes" else MONTHS


def _far_from_release(facts: Facts, months: int) -> Found:
    release = facts.day("dates.release")
    if release is None:
        return Found("unknown", facts.evidence("dates.release"))
    earliest = plus_months(facts.referral_day, months)
    return Found(
        "true" if earliest <= release else "false",
        f"referral day {facts.referral_day:%d/%m/%Y}, {months} months on {earliest:%d/%m/%Y}; release {release:%d/%m/%Y}",
    )


before_release = Leaf(
    says="the referral day is 6 months or more before release (12 where the case is complex)",
    keys=("dates.release",),
    judge=lambda facts: _far_from_release(facts, months_wanted(facts)),
)
six_months_left = Leaf(
    says="release is 6 months or more after the referral day",
    keys=("dates.release",),
    judge=lambda facts: _far_from_release(facts, MONTHS),
)


def is_community(text: str) -> bool:
    """True when a location says that the person lives in the community rather than names an establishment."""
    return bool(_COMMUNITY.search(text)) and not _ESTABLISHMENT.search(text)


def _in_establishment(facts: Facts) -> Found:
    text = facts.text("person.location")
    if text is None:
        return Found("unknown", facts.evidence("person.location"))
    return Found("false" if is_community(text) else "true", facts.evidence("person.location"))


in_establishment = Leaf(
    says="an establishment is stated, not “in the community”", keys=("person.location",), judge=_in_establishment
)

_RELEASE = "Screening and the panel are timed back from release, so its earliest date is needed."

RULES: tuple[Rule, ...] = (
    Rule(
        id="screened-in-3-days",
        title="Screened within three days of sentence",
        section="time",
        forms="H",
        applies=always,
        met=screened_in_time,
        not_met=~screened_in_time,
        says={
            "met": "The case was screened within three working days of sentence.",
            "not_met": "The case was screened later than three working days after sentence.",
            "cannot_tell": "The date of sentence is missing, so whether screening was in time cannot be told.",
        },
        asks={
            "conviction.sentence_date": Ask(
                "On what date was the person sentenced?",
                "Cases are screened within 3 days of sentence, and the release dates run from it.",
            )
        },
        citations=(
            wm("Youth Offending Service: Identification", "screened within 3 days of sentence and within 6/12 months"),
        ),
        note="The memorandum does not say whether the 3 days are calendar or working days; late is said only after the third "
        "working day of England and Wales after sentence. Saturday after that day is late. It says nothing about eligibility.",
    ),
    Rule(
        id="screened-before-release",
        title="Screened six or twelve months before release",
        section="time",
        forms="AH",
        applies=any_of(stated("dates.release"), all_of(on_form("A"), in_establishment)),
        met=before_release,
        not_met=~before_release,
        says={
            "met": "The referral comes six months or more before release (twelve where the case is complex).",
            "not_met": "The referral comes later than six months before release (twelve where the case is complex).",
            "cannot_tell": "No release date can be read, so whether the referral is in time cannot be told.",
        },
        asks={"dates.release": Ask("What is the earliest or planned release date?", _RELEASE)},
        citations=(
            wm("Levels of Management", "6 or 12 months prior to release/discharge"),
            wm("Category 1: Registered Sex Offenders", "12 months in complex cases, prior to release/discharge"),
        ),
        note="Months are counted forward from the referral day to the corresponding day of the month, or its last day. A case "
        "not said to be complex counts as not complex. Where a release date is written but cannot be read, the rule applies "
        "only if the person is in an establishment.",
    ),
    Rule(
        id="terrorism-6-months",
        title="A terrorism case leaves six months for a meeting before release",
        section="time",
        forms="A",
        applies=is_yes("referral.terrorism"),
        met=six_months_left,
        not_met=~six_months_left,
        says={
            "met": "A meeting can still be held six months before release.",
            "not_met": "Release is less than six months away: a meeting can no longer be held in time.",
            "cannot_tell": "No release date can be read, so whether a meeting can be held in time cannot be told.",
        },
        asks={
            "dates.release": Ask(
                "What is the earliest or planned release date?",
                "In terrorism cases a meeting must be held at least 6 months before release, with the prison invited.",
                again="Please check the release date: it leaves less than 6 months for a meeting in a terrorism case.",
            )
        },
        citations=(wm("Terrorists and Domestic Extremists", "A MAPPA meeting must be held at least 6 months prior"),),
    ),
)
