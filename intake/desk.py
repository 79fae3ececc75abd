"""The orders of the desk: each checks who asks, changes the referral and writes its trail in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from intake.models import AnswerResult, DecisionDraft, Person, RawAnswer, Receipt


class Desk:
    """Every order takes the acting person first.

    All raise NotAllowed, NotFound (also for what is not theirs) or NotNow, of intake.errors.
    """

    def receive(self, actor: Person, filename: str, content: bytes, token: str | None = None) -> Receipt:
        """Take in a file; what cannot be stored is recorded as refused. The same `token` again gives the same receipt."""
        raise NotImplementedError

    def add_document(self, actor: Person, referral_id: UUID, filename: str, content: bytes) -> UUID:
        """Keep a supporting document with the referral; it is not read. Raises Refusal when empty or too large."""
        raise NotImplementedError

    def answer(self, actor: Person, referral_id: UUID, answers: Mapping[UUID, RawAnswer]) -> AnswerResult:
        """Take what can be understood, judge the form again, and say kindly what could not be taken."""
        raise NotImplementedError

    def save_draft(self, actor: Person, referral_id: UUID, answers: Mapping[UUID, RawAnswer]) -> None:
        """Keep answers as typed so far, without sending them."""
        raise NotImplementedError

    def correct(self, actor: Person, referral_id: UUID, key: str, raw: RawAnswer) -> str | None:
        """Put a value right that was read wrongly; what was read is kept. Gives a sentence when it cannot be taken."""
        raise NotImplementedError

    def ask(self, actor: Person, referral_id: UUID, keys: Sequence[str], own: Sequence[str] = ()) -> None:
        """Ask the referrer about fields and put the coordinator's own questions."""
        raise NotImplementedError

    def assign(self, actor: Person, referral_id: UUID, person_id: UUID | None) -> None:
        raise NotImplementedError

    def decide(self, actor: Person, referral_id: UUID, draft: DecisionDraft) -> Mapping[str, str]:
        """Record the decision, or give a sentence per field that stands in the way ("version": the case has changed)."""
        raise NotImplementedError

    def reopen(self, actor: Person, referral_id: UUID, why: str) -> None:
        raise NotImplementedError

    def withdraw(self, actor: Person, referral_id: UUID, reason: str) -> None:
        raise NotImplementedError

    def retry(self, actor: Person, referral_id: UUID) -> None:
        """Try a reading again that was set aside."""
        raise NotImplementedError
