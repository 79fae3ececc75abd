"""Changes the clock of an area, by a closed day announced late or another way of counting, and dates every open case anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from intake.cases.registry import Registry
from intake.due.clock import said
from intake.due.closures import OpenCase, Redated, redated
from intake.due.counting import MOST_DAYS, Counting, counted, counting_of, hold
from intake.errors import DeskError
from intake.models import DueDate, Person
from intake.permissions import demand
from intake.store.acting import Part, acting
from intake.store.tables import clock_settings, closures, referrals
from intake.store.trail import Entry
from intake.terms import OPEN, Basis


class Calendar:
    """How areas count the time to decide: by which days, how many, and without which closed days."""

    def __init__(self, registry: Registry, basis: Basis) -> None:
        self._registry = registry
        self._basis = basis

    def counting(self, actor: Person, area: str) -> Counting:
        """See Desk.counting."""
        demand(actor, "closures")
        with acting(self._registry.engine, actor) as connection:
            return counting_of(connection, area, self._basis)

    def count(self, actor: Person, area: str, basis: Basis, days: int) -> tuple[Redated, ...]:
        """See Desk.count_days."""
        demand(actor, "closures")
        if not 1 <= days <= MOST_DAYS:
            raise DeskError(f"Enter a number of days from 1 to {MOST_DAYS}")
        with self._changed(actor, area) as connection:
            was = counting_of(connection, area, self._basis)
            wanted = {"basis": basis, "days": days}
            entry = upsert(clock_settings).values(area=area, **wanted)
            connection.execute(entry.on_conflict_do_update(index_elements=["area"], set_=wanted))
            what = f"{area} now decides within {counted(basis, days)}, no longer {counted(was.basis, was.days)}."
            return self._redate(connection, actor, area, "counting_changed", what)

    def close(self, actor: Person, area: str, day: date, name: str) -> tuple[Redated, ...]:
        """See Desk.close_day."""
        demand(actor, "closures")
        with self._changed(actor, area) as connection:
            entry = upsert(closures).values(area=area, day=day, name=name)
            connection.execute(entry.on_conflict_do_nothing())
            return self._redate(connection, actor, area, "day_closed", f"Closed the desk of {area} on {said(day)}.")

    def open(self, actor: Person, area: str, day: date) -> tuple[Redated, ...]:
        """See Desk.open_day."""
        demand(actor, "closures")
        with self._changed(actor, area) as connection:
            connection.execute(delete(closures).where(closures.c.area == area, closures.c.day == day))
            what = f"Opened the desk of {area} on {said(day)} after all."
            return self._redate(connection, actor, area, "day_opened", what)

    def recount(self) -> tuple[Redated, ...]:
        """Date the open cases of every area by what holds now.

        Called when the service starts, since settings and bank holidays change only with a new start.
        """
        with acting(self._registry.engine, "desk") as connection:
            areas = connection.scalars(select(referrals.c.area).where(referrals.c.status.in_(OPEN)).distinct()).all()
        changed: list[Redated] = []
        for area in areas:
            with self._changed("desk", area) as connection:
                changed += self._redate(connection, None, area, "recounted", f"Counted the days of {area} anew.")
        return tuple(changed)

    @contextmanager
    def _changed(self, who: Person | Part, area: str) -> Iterator[Connection]:
        with acting(self._registry.engine, who) as connection:
            hold(connection, area)
            yield connection

    def _redate(
        self, connection: Connection, actor: Person | None, area: str, kind: str, what: str
    ) -> tuple[Redated, ...]:
        """Date the open cases by what now holds, and write down the change and each case that it moved.

        Without an actor it is the desk itself that counts, which writes nothing down where nothing moved.
        """
        counting, now = counting_of(connection, area, self._basis), self._registry.clock.now()
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
        changed = redated(cases, counting.basis, counting.closures, counting.days)
        for one in changed:
            connection.execute(
                update(referrals)
                .where(referrals.c.id == one.referral_id)
                .values(
                    due_on=one.now.due,
                    due_basis=one.now.basis,
                    due_why=one.now.why,
                    version=referrals.c.version + 1,
                )
            )
        if changed or actor is not None:
            who = actor.id if actor is not None else None
            change = Entry(at=now, who=who, referral_id=None, kind=kind, what=what)
            self._registry.trail.append(connection, [change, *(_entry(one, who, now) for one in changed)])
        return changed


def _entry(one: Redated, who: UUID | None, now: datetime) -> Entry:
    moved = one.now.due != one.was.due
    return Entry(
        at=now,
        who=who,
        referral_id=one.referral_id,
        kind="redated",
        what=f"The decision is now due on {said(one.now.due)}, no longer on {said(one.was.due)}."
        if moved
        else f"The decision is still due on {said(one.now.due)}, counted anew.",
    )
