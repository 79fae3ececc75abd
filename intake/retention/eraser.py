"""Announces what falls due, and erases it when its notice is over: each referral whole, once, in a transaction of its own.

The key goes and the ciphertext with it (the function erase_referral of migration 0023, all that the application may call).
The line stays for references and statistics, with a trace of when and by what it was erased. Whoever dies in between leaves
nothing half erased: what is due stays due.
"""

from __future__ import annotations

import logging
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from intake.due.clock import said
from intake.errors import DeskError
from intake.now import Clock, london_day
from intake.retention.erased_list import Erased, ErasedList
from intake.retention.rules import (
    BY_CODE,
    CLOSED,
    MAILS,
    NOTICE,
    due,
    is_held,
    london_date,
    months,
    under,
)
from intake.store.acting import acting
from intake.store.tables import (
    clarifications,
    decisions,
    documents,
    erasure_notices,
    erasures,
    holds,
    incoming,
    messages,
    page_pictures,
    referrals,
    retention_periods,
)
from intake.store.trail import Entry, Trail
from intake.work.ledger import Ledger

log = logging.getLogger(__name__)

AT_ONCE = 20
"""Referrals erased in one round, so that a round never keeps the sweeper from ringing."""
ANNOUNCED_AT_ONCE = 200
SEEN_TO = ("closed", "returned")
"""States of a mail that nobody has to look at any more."""
COUNTED = {"documents": documents, "pages": page_pictures, "questions": clarifications, "decisions": decisions}
OF_THE_LINE = ("status", "outcome", "decided_at")


