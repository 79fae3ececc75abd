"""Closes the desk on a day, even one announced late, and dates every open case anew from its receipt."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from intake.clock import said
from intake.closures import OpenCase, Redated, redated
from intake.models import OPEN, Basis, DueDate, Person
from intake.permissions import demand
from intake.receiving import closed_days
from intake.registry import Registry
from intake.tables import closures, referrals
from intake.trail import Entry


class Calendar:
    """The days on which an area's desk is closed beside weekends and bank holidays."""

    def __init__(self, registry: Registry, basis: Basis) -> None:
        self._registry = registry
        self._basis = basis

    def close(self, actor: Person, area: str, day: date, name: str) -> tuple[Redated, ...]:
        """See Desk.close_day."""
        demand(actor, "closures")
        now = self._registry.clock.now()
        with self._registry.engine.begin() as connection:
            entry = upsert(closures).values(area=area, day=day, name=name)
            connection.execute(entry.on_conflict_do_nothing())
            changed = self._redate(connection, area)
            closed = Entry(
                at=now,
                who=actor.id,
                referral_id=None,
                kind="day_closed",
                what=f"Closed the desk of {area} on {said(day)}.",
            )
            self._registry.trail.append(connection, [closed, *(_entry(one, actor, now) for one in changed)])
        return changed

    def open(self, actor: Person, area: str, day: date) -> tuple[Redated, ...]:
        """See Desk.open_day."""
        demand(actor, "closures")
        now = self._registry.clock.now()
        with self._registry.engine.begin() as connection:
            connection.execute(delete(closures).where(closures.c.area == area, closures.c.day == day))
            changed = self._redate(connection, area)
            opened = Entry(
                at=now,
                who=actor.id,
                referral_id=None,
                kind="day_opened",
                what=f"Opened the desk of {area} on {said(day)} after all.",
            )
            self._registry.trail.append(connection, [opened, *(_entry(one, actor, now) for one in changed)])
        return changed

    def _redate(self, connection: Connection, area: str) -> tuple[Redated, ...]:
        found = connection.execute(
            select(
                referrals.c.id,
                referrals.c.received_at,
                referrals.c.due_on,
                referrals.c.due_basis,
                referrals.c.due_why,
            )
            .where(referrals.c.area == area, referrals.c.status.in_(OPEN))
            .order_by(referrals.c.id)
            .with_for_update()
        )
        cases = [
            OpenCase(row.id, row.received_at, DueDate(due=row.due_on, basis=row.due_basis, why=row.due_why))
            for row in found
        ]
        changed = redated(cases, self._basis, closed_days(connection, area))
        for one in changed:
            connection.execute(
                update(referrals)
                .where(referrals.c.id == one.referral_id)
                .values(due_on=one.now.due, due_why=one.now.why, version=referrals.c.version + 1)
            )
        return changed


def _entry(one: Redated, actor: Person, now: datetime) -> Entry:
    return Entry(
        at=now,
        who=actor.id,
        referral_id=one.referral_id,
        kind="redated",
        what=f"The decision is now due on {said(one.now.due)}, no longer on {said(one.was.due)}.",
    )
