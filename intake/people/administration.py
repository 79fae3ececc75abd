"""What administrators see and change: accounts, closed days, how the desk is doing. No content of any form is within reach."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Engine, RowMapping, func, select, text

from extractors.models import Model
from intake.errors import NotFound
from intake.models import Person
from intake.now import Clock, london_day
from intake.people.accounts import People
from intake.permissions import demand
from intake.reader.cage import lacking
from intake.reader.scanning import Gate
from intake.store.acting import acting
from intake.store.room import Room
from intake.store.tables import closures, jobs, people, referrals, sessions
from intake.store.trail import Trail
from intake.terms import OPEN
from intake.work.doorbell import Doorbell
from intake.work.ledger import JobKind
from intake.work.reconciling import Reconciliation, last_of


class Account(Model):
    """Somebody's account; one that is not active cannot sign in. `seen_at` is the last use of an open session.

    `way` is how the person signs in; joining: by a password until the organisation's account of that address first signs in.
    """

    person: Person
    active: bool
    seen_at: datetime | None
    way: Literal["password", "joining", "organisation"]


class Closure(Model):
    """A day on which an area's desk is closed beside weekends and bank holidays."""

    area: str
    day: date
    name: str


class SetAside(Model):
    """A job of a referral that failed more often than is tried by itself; `error` is the kind of error only."""

    referral_id: UUID
    kind: JobKind
    reference: str
    received_at: datetime
    tries: int
    error: str | None


class Health(Model):
    """How the desk is doing. Times are in seconds, sizes in bytes; `workers` is None when the queue does not answer.

    `oldest_wait` is that of the job due longest, `oldest_unread` since the receipt of the oldest form that is not read and
    not set aside; `since_sweep` is None when no sweep is known, and `failing` counts jobs that failed and are tried again.
    `cage_lacks` says what of the readers' cage (intake/reader/cage.py) this machine cannot do.
    `scanner` is what the virus scanner says it is: empty when it does not answer, None when none is set.
    `reconciled` is the last comparison of the counts that must agree, None before the first.
    """

    open_cases: int
    overdue: int
    jobs_waiting: int
    oldest_wait: float
    oldest_unread: float
    running: int
    failing: int
    since_sweep: float | None
    set_aside: tuple[SetAside, ...]
    workers: int | None
    database_size: int
    disk_free: int
    disk_full: bool
    cage_lacks: tuple[str, ...]
    scanner: str | None
    awaiting_scanner: int
    reconciled: Reconciliation | None


class Administration:
    """Every method takes the acting person first and raises NotAllowed for anybody but an administrator."""

    def __init__(
        self, engine: Engine, trail: Trail, clock: Clock, doorbell: Doorbell, accounts: People, gate: Gate, room: Room
    ) -> None:
        self._engine = engine
        self._trail = trail
        self._clock = clock
        self._doorbell = doorbell
        self._people = accounts
        self._gate = gate
        self._room = room

    def accounts(self, actor: Person) -> tuple[Account, ...]:
        """Every account by name."""
        demand(actor, "people")
        seen = select(sessions.c.person_id, func.max(sessions.c.seen_at).label("at")).group_by(sessions.c.person_id)
        last = seen.subquery()
        wanted = (
            select(people, last.c.at.label("seen_at"))
            .join(last, last.c.person_id == people.c.id, isouter=True)
            .where(~people.c.system)
            .order_by(func.lower(people.c.name))
        )
        with acting(self._engine, actor) as connection:
            rows = connection.execute(wanted).mappings().all()
        return tuple(
            Account(
                person=Person(**{name: row[name] for name in Person.model_fields}),
                active=row["active"],
                seen_at=row["seen_at"],
                way=_way(row),
            )
            for row in rows
        )

    def set_password(self, actor: Person, person_id: UUID, password: str) -> None:
        """Give somebody a new password and end their sessions. Raises NotFound, and DeskError when it is too short."""
        demand(actor, "people")
        email = next((one.person.email for one in self.accounts(actor) if one.person.id == person_id), None)
        if email is None:
            raise NotFound("There is no such account.")
        self._people.set_password(email, password, by=actor.id)

    def closures(self, actor: Person) -> tuple[Closure, ...]:
        """The days from today on which a desk is closed, by day."""
        demand(actor, "closures")
        wanted = select(closures).where(closures.c.day >= london_day(self._clock.now()))
        with acting(self._engine, actor) as connection:
            rows = connection.execute(wanted.order_by(closures.c.day, closures.c.area)).mappings().all()
        return tuple(Closure(**row) for row in rows)

    def health(self, actor: Person) -> Health:
        """How many cases wait, for how long, who works on them, and how much room is left."""
        demand(actor, "people")
        now = self._clock.now()
        is_open = referrals.c.status.in_(OPEN)
        overdue = func.count().filter(referrals.c.due_on < london_day(now))
        waiting = (jobs.c.state == "due") & (jobs.c.next_try <= now)
        with acting(self._engine, actor) as connection:
            awaiting = func.count().filter(referrals.c.scanner_awaited)
            cases = connection.execute(select(func.count(), overdue, awaiting).where(is_open)).one()
            queue = connection.execute(select(func.count(), func.min(jobs.c.next_try)).where(waiting)).one()
            unread = connection.execute(
                select(func.min(referrals.c.received_at)).where(
                    referrals.c.status.in_(("received", "reading")), referrals.c.set_aside.is_(False)
                )
            ).scalar_one()
            failed = (jobs.c.state == "due") & jobs.c.last_error.is_not(None)
            running, failing = connection.execute(
                select(func.count().filter(jobs.c.state == "running"), func.count().filter(failed)).where(
                    jobs.c.state.in_(("due", "running"))
                )
            ).one()
            aside = connection.execute(
                select(
                    referrals.c.id.label("referral_id"),
                    jobs.c.kind,
                    referrals.c.reference,
                    referrals.c.received_at,
                    jobs.c.attempts.label("tries"),
                    jobs.c.last_error.label("error"),
                )
                .join(jobs, jobs.c.referral_id == referrals.c.id)
                .where(jobs.c.state == "set_aside")
                .order_by(referrals.c.received_at, jobs.c.kind)
            ).mappings()
            size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
            set_aside = tuple(SetAside(**row) for row in aside)
            reconciled = last_of(connection)
        return Health(
            open_cases=cases[0],
            overdue=cases[1],
            jobs_waiting=queue[0],
            oldest_wait=(now - queue[1]).total_seconds() if queue[1] else 0.0,
            oldest_unread=(now - unread).total_seconds() if unread else 0.0,
            running=running,
            failing=failing,
            since_sweep=self._doorbell.since_sweep(),
            set_aside=set_aside,
            workers=self._doorbell.workers(),
            database_size=size,
            disk_free=self._room.free,
            disk_full=self._room.trouble() is not None,
            cage_lacks=lacking(),
            scanner=self._gate.scanner_says(),
            awaiting_scanner=cases[2],
            reconciled=reconciled,
        )


def _way(row: RowMapping) -> Literal["password", "joining", "organisation"]:
    if row["sign_on_issuer"] is None:
        return "password"
    return "organisation" if row["sign_on_subject"] is not None else "joining"
