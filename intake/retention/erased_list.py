"""The list of what was erased, outside of the database, so that no backup brings it back to life.

Every machine with workers keeps the whole list in its data folder: ids, days and outcomes, each line sealed. What stands on it
and is there in the database all the same came back by a restore, and is erased again at once.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import ARRAY, Engine, Uuid, any_, bindparam, select

from extractors.models import Model
from intake.store.acting import acting
from intake.store.tables import erasures, referrals

NAME = "erased.jsonl"
LATE = timedelta(days=1)
"""How far back is looked for what a slower transaction, or one on a machine whose clock is behind, wrote later."""


class Erased(Model):
    """One line: by what a referral was erased when, and how its own line stood."""

    referral_id: UUID
    at: datetime
    rule: str
    months: int | None
    since: date | None
    ground: str | None
    ordered_by: UUID | None
    status: str
    outcome: str | None
    decided_at: datetime | None


class Sealed(Model):
    """So that nobody without the service's keys can have a case erased by writing to the file."""

    erased: Erased
    seal: str


class ErasedList:
    """`key` is that of the trail, which a restored backup has too."""

    def __init__(self, engine: Engine, folder: Path, key: bytes) -> None:
        self._engine = engine
        self._path = folder / NAME
        self._key = key
        self._known: dict[UUID, Erased] | None = None

    def lines(self) -> dict[UUID, Erased]:
        """What stands on the list; lines that are cut short or not ours are passed over."""
        if self._known is None:
            self._known = {one.referral_id: one for one in self._read()}
        return self._known

    def missing(self) -> list[Erased]:
        """Those on the list that the database has in full."""
        known = self.lines()
        if not known:
            return []
        with acting(self._engine, "desk") as connection:
            back = connection.scalars(
                select(referrals.c.id).where(
                    referrals.c.id == any_(bindparam("known", list(known), ARRAY(Uuid))),
                    referrals.c.erased_at.is_(None),
                )
            ).all()
        return [known[one] for one in back]

    def keep_up(self) -> None:
        """Write down what was erased since, whichever machine did it."""
        known = self.lines()
        line = [referrals.c[name] for name in ("status", "outcome", "decided_at")]
        trace = [erasures.c[name] for name in Erased.model_fields if name in erasures.c]
        chosen = select(*trace, *line).join(referrals, referrals.c.id == erasures.c.referral_id)
        if known:
            chosen = chosen.where(erasures.c.at > max(one.at for one in known.values()) - LATE)
        with acting(self._engine, "desk") as connection:
            rows = connection.execute(chosen.order_by(erasures.c.at, erasures.c.referral_id)).mappings()
            new = [Erased(**row) for row in rows if row["referral_id"] not in known]
        if not new:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w") as file:
            # A line that a crash cut short ends here.
            file.write("".join(f"\n{self._sealed(one)}" for one in new))
            file.flush()
            os.fsync(file.fileno())
        known.update({one.referral_id: one for one in new})

    def _sealed(self, one: Erased) -> str:
        return Sealed(erased=one, seal=self._seal(one)).model_dump_json()

    def _seal(self, one: Erased) -> str:
        return hmac.digest(self._key, b"erased\x00" + one.model_dump_json().encode(), hashlib.sha256).hex()

    def _read(self) -> Iterator[Erased]:
        if not self._path.exists():
            return
        for text in self._path.read_text().splitlines():
            try:
                line = Sealed.model_validate_json(text)
            except ValueError:
                continue
            if hmac.compare_digest(line.seal, self._seal(line.erased)):
                yield line.erased