class Eraser:
    def __init__(self, engine: Engine, ledger: Ledger, trail: Trail, clock: Clock, erased_list: ErasedList) -> None:
        self._engine = engine
        self._ledger = ledger
        self._trail = trail
        self._clock = clock
        self._list = erased_list

    def go_round(self) -> int:
        """One round: erase again what a restore brought back, announce, erase what is due; gives how many were erased.

        Trouble with the database is logged and left to the next round.
        """
        try:
            done = self.erase_again()
            self._announce()
            self._take_back()
            done += sum(self._erase(one) for one in self._due())
            self._erase_mails()
            self._list.keep_up()
        except (SQLAlchemyError, DeskError) as error:
            log.warning("erasing put off: %s", type(error).__name__)
            return 0
        return done

    def erase_again(self) -> int:
        """Erase what stands on the list of the erased and is there all the same, because a backup was restored."""
        return sum(self._once_more(one) for one in self._list.missing())

    @property
    def _today(self) -> date:
        return london_day(self._clock.now())

    # Notices

    def _announce(self) -> None:
        """Put down on which day what falls due is erased: never before a notice has passed, whatever was set meanwhile."""
        soonest = self._today + NOTICE
        falling = due(soonest).subquery()
        with acting(self._engine, "desk") as connection:
            known = select(erasure_notices.c.referral_id)
            rows = connection.execute(
                select(falling)
                .join(referrals, referrals.c.id == falling.c.id)
                .where(~falling.c.held, falling.c.id.not_in(known))
                .order_by(falling.c.due_on, falling.c.id)
                .limit(ANNOUNCED_AT_ONCE)
                .with_for_update(of=referrals, skip_locked=True)
            ).mappings()
            now, found = self._clock.now(), []
            for row in rows:
                notice = {"referral_id": row["id"], "rule": row["rule"], "announced_at": now, "erase_on": soonest}
                connection.execute(insert(erasure_notices).values(**notice))
                by = under(row["rule"], row["months"], None)
                found.append(
                    self._entry(
                        "erasure_announced", row["id"], f"Is erased on {said(soonest)} under {by}, unless held."
                    )
                )
            self._trail.append(connection, found)

    def _take_back(self) -> None:
        """Drop notices of what is no longer due: its period was made longer, or it was reopened."""
        still = select(due(self._today + NOTICE).subquery().c.id)
        with acting(self._engine, "desk") as connection:
            dropped = connection.scalars(
                delete(erasure_notices)
                .where(erasure_notices.c.ordered_by.is_(None), erasure_notices.c.referral_id.not_in(still))
                .returning(erasure_notices.c.referral_id)
            ).all()
            what = "Is not erased for now: its time is not over any more."
            self._trail.append(connection, [self._entry("erasure_put_off", one, what) for one in dropped])

    # Erasing

    def _due(self) -> list[UUID]:
        with acting(self._engine, "desk") as connection:
            rows = connection.scalars(
                select(erasure_notices.c.referral_id)
                .join(referrals, referrals.c.id == erasure_notices.c.referral_id)
                .where(*self._may_be_erased())
                .order_by(erasure_notices.c.erase_on, erasure_notices.c.referral_id)
                .limit(AT_ONCE)
            )
            return list(rows)

    def _may_be_erased(self) -> tuple[ColumnElement[bool], ...]:
        falling = select(due(self._today).subquery().c.id)
        return (
            erasure_notices.c.erase_on <= self._today,
            referrals.c.status.in_(CLOSED),
            referrals.c.review_due.is_(None),
            ~is_held,
            or_(erasure_notices.c.ordered_by.is_not(None), referrals.c.id.in_(falling)),
        )

    def _erase(self, referral_id: UUID) -> int:
        """Erase one referral, when that still holds at this moment; whoever else is at it has it."""
        with acting(self._engine, "desk") as connection:
            row = (
                connection.execute(
                    select(erasure_notices)
                    .join(referrals, referrals.c.id == erasure_notices.c.referral_id)
                    .where(erasure_notices.c.referral_id == referral_id, *self._may_be_erased())
                    .with_for_update(of=referrals, skip_locked=True)
                )
                .mappings()
                .first()
            )
            if row is None:
                return 0
            trace: dict[str, Any] = {name: row[name] for name in ("rule", "ground", "ordered_by", "why_sealed")}
            if row["ordered_by"] is None:
                falling = due(self._today).subquery()
                counted = connection.execute(
                    select(falling.c.months, falling.c.since).where(falling.c.id == referral_id)
                ).one()
                trace |= {"months": counted.months, "since": counted.since}
            self._write(connection, referral_id, trace, "Erased under")
        log.info("referral %s erased under %s", referral_id, trace["rule"])
        return 1

    def _write(self, connection: Connection, referral_id: UUID, trace: dict[str, Any], words: str) -> None:
        """Destroy the key and everything under it, and leave the trace."""
        removed = {
            name: connection.scalar(select(func.count()).where(table.c.referral_id == referral_id))
            for name, table in COUNTED.items()
        }
        at = trace.pop("at", self._clock.now())
        self._ledger.cancel(connection, referral_id)
        unsent = (messages.c.referral_id == referral_id, messages.c.state == "waiting")
        connection.execute(update(messages).where(*unsent).values(state="dropped"))
        connection.execute(select(func.erase_referral(referral_id, at)))
        connection.execute(insert(erasures).values(referral_id=referral_id, at=at, removed=removed, **trace))
        by = under(trace["rule"], trace.get("months"), trace.get("ground"))
        facts = {"rule": trace["rule"], "removed": removed}
        if trace.get("ordered_by"):
            facts["ordered_by"] = str(trace["ordered_by"])
        self._trail.append(connection, [self._entry("erased", referral_id, f"{words} {by}.", **facts)])

    def _once_more(self, one: Erased) -> int:
        """What happened to it after the backup is on the list too: how it ended, which statistics count."""
        with acting(self._engine, "desk") as connection:
            there = (referrals.c.id == one.referral_id, referrals.c.erased_at.is_(None))
            locked = select(referrals.c.id).where(*there).with_for_update(skip_locked=True)
            if connection.scalar(locked) is None:
                return 0
            ended = {name: getattr(one, name) for name in OF_THE_LINE}
            connection.execute(
                update(referrals)
                .where(*there)
                .values(**ended, open_questions=0, set_aside=False, scanner_awaited=False)
            )
            connection.execute(delete(holds).where(holds.c.referral_id == one.referral_id))
            trace = {name: getattr(one, name) for name in ("at", "rule", "months", "since", "ground", "ordered_by")}
            self._write(
                connection, one.referral_id, trace, "Erased again after a backup was restored: erased before under"
            )
        log.warning("referral %s came back by a restore and was erased again", one.referral_id)
        return 1

    def _erase_mails(self) -> None:
        """Erase mails that held no form, were seen to, and are past their area's period; their mark stays."""
        over = (
            select(incoming.c.id)
            .join(
                retention_periods,
                (retention_periods.c.area == incoming.c.area) & (retention_periods.c.rule == MAILS),
            )
            .where(
                incoming.c.state.in_(SEEN_TO),
                london_date(incoming.c.received_at + months(retention_periods.c.months)) <= self._today,
            )
            .limit(ANNOUNCED_AT_ONCE)
            .with_for_update(of=incoming, skip_locked=True)
        )
        gone = {"wrapped_key": b"", "facts_sealed": b"", "content_sealed": None, "state": "erased"}
        gone |= dict.fromkeys(("message_token", "content_token", "sender_token"), b"")
        with acting(self._engine, "desk") as connection:
            found = connection.scalars(over).all()
            if not found:
                return
            connection.execute(update(incoming).where(incoming.c.id.in_(found)).values(**gone))
            what = f"Erased mails under the rule “{BY_CODE[MAILS].words}”."
            facts = {"mails": [str(one) for one in found]}
            entry = Entry(at=self._clock.now(), who=None, referral_id=None, kind="mails_erased", what=what, facts=facts)
            self._trail.append(connection, [entry])

    def _entry(self, kind: str, referral_id: UUID, what: str, **facts: Any) -> Entry:
        return Entry(at=self._clock.now(), who=None, referral_id=referral_id, kind=kind, what=what, facts=facts)
