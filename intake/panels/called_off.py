"""Tells those whose accepted case stood on a panel that it was cancelled, or is held after all: who has the case, who sent it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, RowMapping, func, select

from intake.cases.casefile import CaseFile
from intake.cases.deciding import panel_words
from intake.cases.opening import decisions_of
from intake.due.clock import said
from intake.models import Person
from intake.now import Clock, london_day
from intake.panels.calendar import Panel
from intake.store.acting import as_desk
from intake.store.tables import decisions, referrals
from intake.store.trail import Entry, Trail
from intake.store.vault import Envelope, Vault


class CalledOff:
    def __init__(self, vault: Vault, trail: Trail, clock: Clock) -> None:
        self._vault = vault
        self._trail = trail
        self._clock = clock

    def tell(self, connection: Connection, actor: Person, panels: tuple[Panel, ...]) -> None:
        """Write the messages in the transaction in which `actor` cancelled these panels, or put them back."""
        now, events = self._clock.now(), list[Entry]()
        with as_desk(connection):
            for panel in panels:
                if panel.day < london_day(now):
                    continue
                what = "is cancelled" if panel.cancelled else "is held after all"
                for row, envelope in self._standing_on(connection, panel):
                    file = CaseFile(connection, row, envelope, actor, now)
                    kind = "panel_cancelled" if panel.cancelled else "panel_held"
                    file.note(kind, f"The panel on {said(panel.day)} {what}.", panel=str(panel.id))
                    file.tell(kind, agency=True)
                    file.tell(kind, agency=False)
                    events += file.events
        # What somebody did is written by nobody but themselves.
        self._trail.append(connection, events)

    def _standing_on(self, connection: Connection, panel: Panel) -> Iterator[tuple[RowMapping, Envelope]]:
        """The cases whose decision in force names this meeting; one that was only given the day may be heard by another."""
        others = decisions.alias()
        last = select(func.max(others.c.number)).where(others.c.referral_id == referrals.c.id).scalar_subquery()
        found = connection.execute(
            select(referrals)
            .join(decisions, decisions.c.referral_id == referrals.c.id)
            .where(
                referrals.c.area == panel.area,
                referrals.c.status == "decided",
                referrals.c.erased_at.is_(None),
                decisions.c.number == last,
                decisions.c.panel_date == panel.day,
            )
            .order_by(referrals.c.reference)
        )
        for row in found.mappings().all():
            envelope = self._vault.envelope(row["id"], row["wrapped_key"])
            if decisions_of(connection, row["id"], envelope)[-1].panel == panel_words(panel):
                yield row, envelope
