"""Makes guessing slow: each failure in a row after the fifth doubles the wait, for accounts that exist and for others alike."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from intake.store.tables import sign_in_failures

FREE_FAILURES = 5
"""Failures in a row that cost nothing; each further one doubles the wait."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)


def throttled(connection: Connection, address: bytes, now: datetime) -> bool:
    """Whether nothing is taken for `address`, a keyed hash, at this moment. The door must be acting."""
    found = connection.execute(select(sign_in_failures).where(sign_in_failures.c.address == address)).first()
    if found is None or found.failures < FREE_FAILURES:
        return False
    wait = min(FIRST_WAIT * 2 ** min(found.failures - FREE_FAILURES, 10), LONGEST_WAIT)
    too_soon: bool = found.last_at + wait > now
    return too_soon


def count_failure(connection: Connection, address: bytes, now: datetime) -> None:
    """Count one more failure in a row."""
    entry = upsert(sign_in_failures).values(address=address, failures=1, last_at=now)
    more = {"failures": sign_in_failures.c.failures + 1, "last_at": now}
    connection.execute(entry.on_conflict_do_update(index_elements=["address"], set_=more))


def forget_failures(connection: Connection, address: bytes) -> None:
    """After a success the next failure is the first again."""
    connection.execute(delete(sign_in_failures).where(sign_in_failures.c.address == address))
