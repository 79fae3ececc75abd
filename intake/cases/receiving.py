"""Takes files in: once the receipt is given, document, reference, due date and job are in the database together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from extractors.refusals import Refusal
from intake.cases.casefile import CaseFile
from intake.cases.registry import Registry
from intake.due.clock import due_date
from intake.due.counting import counting_of
from intake.errors import NotAllowed
from intake.models import Person, Receipt, Refused
from intake.now import london_day
from intake.permissions import demand
from intake.retention.traces import refuse_erased
from intake.store.acting import acting
from intake.store.room import Room
from intake.store.tables import agencies, documents, reference_counters, referrals
from intake.store.vault import Envelope
from intake.terms import OPEN, Basis
from intake.work.doorbell import Doorbell
from intake.work.ledger import Ledger

Then = Callable[[Connection, Receipt], None]
"""What is to be written in the transaction of a receipt."""
LONGEST_NAME = 200
MEGABYTE = 1024 * 1024


def clean_name(filename: str) -> str:
    """A file's own name without folders and unprintable characters, at most 200 characters long."""
    bare = filename.replace("\\", "/").rsplit("/", 1)[-1]
    bare = "".join(c for c in bare if c.isprintable()).strip() or "file without a name"
    return bare if len(bare) <= LONGEST_NAME else bare[: LONGEST_NAME - 20] + "…" + bare[-19:]


def refusal_of(size: int, limit: int) -> Refused | None:
    """Why a file is not even opened, if it is not."""
    if size == 0:
        found = Refusal("empty")
    elif size > limit:
        found = Refusal("too_large", limit=f"{limit // MEGABYTE} MB")
    else:
        return None
    return Refused(code=found.code, message=found.message)


def next_reference(connection: Connection, area: str, year: int) -> str:
    """The area's next number in the year: without gaps, since it is given back when the transaction is."""
    counter = upsert(reference_counters).values(area=area, year=year, last=1)
    counter = counter.on_conflict_do_update(
        index_elements=["area", "year"], set_={"last": reference_counters.c.last + 1}
    )
    return f"{area}-{year}-{connection.execute(counter.returning(reference_counters.c.last)).scalar_one():06d}"


def keep_document(
    connection: Connection,
    envelope: Envelope,
    referral_id: UUID,
    *,
    filename: str,
    content: bytes,
    size: int,
    supporting: bool,
    by: UUID,
    at: datetime,
    scanned_at: datetime | None = None,
    carrier: str | None = None,
) -> UUID:
    """Store a document, sealed, and give its id; `scanned_at` is when it was looked over for viruses, if it was.

    `carrier` is what it is, where that is known before it is read.
    """
    new = uuid4()
    connection.execute(
        insert(documents).values(
            id=new,
            referral_id=referral_id,
            supporting=supporting,
            filename_sealed=envelope.seal_text(filename, f"documents/{new}/filename"),
            content_sealed=envelope.seal(content, f"documents/{new}/content"),
            sha256=_digest(content),
            size=size,
            added_by=by,
            added_at=at,
            scanned_at=scanned_at,
            carrier=carrier,
        )
    )
    return new


def kept_document(file: CaseFile, filename: str, content: bytes) -> UUID | None:
    """The supporting document of this name and content that the referral has already."""
    same = (documents.c.referral_id == file.id, documents.c.supporting, documents.c.sha256 == _digest(content))
    for row in file.connection.execute(select(documents.c.id, documents.c.filename_sealed).where(*same)):
        if file.envelope.open_text(row.filename_sealed, f"documents/{row.id}/filename") == filename:
            found: UUID = row.id
            return found
    return None


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


