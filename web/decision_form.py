"""What a decider fills in: read from the form, given back to it, and turned into a draft that the desk can weigh."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import request

from intake.models import Case, DecisionDraft
from web.answers import uuid_or_none
from web.words import day

GUIDES: tuple[tuple[str, str, str], ...] = (
    ("considered", "What was considered", "The referral and its answers, records checked, agencies asked."),
    ("why", "Why this decision", "How the tests bear on it: the risk, and what level 2 or 3 would add."),
    ("against", "What speaks against it, and how it was weighed", "Leave this empty when nothing does."),
    ("next", "What happens now, and who does it", "Until the panel meets, or in place of one."),
)
"""Headings that lead to reasons which can be defended: information collected and evaluated, by reliable methods, with an
open mind, recorded, and carried out (the tests of a defensible decision). Each is (name of the field, heading, hint)."""
DATES: Mapping[str, str] = {"panel_date": "panel date", "review_by": "review date"}
PARTS = ("day", "month", "year")
FIELDS = (
    "version",
    "outcome",
    "duplicate_of",
    "panel",
    *(f"{name}-{part}" for name in DATES for part in PARTS),
    "category",
    *(name for name, _, _ in GUIDES),
    "told_referrer",
    "others",
)
LISTS = ("arranged",)
"""Fields of ticks; their codes are joined by a comma, here and in a draft."""

Typed = dict[str, str]
Errors = dict[str, str]


def sent() -> Typed:
    """What came in with the form."""
    one = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    return {**one, **{name: ",".join(request.form.getlist(name)) for name in LISTS}}


def fresh(case: Case) -> Typed:
    """An empty form, with the category that the referral names when it names one."""
    category = case.line.category[0] if len(case.line.category) == 1 else ""
    return {**dict.fromkeys((*FIELDS, *LISTS), ""), "version": str(case.line.version), "category": category}


def arrangements(case: Case) -> Mapping[str, str]:
    """Who can be invited and what else follows, as sentences to tick: by the agencies on the form, and by the facts."""
    rows = case.form.value("agencies") if case.form else None
    named = [row for row in rows if not isinstance(row, str)] if isinstance(rows, tuple) else []
    invited = {}
    for number, row in enumerate(named):
        person = ", ".join(filter(None, (row.get("name"), row.get("role"))))
        if row.get("agency"):
            invited[f"agency-{number}"] = f"Invite {row['agency']}" + (f": {person}." if person else ".")
    duties = case.assessment.duties if case.assessment else ()
    return {**invited, **{duty.id: duty.says + (f" By {day(duty.due)}." if duty.due else "") for duty in duties}}


def draft_of(typed: Typed, case: Case) -> tuple[DecisionDraft, Errors]:
    """The draft that was filled in, and a sentence for each date that is none."""
    errors: Errors = {}
    sentences = arrangements(case)
    ticked = [sentences[code] for code in typed["arranged"].split(",") if code in sentences]
    draft = DecisionDraft(
        version=int(typed["version"]) if typed["version"].isdecimal() else 0,
        outcome=typed["outcome"],
        category=typed["category"] or None,
        panel_id=uuid_or_none(typed["panel"]),
        panel_date=_date_of(typed, "panel_date", errors),
        review_by=_date_of(typed, "review_by", errors),
        duplicate_of=typed["duplicate_of"],
        reasons="\n\n".join(f"{heading}\n{typed[name]}" for name, heading, _ in GUIDES if typed[name]),
        told_referrer=typed["told_referrer"],
        arranged=(*ticked, *filter(None, (line.strip() for line in typed["others"].split("\n")))),
    )
    return draft, errors


def _date_of(typed: Typed, name: str, errors: Errors) -> date | None:
    day, month, year = (typed[f"{name}-{part}"] for part in PARTS)
    if not day + month + year:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        errors[name] = f"The {DATES[name]} must be a real date, such as 27 3 2027"
        return None
