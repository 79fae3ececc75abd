"""Tokens by which case systems of others come in: scoped, bound to one agency or one area, made and revoked by administrators.

A system acts as a person of that reach, a referrer of the agency or a coordinator of the area, so that the permission table and
the policies of PostgreSQL hold for it as for anybody; the scopes of its token only take away from that. Nobody can sign in as
one. A token is shown once; what is kept is a keyed hash.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, get_args
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, update

from extractors.models import Model
from intake.errors import DeskError, NotFound, TooOften
from intake.models import Person
from intake.now import Clock
from intake.people.accounts import IS_OPEN, check_place
from intake.people.throttle import count_failure, throttled
from intake.permissions import Action, demand, may
from intake.store.acting import acting
from intake.store.tables import people, tokens
from intake.store.trail import WHENCE, Entry, Trail
from intake.store.vault import Index

Scope = Literal["submit", "read", "answer", "decisions", "webhooks"]
SCOPES: Mapping[Scope, Action] = MappingProxyType(
    {
        "submit": "receive",
        "read": "see_content",
        "answer": "answer",
        "decisions": "see_content",
        "webhooks": "see_line",
    }
)
"""What a token may be for, and the action of the permission table that this asks for."""
PREFIX = "mappa_"
"""So that tools that look for secrets in the wrong place know one."""
MOST_A_MINUTE = 600
"""Requests of one token that are answered in a minute."""
MINUTE = timedelta(minutes=1)
LONGEST_LIFE = 366
"""Days until a token ends by itself, at most."""


class Token(Model):
    """A token as administrators see it. `used_from` is the network address of its last use."""

    id: UUID
    scopes: tuple[Scope, ...]
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None
    used_from: str | None
    valid: bool


class System(Model):
    """A case system of others; `person` is whom it acts as."""

    person: Person
    tokens: tuple[Token, ...] = ()


class Grant(Model):
    """What a token that was shown is good for."""

    token_id: UUID
    person: Person
    scopes: frozenset[Scope]

    def covers(self, scope: Scope) -> bool:
        """Whether both the token and the permission table allow it."""
        return scope in self.scopes and may(self.person, SCOPES[scope])


class Systems:
    """What administrators do raises NotAllowed for others, NotFound, and DeskError with a sentence."""

    def __init__(self, engine: Engine, index: Index, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._index = index
        self._trail = trail
        self._clock = clock

    # Coming in

    def grant_of(self, token: str) -> Grant | None:
        """What `token` is good for; None where it is unknown, revoked or expired, or its agency is closed.

        Raises TooOften. Tokens that are not known are throttled by the address that they come from, as passwords are.
        """
        now, hashed = self._clock.now(), self._index.token("api token", token)
        with acting(self._engine, "door") as connection:
            valid = (tokens.c.token_hash == hashed, tokens.c.revoked_at.is_(None), tokens.c.expires_at > now, IS_OPEN)
            wanted = (
                select(
                    people, tokens.c.id.label("token_id"), tokens.c.scopes, tokens.c.minute_at, tokens.c.used_in_minute
                )
                .join(tokens, tokens.c.person_id == people.c.id)
                .where(*valid)
                .with_for_update(of=tokens)
            )
            row = connection.execute(wanted).mappings().first()
            if row is not None:
                self._count_use(connection, row, now)
        if row is None:
            self._count_failure(now)
            return None
        return Grant(token_id=row["token_id"], person=_person(row), scopes=frozenset(row["scopes"]))

    def _count_use(self, connection: Connection, row: RowMapping, now: datetime) -> None:
        begun, used = row["minute_at"], row["used_in_minute"]
        if begun is None or not begun <= now < begun + MINUTE:
            begun, used = now, 0
        elif used >= MOST_A_MINUTE:
            raise TooOften(1 + int((begun + MINUTE - now).total_seconds()))
        use = {"used_at": now, "used_from": WHENCE.get(), "minute_at": begun, "used_in_minute": used + 1}
        connection.execute(update(tokens).where(tokens.c.id == row["token_id"]).values(**use))

    def _count_failure(self, now: datetime) -> None:
        address = self._index.token("token from", WHENCE.get() or "")
        with acting(self._engine, "door") as connection:
            if throttled(connection, address, now):
                raise TooOften(60)
            count_failure(connection, address, now)

    # What administrators do

    def listed(self, actor: Person) -> tuple[System, ...]:
        """Every system by name, with its tokens, the latest first."""
        demand(actor, "systems")
        now, maker = self._clock.now(), people.alias()
        wanted = (
            select(tokens, maker.c.name.label("maker"))
            .join(maker, maker.c.id == tokens.c.made_by)
            .order_by(tokens.c.made_at.desc(), tokens.c.id)
        )
        with acting(self._engine, actor) as connection:
            rows = connection.execute(select(people).where(people.c.system).order_by(func.lower(people.c.name)))
            found = [_person(row) for row in rows.mappings()]
            known = connection.execute(wanted).mappings().all()
        return tuple(
            System(person=one, tokens=tuple(_token(row, now) for row in known if row["person_id"] == one.id))
            for one in found
        )

    def system(self, actor: Person, system_id: UUID) -> System:
        """Raises NotFound."""
        found = next((one for one in self.listed(actor) if one.person.id == system_id), None)
        if found is None:
            raise NotFound("There is no such system.")
        return found

    def add(self, actor: Person, name: str, *, agency_id: UUID | None = None, area: str | None = None) -> Person:
        """A new system of an agency, or of an area's coordinators; it has no token yet."""
        demand(actor, "systems")
        if not name.strip() or len(name) > 100:
            raise DeskError("Enter the system's name, in at most 100 characters")
        new = uuid4()
        role: Literal["referrer", "coordinator"] = "referrer" if agency_id is not None else "coordinator"
        made = Person(
            id=new, email=f"{new}@systems.invalid", name=name.strip(), role=role, agency_id=agency_id, area=area
        )
        with acting(self._engine, actor) as connection:
            check_place(connection, role, agency_id, area)
            # No password has an empty hash.
            connection.execute(insert(people).values(**made.model_dump(), password_hash="", system=True))
            self._note(connection, actor, "system_added", "Added a case system.", system=str(new), role=role)
        return made

    def issue(self, actor: Person, system_id: UUID, scopes: Sequence[str], days: int) -> str:
        """A new token of a system, good for so many days; it cannot be shown again. Earlier ones go on until they are revoked."""
        person = self.system(actor, system_id).person
        wanted = [scope for scope in get_args(Scope) if scope in scopes]
        if not wanted:
            raise DeskError("Choose what the token is for")
        if not all(may(person, SCOPES[scope]) for scope in wanted):
            raise DeskError("A system of the coordinators cannot submit or answer: choose an agency's system for that")
        if not 0 < days <= LONGEST_LIFE:
            raise DeskError("Choose how long the token lasts")
        token, new, now = PREFIX + secrets.token_urlsafe(32), uuid4(), self._clock.now()
        row = {
            "id": new,
            "person_id": system_id,
            "token_hash": self._index.token("api token", token),
            "scopes": wanted,
            "made_by": actor.id,
            "made_at": now,
            "expires_at": now + timedelta(days=days),
        }
        with acting(self._engine, actor) as connection:
            connection.execute(insert(tokens).values(**row))
            facts = {"system": str(system_id), "token_id": str(new), "scopes": " ".join(wanted)}
            self._note(connection, actor, "token_made", "Made a token for a case system.", **facts)
        return token

    def revoke(self, actor: Person, system_id: UUID, token_id: UUID) -> None:
        """End a token at once. Raises NotFound where there is none to end."""
        demand(actor, "systems")
        own = (tokens.c.id == token_id, tokens.c.person_id == system_id, tokens.c.revoked_at.is_(None))
        with acting(self._engine, actor) as connection:
            if connection.execute(update(tokens).where(*own).values(revoked_at=self._clock.now())).rowcount == 0:
                raise NotFound("There is no such token, or it was revoked before.")
            facts = {"system": str(system_id), "token_id": str(token_id)}
            self._note(connection, actor, "token_revoked", "Revoked a token of a case system.", **facts)

    def _note(self, connection: Connection, actor: Person, kind: str, what: str, **facts: str) -> None:
        entry = Entry(at=self._clock.now(), who=actor.id, referral_id=None, kind=kind, what=what, facts=facts)
        self._trail.append(connection, [entry])


def _person(row: RowMapping) -> Person:
    return Person(**{name: row[name] for name in Person.model_fields})


def _token(row: RowMapping, now: datetime) -> Token:
    kept = ("id", "made_at", "expires_at", "revoked_at", "used_at", "used_from")
    return Token(
        **{name: row[name] for name in kept},
        scopes=tuple(row["scopes"]),
        made_by=row["maker"],
        valid=row["revoked_at"] is None and row["expires_at"] > now,
    )
