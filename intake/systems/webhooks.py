"""Webhooks of case systems: where each is told of what happens, and what became of that.

A system looks after its own by the API, administrators after all by page. The secret that deliveries are signed with is shown
once and kept sealed.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, get_args
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select, update

from extractors.models import Model
from intake.errors import DeskError, NotAllowed, NotFound
from intake.models import Person
from intake.now import Clock
from intake.permissions import may
from intake.store.acting import acting
from intake.store.tables import audit_head, deliveries, people, referrals, webhooks
from intake.store.trail import Entry, Trail
from intake.store.vault import Envelope
from intake.systems.targets import checked_url
from intake.work.ledger import NOW

Event = Literal["received", "questions", "answered", "decided", "reopened", "panel"]
TOLD_OF: Mapping[str, Event] = MappingProxyType(
    {
        "received": "received",
        "asked": "questions",
        "answered": "answered",
        "decided": "decided",
        "reopened": "reopened",
        "panel_cancelled": "panel",
        "panel_held": "panel",
    }
)
"""Kinds of the trail's entries that systems are told of, and what they are told it is."""
DeliveryState = Literal["due", "claimed", "sent", "failed", "dropped"]
MOST = 10
"""Webhooks of one system."""
SECRET_PREFIX = "whsec_"  # noqa: S105 - as Standard Webhooks has it
AGAIN: tuple[DeliveryState, ...] = ("sent", "failed")


class Webhook(Model):
    """Where a system is told. `states` counts its deliveries; `inside` says that its host may be of our own network."""

    id: UUID
    system_id: UUID
    url: str
    events: tuple[Event, ...]
    inside: bool
    made_at: datetime
    states: Mapping[DeliveryState, int]


class Delivery(Model):
    """One event for one webhook. `error` is the code of what kept it back last."""

    id: UUID
    event: Event
    referral_id: UUID
    reference: str
    at: datetime
    state: DeliveryState
    attempts: int
    next_try: datetime | None
    error: str | None


class Added(Model):
    """A new webhook, and the secret that its deliveries are signed with, which is not shown again."""

    webhook: Webhook
    secret: str


Then = Callable[[Connection, Any], None]


def nothing_more(connection: Connection, answer: Any) -> None:
    """For whoever keeps no answer."""


def sealed_place(secret: bytes, webhook_id: UUID) -> Envelope:
    """What a webhook's secret is sealed in, under the key that is kept for systems."""
    return Envelope(webhook_id, secret)


