"""Weighs and records decisions: what must be there so that each can be defended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple, cast
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from extractors.models import FormCode, Model
from intake.casefile import CaseFile
from intake.clock import said
from intake.models import OUTCOMES, DecisionDraft, Level, Outcome
from intake.now import london_day
from intake.tables import audit, decisions, reopenings

CATEGORIES = ("1", "2", "3", "4")
LONGEST_REASONS = 20_000


class Terms(NamedTuple):
    """What an outcome fixes: the level it gives, and whether a panel takes it and reviews it."""

    level: Level | None = None
    reviewed: bool = False


TERMS: Mapping[Outcome, Terms] = MappingProxyType(
    {
        "accepted_level_2": Terms("2", reviewed=True),
        "accepted_level_3": Terms("3", reviewed=True),
        "accepted_lower": Terms("2", reviewed=True),
        "level_1": Terms("1"),
        "noted": Terms("1"),
        "advise_form_a": Terms(),
        "not_eligible": Terms(),
        "wrong_area": Terms(),
        "duplicate": Terms(),
        "withdrawn": Terms(),
    }
)


class Grounds(Model):
    """The words of a decision, kept sealed."""

    reasons: str
    told_referrer: str


def weigh(file: CaseFile, draft: DecisionDraft, review_weeks: Mapping[str, int]) -> dict[str, str]:
    """A sentence for each part of the draft that stands in the way; empty when it can be recorded.

    `review_weeks` gives, per level, the weeks within which the pack of rules has an accepted case reviewed.
    """
    if draft.version != file.row["version"]:
        return {"version": _changed_since(file, draft.version)}
    form = cast(FormCode, file.row["form"])
    if draft.outcome not in dict(OUTCOMES[form]):
        return {"outcome": "Choose an outcome"}
    outcome: Outcome = draft.outcome
    errors: dict[str, str] = {}
    if not draft.reasons.strip():
        errors["reasons"] = "Give the reasons for this decision"
    elif len(draft.reasons) > LONGEST_REASONS:
        errors["reasons"] = f"Keep the reasons below {LONGEST_REASONS:,} characters"
    if draft.level not in (None, TERMS[outcome].level):
        errors["level"] = "The level does not follow from this outcome"
    if outcome == "accepted_lower" and file.row["level_requested"] != "3":
        errors["outcome"] = "This referral did not ask for level 3: choose accepted at level 2"
    errors |= _category_errors(outcome, draft.category)
    errors |= _date_errors(_weeks(outcome, review_weeks), draft, london_day(file.now))
    return errors


def _category_errors(outcome: Outcome, category: str | None) -> dict[str, str]:
    if category is not None and category not in CATEGORIES:
        return {"category": "Choose a category"}
    if TERMS[outcome].reviewed and category is None:
        return {"category": "Confirm the category"}
    if outcome == "level_1" and category == "3":
        # Guidance: category 3 exists at levels 2 and 3 only.
        return {"category": "Category 3 is managed at level 2 or 3 only, not at level 1"}
    return {}


def _weeks(outcome: Outcome, review_weeks: Mapping[str, int]) -> int | None:
    level, reviewed = TERMS[outcome]
    return review_weeks[level] if level is not None and reviewed else None


def _date_errors(weeks: int | None, draft: DecisionDraft, today: date) -> dict[str, str]:
    if weeks is None:
        errors = {}
        if draft.panel_date is not None:
            errors["panel_date"] = "Leave the panel date empty: this outcome has no panel"
        if draft.review_by is not None:
            errors["review_by"] = "Leave the review date empty: this outcome has no review"
        return errors
    if draft.panel_date is None:
        return {"panel_date": "Enter the date of the next panel"}
    if draft.panel_date < today:
        return {"panel_date": "The panel date must be today or later"}
    last = draft.panel_date + timedelta(weeks=weeks)
    if draft.review_by is not None and not draft.panel_date < draft.review_by <= last:
        return {"review_by": f"The review must be after the panel and by {said(last)}, {weeks} weeks later"}
    return {}


def _changed_since(file: CaseFile, version: int) -> str:
    rows = file.connection.execute(
        select(audit.c.what)
        .where(audit.c.referral_id == file.id, audit.c.kind != "draft")
        .order_by(audit.c.number.desc())
        .limit(3)
    )
    latest = " ".join(reversed([row.what for row in rows]))
    return f"The case has changed since you opened it. Look at it again before you decide. Last: {latest}"


def decide(file: CaseFile, draft: DecisionDraft, review_weeks: Mapping[str, int]) -> dict[str, str]:
    """Record the decision, or say what stands in the way."""
    errors = weigh(file, draft, review_weeks)
    if errors:
        return errors
    outcome, new = cast(Outcome, draft.outcome), uuid4()
    terms = TERMS[outcome]
    review_by, weeks = draft.review_by, _weeks(outcome, review_weeks)
    if review_by is None and draft.panel_date is not None and weeks is not None:
        review_by = draft.panel_date + timedelta(weeks=weeks)
    before, number = last_decision(file)
    grounds = Grounds(reasons=draft.reasons.strip(), told_referrer=draft.told_referrer.strip())
    file.connection.execute(
        insert(decisions).values(
            id=new,
            referral_id=file.id,
            number=number,
            outcome=outcome,
            level=terms.level,
            category=draft.category,
            panel_date=draft.panel_date,
            review_by=review_by,
            sealed=file.envelope.seal_text(grounds.model_dump_json(), f"decisions/{new}"),
            decided_by=file.acting.id,
            decided_at=file.now,
            supersedes=before,
        )
    )
    words = dict(OUTCOMES[cast(FormCode, file.row["form"])])[outcome]
    panel = f", panel on {said(draft.panel_date)}" if draft.panel_date else ""
    file.put(outcome=outcome, decided_at=file.now)
    file.note("decided", f"Decision: {words}{panel}.", decision=str(new), outcome=outcome)
    file.tell("decision", agency=True)
    return {}


def last_decision(file: CaseFile) -> tuple[UUID | None, int]:
    """The decision that a new one would follow, and the number that the new one gets."""
    found = file.connection.execute(
        select(decisions.c.id, decisions.c.number)
        .where(decisions.c.referral_id == file.id)
        .order_by(decisions.c.number.desc())
        .limit(1)
    ).first()
    return (found.id, found.number + 1) if found is not None else (None, 1)


def reopen(file: CaseFile, why: str) -> None:
    """Put a decided case back on the queue; its decision is kept, and its due date stays what it was."""
    new, (before, _) = uuid4(), last_decision(file)
    file.connection.execute(
        insert(reopenings).values(
            id=new,
            decision_id=before,
            why_sealed=file.envelope.seal_text(why.strip(), f"reopenings/{new}"),
            by=file.acting.id,
            at=file.now,
        )
    )
    file.put(outcome=None, decided_at=None)
    file.note("reopened", "Reopened the case.", decision=str(before))
    file.tell("reopened", agency=True)
