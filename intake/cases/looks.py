"""Writes down every look: who saw, downloaded, listed or searched what. The entry is part of the look's own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Engine, exists, or_, select

from extractors.models import Model
from intake.errors import NotFound
from intake.models import Correspondent, Person
from intake.now import Clock
from intake.store.acting import acting
from intake.store.lines import name_of
from intake.store.tables import audit, referrals
from intake.store.trail import Entry, Trail

Look = Literal[
    "seen", "victims_seen", "page_seen", "downloaded", "exported", "taken_along", "listed", "searched", "compared"
]
LOOKS: dict[Look, str] = {
    "seen": "Opened the case.",
    "victims_seen": "Looked at what is said of victims.",
    "page_seen": "Looked at a page of the form.",
    "downloaded": "Downloaded a document.",
    "exported": "Exported what is kept about the person.",
    "taken_along": "Took the whole case along.",
    "listed": "Saw it in a list.",
    "searched": "Found it by a search.",
    "compared": "Looked for forms about the same person.",
}
UNSHOWN = ("draft", *LOOKS)
"""Kinds of trail entries that are no news to a reader of the history."""
ONE_LOOK = timedelta(hours=1)
"""For so long after a page of a form, others of the same are part of that look: the case page brings them all."""


class TrailLine(Model):
    """An entry of the trail with the name of who acted; `who` is None for the desk itself."""

    number: int
    at: datetime
    who: str | None
    kind: str
    what: str
    facts: Mapping[str, Any]


def trail_about(connection: Connection, referral_id: UUID) -> tuple[TrailLine, ...]:
    """All of the trail that is about a referral, lists that showed it included. The desk must be acting."""
    among_others = audit.c.facts.contains({"referrals": [str(referral_id)]})
    rows = connection.execute(
        select(
            *(audit.c[name] for name in ("number", "at", "kind", "what", "facts")),
            name_of(audit.c.who).label("who"),
        )
        .where(or_(audit.c.referral_id == referral_id, among_others))
        .order_by(audit.c.number)
    )
    return tuple(TrailLine(**row) for row in rows.mappings())


class Looks:
    def __init__(self, engine: Engine, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._trail = trail
        self._clock = clock

    def note(self, connection: Connection, person: Person, look: Look, referral_id: UUID, **facts: Any) -> None:
        """One referral was looked at. Call it last in the transaction, as `Trail.append`."""
        self._write(connection, person, look, referral_id, facts)

    def note_page(self, connection: Connection, person: Person, referral_id: UUID, page: int) -> None:
        """A page's picture was looked at, which shows victims too, and none of the case shortly before."""
        opened = exists().where(
            audit.c.referral_id == referral_id,
            audit.c.who == person.id,
            audit.c.kind == "page_seen",
            audit.c.at > self._clock.now() - ONE_LOOK,
        )
        if not connection.scalar(select(opened)):
            self._write(connection, person, "page_seen", referral_id, {"page": page})

    def note_list(self, connection: Connection, person: Person, look: Look, referral_ids: Iterable[UUID]) -> None:
        """Lines of several referrals were shown; nothing is written where there were none."""
        shown = [str(referral_id) for referral_id in referral_ids]
        if shown:
            self._write(connection, person, look, None, {"referrals": shown})

    def trail_of(self, reference: str) -> tuple[TrailLine, ...]:
        """All of the trail that is about a referral, lists that showed it included. Raises NotFound; is itself written down."""
        with acting(self._engine, "desk") as connection:
            referral_id = connection.scalar(select(referrals.c.id).where(referrals.c.reference == reference))
            if referral_id is None:
                raise NotFound("There is no referral of this reference.")
            lines = trail_about(connection, referral_id)
            exported = Entry(
                at=self._clock.now(),
                who=None,
                referral_id=referral_id,
                kind="trail_exported",
                what="Exported the trail of this referral.",
            )
            self._trail.append(connection, [exported])
        return lines

    def _write(
        self, connection: Connection, person: Person, look: Look, referral_id: UUID | None, facts: dict[str, Any]
    ) -> None:
        if isinstance(person, Correspondent):
            facts = {**facts, "link": str(person.link_id)}
        entry = Entry(
            at=self._clock.now(), who=person.id, referral_id=referral_id, kind=look, what=LOOKS[look], facts=facts
        )
        self._trail.append(connection, [entry])