class Reception:
    def __init__(
        self, registry: Registry, ledger: Ledger, doorbell: Doorbell, room: Room, basis: Basis, limit: int
    ) -> None:
        self._registry = registry
        self._ledger = ledger
        self._doorbell = doorbell
        self._room = room
        self._basis = basis
        self._limit = limit

    def receive(
        self,
        actor: Person,
        filename: str,
        content: bytes,
        token: str | None,
        size: int | None,
        repeats: UUID | None = None,
        carrier: str | None = None,
        then: Then | None = None,
        came_at: datetime | None = None,
    ) -> Receipt:
        """See Desk.receive."""
        demand(actor, "receive")
        size = len(content) if size is None else size
        refused = refusal_of(size, self._limit)
        try:
            receipt, job_id = self._in_one_transaction(
                actor, clean_name(filename), content, size, token, refused, repeats, carrier, then, came_at
            )
        except IntegrityError:
            # The same page was sent twice at the same moment; the other one has the number.
            with acting(self._registry.engine, actor) as connection:
                earlier = self._earlier(connection, actor, token)
            if earlier is None:
                raise
            return earlier
        if job_id is not None:
            self._doorbell.ring([job_id])
        return receipt

    def _in_one_transaction(
        self,
        actor: Person,
        filename: str,
        content: bytes,
        size: int,
        token: str | None,
        refused: Refused | None,
        repeats: UUID | None,
        carrier: str | None,
        then: Then | None,
        came_at: datetime | None,
    ) -> tuple[Receipt, UUID | None]:
        if actor.agency_id is None:
            raise NotAllowed
        new, now = uuid4(), self._registry.clock.now()
        received_at = came_at or now
        envelope, wrapped_key = self._registry.vault.new_envelope(new)
        kept = content if refused is None else b""
        with acting(self._registry.engine, actor) as connection:
            earlier = self._earlier(connection, actor, token)
            if earlier is not None:
                return earlier, None
            if refused is None:
                self._room.demand()
            area = connection.execute(select(agencies.c.area).where(agencies.c.id == actor.agency_id)).scalar_one()
            same = self._same_file(connection, actor, content, repeats) if refused is None else None
            keep_document(
                connection,
                envelope,
                new,
                filename=filename,
                content=kept,
                size=size,
                supporting=False,
                by=actor.id,
                at=now,
                carrier=carrier,
            )
            counting = counting_of(connection, area, self._basis)
            due = due_date(received_at, counting.basis, counting.closures, counting.days)
            row: dict[str, Any] = {
                "id": new,
                "area": area,
                "agency_id": actor.agency_id,
                "received_by": actor.id,
                "received_at": received_at,
                "upload_token": token,
                "due_on": due.due,
                "due_basis": due.basis,
                "due_why": due.why,
                "wrapped_key": wrapped_key,
                "status": "received" if refused is None else "refused",
                "refusal_code": refused.code if refused else None,
                "refusal_message": refused.message if refused else None,
                "same_as": same.id if same else None,
                # Last, because the counter stays locked until the transaction ends.
                "reference": next_reference(connection, area, london_day(received_at).year),
            }
            connection.execute(insert(referrals).values(**row))
            job_id = self._ledger.enter(connection, "read", new, actor.agency_id) if refused is None else None
            file = CaseFile(connection, row, envelope, actor, now)
            digest = _digest(content).hex()
            file.note("received", "Received the file.", reference=row["reference"], sha256=digest, size=size)
            if refused is not None:
                file.note("refused", f"Not read: {refused.message}", code=refused.code)
            if same is not None:
                file.note("same_file", f"The same file came in before as {same.reference}.", earlier=str(same.id))
            file.tell("receipt" if refused is None else "refused", agency=True)
            receipt = Receipt(
                referral_id=new,
                reference=row["reference"],
                received_at=received_at,
                sha256=digest,
                due_on=due.due,
                filename=filename,
                refused=refused,
                same_as=same.reference if same else None,
            )
            if then is not None:
                then(connection, receipt)
            self._registry.trail.append(connection, file.events)
        return receipt, job_id

    def _same_file(
        self, connection: Connection, actor: Person, content: bytes, repeats: UUID | None
    ) -> Row[Any, Any] | None:
        same = documents.c.sha256 == _digest(content) if repeats is None else referrals.c.id == repeats
        return connection.execute(
            select(referrals.c.id, referrals.c.reference)
            .join(documents, documents.c.referral_id == referrals.c.id)
            .where(
                same,
                documents.c.supporting.is_(False),
                referrals.c.agency_id == actor.agency_id,
                referrals.c.status.in_(OPEN),
            )
            .order_by(referrals.c.received_at)
            .limit(1)
        ).first()

    def _earlier(self, connection: Connection, actor: Person, token: str | None) -> Receipt | None:
        if token is None:
            return None
        sent = (referrals.c.received_by == actor.id, referrals.c.upload_token == token)
        row = connection.execute(select(referrals).where(*sent)).mappings().first()
        if row is None:
            return None
        refuse_erased(connection, row)
        own = (documents.c.referral_id == row["id"], documents.c.supporting.is_(False))
        document = connection.execute(
            select(documents.c.id, documents.c.filename_sealed, documents.c.sha256).where(*own)
        ).one()
        envelope = self._registry.vault.envelope(row["id"], row["wrapped_key"])
        refused = Refused(code=row["refusal_code"], message=row["refusal_message"]) if row["refusal_code"] else None
        return Receipt(
            referral_id=row["id"],
            reference=row["reference"],
            received_at=row["received_at"],
            sha256=bytes(document.sha256).hex(),
            due_on=row["due_on"],
            filename=envelope.open_text(document.filename_sealed, f"documents/{document.id}/filename"),
            refused=refused,
        )
