"""A referral taken out of the cabinet for one order: its row locked, its content opened and sealed as needed.

What an order changes is put down here and written by the registry in the same transaction; an order that notes nothing
in the history has changed nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy import Connection, RowMapping, func, insert, select, update

from extractors.models import Evidence, FieldValue, FormReading, Model, Value
from intake.models import Clarification, Correspondent, Person, RawAnswer
from intake.now import london_day
from intake.store.tables import assessments, clarifications, entries, messages, readings
from intake.store.trail import Entry
from intake.store.vault import Envelope
from validation.models import Assessment


class Entered(Model):
    """A value that a person gave; `method` is answered or corrected."""

    key: str | None
    value: FieldValue
    raw: str
    not_known_reason: str | None
    method: str


class Asked(Model):
    """The words of a question, kept sealed: a coordinator's own may name people."""

    label: str
    kind: str
    options: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    question: str
    reason: str
    rules: tuple[str, ...] = ()


DRAFT: TypeAdapter[RawAnswer] = TypeAdapter(RawAnswer)


class CaseFile:
    """One referral, held by one transaction. `actor` is None when the desk itself acts."""

    def __init__(
        self,
        connection: Connection,
        row: Mapping[str, Any] | RowMapping,
        envelope: Envelope,
        actor: Person | None,
        now: datetime,
    ) -> None:
        self.connection = connection
        self.row = row
        self.envelope = envelope
        self.actor = actor
        self.now = now
        self.changes: dict[str, Any] = {}
        self.events: list[Entry] = []

    @property
    def id(self) -> UUID:
        found = self.row["id"]
        assert isinstance(found, UUID)
        return found

    @property
    def received_on(self) -> date:
        return london_day(self.row["received_at"])

    @property
    def acting(self) -> Person:
        assert self.actor is not None, "an order of a person"
        return self.actor

    def put(self, **columns: Any) -> None:
        """Change columns of the referral's row."""
        self.changes |= columns

    def note(self, kind: str, what: str, **facts: Any) -> None:
        """Write a line of the history: a plain sentence without personal detail, and facts that are ids or counts."""
        who = self.actor.id if self.actor else None
        if isinstance(self.actor, Correspondent):
            facts["link"] = str(self.actor.link_id)
        self.events.append(Entry(at=self.now, who=who, referral_id=self.id, kind=kind, what=what, facts=facts))

    def tell(self, kind: str, *, agency: bool) -> None:
        """Put a message in the outbox, to the referring agency or else to the area's coordinators."""
        self.connection.execute(
            insert(messages).values(
                id=uuid4(),
                referral_id=self.id,
                kind=kind,
                to_agency=self.row["agency_id"] if agency else None,
                to_area=None if agency else self.row["area"],
                state="waiting",
                created_at=self.now,
            )
        )

    # What the form says

    def original(self) -> FormReading | None:
        """The form as it was read."""
        sealed = self.connection.scalar(select(readings.c.form_sealed).where(readings.c.referral_id == self.id))
        return opened_form(self.envelope, sealed) if sealed is not None else None

    def form(self) -> FormReading | None:
        """The form with what people entered over it."""
        read = self.original()
        return with_entries(read, self.entered()) if read is not None else None

    def entered(self) -> tuple[Entered, ...]:
        """What people entered, the earliest first."""
        rows = self.connection.execute(
            select(entries.c.id, entries.c.sealed).where(entries.c.referral_id == self.id).order_by(entries.c.position)
        )
        return tuple(opened_entry(self.envelope, row.id, row.sealed) for row in rows)

    def enter(self, entry: Entered, clarification_id: UUID | None = None) -> None:
        """Keep a value that a person gave; it stands over what was read and over earlier entries."""
        new = uuid4()
        position = select(func.coalesce(func.max(entries.c.position), 0) + 1).where(entries.c.referral_id == self.id)
        self.connection.execute(
            insert(entries).values(
                id=new,
                referral_id=self.id,
                clarification_id=clarification_id,
                key=entry.key,
                sealed=self.envelope.seal_text(entry.model_dump_json(), f"entries/{new}"),
                by=self.acting.id,
                at=self.now,
                position=position.scalar_subquery(),
            )
        )

    # Questions

    def open_clarifications(self) -> dict[UUID, tuple[str | None, UUID | None]]:
        """Unanswered questions: id to (key, who asked)."""
        rows = self.connection.execute(
            select(clarifications.c.id, clarifications.c.key, clarifications.c.asked_by).where(
                clarifications.c.referral_id == self.id,
                clarifications.c.answered_at.is_(None),
                clarifications.c.withdrawn_at.is_(None),
            )
        )
        return {row.id: (row.key, row.asked_by) for row in rows}

    def open_own_questions(self) -> frozenset[str]:
        """The coordinator's own questions that await an answer."""
        rows = self.connection.execute(
            select(clarifications).where(
                clarifications.c.referral_id == self.id,
                clarifications.c.key.is_(None),
                clarifications.c.answered_at.is_(None),
                clarifications.c.withdrawn_at.is_(None),
            )
        ).mappings()
        return frozenset(opened_question(self.envelope, row).question for row in rows)

    def draft(self, clarification_id: UUID) -> RawAnswer | None:
        """What was saved of the answer to a question, None where nothing was."""
        sealed = self.connection.scalar(
            select(clarifications.c.draft_sealed).where(
                clarifications.c.referral_id == self.id, clarifications.c.id == clarification_id
            )
        )
        return opened_draft(self.envelope, clarification_id, sealed) if sealed is not None else None

    def put_question(self, asked: Asked, key: str | None, position: int) -> None:
        new = uuid4()
        self.connection.execute(
            insert(clarifications).values(
                id=new,
                referral_id=self.id,
                position=position,
                key=key,
                sealed=self.envelope.seal_text(asked.model_dump_json(), f"clarifications/{new}"),
                asked_by=self.actor.id if self.actor else None,
                asked_at=self.now,
            )
        )

    def count_questions(self, put: int, still_open: int, missed: Iterable[str] = ()) -> None:
        """Keep count of what was asked in this order and of what is open after it; `missed` are fields the desk asked for."""
        row, since = self.row, self.row["waiting_since"]
        if put:
            known = list(row["missed"])
            self.put(questions=row["questions"] + put, rounds=row["rounds"] + 1)
            self.put(missed=known + [key for key in missed if key not in known])
        if still_open:
            self.put(waiting_since=since or self.now, waited=row["waited"])
        elif since is not None:
            self.put(waiting_since=None, waited=(row["waited"] or timedelta()) + (self.now - since))
        self.put(open_questions=still_open)

    def mark_questions(self, ids: set[UUID], **columns: Any) -> None:
        if ids:
            self.connection.execute(update(clarifications).where(clarifications.c.id.in_(ids)).values(**columns))

    # Judging

    def keep_assessment(self, assessment: Assessment) -> None:
        last = select(func.max(assessments.c.number)).where(assessments.c.referral_id == self.id)
        number = (self.connection.scalar(last) or 0) + 1
        self.connection.execute(
            insert(assessments).values(
                referral_id=self.id,
                number=number,
                sealed=self.envelope.seal_text(assessment.model_dump_json(), f"assessments/{number}"),
                at=self.now,
            )
        )


