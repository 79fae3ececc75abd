"""Security keys as the second step of signing in: a device that signs a challenge for this site and no other (WebAuthn level 2).

The site is the one of the configured address. A challenge belongs to one session, counts once and for a short while. Keys count
how often they signed: one that counts back was copied, and is refused.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidSignature
from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from intake.errors import DeskError, NotFound
from intake.models import Person
from intake.now import Clock
from intake.people.accounts import hashed
from intake.people.second_step import ISSUER, SecondStep
from intake.people.throttle import count_failure, forget_failures, throttled
from intake.store.acting import acting
from intake.store.tables import recovery_codes, second_factors, security_keys, sessions
from intake.store.trail import Entry, Trail

ANSWERED_IN = timedelta(minutes=5)
"""How long a challenge waits for its answer."""
CHALLENGE_BYTES = 32
LONGEST_NAME = 60
LONGEST_ANSWER = 20_000
"""Characters of what a browser says a key answered."""
MOST_KEYS = 20


class Site(NamedTuple):
    """For whom keys sign: the host's name, and the whole address that browsers name."""

    host: str
    origin: str


class SecurityKeys:
    def __init__(self, engine: Engine, second_step: SecondStep, trail: Trail, clock: Clock, address: str) -> None:
        self._engine = engine
        self._second_step = second_step
        self._trail = trail
        self._clock = clock
        self._site = site_of(address)

    @property
    def offered(self) -> bool:
        """Whether the desk has an address for which browsers let keys sign."""
        return self._site is not None

    # Adding

    def to_add(self, person: Person, token: str) -> str | None:
        """What the browser needs to make a new key known, as JSON; None where keys are not offered."""
        if self._site is None:
            return None
        with acting(self._engine, "door") as connection:
            known = self._known(connection, person.id)
            challenge = self._challenge(connection, token)
        options = generate_registration_options(
            rp_id=self._site.host,
            rp_name=ISSUER,
            user_id=person.id.bytes,
            user_name=person.email,
            user_display_name=person.name,
            challenge=challenge,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=bytes(one.credential_id)) for one in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
        )
        return options_to_json(options)

    def add(self, person: Person, token: str, name: str, answer: str) -> tuple[str, ...]:
        """Make a key known by its answer to this session's challenge; gives recovery codes where there were none before.

        Raises DeskError.
        """
        name = " ".join(name.split()) or "Security key"
        if len(name) > LONGEST_NAME or not name.isprintable():
            raise DeskError(f"A name may have {LONGEST_NAME} characters")
        now = self._clock.now()
        with acting(self._engine, "door") as connection:
            fresh = self._registered(self._taken(connection, token), answer)
            known = self._known(connection, person.id)
            taken = select(security_keys.c.id).where(
                security_keys.c.credential_id == (fresh or {}).get("credential_id")
            )
            if fresh is None or len(known) >= MOST_KEYS or connection.scalar(taken) is not None:
                refused = True
            else:
                refused = False
                codes = () if self._factors(connection, person.id) else self._second_step.new_codes(connection, person)
                row = {"id": uuid4(), "person_id": person.id, "name": name, "added_at": now}
                connection.execute(insert(security_keys).values(**row, **fresh))
                self._note(connection, person.id, "security_key_added", "Added a security key.", key=str(row["id"]))
        if refused:
            raise DeskError("The key was not accepted. Try again, or with another key")
        return codes

    def _registered(self, challenge: bytes | None, answer: str) -> dict[str, Any] | None:
        if challenge is None or self._site is None:
            return None
        try:
            seen = verify_registration_response(
                credential=_parsed(answer),
                expected_challenge=challenge,
                expected_rp_id=self._site.host,
                expected_origin=self._site.origin,
            )
        except (WebAuthnException, InvalidSignature, ValueError, KeyError, TypeError, AttributeError):
            return None
        return {
            "credential_id": seen.credential_id,
            "public_key": seen.credential_public_key,
            "sign_count": seen.sign_count,
        }

    # Signing in

    def to_use(self, person: Person, token: str) -> str | None:
        """What the browser needs to ask one of the person's keys, as JSON; None where there is none."""
        if self._site is None:
            return None
        with acting(self._engine, "door") as connection:
            known = self._known(connection, person.id)
            if not known:
                return None
            challenge = self._challenge(connection, token)
        options = generate_authentication_options(
            rp_id=self._site.host,
            challenge=challenge,
            allow_credentials=[PublicKeyCredentialDescriptor(id=bytes(one.credential_id)) for one in known],
            user_verification=UserVerificationRequirement.PREFERRED,
        )
        return options_to_json(options)

    def passes(self, person: Person, token: str, answer: str) -> bool:
        """Whether one of the person's keys answered this session's challenge; it is used up by that."""
        now, address = self._clock.now(), self._second_step.address(person)
        with acting(self._engine, "door") as connection:
            challenge = self._taken(connection, token)
            too_soon = throttled(connection, address, now)
            key = None if too_soon else self._signed(connection, person, challenge, answer)
            if key is None:
                count_failure(connection, address, now)
                self._note(connection, person.id, "second_step_failed", "Gave no answer of a security key.")
                return False
            forget_failures(connection, address)
            self._note(connection, person.id, "signed_in", "Signed in, with a security key.", key=str(key))
        return True

    def _signed(self, connection: Connection, person: Person, challenge: bytes | None, answer: str) -> UUID | None:
        """The key that answered."""
        if challenge is None or self._site is None:
            return None
        try:
            told = _parsed(answer)
            mine = (security_keys.c.person_id == person.id, security_keys.c.credential_id == _id_of(told))
            key = connection.execute(select(security_keys).where(*mine).with_for_update()).first()
            if key is None:
                return None
            seen = verify_authentication_response(
                credential=told,
                expected_challenge=challenge,
                expected_rp_id=self._site.host,
                expected_origin=self._site.origin,
                credential_public_key=bytes(key.public_key),
                # Compared below, so that a copied key is told apart from a wrong answer.
                credential_current_sign_count=0,
            )
        except (WebAuthnException, InvalidSignature, ValueError, KeyError, TypeError, AttributeError):
            return None
        if max(seen.new_sign_count, key.sign_count) > 0 and seen.new_sign_count <= key.sign_count:
            what = "Refused a security key that counts back: there may be a copy of it."
            self._note(connection, person.id, "security_key_copied", what, key=str(key.id))
            return None
        used = {"sign_count": seen.new_sign_count, "used_at": self._clock.now()}
        connection.execute(update(security_keys).where(security_keys.c.id == key.id).values(**used))
        found: UUID = key.id
        return found

    # Looking after them

    def remove(self, person: Person, key_id: UUID) -> None:
        """Forget a key. Raises NotFound, and DeskError for the last second step of somebody whose role needs one."""
        needed = person.role in self._second_step.asked_of()
        with acting(self._engine, "door") as connection:
            mine = (security_keys.c.person_id == person.id, security_keys.c.id == key_id)
            if connection.execute(delete(security_keys).where(*mine)).rowcount == 0:
                raise NotFound("There is no such key.")
            if not self._factors(connection, person.id):
                if needed:
                    raise DeskError("Your role needs a second step. Set up an app or another key first.")
                connection.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person.id))
            self._note(connection, person.id, "security_key_removed", "Removed a security key.", key=str(key_id))

    def _known(self, connection: Connection, person_id: UUID) -> list[Row[Any]]:
        return list(connection.execute(select(security_keys).where(security_keys.c.person_id == person_id)))

    def _factors(self, connection: Connection, person_id: UUID) -> int:
        """How many second steps somebody has: keys, and the app."""
        keys = select(func.count()).where(security_keys.c.person_id == person_id).scalar_subquery()
        apps = (
            select(func.count())
            .where(second_factors.c.person_id == person_id, second_factors.c.confirmed_at.is_not(None))
            .scalar_subquery()
        )
        found: int = connection.execute(select(keys + apps)).scalar_one()
        return found

    def _challenge(self, connection: Connection, token: str) -> bytes:
        """A new challenge for this session, in place of the one before."""
        fresh = secrets.token_bytes(CHALLENGE_BYTES)
        asked = {"challenge": fresh, "challenged_at": self._clock.now()}
        connection.execute(update(sessions).where(sessions.c.token_hash == hashed(token)).values(**asked))
        return fresh

    def _taken(self, connection: Connection, token: str) -> bytes | None:
        """This session's challenge, which is used up."""
        mine = sessions.c.token_hash == hashed(token)
        alive = sessions.c.challenged_at > self._clock.now() - ANSWERED_IN
        found = connection.scalar(select(sessions.c.challenge).where(mine, alive).with_for_update())
        connection.execute(update(sessions).where(mine).values(challenge=None, challenged_at=None))
        return bytes(found) if found is not None else None

    def _note(self, connection: Connection, who: UUID, kind: str, what: str, **facts: str) -> None:
        entry = Entry(at=self._clock.now(), who=who, referral_id=None, kind=kind, what=what, facts=facts)
        self._trail.append(connection, [entry])


def site_of(address: str) -> Site | None:
    """The site of an address; None where browsers let no key sign: without TLS, but on this machine, or without a name."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    named = any(character.isalpha() for character in host) and ":" not in host
    if not named or (parts.scheme != "https" and not (parts.scheme == "http" and host == "localhost")):
        return None
    usual = {"https": 443, "http": 80}[parts.scheme]
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return Site(host=host, origin=f"{parts.scheme}://{host}{port}")


def _parsed(answer: str) -> dict[str, Any]:
    """What the browser said. Raises ValueError for what is no object, or too long."""
    if len(answer) > LONGEST_ANSWER:
        raise ValueError
    told = json.loads(answer)
    if not isinstance(told, dict):
        raise ValueError
    return told


def _id_of(told: dict[str, Any]) -> bytes:
    return base64url_to_bytes(told["rawId"])
