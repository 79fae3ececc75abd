"""Who may sign in: accounts, sessions and agencies, giving no hint whether an account exists."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Connection, Engine, RowMapping, delete, func, insert, select, union, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from intake.acting import Part, acting
from intake.errors import DeskError
from intake.models import Agency, AgencyType, Person, Role
from intake.now import Clock
from intake.tables import agencies, people, sessions, sign_in_failures
from intake.trail import Entry, Trail
from intake.vault import Index

LEAST_PASSWORD = 12
LONGEST_PASSWORD = 200
IDLE = timedelta(hours=1)
LONGEST_SESSION = timedelta(hours=10)
SEEN_EVERY = timedelta(minutes=1)
"""How finely the last use of a session is kept, so that not every page writes."""
FREE_FAILURES = 5
"""Wrong passwords in a row that cost nothing; each further one doubles the wait."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)


MAY_SIGN_IN = people.c.active & (
    people.c.agency_id.is_(None) | people.c.agency_id.in_(select(agencies.c.id).where(agencies.c.active))
)
"""Whose account and whose agency are open."""


class People:
    def __init__(self, engine: Engine, index: Index, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._index = index
        self._trail = trail
        self._clock = clock
        self._hasher = PasswordHasher()

    @cached_property
    def _nobody(self) -> str:
        """Compared against when there is no such account, so that both answers take the same time."""
        return self._hasher.hash(secrets.token_hex(16))

    def sign_in(self, email: str, password: str) -> Person | None:
        """The person, or None: for a wrong password, no such account and too many failures alike."""
        now, address = self._clock.now(), self._index.token("email", _plain(email))
        with acting(self._engine, "door") as connection:
            throttled = self._throttled(connection, address, now)
            row = (
                connection.execute(select(people).where(people.c.email == _plain(email), MAY_SIGN_IN))
                .mappings()
                .first()
            )
        nobody = self._nobody
        known = row["password_hash"] if row is not None else nobody
        right = self._matches(known, password[:LONGEST_PASSWORD]) and row is not None and not throttled
        with acting(self._engine, "door") as connection:
            if row is None or not right:
                self._count_failure(connection, address, now)
                return None
            connection.execute(delete(sign_in_failures).where(sign_in_failures.c.address == address))
            if self._hasher.check_needs_rehash(known):
                fresh = self._hasher.hash(password)
                connection.execute(update(people).where(people.c.id == row["id"]).values(password_hash=fresh))
            self._note(connection, row["id"], "signed_in", "Signed in.")
        return _person(row)

    def _matches(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, password)
        except (Argon2Error, InvalidHashError):
            return False

    def _throttled(self, connection: Connection, address: bytes, now: datetime) -> bool:
        found = connection.execute(select(sign_in_failures).where(sign_in_failures.c.address == address)).first()
        if found is None or found.failures < FREE_FAILURES:
            return False
        wait = min(FIRST_WAIT * 2 ** min(found.failures - FREE_FAILURES, 10), LONGEST_WAIT)
        throttled: bool = found.last_at + wait > now
        return throttled

    def _count_failure(self, connection: Connection, address: bytes, now: datetime) -> None:
        entry = upsert(sign_in_failures).values(address=address, failures=1, last_at=now)
        more = {"failures": sign_in_failures.c.failures + 1, "last_at": now}
        connection.execute(entry.on_conflict_do_update(index_elements=["address"], set_=more))

    def open_session(self, person: Person) -> str:
        """A token for a cookie; only its hash is kept."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        with acting(self._engine, "door") as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at < now))
            connection.execute(
                insert(sessions).values(
                    token_hash=_hash(token),
                    person_id=person.id,
                    opened_at=now,
                    seen_at=now,
                    expires_at=now + LONGEST_SESSION,
                )
            )
        return token

    def person_of(self, token: str) -> Person | None:
        """Whose session this is, None when it is closed, expired, idle for an hour or unknown."""
        now = self._clock.now()
        with acting(self._engine, "door") as connection:
            row = (
                connection.execute(
                    select(people, sessions.c.seen_at)
                    .join(sessions, sessions.c.person_id == people.c.id)
                    .where(
                        sessions.c.token_hash == _hash(token),
                        sessions.c.expires_at > now,
                        sessions.c.seen_at > now - IDLE,
                        MAY_SIGN_IN,
                    )
                )
                .mappings()
                .first()
            )
            if row is None:
                return None
            if row["seen_at"] < now - SEEN_EVERY:
                connection.execute(update(sessions).where(sessions.c.token_hash == _hash(token)).values(seen_at=now))
        return _person(row)

    def close_session(self, token: str) -> None:
        with acting(self._engine, "door") as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == _hash(token)))

    def add_agency(self, name: str, type_: AgencyType, area: str, *, by: UUID | None = None) -> Agency:
        """Raises DeskError when the area has an agency of this name."""
        agency = Agency(id=uuid4(), name=name, type=type_, area=area)
        try:
            with acting(self._engine, "door") as connection:
                connection.execute(insert(agencies).values(**agency.model_dump()))
                self._note(connection, by, "agency_added", "Added an agency.", agency=str(agency.id))
        except IntegrityError:
            raise DeskError(f"The area {area} already has an agency called {name}.") from None
        return agency

    def add_person(
        self,
        email: str,
        name: str,
        role: Role,
        password: str,
        *,
        agency_id: UUID | None = None,
        area: str | None = None,
        by: UUID | None = None,
    ) -> Person:
        """Raises DeskError when something is missing, the e-mail is taken or the password is too short."""
        if not LEAST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise DeskError(f"A password needs {LEAST_PASSWORD} to {LONGEST_PASSWORD} characters.")
        person = Person(id=uuid4(), email=_plain(email), name=name.strip(), role=role, agency_id=agency_id, area=area)
        try:
            with acting(self._engine, "door") as connection:
                check_place(connection, role, agency_id, area)
                connection.execute(
                    insert(people).values(**person.model_dump(), password_hash=self._hasher.hash(password))
                )
                self._note(connection, by, "person_added", "Added an account.", person=str(person.id), role=role)
        except IntegrityError:
            raise DeskError("There is an account with this e-mail address already.") from None
        return person

    def set_password(self, email: str, password: str, *, by: UUID | None = None) -> None:
        """Give an account a new password and end its sessions. Raises DeskError when there is no such account."""
        if not LEAST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise DeskError(f"A password needs {LEAST_PASSWORD} to {LONGEST_PASSWORD} characters.")
        with acting(self._engine, "door") as connection:
            changed = connection.scalar(
                update(people)
                .where(people.c.email == _plain(email))
                .values(password_hash=self._hasher.hash(password))
                .returning(people.c.id)
            )
            if changed is None:
                raise DeskError("There is no account with this e-mail address.")
            connection.execute(delete(sessions).where(sessions.c.person_id == changed))
            self._note(connection, by, "password_set", "Set a new password.", person=str(changed))

    def people(self) -> tuple[Person, ...]:
        return self._listed("door")

    def agencies(self) -> tuple[Agency, ...]:
        with acting(self._engine, "door") as connection:
            rows = connection.execute(select(agencies).order_by(agencies.c.area, agencies.c.name)).mappings()
            return tuple(Agency(**row) for row in rows)

    def areas(self) -> tuple[str, ...]:
        """The areas that have an agency or a coordinator."""
        with acting(self._engine, "door") as connection:
            found = union(select(agencies.c.area), select(people.c.area).where(people.c.area.is_not(None)))
            return tuple(sorted(connection.execute(found).scalars()))

    def colleagues(self, person: Person) -> tuple[Person, ...]:
        """The coordinators of a coordinator's area, to whom a case can be assigned."""
        return self._listed(person, people.c.role == "coordinator", people.c.area == person.area, people.c.active)

    def _listed(self, who: Person | Part, *conditions: Any) -> tuple[Person, ...]:
        with acting(self._engine, who) as connection:
            rows = connection.execute(select(people).where(*conditions).order_by(func.lower(people.c.name))).mappings()
            return tuple(_person(row) for row in rows)

    def _note(self, connection: Connection, who: UUID | None, kind: str, what: str, **facts: str) -> None:
        entry = Entry(at=self._clock.now(), who=who, referral_id=None, kind=kind, what=what, facts=facts)
        self._trail.append(connection, [entry])


def check_place(connection: Connection, role: Role, agency_id: UUID | None, area: str | None) -> None:
    """Raises DeskError unless a referrer has an agency, a coordinator an area, and the agency is there and open."""
    if role == "referrer" and agency_id is None:
        raise DeskError("A referrer belongs to an agency: name it.")
    if agency_id is not None:
        open_one = select(agencies.c.id).where(agencies.c.id == agency_id, agencies.c.active)
        if connection.execute(open_one).first() is None:
            raise DeskError("There is no such agency.")
    if role == "coordinator" and area is None:
        raise DeskError("A coordinator belongs to an area: name it.")


def _person(row: RowMapping) -> Person:
    return Person(**{name: row[name] for name in Person.model_fields})


def _plain(email: str) -> str:
    return email.strip().lower()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
