"""Does the job whose turn it is: has the form read and judged, and writes everything in one transaction, once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, insert, select, update

from extractors.given import CARRIER
from extractors.models import FormReading, PagePicture, Reading
from extractors.refusals import Refusal
from intake.cases.casefile import CaseFile
from intake.cases.judging import Check, judge
from intake.cases.receiving import clean_name, keep_document, next_reference
from intake.cases.registry import Registry
from intake.cases.restricting import copy_restriction
from intake.errors import LostLease, NotNow
from intake.now import london_day
from intake.reader.clamd import ScannerAway
from intake.reader.local_labels import labels_of
from intake.reader.nursery import File, Result
from intake.reader.reading_room import ReadingFailed
from intake.reader.scanning import Gate
from intake.store.acting import acting
from intake.store.lines import name_of
from intake.store.tables import documents, page_pictures, readings, referrals
from intake.work.ledger import ATTEMPTS, HEARTBEAT, Claim, JobKind, Ledger

log = logging.getLogger(__name__)

MOST_OTHERS = 100
MOST_BESIDE = 60 * 1024 * 1024
"""How many attachments of a mail beside its forms, and bytes of them together, are kept by themselves; all are in the mail."""
DoTask = Callable[[str, File, Callable[[], None], float], Result]
"""ReadingRoom.do, or what stands in for it."""


class ReadingDesk:
    """What a worker does when the doorbell rings."""

    def __init__(self, registry: Registry, ledger: Ledger, check: Check, do_task: DoTask, gate: Gate) -> None:
        self._registry = registry
        self._ledger = ledger
        self._check = check
        self._do_task = do_task
        self._gate = gate
        self._kinds: Mapping[JobKind, Callable[[Claim], None]] = {"read": self._read, "picture": self._draw}

    def do_next(self) -> bool:
        """Do the job whose turn it is; False when none is due."""
        claim = self._ledger.claim()
        if claim is None:
            return False
        try:
            self._kinds[claim.kind](claim)
        except LostLease:
            log.warning("job %s: fence %d has passed to another worker, nothing written", claim.id, claim.fence)
        except NotNow:
            # Withdrawn while it was being read.
            log.info("job %s: its referral no longer waits for it", claim.id)
        except ScannerAway as away:
            self._await_scanner(claim, away.code)
        except Exception as error:
            self._failed(claim, error.code if isinstance(error, ReadingFailed) else type(error).__name__)
        return True

    def _failed(self, claim: Claim, code: str) -> None:
        log.error("job %s of referral %s: attempt %d failed: %s", claim.id, claim.referral_id, claim.attempts, code)
        try:
            if claim.attempts < ATTEMPTS:
                self._ledger.fail(claim, code)
            else:
                self.set_aside(claim, code)
        except LostLease:
            log.warning("job %s: fence %d has passed to another worker", claim.id, claim.fence)

    def _await_scanner(self, claim: Claim, code: str) -> None:
        """Nothing is opened unscanned, and nothing given up because a scanner is away: the job waits for it."""
        log.warning("job %s of referral %s waits for the virus scanner: %s", claim.id, claim.referral_id, code)
        try:
            if code == "scanner_limit":
                # It would say the same for ever: somebody must let it take files as long as the desk takes.
                self.set_aside(claim, code)
            else:
                self._put_off(claim, code)
        except LostLease:
            log.warning("job %s: fence %d has passed to another worker", claim.id, claim.fence)

    def _put_off(self, claim: Claim, code: str) -> None:
        with acting(self._registry.engine, "desk") as connection:
            self._ledger.put_off(connection, claim, code)
            with self._registry.step(connection, "await_scanner", claim.referral_id) as file:
                if not file.row["scanner_awaited"]:
                    file.put(scanner_awaited=True)
                    file.note(
                        "scanner_awaited", "The virus scanner does not answer: waits for it, unopened.", code=code
                    )

    def set_aside(self, claim: Claim, code: str) -> None:
        """Stop trying. A form that could not be read is shown to people, who can have it tried again."""
        with acting(self._registry.engine, "desk") as connection:
            self._ledger.set_aside(connection, claim, code)
            if claim.kind == "read":
                with self._registry.step(connection, "set_aside", claim.referral_id) as file:
                    file.put(set_aside=True)
                    file.note("set_aside", "The form could not be read by itself and was set aside.", code=code)
                    file.tell("set_aside", agency=False)

    def _task(self, claim: Claim, document_id: UUID, file: File) -> Result:
        def still_here() -> None:
            self._ledger.renew(claim)

        self._gate.let_through(claim.referral_id, document_id, file.content, still_here, HEARTBEAT)
        return self._do_task(claim.kind, file, still_here, HEARTBEAT)

    # Reading

    def _read(self, claim: Claim) -> None:
        with acting(self._registry.engine, "desk") as connection:
            with self._registry.step(connection, "take_up", claim.referral_id) as file:
                if file.row["status"] == "received":
                    file.note("reading", "Began to read the form.")
            document_id, document = self._document(connection, file)
        try:
            result = self._task(claim, document_id, document)
        except Refusal as refusal:
            self._refuse(claim, refusal)
        else:
            self._write(claim, result)

    def _document(self, connection: Connection, file: CaseFile) -> tuple[UUID, File]:
        found = connection.execute(
            select(
                documents.c.id,
                documents.c.filename_sealed,
                documents.c.content_sealed,
                documents.c.carrier,
                name_of(documents.c.added_by),
            ).where(documents.c.referral_id == file.id, documents.c.supporting.is_(False))
        ).one()
        name = file.envelope.open_text(found.filename_sealed, f"documents/{found.id}/filename")
        content = file.envelope.open(found.content_sealed, f"documents/{found.id}/content")
        labels, given_by = labels_of(connection, file.row["area"]), found.name if found.carrier == CARRIER else None
        return found.id, File(content, name, file.received_on, labels=labels, given_by=given_by)

    def _refuse(self, claim: Claim, refusal: Refusal) -> None:
        with acting(self._registry.engine, "desk") as connection:
            self._ledger.finish(connection, claim)
            with self._registry.step(connection, "refuse", claim.referral_id) as file:
                file.put(refusal_code=refusal.code, refusal_message=refusal.message)
                file.note("refused", f"Not read: {refusal.message}", code=refusal.code)
                file.tell("refused", agency=True)

    def _write(self, claim: Claim, result: Result) -> None:
        if result.reading is None or not result.reading.forms:
            raise ReadingFailed("nothing_read")
        first, *others = result.reading.forms
        with acting(self._registry.engine, "desk") as connection:
            self._ledger.finish(connection, claim)
            with self._registry.step(connection, "take_reading", claim.referral_id) as file:
                self._keep(file, first, result.reading)
                self._keep_pictures(file, result.pictures)
                self._keep_others(file, result.others)
                for form in others:
                    self._open_sibling(file, form, result)
                if result.pictures_follow:
                    self._ledger.enter(connection, "picture", file.id, file.row["agency_id"])

    def _keep(self, file: CaseFile, form: FormReading, reading: Reading) -> None:
        file.put(read_at=file.now)
        file.connection.execute(
            insert(readings).values(
                referral_id=file.id,
                form_sealed=file.envelope.seal_text(form.model_dump_json(), "readings/form"),
                other_attachments_sealed=file.envelope.seal_text(
                    "\n".join(reading.other_attachments), "readings/other"
                ),
                read_at=file.now,
            )
        )
        file.connection.execute(
            update(documents)
            .where(documents.c.referral_id == file.id, documents.c.supporting.is_(False))
            .values(carrier=form.carrier, pages=form.pages)
        )
        file.note("read", f"Read form {form.form}.", form=form.form, carrier=form.carrier)
        judge(file, self._check, self._registry.index)

    def _keep_pictures(self, file: CaseFile, pictures: Sequence[PagePicture]) -> None:
        rows = [
            {
                "referral_id": file.id,
                "page": page,
                "width": picture.width,
                "height": picture.height,
                "picture_sealed": file.envelope.seal(picture.jpeg, f"page_pictures/{page}"),
            }
            for page, picture in enumerate(pictures, start=1)
        ]
        if rows:
            file.connection.execute(insert(page_pictures), rows)

    def _keep_others(self, file: CaseFile, others: Sequence[tuple[str, bytes]]) -> None:
        """What a mail carried beside its forms becomes documents of the case; each is looked over before it is given out."""
        kept = others[:MOST_OTHERS] if sum(len(content) for _, content in others) <= MOST_BESIDE else ()
        for name, content in kept:
            keep_document(
                file.connection,
                file.envelope,
                file.id,
                filename=clean_name(name),
                content=content,
                size=len(content),
                supporting=True,
                by=file.row["received_by"],
                at=file.now,
            )
        if kept:
            file.note("attachments_kept", "Kept what came in the same mail.", count=len(kept))
        if len(kept) < len(others):
            file.note("attachments_in_mail", "More came in the same mail; it is in the mail as received.")

    def _open_sibling(self, first: CaseFile, form: FormReading, result: Result) -> None:
        """A further form of the same mail becomes a referral of its own, received at the same moment."""
        connection, row = first.connection, first.row
        new: UUID = uuid4()
        envelope, wrapped_key = self._registry.vault.new_envelope(new)
        kept = {
            name: row[name]
            for name in ("area", "agency_id", "received_by", "received_at", "due_on", "due_basis", "due_why")
        }
        sibling = {
            **kept,
            "id": new,
            "wrapped_key": wrapped_key,
            "status": "checked",
            "came_with": first.id,
            "reference": next_reference(connection, row["area"], london_day(row["received_at"]).year),
        }
        connection.execute(insert(referrals).values(**sibling))
        self._copy_document(connection, first, envelope, new)
        unasked = {"version": 1, "questions": 0, "rounds": 0, "missed": [], "waiting_since": None, "waited": None}
        file = CaseFile(connection, {**sibling, **unasked}, envelope, None, first.now)
        file.note("received", f"Came in the same file as {row['reference']}.", reference=sibling["reference"])
        assert result.reading is not None
        copy_restriction(connection, first, file)
        self._keep(file, form, result.reading)
        self._keep_others(file, result.others)
        connection.execute(update(referrals).where(referrals.c.id == new).values(**file.changes))
        if result.pictures_follow:
            self._ledger.enter(connection, "picture", new, row["agency_id"])
        first.events += file.events
        first.note("sibling", f"The file held another form, now {sibling['reference']}.", sibling=str(new))

    def _copy_document(self, connection: Connection, first: CaseFile, envelope: Any, new: UUID) -> None:
        # A copy under its own key, so that erasing one referral leaves the other whole.
        document = connection.execute(
            select(documents).where(documents.c.referral_id == first.id, documents.c.supporting.is_(False))
        ).one()
        keep_document(
            connection,
            envelope,
            new,
            filename=first.envelope.open_text(document.filename_sealed, f"documents/{document.id}/filename"),
            content=first.envelope.open(document.content_sealed, f"documents/{document.id}/content"),
            size=document.size,
            supporting=False,
            by=document.added_by,
            at=document.added_at,
            scanned_at=document.scanned_at,
        )

    # Drawing

    def _draw(self, claim: Claim) -> None:
        with acting(self._registry.engine, "desk") as connection:
            file = self._registry.look(connection, claim.referral_id)
            form = file.original()
            document_id, document = self._document(connection, file)
        document = document._replace(part=form.attachment if form else None)
        try:
            pictures = self._task(claim, document_id, document).pictures
        except Refusal as refusal:
            # Without LibreOffice, say: the pages then show the text alone.
            log.info("job %s: no pictures: %s", claim.id, refusal.code)
            pictures = ()
        with acting(self._registry.engine, "desk") as connection:
            self._ledger.finish(connection, claim)
            self._keep_pictures(self._registry.look(connection, claim.referral_id), pictures)
