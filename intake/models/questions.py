"""Questions to the referrer, and what becomes of answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from extractors.models import FieldValue, Model


class RawAnswer(Model):
    """An answer as typed: one text, chosen codes, or rows of a table; or a reason why it is not known."""

    text: str | tuple[str, ...] | tuple[Mapping[str, str], ...] = ""
    not_known_reason: str | None = None


class Answer(Model):
    """An answer as understood; `value` is None when it is not known and `not_known_reason` says why."""

    value: FieldValue
    raw: str
    not_known_reason: str | None = None
    by: str
    at: datetime


class AnswerResult(Model):
    """What became of the answers sent: one kind sentence per answer that could not be taken."""

    errors: Mapping[UUID, str]
    taken: int
    open_questions: int


class Clarification(Model):
    """One question to the referrer. `key` is None for the coordinator's own; `asked_by` None for the desk itself.

    `kind` and `options` are those of the field asked about; a coordinator's own question takes a narrative. Where the
    `draft_is_apart`, what was saved of an answer about victims is kept and not shown.
    """

    id: UUID
    key: str | None
    label: str
    kind: str
    options: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    question: str
    reason: str
    rules: tuple[str, ...]
    asked_by: str | None
    asked_at: datetime
    draft: RawAnswer | None = None
    draft_is_apart: bool = False
    answer: Answer | None = None
    withdrawn_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.answer is None and self.withdrawn_at is None