class Webhooks:
    """`actor` is a system, about its own, or an administrator. All raise NotAllowed for others, NotFound and DeskError."""

    def __init__(self, engine: Engine, secret: bytes, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._secret = secret
        self._trail = trail
        self._clock = clock

    def listed(self, actor: Person, system_id: UUID) -> tuple[Webhook, ...]:
        """A system's webhooks, the earliest first."""
        self._demand(actor, system_id)
        with acting(self._engine, actor) as connection:
            return self._found(connection, webhooks.c.person_id == system_id)

    def _demand(self, actor: Person, system_id: UUID) -> None:
        own = actor.id == system_id and may(actor, "see_line")
        if not own and not may(actor, "systems"):
            raise NotAllowed

    def _found(self, connection: Connection, *which: ColumnElement[bool]) -> tuple[Webhook, ...]:
        wanted = select(webhooks).where(*which, webhooks.c.ended_at.is_(None))
        rows = connection.execute(wanted.order_by(webhooks.c.made_at, webhooks.c.id)).mappings().all()
        counted = connection.execute(
            select(deliveries.c.webhook_id, deliveries.c.state, func.count().label("number"))
            .where(deliveries.c.webhook_id.in_([row["id"] for row in rows]))
            .group_by(deliveries.c.webhook_id, deliveries.c.state)
        ).all()
        return tuple(
            Webhook(
                id=row["id"],
                system_id=row["person_id"],
                url=row["url"],
                events=tuple(row["events"]),
                inside=row["inside"],
                made_at=row["made_at"],
                states={one.state: one.number for one in counted if one.webhook_id == row["id"]},
            )
            for row in rows
        )

    def add(
        self,
        actor: Person,
        system_id: UUID,
        url: str,
        events: Sequence[str],
        *,
        inside: bool = False,
        then: Then = nothing_more,
    ) -> Added:
        """Tell a system of these events from now on. Only an administrator may allow an address `inside` our own network."""
        self._demand(actor, system_id)
        if inside and not may(actor, "systems"):
            raise NotAllowed
        wanted = [event for event in get_args(Event) if event in events]
        if not wanted:
            raise DeskError("Choose what the system is told of")
        new, now = uuid4(), self._clock.now()
        secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
        row = {
            "id": new,
            "person_id": system_id,
            "url": checked_url(url.strip()),
            "events": wanted,
            "inside": inside,
            "secret_sealed": sealed_place(self._secret, new).seal_text(secret, "webhooks/secret"),
            "made_by": actor.id,
            "made_at": now,
        }
        with acting(self._engine, actor) as connection:
            if actor.id != system_id and not connection.scalar(
                select(people.c.id).where(people.c.id == system_id, people.c.system)
            ):
                raise NotFound("There is no such system.")
            if len(self._found(connection, webhooks.c.person_id == system_id)) >= MOST:
                raise DeskError(f"A system has at most {MOST} webhooks: end one first")
            head = select(audit_head.c.number).scalar_subquery()
            connection.execute(insert(webhooks).values(**row, position=head))
            (made,) = self._found(connection, webhooks.c.id == new)
            added = Added(webhook=made, secret=secret)
            then(connection, added)
            self._note(connection, actor, "webhook_added", "Had a case system told of what happens.", system_id, new)
        return added

    def end(self, actor: Person, system_id: UUID, webhook_id: UUID) -> None:
        """Tell nothing more to this address; what is still on its way is dropped."""
        self._demand(actor, system_id)
        with acting(self._engine, actor) as connection:
            ended = update(webhooks).where(*self._one(system_id, webhook_id)).values(ended_at=self._clock.now())
            if connection.execute(ended).rowcount == 0:
                raise NotFound("There is no such webhook.")
            connection.execute(
                update(deliveries)
                .where(deliveries.c.webhook_id == webhook_id, deliveries.c.state.in_(("due", "claimed")))
                .values(state="dropped", lease_until=None, settled_at=self._clock.now())
            )
            self._note(connection, actor, "webhook_ended", "Ended a webhook of a case system.", system_id, webhook_id)

    def replay(
        self, actor: Person, system_id: UUID, webhook_id: UUID, since: datetime | None, then: Then = nothing_more
    ) -> int:
        """Deliver again what happened `since` then, under the same ids; without it what was given up. Gives how many."""
        self._demand(actor, system_id)
        again = deliveries.c.state == "failed" if since is None else deliveries.c.state.in_(AGAIN)
        which = [deliveries.c.webhook_id == webhook_id, again]
        which += [deliveries.c.at >= since] if since is not None else []
        with acting(self._engine, actor) as connection:
            self._require(connection, system_id, webhook_id)
            changed = update(deliveries).where(*which)
            number = connection.execute(
                changed.values(state="due", attempts=0, next_try=NOW, last_error=None, settled_at=None)
            ).rowcount
            then(connection, number)
            self._note(connection, actor, "webhook_replayed", "Had deliveries sent again.", system_id, webhook_id)
        return number

    def deliveries(
        self, actor: Person, system_id: UUID, webhook_id: UUID, state: DeliveryState | None = None, most: int = 50
    ) -> tuple[Delivery, ...]:
        """What was or is to be delivered, the latest first."""
        self._demand(actor, system_id)
        chosen = [deliveries.c.webhook_id == webhook_id, *([deliveries.c.state == state] if state else [])]
        wanted = (
            select(deliveries, referrals.c.reference)
            .join(referrals, referrals.c.id == deliveries.c.referral_id)
            .where(*chosen)
            .order_by(deliveries.c.number.desc())
            .limit(most)
        )
        with acting(self._engine, actor) as connection:
            self._require(connection, system_id, webhook_id)
            rows = connection.execute(wanted).mappings().all()
        same = ("id", "event", "referral_id", "reference", "at", "state", "attempts")
        return tuple(
            Delivery(
                **{name: row[name] for name in same},
                next_try=row["next_try"] if row["state"] == "due" else None,
                error=row["last_error"],
            )
            for row in rows
        )

    def _one(self, system_id: UUID, webhook_id: UUID) -> tuple[ColumnElement[bool], ...]:
        return webhooks.c.id == webhook_id, webhooks.c.person_id == system_id, webhooks.c.ended_at.is_(None)

    def _require(self, connection: Connection, system_id: UUID, webhook_id: UUID) -> None:
        if connection.execute(select(webhooks.c.id).where(*self._one(system_id, webhook_id))).first() is None:
            raise NotFound("There is no such webhook.")

    def _note(
        self, connection: Connection, actor: Person, kind: str, what: str, system_id: UUID, webhook_id: UUID
    ) -> None:
        facts = {"system": str(system_id), "webhook": str(webhook_id)}
        entry = Entry(at=self._clock.now(), who=actor.id, referral_id=None, kind=kind, what=what, facts=facts)
        self._trail.append(connection, [entry])
