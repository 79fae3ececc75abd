"""The sessions that are open: each person sees and ends their own, an administrator anybody's."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, delete, select

from extractors.models import Model
from intake.errors import NotFound
from intake.models import Person
from intake.now import Clock
from intake.people.accounts import IDLE, hashed
from intake.permissions import demand
from intake.store.acting import acting
from intake.store.tables import sessions
from intake.store.trail import Entry, Trail


class Session(Model):
    """A session: `whence` is the network address it was opened from, `browser` in words; `here` marks the one that asks."""

    id: UUID
    opened_at: datetime
    seen_at: datetime
    whence: str | None
    browser: str | None
    here: bool


class Sessions:
    def __init__(self, engine: Engine, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._trail = trail
        self._clock = clock

    def own(self, person: Person, token: str) -> tuple[Session, ...]:
        """One's open sessions, the last used first; `token` is that of the one that asks."""
        return self._listed(person, person.id, token)

    def of(self, actor: Person, person_id: UUID) -> tuple[Session, ...]:
        """Somebody's open sessions. Raises NotAllowed."""
        demand(actor, "people")
        return self._listed(actor, person_id, None)

    def _listed(self, actor: Person, person_id: UUID, token: str | None) -> tuple[Session, ...]:
        now = self._clock.now()
        alive = (sessions.c.expires_at > now, sessions.c.seen_at > now - IDLE)
        wanted = select(sessions).where(sessions.c.person_id == person_id, *alive).order_by(sessions.c.seen_at.desc())
        with acting(self._engine, actor) as connection:
            rows = connection.execute(wanted).all()
        here = hashed(token) if token is not None else None
        return tuple(
            Session(
                id=row.id,
                opened_at=row.opened_at,
                seen_at=row.seen_at,
                whence=row.whence,
                browser=row.browser,
                here=bytes(row.token_hash) == here,
            )
            for row in rows
        )

    def end(self, person: Person, session_id: UUID) -> None:
        """End one of one's own sessions. Raises NotFound."""
        if not self._end(person, person.id, sessions.c.id == session_id):
            raise NotFound("There is no such session. It may have ended by itself.")

    def end_others(self, person: Person, token: str) -> None:
        """End all of one's sessions but that of `token`."""
        self._end(person, person.id, sessions.c.token_hash != hashed(token))

    def end_all(self, actor: Person, person_id: UUID) -> None:
        """End every session of somebody. Raises NotAllowed."""
        demand(actor, "people")
        self._end(actor, person_id)

    def _end(self, actor: Person, person_id: UUID, *which: Any) -> int:
        with acting(self._engine, actor) as connection:
            ended = connection.execute(delete(sessions).where(sessions.c.person_id == person_id, *which)).rowcount
            if ended:
                entry = Entry(
                    at=self._clock.now(),
                    who=actor.id,
                    referral_id=None,
                    kind="sessions_ended",
                    what="Ended sessions.",
                    facts={"person": str(person_id), "number": ended},
                )
                self._trail.append(connection, [entry])
        return ended
