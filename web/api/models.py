"""What is said to systems and by them, as pydantic models from which the description in OpenAPI is made.

Ids, references, days and codes; of what a form says about people only the questions and the decision's words, to those who may
see them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from extractors.contract import Kind
from extractors.models import FormCode, Model
from intake.terms import Level, Outcome, ReferralStatus, StageName
from web.api.days import Moment
from web.api.forms import Cell, NotKnown, Text

MOST_ANSWERS = 200
LONGEST_PAGE = 200


class Query(BaseModel):
    """Parameters of an address: as text, so read leniently; unknown ones are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Window(Query):
    """Which referrals to list."""

    received_from: Annotated[Moment, Field(description="Received at this moment or later, with a time zone.")]
    received_until: Annotated[Moment, Field(description="Received before this moment, with a time zone.")]
    limit: Annotated[int, Field(ge=1, le=LONGEST_PAGE, description="How many at most.")] = 50
    cursor: Annotated[str | None, Field(max_length=200, description="next_cursor of the page before.")] = None


class Refusal(Model):
    """Why a file was not read: a code, and a sentence that says the cure."""

    code: str
    message: str


class GivenReceipt(Model):
    """The proof of receipt: from now on the decision is due on `due_on`, and nothing is lost.

    `same_as` is the reference of an open referral that came with the same content.
    """

    id: UUID
    reference: str
    received_at: datetime
    due_on: date
    sha256: str
    refused: Refusal | None
    same_as: str | None


class ReferralSummary(Model):
    """One referral of a list. `form` is null until it is read, `open_questions` counts those that await an answer."""

    id: UUID
    reference: str
    form: FormCode | None
    status: ReferralStatus
    received_at: datetime
    due_on: date
    open_questions: int


class ReferralPage(Model):
    """Referrals in the order of their receipt; `next_cursor` leads to the next page, and is null on the last one."""

    referrals: tuple[ReferralSummary, ...]
    next_cursor: str | None


class Step(Model):
    """One step of a form's way; `at` is null until it is done."""

    name: StageName
    at: datetime | None
    detail: str | None


class ReferralState(Model):
    """How far a referral has come, and when and why its decision is due.

    `set_aside` says that the form could not be read by itself and that people were told; `came_with` are the references of
    other forms of the same file.
    """

    id: UUID
    reference: str
    form: FormCode | None
    status: ReferralStatus
    received_at: datetime
    due_on: date
    due_why: str
    steps: tuple[Step, ...]
    open_questions: int
    set_aside: bool
    refused: Refusal | None
    same_as: str | None
    came_with: tuple[str, ...]
    decided_at: datetime | None


class Option(Model):
    """A code that may be given, and its words."""

    code: str
    words: str


class AskedQuestion(Model):
    """A question about one field (`key`), or of the coordinator's own (`key` is null, a narrative is wanted)."""

    id: UUID
    key: str | None
    label: str
    kind: Kind
    options: tuple[Option, ...]
    columns: tuple[str, ...]
    question: str
    reason: str
    rules: tuple[str, ...]
    asked_at: datetime
    answered_at: datetime | None
    withdrawn_at: datetime | None
    open: bool


class AskedQuestions(Model):
    """All that was asked about a referral, in the order of the form."""

    questions: tuple[AskedQuestion, ...]


class GivenAnswer(Model):
    """An answer to one question: text, a code or an ISO date; a list of codes; rows of a table; or that it is not known."""

    question_id: UUID
    value: (
        Text
        | NotKnown
        | Annotated[tuple[Text, ...], Field(min_length=1, max_length=100)]
        | Annotated[tuple[dict[str, Cell], ...], Field(min_length=1, max_length=100)]
    )


class GivenAnswers(Model):
    """Answers to questions that are open; each is taken or refused by itself."""

    answers: Annotated[tuple[GivenAnswer, ...], Field(min_length=1, max_length=MOST_ANSWERS)]


class RefusedAnswer(Model):
    """An answer that could not be taken, and what to write instead."""

    question_id: UUID
    message: str


class TakenAnswers(Model):
    """How many answers were taken, which were not, and how many questions are open after the form was judged again."""

    taken: int
    refused: tuple[RefusedAnswer, ...]
    open_questions: int


class TakenDecision(Model):
    """A decision as recorded. `in_force` is false for one that was reopened; `panel_cancelled` says that its panel is not held.

    `category`, `reasons`, `arranged` and `review_by` are told to systems of the coordinators only.
    """

    id: UUID
    outcome: Outcome
    words: str
    level: Level | None
    panel_date: date | None
    panel: str
    told_referrer: str
    decided_at: datetime
    in_force: bool
    panel_cancelled: bool
    category: str | None = None
    review_by: date | None = None
    reasons: str | None = None
    arranged: tuple[str, ...] = ()


class TakenDecisions(Model):
    """Every decision on a referral, the earliest first."""

    decisions: tuple[TakenDecision, ...]
