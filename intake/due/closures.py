"""Days on which the desk is closed, and what a change of them, or of the way of counting, does to open cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from intake.due.clock import DECISION_DAYS, due_date
from intake.models import DueDate
from intake.terms import Basis


class OpenCase(NamedTuple):
    """An undecided referral: when it came in and what is now said of its due day."""

    referral_id: UUID
    received_at: datetime
    due: DueDate


class Redated(NamedTuple):
    """A referral whose due day, or whose explanation, changes; each gets an audit entry."""

    referral_id: UUID
    was: DueDate
    now: DueDate


def redated(
    cases: Iterable[OpenCase], basis: Basis, closures: Mapping[date, str], days: int = DECISION_DAYS
) -> tuple[Redated, ...]:
    """The open cases that a changed setting or closure dates anew, each from its receipt and never from its old due day."""
    return tuple(
        Redated(case.referral_id, case.due, now)
        for case in cases
        if (now := due_date(case.received_at, basis, closures, days)) != case.due
    )
