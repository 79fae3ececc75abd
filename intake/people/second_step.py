"""The second step of signing in: six digits that an app shows for half a minute (RFC 6238), or a recovery code.

Security keys are the other way (intake/people/security_keys.py).

Secrets are wrapped by the master key and shown only until they are set up; recovery codes are kept as keyed hashes. Each
code works once, and wrong ones are throttled like wrong passwords.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Literal, get_args
from urllib.parse import quote, urlencode
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from sqlalchemy import Connection, Engine, case, delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from extractors.models import Model
from intake.models import Person
from intake.now import Clock
from intake.people.throttle import count_failure, forget_failures, throttled
from intake.permissions import demand
from intake.store.acting import acting
from intake.store.tables import people, recovery_codes, second_factors, second_step_roles, security_keys, sessions
from intake.store.trail import Entry, Trail
from intake.store.vault import Index, Vault
from intake.terms import Role

ISSUER = "MAPPA referral desk"
SECONDS, DIGITS, DRIFT = 30, 6, 1
"""How long a code is shown, how long it is, and how many of them a phone's clock may be off."""
SECRET_BYTES = 20
CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without characters that are mistaken for each other."""
ASKED_OF: frozenset[Role] = frozenset({"coordinator", "administrator", "auditor"})
"""Roles that need the second step until an administrator says otherwise."""

Next = Literal["nothing", "code", "set_up"]
"""What comes after the right password."""

_WANTED = func.coalesce(
    select(second_step_roles.c.required).where(second_step_roles.c.role == people.c.role).scalar_subquery(),
    people.c.role.in_(ASKED_OF),
)
_HAS_APP = exists().where(second_factors.c.person_id == people.c.id, second_factors.c.confirmed_at.is_not(None))
_HAS = _HAS_APP | exists().where(security_keys.c.person_id == people.c.id)
PASSED = sessions.c.second_step_at.is_not(None) | ~(_WANTED | _HAS)
"""Whether a session of somebody counts as signed in, rather than as half-way."""
NEXT = case((_HAS, "code"), (_WANTED, "set_up"), else_="nothing")


class Key(Model):
    """A security key (intake/people/security_keys.py), by the name that its owner gave it."""

    id: UUID
    name: str
    added_at: datetime
    used_at: datetime | None


class Factor(Model):
    """A second step that is set up: since when by an app, by which keys, and how many recovery codes are left."""

    app_since: datetime | None
    keys: tuple[Key, ...]
    codes_left: int


class SecondStep:
    def __init__(self, engine: Engine, vault: Vault, index: Index, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._vault = vault
        self._index = index
        self._trail = trail
        self._clock = clock

    def next_for(self, person: Person) -> Next:
        """What this person must do after the right password."""
        with acting(self._engine, "door") as connection:
            found: Next = connection.execute(select(NEXT).where(people.c.id == person.id)).scalar_one()
        return found

    # Setting up

    def begin(self, person: Person) -> str:
        """The secret to be set up, in base 32; the same one until it is confirmed."""
        fresh = self._vault.wrap(secrets.token_bytes(SECRET_BYTES), _name(person.id))
        entry = upsert(second_factors).values(person_id=person.id, pending_wrapped=fresh)
        kept = {"pending_wrapped": func.coalesce(second_factors.c.pending_wrapped, fresh)}
        kept_one = entry.on_conflict_do_update(index_elements=["person_id"], set_=kept)
        with acting(self._engine, "door") as connection:
            wrapped = connection.execute(kept_one.returning(second_factors.c.pending_wrapped)).scalar_one()
        return base64.b32encode(self._vault.unwrap(bytes(wrapped), _name(person.id))).decode()

    def confirm(self, person: Person, code: str) -> tuple[str, ...] | None:
        """Take the begun secret into use when `code` is of it; gives new recovery codes. None when it is not, or too often."""
        now, address = self._clock.now(), self.address(person)
        with acting(self._engine, "door") as connection:
            found = connection.execute(
                select(second_factors).where(second_factors.c.person_id == person.id).with_for_update()
            ).first()
            step = None
            if found is not None and found.pending_wrapped is not None and not throttled(connection, address, now):
                step = self._step_of(person, bytes(found.pending_wrapped), code)
            if found is None or step is None:
                count_failure(connection, address, now)
                return None
            forget_failures(connection, address)
            taken = {"wrapped": found.pending_wrapped, "pending_wrapped": None, "confirmed_at": now, "last_step": step}
            connection.execute(update(second_factors).where(second_factors.c.person_id == person.id).values(**taken))
            codes = self.new_codes(connection, person)
            self._note(connection, person.id, "second_step_set_up", "Set up the second step of signing in.")
        return codes

    def new_codes(self, connection: Connection, person: Person) -> tuple[str, ...]:
        """Recovery codes in place of those before. The door must be acting."""
        codes = tuple(
            "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(CODES)
        )
        connection.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person.id))
        rows = [{"person_id": person.id, "code_hash": self._hash(person, code)} for code in codes]
        connection.execute(insert(recovery_codes), rows)
        return codes

    # Signing in

    def passes(self, person: Person, code: str) -> bool:
        """Whether `code` is one that the person's app shows or an unused recovery code; it is used up by that."""
        now, address = self._clock.now(), self.address(person)
        with acting(self._engine, "door") as connection:
            too_soon = throttled(connection, address, now)
            how = None if too_soon else self._used(connection, person, code)
            if how is None:
                count_failure(connection, address, now)
                self._note(connection, person.id, "second_step_failed", "Gave a wrong code, or too many.")
                return False
            forget_failures(connection, address)
            self._note(connection, person.id, "signed_in", f"Signed in, {how}.")
        return True

    def _used(self, connection: Connection, person: Person, code: str) -> str | None:
        used = delete(recovery_codes).where(
            recovery_codes.c.person_id == person.id, recovery_codes.c.code_hash == self._hash(person, code)
        )
        if connection.execute(used).rowcount == 1:
            return "with a recovery code"
        found = connection.execute(select(second_factors).where(second_factors.c.person_id == person.id)).first()
        if found is None or found.confirmed_at is None:
            return None
        step = self._step_of(person, bytes(found.wrapped), code)
        if step is None:
            return None
        # Each code counts once, also when it is sent twice at the same moment.
        newer = update(second_factors).where(second_factors.c.person_id == person.id, second_factors.c.last_step < step)
        taken = connection.execute(newer.values(last_step=step)).rowcount == 1
        return "with a code of the app" if taken else None

    def _step_of(self, person: Person, wrapped: bytes, code: str) -> int | None:
        """The half minute for which the app shows `code`, None when there is none about now."""
        plain = "".join(code.split())
        if len(plain) != DIGITS or not (plain.isascii() and plain.isdecimal()):
            return None
        # SHA-1 is what every app can do, and a keyed hash of it is not broken.
        shown = HOTP(self._vault.unwrap(wrapped, _name(person.id)), DIGITS, SHA1())  # noqa: S303 - as apps for codes have it
        now = int(self._clock.now().timestamp()) // SECONDS
        about_now = range(now - DRIFT, now + DRIFT + 1)
        return next((step for step in about_now if hmac.compare_digest(shown.generate(step), plain.encode())), None)

    # Looking after it

    def of(self, person_id: UUID) -> Factor | None:
        """What somebody has set up; None for nothing."""
        left = select(func.count()).where(recovery_codes.c.person_id == person_id)
        app = select(second_factors.c.confirmed_at).where(second_factors.c.person_id == person_id)
        known = select(security_keys).where(security_keys.c.person_id == person_id).order_by(security_keys.c.added_at)
        with acting(self._engine, "door") as connection:
            since, codes_left = connection.scalar(app), connection.execute(left).scalar_one()
            rows = connection.execute(known).mappings().all()
        keys = tuple(Key(**{name: row[name] for name in Key.model_fields}) for row in rows)
        return Factor(app_since=since, keys=keys, codes_left=codes_left) if since or keys else None

    def reset(self, actor: Person | None, person_id: UUID) -> None:
        """Take somebody's second step away, for instance after a lost phone, and end their sessions.

        `actor` is an administrator, or None for the command line. Raises NotAllowed.
        """
        if actor is not None:
            demand(actor, "people")
        with acting(self._engine, "door") as connection:
            for table in (recovery_codes, second_factors, security_keys, sessions):
                connection.execute(delete(table).where(table.c.person_id == person_id))
            who = actor.id if actor is not None else None
            what = "Took away the second step of an account."
            self._note(connection, who, "second_step_reset", what, person=str(person_id))

    def asked_of(self) -> frozenset[Role]:
        """The roles that need it."""
        with acting(self._engine, "door") as connection:
            said: Mapping[Role, bool] = {
                row.role: row.required for row in connection.execute(select(second_step_roles))
            }
        return frozenset(role for role in get_args(Role) if said.get(role, role in ASKED_OF))

    def was_said(self) -> bool:
        """Whether anybody has said which roles need it."""
        with acting(self._engine, "door") as connection:
            return connection.execute(select(second_step_roles.c.role).limit(1)).first() is not None

    def ask_of(self, actor: Person, roles: Collection[Role]) -> None:
        """Say which roles need it; whoever has not set it up is signed out by that. Raises NotAllowed."""
        demand(actor, "people")
        with acting(self._engine, actor) as connection:
            for role in get_args(Role):
                entry = upsert(second_step_roles).values(role=role, required=role in roles)
                kept = entry.on_conflict_do_update(index_elements=["role"], set_={"required": role in roles})
                connection.execute(kept)
            what = "Said who needs the second step of signing in."
            self._note(connection, actor.id, "second_step_asked", what, roles=sorted(roles))

    def address(self, person: Person) -> bytes:
        """Under what failures of somebody's second step are counted."""
        return self._index.token("second_step", str(person.id))

    def _hash(self, person: Person, code: str) -> bytes:
        plain = "".join(character for character in code.lower() if character in LETTERS)
        return self._index.token("recovery_code", f"{person.id} {plain}")

    def _note(self, connection: Connection, who: UUID | None, kind: str, what: str, **facts: object) -> None:
        entry = Entry(at=self._clock.now(), who=who, referral_id=None, kind=kind, what=what, facts=facts)
        self._trail.append(connection, [entry])


def address_of(person: Person, secret: str) -> str:
    """What the picture to be scanned says: the address that apps understand."""
    label = quote(f"{ISSUER}:{person.email}")
    return f"otpauth://totp/{label}?" + urlencode({"secret": secret, "issuer": ISSUER}, quote_via=quote)


def _name(person_id: UUID) -> str:
    return f"second_step/{person_id}"
