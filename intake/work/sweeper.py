"""Sees to it that nothing is forgotten: every few seconds gives up the leases of the dead and rings for what is due."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from intake.errors import LostLease
from intake.work.doorbell import Doorbell
from intake.work.ledger import Claim, Ledger

log = logging.getLogger(__name__)

EVERY = 3.0
"""Seconds between two rounds: with a lease of 15 a dead worker's job rings again within 18."""
MOST_RINGS = 1000


class Sweeper:
    def __init__(self, ledger: Ledger, doorbell: Doorbell, set_aside: Callable[[Claim, str], None]) -> None:
        self._ledger = ledger
        self._doorbell = doorbell
        self._set_aside = set_aside

    def sweep(self) -> int:
        """One round; gives how many rings went out. Trouble with a server is logged and left to the next round."""
        try:
            for spent in self._ledger.release_expired():
                self._give_up(spent)
            due = self._ledger.due(MOST_RINGS)
        except SQLAlchemyError as error:
            log.warning("sweep put off: %s", type(error).__name__)
            return 0
        self._doorbell.note_sweep()
        if not due:
            return 0
        waiting = self._doorbell.waiting()
        # Rings that still wait will be answered by whatever is due then; only what is beyond them needs another.
        return self._doorbell.ring(due[waiting:]) if waiting is not None else 0

    def _give_up(self, spent: Claim) -> None:
        try:
            self._set_aside(spent, "lease_expired")
        except LostLease:
            log.warning("job %s: fence %d has passed on", spent.id, spent.fence)
