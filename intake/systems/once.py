"""Gives the same answer to the same request again: written in the transaction of what was done, so that nothing is done twice.

A system that did not hear our answer sends its request again under the same key. The answer is kept with what it tells of, or
neither is: a request that was cut short at any point can be repeated.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from extractors.models import Model
from intake.errors import DeskError
from intake.models import Person
from intake.now import Clock
from intake.store.acting import acting
from intake.store.tables import given_answers
from intake.store.vault import Envelope, Index

KEPT = timedelta(days=7)
"""For how long the same key gives the same answer."""


class AnotherRequest(DeskError):
    """The key was given to another request before."""

    code = "key_used"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request: give each request a key of its own.")


class Given(Model):
    """An answer as it is sent: status and JSON."""

    status: int
    content: str


class Once:
    """One request of a system; without a `key` nothing is kept, and each is done anew."""

    def __init__(
        self, engine: Engine, index: Index, secret: bytes, clock: Clock, person: Person, key: str | None, request: bytes
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._person = person
        self._key = index.token("request key", key) if key is not None else None
        self._fingerprint = hmac.digest(secret, request, hashlib.sha256)
        self._envelope = Envelope(person.id, secret)

    def answer(self, do: Callable[[Callable[[Connection, Given], None]], Given]) -> Given:
        """What was answered before, else what `do` answers; it is handed what writes the answer down in its own transaction.

        Raises AnotherRequest where the key belongs to another request.
        """
        earlier = self._earlier()
        if earlier is not None:
            return earlier
        try:
            return do(self.keep)
        except IntegrityError:
            # The same request came twice at the same moment, and the other one was done.
            earlier = self._earlier()
            if earlier is None:
                raise
            return earlier

    def _earlier(self) -> Given | None:
        if self._key is None:
            return None
        own = (given_answers.c.person_id == self._person.id, given_answers.c.key_hash == self._key)
        with acting(self._engine, self._person) as connection:
            found = connection.execute(
                select(given_answers).where(*own, given_answers.c.at > self._clock.now() - KEPT)
            ).first()
        if found is None:
            return None
        if not hmac.compare_digest(bytes(found.fingerprint), self._fingerprint):
            raise AnotherRequest
        return Given.model_validate_json(self._envelope.open(found.answer_sealed, self._place))

    @property
    def _place(self) -> str:
        assert self._key is not None, "only what has a key is kept"
        return f"given_answers/{self._key.hex()}"

    def keep(self, connection: Connection, given: Given) -> None:
        """Write an answer down, in the transaction of what it tells of."""
        if self._key is None:
            return
        now = self._clock.now()
        connection.execute(
            delete(given_answers).where(given_answers.c.person_id == self._person.id, given_answers.c.at <= now - KEPT)
        )
        row: Mapping[str, Any] = {
            "person_id": self._person.id,
            "key_hash": self._key,
            "fingerprint": self._fingerprint,
            "answer_sealed": self._envelope.seal_text(given.model_dump_json(), self._place),
            "at": now,
        }
        connection.execute(insert(given_answers).values(**row))
