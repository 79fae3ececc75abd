"""Referrals as lists show them, and those that may be about the same person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from extractors.models import FormCode, Model
from intake.terms import AgencyType, Outcome, ReferralStatus, Strength
from validation.models import Route, Verdict


class ReferralLine(Model):
    """One row of a list. `subject` is "FAMILY, Given names", None until the form is read.

    `level_requested` is the level asked for (form A) or proposed (forms H and I). `set_aside` marks a reading that
    failed more often than is tried by itself. `doubted` counts the verdicts, of rules that apply, that rest on what was not
    read for certain; None where that was not counted. `version` rises with every change that another reader should know of.
    Of one that has `erased_at` nothing else is left.
    """

    id: UUID
    reference: str
    form: FormCode | None
    status: ReferralStatus
    agency_id: UUID
    agency_name: str
    agency_type: AgencyType
    subject: str | None
    level_requested: str | None
    category: tuple[str, ...]
    route: Route | None
    received_at: datetime
    due_on: date
    days_left: int
    verdict_summary: Mapping[Verdict, int]
    doubted: int | None
    open_questions: int
    assigned_to: str | None
    assigned_id: UUID | None
    outcome: Outcome | None
    decided_at: datetime | None
    same_as: str | None
    set_aside: bool
    version: int
    erased_at: datetime | None = None


class QueuePage(Model):
    """One page of a list; `counts` by name of view (open, overdue, due_soon, waiting, mine, decided, refused, ...)."""

    lines: tuple[ReferralLine, ...]
    counts: Mapping[str, int]
    page: int
    pages: int


class Alike(Model):
    """Another referral that may be about the same person: how likely that is, and why (see intake/cases/likeness.py)."""

    line: ReferralLine
    born: date | None
    strength: Strength
    reasons: tuple[str, ...]


class SamePerson(Model):
    """Other referrals of the same person: those that the viewer may see, and areas that have others he may not see.

    `elsewhere` names only areas, and only where the likeness is at least probable.
    """

    here: tuple[Alike, ...] = ()
    elsewhere: tuple[str, ...] = ()
