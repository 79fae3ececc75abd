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
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, insert, select, update

from extractors.models import Model
from intake.store.tables import audit, audit_head

WHENCE: ContextVar[str | None] = ContextVar("whence", default=None)
"""The network address that whoever acts is asking from, where that is known."""
START = b"\x00" * 32


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
        rows, whence = [], WHENCE.get()
        for entry in new:
            number += 1
            row = entry.model_dump()
            if whence is not None:
                row["facts"] = {**row["facts"], "from": whence}
            seal = self._seal(seal, number, row)
            rows.append({"number": number, **row, "seal": seal})
        connection.execute(insert(audit), rows)
        connection.execute(update(audit_head).values(number=number, seal=seal))

    def verify(self, connection: Connection) -> Break | int:
        """The number of entries when all of them hold, else where the trail breaks.

        The connection's transaction must be one snapshot (REPEATABLE READ) where others may be writing.
        """
        rows = connection.execution_options(stream_results=True, yield_per=5000).execute(
            select(audit).order_by(audit.c.number)
        )
        end = connection.execute(select(audit_head)).one()
        return self.check(rows.mappings(), end.number, bytes(end.seal))

    def check(self, rows: Iterable[RowMapping | Mapping[str, Any]], last: int, last_seal: bytes) -> Break | int:
        """The same of entries in the order of their numbers, the last of which should be `last` with `last_seal`."""
        number, seal = 0, START
        for row in rows:
            number += 1
            if row["number"] != number:
                return Break(number=number, why=f"entry {number} is missing")
            seal = self._seal(seal, number, row)
            if not hmac.compare_digest(seal, bytes(row["seal"])):
                return Break(
                    number=number, why=f"entry {number} is not as it was written, or does not follow {number - 1}"
                )
        if last != number or last_seal != seal:
            return Break(number=number + 1, why=f"the trail ends at {number}, but {last} entries were written")
        return number

    def _seal(self, before: bytes, number: int, row: RowMapping | Mapping[str, Any]) -> bytes:
        content = json.dumps(
            [
                number,
                row["at"].astimezone(UTC).isoformat(),
                str(row["who"]),
                str(row["referral_id"]),
                row["kind"],
                row["what"],
                row["facts"],
            ],
            sort_keys=True,
        )
        return hmac.digest(self._key, before + content.encode(), hashlib.sha256)
