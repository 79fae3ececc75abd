"""What became of files that were sent together: one line each, however many there were."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Engine, RowMapping, func, select

from extractors.models import Model
from intake.cases.looks import Looks
from intake.errors import NotFound
from intake.models import Person, Refused
from intake.permissions import demand, within_reach
from intake.store.acting import acting
from intake.store.tables import documents, referrals
from intake.store.vault import Vault
from intake.terms import ReferralStatus

MOST = 1000
"""Files of one sending that are listed; a request holds no more parts."""


class SentFile(Model):
    """One form of them: what it was received as, and where it is now.

    `same_as` is the reference of an open referral that came in the same file, `came_with` that of an e-mail's first form where
    this is another one of it.
    """

    id: UUID
    reference: str
    filename: str
    sha256: str
    received_at: datetime
    due_on: date
    status: ReferralStatus
    set_aside: bool
    open_questions: int
    refused: Refused | None
    same_as: str | None
    came_with: str | None

    @property
    def under_way(self) -> bool:
        """Whether it will go on by itself."""
        return self.status in ("received", "reading") and not self.set_aside


class Sendings:
    def __init__(self, engine: Engine, vault: Vault, looks: Looks) -> None:
        self._engine = engine
        self._vault = vault
        self._looks = looks

    def sent(self, person: Person, mark: str) -> tuple[SentFile, ...]:
        """What somebody sent from the page with this mark, in the order of the references. Raises NotFound where that is nothing.

        An e-mail with several forms is several of them.
        """
        demand(person, "receive")
        earlier, first = referrals.alias(), referrals.alias()
        from_there = func.starts_with(func.coalesce(first.c.upload_token, referrals.c.upload_token), f"{mark}-")
        wanted = (
            select(
                referrals,
                documents.c.id.label("document_id"),
                documents.c.filename_sealed,
                documents.c.sha256,
                earlier.c.reference.label("same_reference"),
                first.c.reference.label("first_reference"),
            )
            .join(documents, (documents.c.referral_id == referrals.c.id) & ~documents.c.supporting)
            .outerjoin(earlier, earlier.c.id == referrals.c.same_as)
            .outerjoin(first, first.c.id == referrals.c.came_with)
            .where(within_reach(person, "see_content", referrals), referrals.c.received_by == person.id, from_there)
            .order_by(referrals.c.reference)
            .limit(MOST)
        )
        with acting(self._engine, person) as connection:
            found = tuple(self._file(row) for row in connection.execute(wanted).mappings())
            self._looks.note_list(connection, person, "listed", (file.id for file in found))
        if not found:
            raise NotFound("Nothing was sent from there.")
        return found

    def _file(self, row: RowMapping) -> SentFile:
        envelope = self._vault.envelope(row["id"], row["wrapped_key"])
        refused = Refused(code=row["refusal_code"], message=row["refusal_message"]) if row["refusal_code"] else None
        return SentFile(
            id=row["id"],
            reference=row["reference"],
            filename=envelope.open_text(row["filename_sealed"], f"documents/{row['document_id']}/filename"),
            sha256=bytes(row["sha256"]).hex(),
            received_at=row["received_at"],
            due_on=row["due_on"],
            status=row["status"],
            set_aside=row["set_aside"],
            open_questions=row["open_questions"],
            refused=refused,
            same_as=row["same_reference"],
            came_with=row["first_reference"],
        )
