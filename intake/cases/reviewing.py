"""Follows accepted cases from review to review: each is recorded with what it found, and fixes by when the next one is due.

Level 2 is reviewed at least every 16 weeks, level 3 every 6 (the pack of rules says so); the time runs from the day on which a
review was held, not from the day on which it was due.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Connection, func, insert, select

from intake.cases.casefile import CaseFile
from intake.due.clock import said
from intake.errors import NotNow
from intake.models import Review, ReviewDraft
from intake.now import london_day
from intake.store.lines import name_of
from intake.store.tables import decisions, reviews
from intake.store.vault import Envelope
from intake.terms import REVIEW_OUTCOMES, Level

LEVELS: Mapping[str, Level] = {"1": "1", "2": "2", "3": "3"}
LONGEST_WORDS = 20_000


def record(file: CaseFile, draft: ReviewDraft, review_weeks: Mapping[str, int]) -> Mapping[str, str]:
    """Record a review that was held, or give a sentence per field that stands in the way. Raises NotNow for a case without review.

    The same review, sent twice, is recorded once; one held before the last that is recorded would turn back the next day.
    """
    before = reviews_of(file.connection, file.id, file.envelope)[:1]
    if any(_says(draft, one) for one in before):
        return {}
    if file.row["review_due"] is None:
        raise NotNow("This case is not under review: it was not accepted at level 2 or 3, or has left it.")
    decision_id, category, decided_on = _decision(file)
    level = _level_after(file, draft)
    since = max([decided_on, *(one.held_on for one in before)])
    errors = _errors(file, draft, since, level, category)
    weeks = review_weeks.get(level or "")
    next_by = draft.next_by
    if not errors and draft.held_on is not None:
        if weeks is None and next_by is not None:
            errors["next_by"] = "Leave the next review empty: there is none at level 1 or after an exit"
        elif weeks is not None:
            last = draft.held_on + timedelta(weeks=weeks)
            next_by = next_by or last
            if not draft.held_on < next_by <= last:
                errors["next_by"] = f"The next review must be after this one and by {said(last)}, {weeks} weeks later"
    if errors:
        return errors
    _write(file, draft, decision_id, level, next_by)
    return {}


def _says(draft: ReviewDraft, recorded: Review) -> bool:
    same = (recorded.held_on, recorded.outcome, recorded.words) == (draft.held_on, draft.outcome, draft.words.strip())
    return same and (draft.outcome != "changed" or recorded.level == draft.level)


def _decision(file: CaseFile) -> tuple[UUID, str | None, date]:
    """The decision in force: its id, category, and day."""
    found = file.connection.execute(
        select(decisions).where(decisions.c.referral_id == file.id).order_by(decisions.c.number.desc()).limit(1)
    ).one()
    return found.id, found.category, london_day(found.decided_at)


def _level_after(file: CaseFile, draft: ReviewDraft) -> Level | None:
    """The level from this review on, None after an exit or while none is chosen."""
    if draft.outcome == "changed":
        return LEVELS.get(draft.level or "")
    return LEVELS[file.row["review_level"]] if draft.outcome == "kept" else None


def _errors(
    file: CaseFile, draft: ReviewDraft, since: date, level: Level | None, category: str | None
) -> dict[str, str]:
    errors = {}
    if draft.held_on is None or not since <= draft.held_on <= london_day(file.now):
        errors["held_on"] = (
            "Enter the day on which the review was held: not before the decision or the last review, and not after today"
        )
    if draft.outcome not in REVIEW_OUTCOMES:
        errors["outcome"] = "Choose what the review found"
    elif draft.outcome == "changed" and level in (None, file.row["review_level"]):
        errors["level"] = "Choose the new level"
    elif level == "1" and category == "3":
        errors["level"] = "Category 3 is managed at level 2 or 3 only: record an exit instead"
    if not draft.words.strip():
        errors["words"] = "Say what was found, in a sentence at least"
    elif len(draft.words) > LONGEST_WORDS:
        errors["words"] = f"Keep this below {LONGEST_WORDS:,} characters"
    return errors


def _write(file: CaseFile, draft: ReviewDraft, decision_id: UUID, level: Level | None, next_by: date | None) -> None:
    assert draft.held_on is not None
    new = uuid4()
    number = select(func.coalesce(func.max(reviews.c.number), 0) + 1).where(reviews.c.referral_id == file.id)
    file.connection.execute(
        insert(reviews).values(
            id=new,
            referral_id=file.id,
            decision_id=decision_id,
            number=number.scalar_subquery(),
            held_on=draft.held_on,
            outcome=draft.outcome,
            level=level,
            next_by=next_by,
            sealed=file.envelope.seal_text(draft.words.strip(), f"reviews/{new}"),
            by=file.acting.id,
            at=file.now,
        )
    )
    file.put(review_due=next_by, review_level=level if next_by else None)
    found = {
        "kept": f"level {level} kept",
        "changed": f"level {level} from now on",
        "exit": "exit from MAPPA level 2 and 3",
    }
    then = f", next by {said(next_by)}" if next_by else ""
    what = f"Review held on {said(draft.held_on)}: {found[draft.outcome]}{then}."
    file.note("reviewed", what, review=str(new), outcome=draft.outcome)


def reviews_of(connection: Connection, referral_id: UUID, envelope: Envelope) -> tuple[Review, ...]:
    """Every review of a case, the latest first; none for those who may not see them."""
    rows = connection.execute(
        select(reviews, name_of(reviews.c.by))
        .where(reviews.c.referral_id == referral_id)
        .order_by(reviews.c.number.desc())
    )
    return tuple(
        Review(
            held_on=row.held_on,
            outcome=row.outcome,
            level=row.level,
            next_by=row.next_by,
            words=envelope.open_text(row.sealed, f"reviews/{row.id}"),
            by=row.name,
            at=row.at,
        )
        for row in rows
    )
