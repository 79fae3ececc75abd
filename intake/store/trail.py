"""The audit trail: every entry seals the one before, so that a changed, removed, inserted or moved entry is found.

Entries carry ids and plain sentences, never a detail of the person a referral is about. The seal is keyed: whoever can
write to the database but lacks the master key cannot make a chain that verifies.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from json.encoder import encode_basestring_ascii
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Text, cast, func, insert, select, update

from extractors.models import Model
from intake.store.tables import audit, audit_head

WHENCE: ContextVar[str | None] = ContextVar("whence", default=None)
"""The network address that whoever acts is asking from, where that is known."""
TOKEN: ContextVar[str | None] = ContextVar("token", default=None)
"""The id of the token by which a case system acts, where one does."""
START = b"\x00" * 32
BATCH = 5000
"""Rows that a check holds at once."""
_quoted = encode_basestring_ascii
_sorted = json.JSONEncoder(sort_keys=True).encode
# The database writes the texts, which is faster than making objects of them. A moment has its era and no year too many
# for four digits is cut, so that no two moments are written alike; one that is not finite is NULL.
_ISO = 'BCYYYY-MM-DD"T"HH24:MI:SS.US'
ROWS = select(
    audit.c.number,
    func.coalesce(func.to_char(func.timezone("UTC", audit.c.at), _ISO), ""),
    func.coalesce(cast(audit.c.who, Text), "None"),
    func.coalesce(cast(audit.c.referral_id, Text), "None"),
    audit.c.kind,
    audit.c.what,
    cast(audit.c.facts, Text),
    audit.c.seal,
).order_by(audit.c.number)


class Entry(Model):
    """One thing that happened. `who` is None for the desk itself."""

    at: datetime
    who: UUID | None
    referral_id: UUID | None
    kind: str
    what: str
    facts: Mapping[str, Any] = {}


class Break(Model):
    """Where the trail does not hold: the number of the first entry that does not fit, and why."""

    number: int
    why: str


class Trail:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def append(self, connection: Connection, entries: Iterable[Entry]) -> None:
        """Write `entries` at the end. Call it last in a transaction: the end of the chain is locked until it commits."""
        new = list(entries)
        if not new:
            return
        head = connection.execute(select(audit_head).with_for_update()).one()
        number, seal = head.number, bytes(head.seal)
        rows, known = [], {"from": WHENCE.get(), "token": TOKEN.get()}
        where = {name: value for name, value in known.items() if value is not None}
        for entry in new:
            number += 1
            row = entry.model_dump()
            row["facts"] = {**row["facts"], **where}
            at = entry.at.astimezone(UTC).isoformat()
            seal = self._seal(
                seal, number, at, entry.who, entry.referral_id, entry.kind, entry.what, _sorted(row["facts"])
            )
            rows.append({"number": number, **row, "seal": seal})
        connection.execute(insert(audit), rows)
        connection.execute(update(audit_head).values(number=number, seal=seal))

    def verify(self, connection: Connection) -> Break | int:
        """The number of entries when all of them hold, else where the trail breaks.

        The connection's transaction must be one snapshot (REPEATABLE READ) where others may be writing.
        """
        number, seal = 0, START
        rows = connection.execute(ROWS, execution_options={"stream_results": True, "yield_per": BATCH})
        for stored, at, who, referral_id, kind, what, facts, its_seal in rows:
            number += 1
            if stored != number:
                return Break(number=number, why=f"entry {number} is missing")
            try:
                facts = _sorted(json.loads(facts))
            except (ValueError, RecursionError):
                # Nothing that was written here: a number or a nesting beyond all measure.
                facts = ""
            seal = self._seal(seal, number, _moment(at), who, referral_id, kind, what, facts)
            if not hmac.compare_digest(seal, its_seal):
                return Break(
                    number=number, why=f"entry {number} is not as it was written, or does not follow {number - 1}"
                )
        end = connection.execute(select(audit_head)).one()
        if end.number != number or bytes(end.seal) != seal:
            return Break(number=number + 1, why=f"the trail ends at {number}, but {end.number} entries were written")
        return number

    def witness(self, connection: Connection) -> str:
        """What to keep elsewhere of the trail as it is now: its last number and the beginning of its seal.

        Whoever rules the database can cut entries off the end and set the end back; what was kept elsewhere tells.
        """
        end = connection.execute(select(audit_head)).one()
        return _witness(end.number, end.seal)

    def agrees(self, connection: Connection, witness: str) -> bool:
        """Whether the trail still has the entry that was last when `witness` was taken."""
        number, _, _ = witness.partition("-")
        seal = connection.scalar(select(audit.c.seal).where(cast(audit.c.number, Text) == number))
        return (seal is not None and _witness(int(number), seal) == witness) or witness == _witness(0, START)

    def _seal(
        self,
        before: bytes,
        number: int,
        at: str,
        who: UUID | str | None,
        referral_id: UUID | str | None,
        kind: str,
        what: str,
        facts: str,
    ) -> bytes:
        """`facts` as JSON with its keys in order."""
        content = f'[{number}, "{at}", "{who}", "{referral_id}", {_quoted(kind)}, {_quoted(what)}, {facts}]'
        return hmac.digest(self._key, before + content.encode(), hashlib.sha256)


def _witness(number: int, seal: bytes) -> str:
    return f"{number}-{seal.hex()[:32]}"


def _moment(told: str) -> str:
    """The text of ROWS as Python writes a moment, which leaves out a second's part where it is none."""
    return told.removeprefix("AD").removesuffix(".000000") + "+00:00"
