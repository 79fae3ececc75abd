"""The orders of the desk: each checks who asks, changes the referral and writes its trail in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection

from extractors.refusals import Refusal
from intake.cases import answering, deciding, restricting, reviewing
from intake.cases.judging import Check
from intake.cases.receiving import Reception, Then, clean_name, keep_document, kept_document, refusal_of
from intake.cases.registry import Registry
from intake.cases.victims import about_victims
from intake.due.closures import Redated
from intake.due.counting import Counting
from intake.due.redating import Calendar
from intake.errors import NotFound, NotNow
from intake.models import AnswerResult, DecisionDraft, Person, RawAnswer, Receipt, ReviewDraft
from intake.people.handing_back import can_have
from intake.permissions import demand
from intake.reader.scanning import Gate
from intake.settings import Settings
from intake.store.room import Room
from intake.terms import Basis
from intake.work.doorbell import Doorbell
from intake.work.ledger import Ledger
from validation.pack import load_pack


class Desk:
    """Every order takes the acting person first.

    All raise NotAllowed, NotFound (also for what is not theirs) or NotNow, of intake.errors.
    """

    def __init__(
        self,
        registry: Registry,
        ledger: Ledger,
        doorbell: Doorbell,
        room: Room,
        check: Check,
        gate: Gate,
        settings: Settings,
    ) -> None:
        self._registry = registry
        self._ledger = ledger
        self._doorbell = doorbell
        self._room = room
        self._check = check
        self._gate = gate
        self._limit = settings.max_upload
        self._review_weeks = load_pack(settings.pack).review_weeks
        self._calendar = Calendar(registry, settings.due_basis)
        self._reception = Reception(registry, ledger, doorbell, room, settings.due_basis, settings.max_upload)

    def receive(
        self,
        actor: Person,
        filename: str,
        content: bytes,
        *,
        token: str | None = None,
        size: int | None = None,
        repeats: UUID | None = None,
        carrier: str | None = None,
        then: Then | None = None,
        came_at: datetime | None = None,
    ) -> Receipt:
        """Take in a file; what cannot be stored is recorded as refused. The same `token` again gives the same receipt.

        `size` is the true size in bytes where `content` was cut because it is too large. `repeats` is an earlier referral of the
        agency that came with the same content, where that is known otherwise than by the file. `carrier` is what the file is, where
        that is known before it is read, and `then` writes in the receipt's own transaction. `came_at` is when it came, where somebody
        had to see to it first: the time to decide runs from there.
        """
        return self._reception.receive(actor, filename, content, token, size, repeats, carrier, then, came_at)

    def add_document(self, actor: Person, referral_id: UUID, filename: str, content: bytes) -> UUID:
        """Keep a supporting document with the referral; it is not read. The same file again is kept once.

        Raises Refusal when it is empty, too large or holds a virus, and NoRoom.
        """
        demand(actor, "add_document")
        refused = refusal_of(len(content), self._limit)
        if refused is not None:
            raise Refusal(refused.code, limit=f"{self._limit // 1024 // 1024} MB")
        self._room.demand()
        scanned = self._scanned(actor, referral_id, content)
        with self._registry.order(actor, "add_document", referral_id) as file:
            earlier = kept_document(file, clean_name(filename), content)
            if earlier is not None:
                return earlier
            new = keep_document(
                file.connection,
                file.envelope,
                file.id,
                filename=clean_name(filename),
                content=content,
                size=len(content),
                supporting=True,
                by=actor.id,
                at=file.now,
                scanned_at=file.now if scanned else None,
            )
            file.note("document_added", "Added a document.", document=str(new))
        return new

    def _scanned(self, actor: Person, referral_id: UUID, content: bytes) -> bool:
        try:
            return self._gate.at_the_door(content)
        except Refusal as refusal:
            with self._registry.order(actor, "add_document", referral_id) as file:
                file.note("document_refused", f"A document was not taken: {refusal.message}", code=refusal.code)
            raise

    def answer(
        self,
        actor: Person,
        referral_id: UUID,
        answers: Mapping[UUID, RawAnswer | None],
        then: Callable[[Connection, AnswerResult], None] | None = None,
    ) -> AnswerResult:
        """Take what can be understood, judge the form again, and say kindly what could not be taken.

        None stands for the answer that was saved. `then` writes in the same transaction.
        """
        with self._registry.order(actor, "answer", referral_id) as file:
            result = answering.answer(file, answers, self._check, self._registry.index)
            if then is not None:
                then(file.connection, result)
            return result

    def understand(self, actor: Person, referral_id: UUID, clarification_id: UUID, raw: RawAnswer) -> str | None:
        """What is wrong with an answer as typed so far, None when it could be taken. Nothing is stored."""
        with self._registry.order(actor, "answer", referral_id) as file:
            return answering.problem_with(file, clarification_id, raw)

    def save_draft(self, actor: Person, referral_id: UUID, answers: Mapping[UUID, RawAnswer]) -> None:
        """Keep answers as typed so far, without sending them."""
        with self._registry.order(actor, "save_draft", referral_id) as file:
            answering.save_draft(file, answers)

    def correct(self, actor: Person, referral_id: UUID, key: str, raw: RawAnswer) -> str | None:
        """Put a value right that was read wrongly; what was read is kept. Gives a sentence when it cannot be taken."""
        if about_victims(key):
            demand(actor, "see_victims")
        with self._registry.order(actor, "correct", referral_id) as file:
            return answering.correct(file, key, raw, self._check, self._registry.index)

    def ask(self, actor: Person, referral_id: UUID, keys: Sequence[str], own: Sequence[str] = ()) -> None:
        """Ask the referrer about fields and put the coordinator's own questions."""
        with self._registry.order(actor, "ask", referral_id) as file:
            answering.ask(file, keys, own, self._check)

    def assign(
        self, actor: Person, referral_id: UUID, person_id: UUID | None, had: Collection[UUID | None] = ()
    ) -> None:
        """Give the case to a coordinator of its area, or to nobody. Raises NotFound for anybody else.

        `had` holds who had it when the actor looked: raises NotNow where it was given to somebody else since.
        """
        with self._registry.order(actor, "assign", referral_id) as file:
            if had and file.row["assigned_to"] not in (*had, person_id):
                raise NotNow(
                    "The case was given to somebody else in the meantime. Look at it again before you assign it."
                )
            if person_id is not None and not can_have(file.connection, person_id, file.row["area"]):
                raise NotFound("There is no such coordinator in this area.")
            if person_id is not None and not restricting.may_be_given(file, person_id):
                raise NotNow("This case is restricted to named people: name the coordinator first.")
            file.put(assigned_to=person_id)
            file.note("assigned", "Assigned the case." if person_id else "Took the assignment back.", to=str(person_id))

    def restrict(self, actor: Person, referral_id: UUID, named: Collection[UUID], why: str) -> str | None:
        """Let only `named` people see the case from now on, or give a sentence that says what stands in the way."""
        with self._registry.order(actor, "restrict", referral_id) as file:
            return restricting.restrict(file, named, why)

    def lift_restriction(self, actor: Person, referral_id: UUID) -> None:
        """Let everybody of the area and agency see the case again."""
        with self._registry.order(actor, "restrict", referral_id) as file:
            restricting.lift(file)

    def weigh(self, actor: Person, referral_id: UUID, draft: DecisionDraft) -> deciding.Weighed:
        """A decision as `decide` would record it, and what stands in the way, without recording anything."""
        with self._registry.order(actor, "decide", referral_id) as file:
            return deciding.weigh(file, draft, self._review_weeks)

    def decide(self, actor: Person, referral_id: UUID, draft: DecisionDraft) -> Mapping[str, str]:
        """Record the decision, or give a sentence per field that stands in the way ("version": the case has changed)."""
        with self._registry.order(actor, "decide", referral_id) as file:
            return deciding.decide(file, draft, self._review_weeks)

    def keep_decision_draft(self, actor: Person, referral_id: UUID, typed: Mapping[str, str]) -> None:
        """Keep what was typed of a decision so far, until it is recorded."""
        with self._registry.order(actor, "decide", referral_id) as file:
            deciding.keep_draft(file, typed)

    def decision_draft(self, actor: Person, referral_id: UUID) -> Mapping[str, str] | None:
        """What `actor` had typed of a decision, None when nothing."""
        with self._registry.order(actor, "decide", referral_id) as file:
            return deciding.draft_of(file)

    def reopen(self, actor: Person, referral_id: UUID, why: str) -> None:
        """Put a decided case back on the queue; its first decision is kept."""
        with self._registry.order(actor, "reopen", referral_id) as file:
            deciding.reopen(file, why)

    def review(self, actor: Person, referral_id: UUID, draft: ReviewDraft) -> Mapping[str, str]:
        """Record a review that was held of an accepted case, or give a sentence per field that stands in the way."""
        with self._registry.order(actor, "review", referral_id) as file:
            return reviewing.record(file, draft, self._review_weeks)

    def withdraw(self, actor: Person, referral_id: UUID, reason: str) -> None:
        with self._registry.order(actor, "withdraw", referral_id) as file:
            file.put(withdrawn_sealed=file.envelope.seal_text(reason.strip(), "withdrawn"))
            file.count_questions(0, 0)
            file.mark_questions(set(file.open_clarifications()), withdrawn_at=file.now)
            file.note("withdrawn", "Withdrew the referral.")
            file.tell("withdrawn", agency=False)
            self._ledger.cancel(file.connection, referral_id)

    def retry(self, actor: Person, referral_id: UUID) -> None:
        """Try a reading again that was set aside."""
        with self._registry.order(actor, "retry", referral_id) as file:
            job_id = self._ledger.retry(file.connection, referral_id)
            if job_id is None:
                raise NotFound("Nothing was set aside here.")
            file.put(set_aside=False)
            file.note("retried", "Asked for another try at reading the form.")
        self._doorbell.ring([job_id])

    def redraw(self, actor: Person, referral_id: UUID) -> None:
        """Try again to draw the pages of a form, where that was set aside."""
        with self._registry.order(actor, "redraw", referral_id) as file:
            job_id = self._ledger.retry(file.connection, referral_id)
            if job_id is None:
                raise NotFound("Nothing was set aside here.")
            file.note("redrawn", "Asked for another try at drawing the pages.")
        self._doorbell.ring([job_id])

    def counting(self, actor: Person, area: str) -> Counting:
        """How an area counts the time to decide."""
        return self._calendar.counting(actor, area)

    def count_days(self, actor: Person, area: str, basis: Basis, days: int) -> tuple[Redated, ...]:
        """Count the time to decide otherwise from now on, and date open cases anew; gives those that moved.

        Raises DeskError for a number of days that makes no sense.
        """
        return self._calendar.count(actor, area, basis, days)

    def recount(self) -> tuple[Redated, ...]:
        """Date open cases anew where a setting or a bank holiday has changed since; gives those that moved."""
        return self._calendar.recount()

    def close_day(self, actor: Person, area: str, day: date, name: str) -> tuple[Redated, ...]:
        """Close an area's desk on a day and date its open cases anew where working days count; gives those that moved."""
        return self._calendar.close(actor, area, day, name)

    def open_day(self, actor: Person, area: str, day: date) -> tuple[Redated, ...]:
        """Take a closed day back, and date open cases anew; gives those that moved."""
        return self._calendar.open(actor, area, day)
