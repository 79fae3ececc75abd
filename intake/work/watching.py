"""What those who keep the service up look at: whether each dependency answers, how old the queue is, how long stages take.

Everything is read from the database at the moment of asking, so that it is the same whichever process or machine is asked.
Numbers and codes only, no personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from extractors.models import Model
from intake.errors import HouseError
from intake.mail.correspondence import Post, post_of
from intake.now import Clock, london_day
from intake.reader.scanning import Gate
from intake.store.acting import acting
from intake.store.database import require_current
from intake.store.room import Room
from intake.store.tables import deliveries, jobs, referrals
from intake.terms import OPEN
from intake.work.doorbell import Doorbell
from intake.work.ledger import DUE, NOW
from intake.work.reconciling import Reconciliation, last_of

LATELY = timedelta(minutes=15)
"""What stage times are taken from."""
SHARES = (0.5, 0.95)
NOT_DELIVERED = deliveries.c.state.in_(("due", "claimed", "failed"))
SOON = timedelta(days=2)


class StageTime(NamedTuple):
    """How long a stage took in the last 15 minutes, in seconds: the median and the 95th percentile of `number` jobs."""

    kind: str
    stage: str
    number: int
    median: float
    late: float


class Vitals(Model):
    """`queue_age` is how long the job due longest has waited, in seconds; `reconciled` the last comparison of counts."""

    jobs: Mapping[tuple[str, str], int]
    post: Post
    deliveries: Mapping[str, int]
    failing: int
    queue_age: float
    stages: tuple[StageTime, ...]
    open_cases: int
    due_soon: int
    overdue: int
    awaiting_scanner: int
    reconciled: Reconciliation | None
    reconciled_age: float | None


class Watch:
    def __init__(self, engine: Engine, doorbell: Doorbell, room: Room, clock: Clock, gate: Gate) -> None:
        self._engine = engine
        self._doorbell = doorbell
        self._room = room
        self._clock = clock
        self._gate = gate

    def trouble(self) -> Mapping[str, str | None]:
        """Each dependency that is set, with a word of what is wrong with it; None where it is well."""
        workers = self._doorbell.workers()
        found = {
            "database": self.trouble_with_database(),
            "room": self._room.trouble(),
            "queue": "does not answer" if workers is None else None,
            "workers": None if workers else "none listens",
            "counts": None,
        }
        if self._gate.guarded:
            found["scanner"] = None if self._gate.scanner_says() else "does not answer"
        if found["database"] is None:
            try:
                with acting(self._engine, "desk") as connection:
                    last = last_of(connection)
                found["counts"] = "differ" if last is not None and last.differences else None
            except SQLAlchemyError:
                found["database"] = "does not answer"
        return found

    def trouble_with_taking_in(self) -> str | None:
        """Whether pages can be served and files taken in: all that this needs is the database, and room on its disc."""
        return self.trouble_with_database() or self._room.trouble()

    def trouble_with_database(self) -> str | None:
        try:
            require_current(self._engine)
        except HouseError:
            return "does not answer, or is of another edition"
        return None

    def vitals(self) -> Vitals:
        """Raises SQLAlchemyError when the database is away."""
        today = london_day(self._clock.now())
        by_state = select(jobs.c.kind, jobs.c.state, func.count()).group_by(jobs.c.kind, jobs.c.state)
        waited = func.extract("epoch", NOW - func.min(jobs.c.next_try))
        with acting(self._engine, "desk") as connection:
            counted = connection.execute(by_state.where(jobs.c.state.in_(["due", "running", "set_aside"]))).all()
            failing = connection.execute(
                select(func.count()).where(jobs.c.state == "due", jobs.c.last_error.is_not(None))
            ).scalar_one()
            age = connection.execute(select(waited).where(DUE)).scalar_one()
            stages = connection.execute(_STAGES).all()
            cases = connection.execute(
                select(
                    func.count(),
                    func.count().filter(referrals.c.due_on < today),
                    func.count().filter(referrals.c.due_on.between(today, today + SOON)),
                    func.count().filter(referrals.c.scanner_awaited),
                ).where(referrals.c.status.in_(OPEN))
            ).one()
            reconciled = last_of(connection)
            standing = post_of(connection)
            told = connection.execute(
                select(deliveries.c.state, func.count()).where(NOT_DELIVERED).group_by(deliveries.c.state)
            ).all()
            moment = connection.execute(select(NOW)).scalar_one()
        return Vitals(
            jobs={(row[0], row[1]): row[2] for row in counted},
            post=standing,
            deliveries={row[0]: row[1] for row in told},
            failing=failing,
            queue_age=max(0.0, float(age or 0)),
            stages=tuple(
                StageTime(row.kind, stage, row.number, *map(float, shares))
                for row in stages
                for stage, shares in (("waited", row.waited), ("worked", row.worked))
            ),
            open_cases=cases[0],
            overdue=cases[1],
            due_soon=cases[2],
            awaiting_scanner=cases[3],
            reconciled=reconciled,
            reconciled_age=(moment - reconciled.at).total_seconds() if reconciled else None,
        )


def _shares(length: object) -> object:
    return func.percentile_cont(list(SHARES)).within_group(func.extract("epoch", length))  # type: ignore[arg-type]


_STAGES = (
    select(
        jobs.c.kind,
        func.count().label("number"),
        _shares(jobs.c.claimed_at - jobs.c.created_at).label("waited"),  # type: ignore[attr-defined]
        _shares(jobs.c.finished_at - jobs.c.claimed_at).label("worked"),  # type: ignore[attr-defined]
    )
    .where(jobs.c.state == "done", jobs.c.finished_at > NOW - LATELY, jobs.c.claimed_at.is_not(None))
    .group_by(jobs.c.kind)
)
