"""Decisions and reviews, as filled in and as recorded."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from extractors.models import Model
from intake.terms import Level, Outcome, ReviewOutcome


class DecisionDraft(Model):
    """A decision as filled in. `version` is that of the case the decider was looking at.

    `panel_id` is a meeting of the calendar (see intake/panels/calendar.py); without one, `panel_date` is the panel's day.
    `duplicate_of` is the reference of the referral that this one repeats. `arranged` are sentences on who is invited and
    what else follows, as ticked.
    """

    version: int
    outcome: str
    level: str | None = None
    category: str | None = None
    panel_id: UUID | None = None
    panel_date: date | None = None
    review_by: date | None = None
    duplicate_of: str = ""
    reasons: str = ""
    told_referrer: str = ""
    arranged: tuple[str, ...] = ()


class Reopening(Model):
    """That a decision was reopened: by whom, when, and why."""

    by: str
    at: datetime
    why: str


class Decision(Model):
    """A decision as recorded; one that was `reopened` stays, and its successor names it in `supersedes`.

    `panel` says which panel of the calendar meets on `panel_date`, at what time and where.
    """

    id: UUID
    outcome: Outcome
    level: Level | None
    category: str | None
    panel_date: date | None
    panel: str
    review_by: date | None
    duplicate_of: str
    reasons: str
    told_referrer: str
    arranged: tuple[str, ...]
    decided_by: str
    decided_at: datetime
    supersedes: UUID | None = None
    reopened: Reopening | None = None


class ReviewDraft(Model):
    """A review as filled in. `level` is the new one where it is changed; without `next_by` the longest time holds."""

    held_on: date | None
    outcome: str
    level: str | None = None
    next_by: date | None = None
    words: str = ""


class Review(Model):
    """A review as recorded: the level from then on, None after an exit, and by when the next one is due."""

    held_on: date
    outcome: ReviewOutcome
    level: Level | None
    next_by: date | None
    words: str
    by: str
    at: datetime
