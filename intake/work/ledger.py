"""The truth about what is to be done: every job runs once in effect, whoever dies, and no agency waits behind another's flood.

A worker claims a job with a lease and a fencing number that rises with every claim; it may write results only while that
number still stands, in the same transaction. Leases count by the database's clock, the only one that all workers share.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, case, func, insert, select, update

from extractors.models import Model
from intake.errors import LostLease
from intake.store.acting import acting, as_desk
from intake.store.tables import jobs

JobKind = Literal["read", "picture"]
"""To read a form, and later to draw pages that take LibreOffice seconds. In this order of urgency."""
LEASE = timedelta(seconds=15)
HEARTBEAT = 5.0
"""Seconds between two renewals of a lease."""
ATTEMPTS = 5
"""Claims after which a job is set aside for a person to look at."""
WAITS = (timedelta(seconds=2), timedelta(seconds=10), timedelta(seconds=30), timedelta(seconds=120))
"""Pause after the first, second, ... failure."""
LONGEST_WAIT = timedelta(seconds=30)
"""The longest pause of a job that waits for something outside: such a wait uses up no attempt."""
NOW = func.clock_timestamp()
DUE = (jobs.c.state == "due") & (~jobs.c.next_try.between(NOW, NOW + WAITS[-1]))
"""Whose time has come. A pause longer than any that is given can only come of a clock that was put back: it is over too."""
EXPIRED = (jobs.c.state == "running") & (~jobs.c.lease_until.between(NOW, NOW + LEASE))
"""Whose worker has died; a lease longer than any that is given comes of a clock put back."""
IN_TURN = (jobs.c.kind.desc(), jobs.c.turn, jobs.c.created_at)


class Claim(Model):
    """A job in hand, for as long as `fence` is the job's own."""

    id: UUID
    kind: JobKind
    referral_id: UUID
    fence: int
    attempts: int


class Ledger:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def enter(self, connection: Connection, kind: JobKind, referral_id: UUID, agency_id: UUID) -> UUID:
        """Enter a job, in the transaction of what calls for it.

        Its turn is one after its agency's last, but never before those already being served: agencies take turns.
        """
        due = (jobs.c.state == "due") & (jobs.c.kind == kind)
        own = select(func.max(jobs.c.turn)).where(due, jobs.c.agency_id == agency_id).scalar_subquery()
        first = select(func.min(jobs.c.turn)).where(due).scalar_subquery()
        job_id = uuid4()
        # Whose turn it is depends on what waits of all agencies.
        with as_desk(connection):
            connection.execute(
                insert(jobs).values(
                    id=job_id,
                    kind=kind,
                    referral_id=referral_id,
                    agency_id=agency_id,
                    state="due",
                    turn=func.greatest(func.coalesce(own, 0), func.coalesce(first, 1) - 1) + 1,
                    next_try=NOW,
                    created_at=NOW,
                )
            )
        return job_id

    def claim(self) -> Claim | None:
        """The job whose turn it is, if any is due."""
        next_one = (
            select(jobs.c.id).where(DUE).order_by(*IN_TURN).limit(1).with_for_update(skip_locked=True).scalar_subquery()
        )
        taken = (
            update(jobs)
            .where(jobs.c.id == next_one)
            .values(
                state="running",
                fence=jobs.c.fence + 1,
                attempts=jobs.c.attempts + 1,
                lease_until=NOW + LEASE,
                claimed_at=NOW,
            )
            .returning(jobs.c.id, jobs.c.kind, jobs.c.referral_id, jobs.c.fence, jobs.c.attempts)
        )
        with acting(self._engine, "desk") as connection:
            row = connection.execute(taken).mappings().first()
        return Claim(**row) if row is not None else None

    def renew(self, claim: Claim) -> None:
        """Extend the lease. Raises LostLease when another worker has the job."""
        with acting(self._engine, "desk") as connection:
            self._hold(connection, claim, lease_until=NOW + LEASE)

    def finish(self, connection: Connection, claim: Claim) -> None:
        """Mark the job done, first thing in the transaction that writes its results. Raises LostLease."""
        self._hold(connection, claim, state="done", finished_at=NOW, lease_until=None, last_error=None)

    def fail(self, claim: Claim, error: str) -> None:
        """Give a failed job back for a later try; `error` is a code, not a message. Raises LostLease."""
        wait = WAITS[min(claim.attempts, len(WAITS)) - 1]
        with acting(self._engine, "desk") as connection:
            self._hold(connection, claim, state="due", next_try=NOW + wait, lease_until=None, last_error=error)

    def put_off(self, connection: Connection, claim: Claim, error: str) -> None:
        """Give back a job that waits for something outside, at no cost: the longer it waits, the rarer it tries. Raises LostLease."""
        wait = func.greatest(WAITS[0], func.least((NOW - jobs.c.created_at) / 4, LONGEST_WAIT))
        self._hold(
            connection,
            claim,
            state="due",
            attempts=jobs.c.attempts - 1,
            next_try=NOW + wait,
            lease_until=None,
            last_error=error,
        )

    def set_aside(self, connection: Connection, claim: Claim, error: str) -> None:
        """Stop trying, in the transaction that tells people so. Raises LostLease."""
        self._hold(connection, claim, state="set_aside", lease_until=None, last_error=error)

    def retry(self, connection: Connection, referral_id: UUID) -> UUID | None:
        """Make a job that was set aside due again, with all its attempts; None when there is none."""
        again = (
            update(jobs)
            .where(jobs.c.referral_id == referral_id, jobs.c.state == "set_aside")
            .values(state="due", attempts=0, next_try=NOW)
            .returning(jobs.c.id)
        )
        found: UUID | None = connection.scalar(again)
        return found

    def cancel(self, connection: Connection, referral_id: UUID) -> None:
        """Take what is still to be done for a withdrawn referral off the ledger."""
        connection.execute(
            update(jobs)
            .where(jobs.c.referral_id == referral_id, jobs.c.state != "done")
            .values(state="cancelled", lease_until=None, finished_at=NOW)
        )

    def release_expired(self) -> tuple[Claim, ...]:
        """Make jobs due whose worker has died; gives those that have used up their attempts, still to be set aside."""
        with acting(self._engine, "desk") as connection:
            rows = connection.execute(
                update(jobs)
                .where(EXPIRED)
                .values(
                    state=case((jobs.c.attempts >= ATTEMPTS, "running"), else_="due"),
                    lease_until=case((jobs.c.attempts >= ATTEMPTS, NOW + LEASE), else_=None),
                    next_try=NOW,
                    # Whoever still holds the old number can no longer write.
                    fence=jobs.c.fence + 1,
                    last_error="lease_expired",
                )
                .returning(jobs.c.id, jobs.c.kind, jobs.c.referral_id, jobs.c.fence, jobs.c.attempts)
            )
            return tuple(claim for row in rows.mappings() if (claim := Claim(**row)).attempts >= ATTEMPTS)

    def due(self, most: int) -> tuple[UUID, ...]:
        """The jobs whose time has come, in their turn, at most `most`."""
        with acting(self._engine, "desk") as connection:
            found = connection.scalars(select(jobs.c.id).where(DUE).order_by(*IN_TURN).limit(most))
            return tuple(found)

    def _hold(self, connection: Connection, claim: Claim, **changes: object) -> None:
        held = connection.execute(
            update(jobs)
            .where(jobs.c.id == claim.id, jobs.c.fence == claim.fence, jobs.c.state == "running")
            .values(**changes)
        )
        if held.rowcount != 1:
            raise LostLease(f"job {claim.id} is no longer held under fence {claim.fence}")
