"""Opens everything of one referral for somebody who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, func, or_, select

from intake.cases.casefile import opened_entry, opened_form, opened_question, with_entries
from intake.cases.deciding import Grounds, panel_words
from intake.cases.looks import LOOKS, UNSHOWN
from intake.cases.restricting import restriction_of
from intake.cases.reviewing import reviews_of
from intake.mail.correspondence import tellings_of
from intake.models import (
    Answer,
    Attachment,
    Case,
    Clarification,
    Decision,
    DocumentFacts,
    DueDate,
    Event,
    ReferralLine,
    Refused,
    Reopening,
    Stage,
)
from intake.panels.calendar import Panel
from intake.retention.standing import erasing_of, holds_of
from intake.store.lines import name_of
from intake.store.tables import (
    assessments,
    audit,
    clarifications,
    decisions,
    documents,
    entries,
    page_pictures,
    panels,
    readings,
    referrals,
    reopenings,
)
from intake.store.vault import Envelope
from validation.doubt import doubted
from validation.models import Assessment

DESK = "The desk"
MOST_LOOKS = 100


def stages_of(connection: Connection, row: RowMapping, guarded: bool) -> tuple[Stage, ...]:
    """How far a file has come; `guarded` says whether a virus scanner is set."""
    scanned_at = connection.execute(
        select(documents.c.scanned_at).where(documents.c.referral_id == row["id"], documents.c.supporting.is_(False))
    ).scalar_one()
    return (
        Stage(name="received", at=row["received_at"]),
        _scanned(row, scanned_at, guarded),
        Stage(name="read", at=row["read_at"], detail=row["refusal_message"]),
        Stage(name="judged", at=row["judged_at"]),
    )


def _scanned(row: RowMapping, scanned_at: datetime | None, guarded: bool) -> Stage:
    if scanned_at is not None:
        return Stage(name="scanned", at=scanned_at)
    if row["scanner_awaited"] and row["read_at"] is None:
        return Stage(name="scanned", detail="Waits for the virus scanner, which does not answer", waits=True)
    if not guarded:
        return Stage(name="scanned", detail="No virus scanner is connected")
    return Stage(name="scanned", detail="Read before a virus scanner was connected" if row["read_at"] else None)


def open_case(connection: Connection, row: RowMapping, envelope: Envelope, line: ReferralLine, guarded: bool) -> Case:
    """The whole case. `row` is its row of referrals; `guarded` says whether a virus scanner is set."""
    original = _original(connection, row, envelope)
    answers = _Entries(connection, row["id"], envelope)
    decided = decisions_of(connection, row["id"], envelope)
    form = with_entries(original, answers.in_order) if original else None
    assessment = _assessment(connection, row["id"], envelope)
    return Case(
        line=line,
        document=_document(connection, row["id"], envelope),
        stages=stages_of(connection, row, guarded),
        due=DueDate(due=row["due_on"], basis=row["due_basis"], why=row["due_why"]),
        form=form,
        original=original,
        assessment=assessment,
        doubted=doubted(form, assessment.received) if form and assessment else {},
        clarifications=_clarifications(connection, row["id"], envelope, answers.by_question),
        decisions=decided,
        panel_cancelled=_panel_cancelled(connection, row, decided[-1]) if decided else None,
        history=_history(connection, row["id"]),
        looks=_looks(connection, row["id"]),
        tellings=tellings_of(connection, row["id"]),
        refused=Refused(code=row["refusal_code"], message=row["refusal_message"]) if row["refusal_code"] else None,
        withdrawn_reason=envelope.open_text(row["withdrawn_sealed"], "withdrawn") if row["withdrawn_sealed"] else None,
        siblings=_siblings(connection, row),
        attachments=_attachments(connection, row["id"], envelope),
        restriction=restriction_of(connection, row["id"], envelope) if row["restricted"] else None,
        review_due=row["review_due"],
        reviews=reviews_of(connection, row["id"], envelope),
        holds=holds_of(connection, row["id"], envelope),
        erasing=erasing_of(connection, row["id"]),
    )


def _original(connection: Connection, row: RowMapping, envelope: Envelope) -> Any:
    sealed = connection.scalar(select(readings.c.form_sealed).where(readings.c.referral_id == row["id"]))
    return opened_form(envelope, sealed) if sealed is not None else None


def _document(connection: Connection, referral_id: UUID, envelope: Envelope) -> DocumentFacts:
    found = connection.execute(
        select(
            documents.c.id,
            documents.c.filename_sealed,
            documents.c.sha256,
            documents.c.size,
            documents.c.carrier,
            documents.c.pages,
            documents.c.virus,
        ).where(documents.c.referral_id == referral_id, documents.c.supporting.is_(False))
    ).one()
    sizes = connection.execute(
        select(page_pictures.c.width, page_pictures.c.height)
        .where(page_pictures.c.referral_id == referral_id)
        .order_by(page_pictures.c.page)
    ).all()
    return DocumentFacts(
        filename=envelope.open_text(found.filename_sealed, f"documents/{found.id}/filename"),
        sha256=bytes(found.sha256).hex(),
        size=found.size,
        carrier=found.carrier,
        pages=found.pages,
        pictures=len(sizes) if found.virus is None else 0,
        page_sizes=tuple((width, height) for width, height in sizes) if found.virus is None else (),
        sealed_off=found.virus is not None,
    )


class _Entries:
    """What people entered, in order and by the question it answers."""

    def __init__(self, connection: Connection, referral_id: UUID, envelope: Envelope) -> None:
        rows = connection.execute(
            select(entries.c.id, entries.c.clarification_id, entries.c.sealed, entries.c.at, name_of(entries.c.by))
            .where(entries.c.referral_id == referral_id)
            .order_by(entries.c.position)
        ).all()
        opened = [(row, opened_entry(envelope, row.id, row.sealed)) for row in rows]
        self.in_order = tuple(entry for _, entry in opened)
        self.by_question: Mapping[UUID, Answer] = {
            row.clarification_id: Answer(
                value=entry.value, raw=entry.raw, not_known_reason=entry.not_known_reason, by=row.name, at=row.at
            )
            for row, entry in opened
            if row.clarification_id is not None
        }


def _assessment(connection: Connection, referral_id: UUID, envelope: Envelope) -> Assessment | None:
    found = connection.execute(
        select(assessments.c.number, assessments.c.sealed)
        .where(assessments.c.referral_id == referral_id)
        .order_by(assessments.c.number.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    return Assessment.model_validate_json(envelope.open(found.sealed, f"assessments/{found.number}"))


def _clarifications(
    connection: Connection, referral_id: UUID, envelope: Envelope, answers: Mapping[UUID, Answer]
) -> tuple[Clarification, ...]:
    rows = connection.execute(
        select(clarifications, name_of(clarifications.c.asked_by))
        .where(clarifications.c.referral_id == referral_id)
        .order_by(clarifications.c.position, clarifications.c.asked_at, clarifications.c.id)
    ).mappings()
    return tuple(
        opened_question(envelope, row).model_copy(update={"asked_by": row["name"], "answer": answers.get(row["id"])})
        for row in rows
    )


def decisions_of(connection: Connection, referral_id: UUID, envelope: Envelope) -> tuple[Decision, ...]:
    rows = connection.execute(
        select(decisions, name_of(decisions.c.decided_by))
        .where(decisions.c.referral_id == referral_id)
        .order_by(decisions.c.number)
    ).mappings()
    reopened = _reopenings(connection, referral_id, envelope)
    found = []
    for row in rows:
        grounds = Grounds.model_validate_json(envelope.open(row["sealed"], f"decisions/{row['id']}"))
        found.append(
            Decision(
                id=row["id"],
                outcome=row["outcome"],
                level=row["level"],
                category=row["category"],
                panel_date=row["panel_date"],
                panel=grounds.panel,
                review_by=row["review_by"],
                duplicate_of=grounds.duplicate_of,
                reasons=grounds.reasons,
                told_referrer=grounds.told_referrer,
                arranged=grounds.arranged,
                decided_by=row["name"],
                decided_at=row["decided_at"],
                supersedes=row["supersedes"],
                reopened=reopened.get(row["id"]),
            )
        )
    return tuple(found)


def _reopenings(connection: Connection, referral_id: UUID, envelope: Envelope) -> Mapping[UUID, Reopening]:
    """Why decisions were reopened, by the decision."""
    rows = connection.execute(
        select(reopenings, name_of(reopenings.c.by))
        .join(decisions, decisions.c.id == reopenings.c.decision_id)
        .where(decisions.c.referral_id == referral_id)
    )
    return {
        row.decision_id: Reopening(
            by=row.name, at=row.at, why=envelope.open_text(row.why_sealed, f"reopenings/{row.id}")
        )
        for row in rows
    }


def _panel_cancelled(connection: Connection, row: RowMapping, decision: Decision) -> str | None:
    """Why the meeting of the calendar that a decision named is not held, None where it is."""
    same = (panels.c.area == row["area"], panels.c.day == decision.panel_date, panels.c.cancelled.is_not(None))
    found = [Panel(**one) for one in connection.execute(select(panels).where(*same)).mappings()]
    return next((panel.cancelled for panel in found if panel_words(panel) == decision.panel), None)


def _history(connection: Connection, referral_id: UUID) -> tuple[Event, ...]:
    rows = connection.execute(
        select(audit.c.at, audit.c.kind, audit.c.what, func.coalesce(name_of(audit.c.who), DESK).label("who"))
        .where(audit.c.referral_id == referral_id, audit.c.kind.not_in(UNSHOWN))
        .order_by(audit.c.number)
    )
    return tuple(Event(at=row.at, who=row.who, kind=row.kind, what=row.what) for row in rows)


def _looks(connection: Connection, referral_id: UUID) -> tuple[Event, ...]:
    """Who has looked at the case, the latest first."""
    rows = connection.execute(
        select(audit.c.at, audit.c.kind, audit.c.what, name_of(audit.c.who).label("who"))
        .where(audit.c.referral_id == referral_id, audit.c.kind.in_(LOOKS))
        .order_by(audit.c.number.desc())
        .limit(MOST_LOOKS)
    )
    return tuple(Event(at=row.at, who=row.who, kind=row.kind, what=row.what) for row in rows)


def _siblings(connection: Connection, row: RowMapping) -> tuple[str, ...]:
    first = row["came_with"] or row["id"]
    found = connection.scalars(
        select(referrals.c.reference)
        .where(or_(referrals.c.id == first, referrals.c.came_with == first), referrals.c.id != row["id"])
        .order_by(referrals.c.reference)
    )
    return tuple(found)


def _attachments(connection: Connection, referral_id: UUID, envelope: Envelope) -> tuple[Attachment, ...]:
    rows = connection.execute(
        select(
            documents.c.id,
            documents.c.filename_sealed,
            documents.c.sha256,
            documents.c.size,
            documents.c.added_at,
            documents.c.virus,
            name_of(documents.c.added_by),
        )
        .where(documents.c.referral_id == referral_id, documents.c.supporting)
        .order_by(documents.c.added_at)
    )
    return tuple(
        Attachment(
            id=row.id,
            filename=envelope.open_text(row.filename_sealed, f"documents/{row.id}/filename"),
            sha256=bytes(row.sha256).hex(),
            size=row.size,
            added_by=row.name,
            added_at=row.added_at,
            sealed_off=row.virus is not None,
        )
        for row in rows
    )
