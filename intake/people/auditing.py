"""What an auditor reads: the trail, the latest first, without a word of any form. Each look at it is an entry too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, RowMapping, or_, select

from extractors.models import Model
from intake.models import Person
from intake.now import Clock
from intake.permissions import demand
from intake.store.acting import acting, as_desk
from intake.store.lines import name_of
from intake.store.tables import audit, referrals
from intake.store.trail import Entry, Trail

SHOWN = 100


class TrailEntry(Model):
    """An entry as an auditor sees it; `who` is None for the desk itself, `reference` for what is about no one referral.

    `whence` is the network address it was done from, where that is known.
    """

    number: int
    at: datetime
    who: str | None
    kind: str
    what: str
    reference: str | None
    whence: str | None


class TrailPage(Model):
    """Entries, the latest first; `older` is the number to go on from, None at the end."""

    entries: tuple[TrailEntry, ...]
    older: int | None


class Auditing:
    def __init__(self, engine: Engine, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._trail = trail
        self._clock = clock

    def read(self, actor: Person, reference: str = "", before: int | None = None) -> TrailPage | None:
        """A page of the trail, or of what is about one referral; None where there is no such reference. Raises NotAllowed."""
        demand(actor, "trail")
        with acting(self._engine, actor) as connection:
            wanted = select(audit, name_of(audit.c.who).label("name")).order_by(audit.c.number.desc()).limit(SHOWN + 1)
            if before is not None:
                wanted = wanted.where(audit.c.number < before)
            facts: dict[str, Any] = {}
            if reference:
                referral_id = _referral_of(connection, reference)
                if referral_id is None:
                    return None
                among_others = audit.c.facts.contains({"referrals": [str(referral_id)]})
                wanted = wanted.where(or_(audit.c.referral_id == referral_id, among_others))
                facts["referrals"] = [str(referral_id)]
            rows = connection.execute(wanted).mappings().all()
            shown = rows[:SHOWN]
            known = _references(connection, {row["referral_id"] for row in shown if row["referral_id"]})
            self._note(connection, actor, shown, facts)
        entries = tuple(_entry(row, known) for row in shown)
        return TrailPage(entries=entries, older=entries[-1].number if len(rows) > SHOWN else None)

    def _note(self, connection: Connection, actor: Person, shown: Any, facts: dict[str, Any]) -> None:
        if shown:
            facts |= {"first": shown[-1]["number"], "last": shown[0]["number"]}
        entry = Entry(
            at=self._clock.now(), who=actor.id, referral_id=None, kind="trail_read", what="Read the trail.", facts=facts
        )
        self._trail.append(connection, [entry])


def _referral_of(connection: Connection, reference: str) -> UUID | None:
    with as_desk(connection):
        return connection.scalar(select(referrals.c.id).where(referrals.c.reference == reference))


def _references(connection: Connection, ids: set[UUID]) -> Mapping[UUID, str]:
    """The numbers of referrals, which an auditor sees nothing else of."""
    with as_desk(connection):
        rows = connection.execute(select(referrals.c.id, referrals.c.reference).where(referrals.c.id.in_(ids)))
        return {row.id: row.reference for row in rows}


def _entry(row: RowMapping, known: Mapping[UUID, str]) -> TrailEntry:
    return TrailEntry(
        number=row["number"],
        at=row["at"],
        who=row["name"],
        kind=row["kind"],
        what=row["what"],
        reference=known.get(row["referral_id"]),
        whence=row["facts"].get("from"),
    )
