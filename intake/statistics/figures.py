"""How statistics tell referrals apart: each count is one expression over a referral's line, with words for what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Text, bindparam, case, cast, func, select

from extractors.refusals import CURES
from intake.store.tables import agencies, referrals
from intake.terms import OPEN, OUTCOMES

NOT_TOLD = "-"
TODAY = bindparam("today", type_=Date)
LATE: Mapping[str, str] = {
    "4": "In time, or up to a week late",
    "3": "More than a week late",
    "2": "More than a month late",
    "1": "More than three months late",
    NOT_TOLD: "The form does not tell",
}
"""Scores of timeliness, by MAPPA document set K: 4 very timely, 3 to 1 for what should have been that much earlier."""
LEVELS = {"3": "Level 3", "2": "Level 2", "1": "Level 1", NOT_TOLD: "Not told"}


class By(NamedTuple):
    """One count. `key` gives a text, or NULL for a referral that the count is not about; `words` those it knows, in order."""

    name: str
    title: str
    key: ColumnElement[Any]
    words: Mapping[str, str]
    note: str = ""


def london(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.timezone("Europe/London", moment)


def _told(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(cast(column, Text), NOT_TOLD)


def _band(days_late: ColumnElement[Any]) -> ColumnElement[Any]:
    return case(
        (days_late.is_(None), NOT_TOLD),
        (days_late <= 7, "4"),
        (days_late <= 31, "3"),
        (days_late <= 92, "2"),
        else_="1",
    )


_line = referrals.c
_is_open = _line.status.in_(OPEN)
_judged = _line.judged_at.is_not(None)
OUTCOME_WORDS: Mapping[str, str] = {code: words for outcomes in OUTCOMES.values() for code, words in outcomes}

COUNTS = (
    By("month", "By month of receipt", func.to_char(london(_line.received_at), "YYYY-MM"), {}),
    By("agency", "By agency", cast(_line.agency_id, Text), {}),
    By(
        "sender",
        "By kind of agency",
        select(agencies.c.type).where(agencies.c.id == _line.agency_id).correlate(referrals).scalar_subquery(),
        {
            "yot": "Youth offending teams",
            "mental_health": "Mental health services",
            "private_provider": "Private hospitals",
            "probation": "Probation",
            "police": "Police",
            "prison": "Prisons",
            "other": "Others",
        },
    ),
    By(
        "category",
        "By MAPPA category",
        func.coalesce(func.nullif(func.array_to_string(_line.category, " and "), ""), NOT_TOLD),
        {"1": "Category 1", "2": "Category 2", "3": "Category 3", "4": "Category 4", NOT_TOLD: "Not told"},
        "As stated on the form. A form that names several categories has a line of its own.",
    ),
    By("asked", "By level asked for", _told(_line.level_requested), LEVELS, "Proposed, on notifications."),
    By(
        "outcome",
        "By outcome",
        case(
            (_line.status == "refused", "refused"),
            (_line.status == "withdrawn", "withdrawn"),
            (_line.status == "decided", _line.outcome),
            else_="open",
        ),
        {**OUTCOME_WORDS, "refused": "File could not be read", "open": "Not decided yet"},
    ),
    By(
        "level",
        "By level decided",
        case(
            (_line.outcome == "accepted_level_3", "3"),
            (_line.outcome.in_(["accepted_level_2", "accepted_lower"]), "2"),
            (_line.outcome == "level_1", "1"),
        ),
        LEVELS,
        "Referrals on form A that were given a level.",
    ),
    By(
        "refused",
        "Files that could not be read, by reason",
        case((_line.status == "refused", _line.refusal_code)),
        {code: code.replace("_", " ").capitalize() for code in CURES},
    ),
    By(
        "in_time",
        "Decided by the due date",
        case(
            (_is_open & (_line.due_on < TODAY), "overdue"),
            (_is_open, "open"),
            (_line.decided_at.is_(None), None),
            (cast(london(_line.decided_at), Date) <= _line.due_on, "on_time"),
            else_="late",
        ),
        {
            "on_time": "Decided by the due date",
            "late": "Decided later",
            "open": "Not decided, not due yet",
            "overdue": "Not decided, overdue",
        },
    ),
    By(
        "screening",
        "How soon after sentence youth notifications came",
        case((_judged & (_line.form == "H"), _band(_line.screening_late))),
        LATE,
        "Against three working days after sentence.",
    ),
    By(
        "release",
        "How long before release forms came",
        case((_judged, _band(_line.release_late))),
        LATE,
        "Against 6 months before release, 12 where the case is complex.",
    ),
    By(
        "complete",
        "Complete on arrival",
        case((_judged, case((func.cardinality(_line.missed) > 0, "no"), else_="yes"))),
        {"yes": "Nothing needed was missing", "no": "Questions had to be put"},
    ),
    By(
        "rounds",
        "Rounds of questions",
        case((_judged, cast(func.least(_line.rounds, 3), Text))),
        {"0": "None", "1": "One", "2": "Two", "3": "Three or more"},
    ),
    By(
        "youth",
        "Young people",
        case((_judged, case((_line.youth.is_(None), NOT_TOLD), (_line.youth, "yes"), else_="no"))),
        {"yes": "Under 18 when referred", "no": "18 or over", NOT_TOLD: "No birth date could be read"},
    ),
)
