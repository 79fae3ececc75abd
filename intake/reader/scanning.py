"""The gate that every document passes before anything opens it: looked over for viruses once, where a scanner is set.

It fails closed: while the scanner does not answer, nothing passes and nothing is refused; it waits.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select, update

from extractors.refusals import Refusal
from intake.cases.registry import Registry
from intake.errors import NotFound
from intake.reader.clamd import EVERY, Clamd, ScannerAway
from intake.store.acting import acting
from intake.store.tables import documents

NOT_IN_FULL = "Heuristics.Limits.Exceeded"
"""What clamd's finding begins with where a file is packed beyond what it unpacks (AlertExceedsMax)."""


def refusal_for(virus: str) -> Refusal:
    """Why a document in which clamd found `virus` is not opened."""
    return Refusal("unscannable" if virus.startswith(NOT_IN_FULL) else "infected")


class Gate:
    """`scanner` is None where none is set: everything passes then, and the pages say so."""

    def __init__(self, registry: Registry, scanner: Clamd | None) -> None:
        self._registry = registry
        self._scanner = scanner

    @property
    def guarded(self) -> bool:
        return self._scanner is not None

    def scanner_says(self) -> str | None:
        """What the scanner says it is; empty when it does not answer, None when none is set."""
        try:
            return self._scanner.version() if self._scanner else None
        except ScannerAway:
            return ""

    def let_through(
        self,
        referral_id: UUID,
        document_id: UUID,
        content: bytes,
        still_here: Callable[[], None] = lambda: None,
        every: float = EVERY,
    ) -> None:
        """Return when a stored document may be opened. What is found is written down, and not looked for again.

        Raises Refusal where something was found, ScannerAway where nobody could look.
        """
        with acting(self._registry.engine, "desk") as connection:
            kept = connection.execute(
                select(documents.c.scanned_at, documents.c.virus).where(documents.c.id == document_id)
            ).first()
        if kept is None:
            # Erased in the meantime.
            raise NotFound
        virus = kept.virus
        if self._scanner is not None and kept.scanned_at is None:
            virus = self._scanner.virus_in(content, still_here, every)
            self._write(referral_id, document_id, virus)
        if virus is not None:
            raise refusal_for(virus)

    def at_the_door(self, content: bytes) -> bool:
        """Whether a document that is just coming in was looked over; if not, that is done before it is opened.

        Raises Refusal where something was found.
        """
        if self._scanner is None:
            return False
        try:
            virus = self._scanner.virus_in(content)
        except ScannerAway:
            return False
        if virus is not None:
            raise refusal_for(virus)
        return True

    def _write(self, referral_id: UUID, document_id: UUID, virus: str | None) -> None:
        what = "no virus was found" if virus is None else "it is not opened"
        found = {} if virus is None else {"found": virus}
        with (
            acting(self._registry.engine, "desk") as connection,
            self._registry.step(connection, "scan", referral_id) as file,
        ):
            connection.execute(
                update(documents).where(documents.c.id == document_id).values(scanned_at=file.now, virus=virus)
            )
            file.put(scanner_awaited=False)
            file.note("scanned", f"Checked a document for viruses: {what}.", document=str(document_id), **found)
