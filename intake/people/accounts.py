"""Who may sign in: accounts, sessions and agencies, giving no hint whether an account exists."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, RowMapping, case, delete, func, insert, select, union, update
from sqlalchemy.exc import IntegrityError

from intake.errors import DeskError
from intake.mail.mail_facts import ADDRESS
from intake.models import Agency, Person
from intake.now import Clock
from intake.people.passwords import Hasher, demand_good
from intake.people.published import Published
from intake.people.second_step import NEXT, PASSED
from intake.people.throttle import count_failure, forget_failures, throttled
from intake.permissions import demand
from intake.store.acting import Part, acting
from intake.store.tables import agencies, people, sessions
from intake.store.trail import WHENCE, Entry, Trail
from intake.store.vault import Index
from intake.terms import OF_AN_AGENCY, AgencyType, Role

IDLE = timedelta(hours=1)
LONGEST_SESSION = timedelta(hours=10)
SEEN_EVERY = timedelta(minutes=1)
"""How finely the last use of a session is kept, so that not every page writes."""
HALFWAY = timedelta(minutes=15)
"""How long somebody who gave the right password may take for the second step."""
FRESH = timedelta(minutes=10)
"""How long signing in counts as proof of who it is, where there is no password to be asked again."""
NO_PASSWORD = ""
"""What is kept of the password of who has none: no hash, so that nothing fits it."""


IS_OPEN = people.c.active & (
    people.c.agency_id.is_(None) | people.c.agency_id.in_(select(agencies.c.id).where(agencies.c.active))
)
"""Whose account and whose agency are open."""
MAY_SIGN_IN = IS_OPEN & ~people.c.system
"""The same of people: nobody signs in as a case system, writes as one or is written to."""
IS_A_PERSON = people.c.active & ~people.c.system


class People:
    def __init__(
        self, engine: Engine, index: Index, trail: Trail, clock: Clock, published: Published | None = None
    ) -> None:
        self._engine = engine
        self._index = index
        self._trail = trail
        self._clock = clock
        self._hasher = Hasher()
        self._published = published

    def sign_in(self, email: str, password: str) -> Person | None:
        """The person, or None: for a wrong password, no such account and too many failures alike.

        Whether that is all that is needed, SecondStep.next_for says.
        """
        now, address = self._clock.now(), self._index.token("email", _plain(email))
        with acting(self._engine, "door") as connection:
            too_soon = throttled(connection, address, now)
            wanted = select(people, NEXT.label("next")).where(people.c.email == _plain(email), MAY_SIGN_IN)
            row = connection.execute(wanted).mappings().first()
        # Who signs in by the organisation's provider has no password, and takes as long to be refused as who has no account.
        known = row["password_hash"] if row is not None else NO_PASSWORD
        right = self._hasher.matches(known or self._hasher.nobody, password) and known != NO_PASSWORD and not too_soon
        with acting(self._engine, "door") as connection:
            if row is None or not right:
                count_failure(connection, address, now)
                return None
            forget_failures(connection, address)
            if self._hasher.is_old(known):
                fresh = self._hasher.hash(password)
                connection.execute(update(people).where(people.c.id == row["id"]).values(password_hash=fresh))
            done = ("signed_in", "Signed in.") if row["next"] == "nothing" else ("password_given", "Gave the password.")
            self._note(connection, row["id"], *done)
        return person_of_row(row)

    def open_session(
        self, person: Person, *, second_step: bool = False, signed_on: bool = False, browser: str | None = None
    ) -> str:
        """A token for a cookie; only its hash is kept.

        `second_step` says that it was passed, `signed_on` that the organisation's provider vouched, `browser` what is used.
        """
        token, now = secrets.token_urlsafe(32), self._clock.now()
        with acting(self._engine, "door") as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at < now))
            connection.execute(
                insert(sessions).values(
                    token_hash=hashed(token),
                    person_id=person.id,
                    opened_at=now,
                    seen_at=now,
                    expires_at=now + LONGEST_SESSION,
                    second_step_at=now if second_step else None,
                    whence=WHENCE.get(),
                    browser=browser,
                    signed_on=signed_on,
                )
            )
        return token

    def person_of(self, token: str) -> Person | None:
        """Whose session this is, None when it is half-way, closed, expired, idle for an hour or unknown."""
        now = self._clock.now()
        with acting(self._engine, "door") as connection:
            row = self._session(connection, token, PASSED)
            if row is not None and row["seen_at"] < now - SEEN_EVERY:
                connection.execute(update(sessions).where(sessions.c.token_hash == hashed(token)).values(seen_at=now))
        return person_of_row(row) if row is not None else None

    def halfway_of(self, token: str) -> Person | None:
        """Who gave the right password in this session a short while ago and has not done the second step yet."""
        with acting(self._engine, "door") as connection:
            row = self._session(connection, token, ~PASSED, sessions.c.opened_at > self._clock.now() - HALFWAY)
        return person_of_row(row) if row is not None else None

    def _session(self, connection: Connection, token: str, *conditions: Any) -> RowMapping | None:
        now = self._clock.now()
        alive = (sessions.c.expires_at > now, sessions.c.seen_at > now - IDLE, MAY_SIGN_IN)
        wanted = (
            select(people, sessions.c.seen_at)
            .join(sessions, sessions.c.person_id == people.c.id)
            .where(sessions.c.token_hash == hashed(token), *alive, *conditions)
        )
        return connection.execute(wanted).mappings().first()

    def signed_on(self, token: str) -> bool:
        """Whether the organisation's provider vouched for this session."""
        mine = select(sessions.c.signed_on).where(sessions.c.token_hash == hashed(token))
        with acting(self._engine, "door") as connection:
            found: bool = connection.scalar(mine) or False
        return found

    def close_session(self, token: str) -> None:
        with acting(self._engine, "door") as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == hashed(token)))

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
        by_mail: bool = False,
    ) -> Person:
        """An account; one that is made `by_mail` has a password that nobody knows, and its owner answers by links.

        Raises DeskError when something is missing, the e-mail is none or is taken, or the password is not good enough.
        """
        if not ADDRESS.fullmatch(_plain(email)):
            # Its owner would get no mail, and nobody would know.
            raise DeskError("Enter an e-mail address, such as kim.brook@example.org.")
        self._demand_good(password, email, name)
        person = Person(id=uuid4(), email=_plain(email), name=name.strip(), role=role, agency_id=agency_id, area=area)
        try:
            with acting(self._engine, "door") as connection:
                check_place(connection, role, agency_id, area)
                connection.execute(
                    insert(people).values(
                        **person.model_dump(), password_hash=self._hasher.hash(password), by_mail=by_mail
                    )
                )
                self._note(connection, by, "person_added", "Added an account.", person=str(person.id), role=role)
        except IntegrityError:
            raise DeskError("There is an account with this e-mail address already.") from None
        return person

    def set_password(self, email: str, password: str, *, by: UUID | None = None) -> None:
        """Give an account a new password, with which alone it signs in from now on, and end its sessions.

        Raises DeskError when there is no such account.
        """
        self._demand_good(password, email)
        # Who is still to be joined to the organisation's provider is so after a new password too.
        awaited = case((people.c.sign_on_subject.is_(None), people.c.sign_on_issuer), else_=None)
        with acting(self._engine, "door") as connection:
            changed = connection.scalar(
                update(people)
                .where(people.c.email == _plain(email))
                .values(
                    password_hash=self._hasher.hash(password),
                    by_mail=False,
                    sign_on_issuer=awaited,
                    sign_on_subject=None,
                )
                .returning(people.c.id)
            )
            if changed is None:
                raise DeskError("There is no account with this e-mail address.")
            connection.execute(delete(sessions).where(sessions.c.person_id == changed))
            self._note(connection, by, "password_set", "Set a new password.", person=str(changed))

    def _demand_good(self, password: str, *about: str) -> None:
        """Raises DeskError for a password that is guessed soon, or that the service of published ones knows."""
        demand_good(password, *about)
        if self._published is not None and self._published.has(password):
            raise DeskError("This password has been published after a theft elsewhere. Choose another password.")

    def has_password(self, person: Person) -> bool:
        """Whether it is a password that signs somebody in, rather than the organisation's provider."""
        mine = select(people.c.password_hash).where(people.c.id == person.id)
        with acting(self._engine, "door") as connection:
            kept: str = connection.execute(mine).scalar_one()
        return kept != NO_PASSWORD

    def is_fresh(self, token: str) -> bool:
        """Whether this session was opened a short while ago."""
        opened = select(sessions.c.opened_at).where(sessions.c.token_hash == hashed(token))
        with acting(self._engine, "door") as connection:
            at: datetime = connection.execute(opened).scalar_one()
        return at > self._clock.now() - FRESH

    def confirms(self, person: Person, password: str) -> bool:
        """Whether somebody who is signed in knows the password; wrong ones are throttled as at the door."""
        now, address = self._clock.now(), self._index.token("email", person.email)
        with acting(self._engine, "door") as connection:
            too_soon = throttled(connection, address, now)
            known = connection.execute(select(people.c.password_hash).where(people.c.id == person.id)).scalar_one()
        right = self._hasher.matches(known, password) and not too_soon
        with acting(self._engine, "door") as connection:
            if right:
                forget_failures(connection, address)
            else:
                count_failure(connection, address, now)
        return right

    def people(self) -> tuple[Person, ...]:
        return self._listed("door", ~people.c.system)

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
        return self._listed(person, people.c.role == "coordinator", people.c.area == person.area, IS_A_PERSON)

    def of_agency(self, person: Person) -> tuple[Person, ...]:
        """Who of a manager's agency can sign in, by name. Raises NotAllowed."""
        demand(person, "agency_people")
        return self._listed(person, people.c.agency_id == person.agency_id, IS_A_PERSON)

    def could_be_named(self, person: Person, agency_id: UUID) -> tuple[Person, ...]:
        """Whom a coordinator may name for a restricted case of this agency: the area's coordinators and its people."""
        demand(person, "restrict")
        theirs = (people.c.role == "coordinator") & (people.c.area == person.area)
        senders = people.c.role.in_(OF_AN_AGENCY) & (people.c.agency_id == agency_id)
        return self._listed("door", theirs | senders, IS_A_PERSON)

    def _listed(self, who: Person | Part, *conditions: Any) -> tuple[Person, ...]:
        with acting(self._engine, who) as connection:
            rows = connection.execute(select(people).where(*conditions).order_by(func.lower(people.c.name))).mappings()
            return tuple(person_of_row(row) for row in rows)

    def _note(self, connection: Connection, who: UUID | None, kind: str, what: str, **facts: str) -> None:
        entry = Entry(at=self._clock.now(), who=who, referral_id=None, kind=kind, what=what, facts=facts)
        self._trail.append(connection, [entry])


def check_place(connection: Connection, role: Role, agency_id: UUID | None, area: str | None) -> None:
    """Raises DeskError unless who refers or manages has an agency, a coordinator an area, and the agency is there and open."""
    if role in OF_AN_AGENCY and agency_id is None:
        raise DeskError("Whoever refers, or manages those who do, belongs to an agency: name it.")
    if agency_id is not None:
        open_one = select(agencies.c.id).where(agencies.c.id == agency_id, agencies.c.active)
        if connection.execute(open_one).first() is None:
            raise DeskError("There is no such agency.")
    if role == "coordinator" and area is None:
        raise DeskError("A coordinator belongs to an area: name it.")


def person_of_row(row: RowMapping) -> Person:
    """Somebody as the table of people has them."""
    return Person(**{name: row[name] for name in Person.model_fields})


def _plain(email: str) -> str:
    return email.strip().lower()


def hashed(token: str) -> bytes:
    """How a session's token is kept."""
    return hashlib.sha256(token.encode()).digest()
