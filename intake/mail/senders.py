"""Whose mails are taken in as an agency's: addresses and domains, kept by administrators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from extractors.models import Model
from intake.errors import NotFound
from intake.mail.answer_links import revoke
from intake.mail.mail_facts import ADDRESS
from intake.models import Person
from intake.now import Clock
from intake.permissions import demand
from intake.store.acting import acting, as_door
from intake.store.tables import agencies, answer_links, mail_senders, people
from intake.store.trail import Entry, Trail

DOMAIN = re.compile(r"@([a-z0-9-]+\.)+[a-z]{2,}")


class Sender(Model):
    """An address, or a domain such as @trust.nhs.uk, whose mails are those of an agency."""

    pattern: str
    agency_id: UUID
    agency_name: str


class Senders:
    """Every method takes the acting administrator first and raises NotAllowed for others."""

    def __init__(self, engine: Engine, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._trail = trail
        self._clock = clock

    def listed(self, actor: Person, area: str) -> tuple[Sender, ...]:
        """The area's known senders beside those who have an account."""
        demand(actor, "senders")
        wanted = (
            select(mail_senders.c.pattern, mail_senders.c.agency_id, agencies.c.name.label("agency_name"))
            .join(agencies, agencies.c.id == mail_senders.c.agency_id)
            .where(mail_senders.c.area == area)
            .order_by(agencies.c.name, mail_senders.c.pattern)
        )
        with acting(self._engine, actor) as connection:
            return tuple(Sender(**row) for row in connection.execute(wanted).mappings())

    def add(self, actor: Person, area: str, pattern: str, agency_id: UUID | None) -> dict[str, str]:
        """Take mails of this address or domain as the agency's from now on, or say per field what is wrong."""
        demand(actor, "senders")
        pattern = pattern.strip().lower()
        if not (DOMAIN.fullmatch(pattern) or ADDRESS.fullmatch(pattern)):
            return {"pattern": "Enter an e-mail address, or a domain with @ before it, such as @trust.nhs.uk"}
        with acting(self._engine, actor) as connection:
            theirs = (agencies.c.id == agency_id, agencies.c.area == area, agencies.c.active)
            if connection.scalar(select(agencies.c.id).where(*theirs)) is None:
                return {"agency_id": "Choose the agency"}
            row = {"area": area, "pattern": pattern, "agency_id": agency_id}
            entered = upsert(mail_senders).values(**row, added_by=actor.id, added_at=self._clock.now())
            entered = entered.on_conflict_do_nothing()
            if connection.scalar(entered.returning(mail_senders.c.pattern)) is None:
                return {"pattern": "This sender is known already: remove it first to give it to another agency"}
            with as_door(connection):
                self._set_open(connection, pattern, agency_id, True)
            self._note(
                connection, actor, "sender_added", f"Mails of a sender in {area} are those of an agency.", agency_id
            )
        return {}

    def remove(self, actor: Person, area: str, pattern: str) -> None:
        """Forget a sender: its mails are those of a stranger, and links that were sent to it end. Raises NotFound."""
        demand(actor, "senders")
        with acting(self._engine, actor) as connection:
            gone = delete(mail_senders).where(mail_senders.c.area == area, mail_senders.c.pattern == pattern)
            agency_id = connection.scalar(gone.returning(mail_senders.c.agency_id))
            if agency_id is None:
                raise NotFound("There is no such sender.")
            with as_door(connection):
                closed = self._set_open(connection, pattern, agency_id, False)
                revoke(connection, self._clock.now(), answer_links.c.person_id.in_(closed))
            self._note(connection, actor, "sender_removed", f"A sender in {area} is no longer known.", agency_id)

    def _set_open(self, connection: Connection, pattern: str, agency_id: UUID | None, active: bool) -> Sequence[UUID]:
        """Open or close what mails of this sender made accounts of, unless somebody signs in there; gives whose."""
        suffix = people.c.email.endswith(pattern, autoescape=True) if pattern.startswith("@") else None
        theirs = (people.c.email == pattern if suffix is None else suffix, people.c.agency_id == agency_id)
        changed = update(people).where(*theirs, people.c.by_mail).values(active=active)
        return connection.scalars(changed.returning(people.c.id)).all()

    def _note(self, connection: Connection, actor: Person, kind: str, what: str, agency_id: UUID | None) -> None:
        facts = {"agency": str(agency_id)}
        entry = Entry(at=self._clock.now(), who=actor.id, referral_id=None, kind=kind, what=what, facts=facts)
        self._trail.append(connection, [entry])