def opened_form(envelope: Envelope, sealed: bytes) -> FormReading:
    return FormReading.model_validate_json(envelope.open(sealed, "readings/form"))


def opened_entry(envelope: Envelope, entry_id: UUID, sealed: bytes) -> Entered:
    return Entered.model_validate_json(envelope.open(sealed, f"entries/{entry_id}"))


def opened_draft(envelope: Envelope, clarification_id: UUID, sealed: bytes) -> RawAnswer:
    return DRAFT.validate_json(envelope.open(sealed, f"drafts/{clarification_id}"))


def opened_question(envelope: Envelope, row: RowMapping) -> Clarification:
    """A question without its answer and without the name of who asked."""
    asked = Asked.model_validate_json(envelope.open(row["sealed"], f"clarifications/{row['id']}"))
    draft = row["draft_sealed"]
    return Clarification(
        id=row["id"],
        key=row["key"],
        label=asked.label,
        kind=asked.kind,
        options=asked.options,
        columns=asked.columns,
        question=asked.question,
        reason=asked.reason,
        rules=asked.rules,
        asked_by=None,
        asked_at=row["asked_at"],
        draft=opened_draft(envelope, row["id"], draft) if draft is not None else None,
        withdrawn_at=row["withdrawn_at"],
    )


def with_entries(form: FormReading, entered: tuple[Entered, ...]) -> FormReading:
    """The form with every entry over what was read: a person's word is never overwritten by an automatic step."""
    values = dict(form.values)
    for entry in entered:
        if entry.key in values:
            values[entry.key] = _entered_value(entry, entry.key, values[entry.key].evidence)
    return form.model_copy(update={"values": values})


def _entered_value(entry: Entered, key: str, before: Evidence | None) -> Value:
    return Value(
        key=key,
        status="read" if entry.not_known_reason is None else "not_known",
        value=entry.value,
        evidence=Evidence(
            page=before.page if before else None,
            box=before.box if before else None,
            path=before.path if before else None,
            raw=entry.raw if entry.not_known_reason is None else entry.not_known_reason,
            method=entry.method,
            label=before.label if before else None,
        ),
        confidence=1.0,
    )
