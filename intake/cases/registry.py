"""Takes case files out and puts them back: one order, one transaction, with its line in the trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, RowMapping, select, update

from intake.cases.casefile import CaseFile
from intake.errors import NotFound
from intake.models import Person
from intake.now import Clock
from intake.permissions import Action, demand, within_reach
from intake.retention.traces import refuse_erased
from intake.states import Order, follow
from intake.store.acting import acting
from intake.store.tables import referrals
from intake.store.trail import Trail
from intake.store.vault import Index, Vault

ACTIONS: Mapping[Order, Action] = {
    "add_document": "add_document",
    "answer": "answer",
    "save_draft": "save_draft",
    "correct": "correct",
    "ask": "ask",
    "assign": "assign",
    "decide": "decide",
    "reopen": "reopen",
    "withdraw": "withdraw",
    "retry": "retry",
    "redraw": "retry",
    "restrict": "restrict",
    "review": "decide",
    "hold": "hold",
    "lift_hold": "hold",
    "order_erasure": "erase",
    "take_erasure_back": "erase",
}
"""The permission that each order of a person asks for."""


class Registry:
    def __init__(self, engine: Engine, vault: Vault, index: Index, trail: Trail, clock: Clock) -> None:
        self.engine = engine
        self.vault = vault
        self.index = index
        self.trail = trail
        self.clock = clock

    @contextmanager
    def order(self, actor: Person, order: Order, referral_id: UUID) -> Iterator[CaseFile]:
        """A person's order. Raises NotAllowed, NotFound (also for what is not theirs), NotNow, Erased."""
        action = ACTIONS[order]
        demand(actor, action)
        with acting(self.engine, actor) as connection:
            row = self._locked(connection, referral_id, within_reach(actor, action, referrals))
            with self._open(connection, order, row, actor) as file:
                yield file

    @contextmanager
    def step(self, connection: Connection, order: Order, referral_id: UUID) -> Iterator[CaseFile]:
        """A step of the desk itself, inside a transaction that the caller holds."""
        with self._open(connection, order, self._locked(connection, referral_id), None) as file:
            yield file

    def look(self, connection: Connection, referral_id: UUID) -> CaseFile:
        """A case file for what changes neither state nor trail."""
        row = self._locked(connection, referral_id)
        return CaseFile(connection, row, self.vault.envelope(row["id"], row["wrapped_key"]), None, self.clock.now())

    def _locked(self, connection: Connection, referral_id: UUID, *conditions: Any) -> RowMapping:
        found = connection.execute(
            select(referrals).where(referrals.c.id == referral_id, *conditions).with_for_update()
        )
        row = found.mappings().first()
        if row is None:
            raise NotFound
        refuse_erased(connection, row)
        return row

    @contextmanager
    def _open(self, connection: Connection, order: Order, row: RowMapping, actor: Person | None) -> Iterator[CaseFile]:
        status = follow(order, row["status"])
        envelope = self.vault.envelope(row["id"], row["wrapped_key"])
        file = CaseFile(connection, row, envelope, actor, self.clock.now())
        yield file
        if file.events:
            changes = {"status": status, "version": row["version"] + 1, **file.changes}
            connection.execute(update(referrals).where(referrals.c.id == row["id"]).values(**changes))
            self.trail.append(connection, file.events)
