"""Reminds by itself: referrers of questions that stay open, coordinators of decisions and reviews that are due soon or overdue."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, Engine, and_, exists, func, insert, literal, null, select

from intake.mail.outbox import is_held
from intake.now import Clock, london_day
from intake.store.acting import acting
from intake.store.tables import ASKED, messages, referrals
from intake.terms import OPEN, MessageKind

AFTER_ASKING = timedelta(days=3)
"""Without an answer for so long, the referring agency is reminded, and again after as long."""
BEFORE_DUE = timedelta(days=2)
"""So long before the due day the coordinator is reminded, once."""
BEFORE_REVIEW = timedelta(days=14)
"""So long before a review is due the coordinator is reminded, once."""
WHILE_OVERDUE = timedelta(days=7)
"""From the day after the due day the coordinators are reminded at once, and again after as long."""
LOCK = 8_115_117
"""Any number: of several machines one at a time looks whom to remind."""


class Reminders:
    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def enter_due(self) -> int:
        """Put in the outbox every reminder whose time has come; gives how many."""
        now = self._clock.now()
        today = london_day(now)
        is_open = referrals.c.status.in_(OPEN)
        soon = and_(is_open, referrals.c.due_on >= today, referrals.c.due_on <= today + BEFORE_DUE)
        # Counted from the due day that is in force: one that was moved is reminded of again.
        review = referrals.c.review_due
        review_soon = and_(review >= today, review <= today + BEFORE_REVIEW)
        since_review = func.timezone("Europe/London", review - BEFORE_REVIEW)
        since_soon = func.timezone("Europe/London", referrals.c.due_on - BEFORE_DUE)
        with acting(self._engine, "desk") as connection:
            if is_held(connection) or not connection.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
                return 0
            return (
                self._enter(
                    connection, "questions_reminder", ASKED, ("questions", "questions_reminder"), now - AFTER_ASKING
                )
                + self._enter(connection, "due_soon", soon, ("due_soon",), since_soon)
                + self._enter(
                    connection,
                    "overdue",
                    and_(is_open, referrals.c.due_on < today),
                    ("overdue",),
                    now - WHILE_OVERDUE,
                )
                + self._enter(connection, "review_soon", review_soon, ("review_soon",), since_review)
                + self._enter(connection, "review_overdue", review < today, ("review_overdue",), now - WHILE_OVERDUE)
            )

    def _enter(
        self,
        connection: Connection,
        kind: MessageKind,
        which: ColumnElement[bool],
        told_by: tuple[MessageKind, ...],
        since: object,
    ) -> int:
        """Remind of the referrals of `which` about which no message of the kinds `told_by` was entered after `since`."""
        told = exists().where(
            messages.c.referral_id == referrals.c.id, messages.c.kind.in_(told_by), messages.c.created_at > since
        )
        agency = kind == "questions_reminder"
        wanted = select(
            func.gen_random_uuid(),
            referrals.c.id,
            literal(kind),
            referrals.c.agency_id if agency else null(),
            null() if agency else referrals.c.area,
            literal("waiting"),
            literal(self._clock.now()),
        ).where(which, ~told)
        columns = ["id", "referral_id", "kind", "to_agency", "to_area", "state", "created_at"]
        return connection.execute(insert(messages).from_select(columns, wanted)).rowcount
