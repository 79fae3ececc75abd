"""What a referral desk speaks of: people, receipts, cases, questions and answers, decisions, events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from extractors.models import FieldValue, FormCode, FormReading, Model
from intake.terms import (
    OF_CONCERN,
    AgencyType,
    Basis,
    Level,
    MessageKind,
    Outcome,
    ReferralStatus,
    ReviewOutcome,
    Role,
    ShownState,
    StageName,
    Strength,
)
from validation.models import Assessment, Route, Verdict


class Person(Model):
    """Somebody who is signed in. A referrer and a manager have an agency; a coordinator has an area."""

    id: UUID
    email: str
    name: str
    role: Role
    agency_id: UUID | None = None
    area: str | None = None


class Correspondent(Person):
    """A referrer without an account who came by a link: acts as the owner of the address, on `only` one referral."""

    only: UUID
    link_id: UUID


class Agency(Model):
    """A body that refers. `area` is the MAPPA area's code, such as "WM"; people of one that is not active cannot sign in."""

    id: UUID
    name: str
    type: AgencyType
    area: str
    active: bool = True


class Stage(Model):
    """One step of a file's way to the coordinator; `at` is None until it is done.

    `waits` marks one that waits for something outside the desk.
    """

    name: StageName
    at: datetime | None = None
    detail: str | None = None
    waits: bool = False


class Refused(Model):
    """Why a file was not read: a code of extractors.refusals.CURES and a sentence that says the cure."""

    code: str
    message: str


class Receipt(Model):
    """What the sender is told at once. `same_as` is the reference of an open referral that came in the same file."""

    referral_id: UUID
    reference: str
    received_at: datetime
    sha256: str
    due_on: date
    filename: str
    refused: Refused | None = None
    same_as: str | None = None


class Restriction(Model):
    """Who alone may see a case, by id and name, and why."""

    people: Mapping[UUID, str]
    why: str
    by: str
    at: datetime


class Hold(Model):
    """That a case may not be erased: by whom and since when; `why` is empty for those who see no content."""

    id: UUID
    by: str
    at: datetime
    why: str


class Erasing(Model):
    """That a case is to be erased on a day, and by what; `ordered_by` where somebody ordered it before its time."""

    on: date
    under: str
    ordered_by: str | None
    at: datetime


class DueDate(Model):
    """When the decision is due and, in one sentence, how that was worked out."""

    due: date
    basis: Basis
    why: str


class ReferralLine(Model):
    """One row of a list. `subject` is "FAMILY, Given names", None until the form is read.

    `level_requested` is the level asked for (form A) or proposed (forms H and I). `set_aside` marks a reading that
    failed more often than is tried by itself. `doubted` counts the verdicts, of rules that apply, that rest on what was not
    read for certain; None where that was not counted. `version` rises with every change that another reader should know of.
    Of one that has `erased_at` nothing else is left.
    """

    id: UUID
    reference: str
    form: FormCode | None
    status: ReferralStatus
    agency_id: UUID
    agency_name: str
    agency_type: AgencyType
    subject: str | None
    level_requested: str | None
    category: tuple[str, ...]
    route: Route | None
    received_at: datetime
    due_on: date
    days_left: int
    verdict_summary: Mapping[Verdict, int]
    doubted: int | None
    open_questions: int
    assigned_to: str | None
    assigned_id: UUID | None
    outcome: Outcome | None
    decided_at: datetime | None
    same_as: str | None
    set_aside: bool
    version: int
    erased_at: datetime | None = None


class QueuePage(Model):
    """One page of a list; `counts` by name of view (open, overdue, due_soon, waiting, mine, decided, refused, ...)."""

    lines: tuple[ReferralLine, ...]
    counts: Mapping[str, int]
    page: int
    pages: int


class DocumentFacts(Model):
    """The file as received. `carrier` and `pages` are known once it is read.

    `pictures` counts its page pictures, and `page_sizes` gives each one's page width and height in points. One that is
    `sealed_off` holds a virus and is given to nobody.
    """

    filename: str
    sha256: str
    size: int
    carrier: str | None = None
    pages: int | None = None
    pictures: int = 0
    page_sizes: tuple[tuple[float, float], ...] = ()
    sealed_off: bool = False


class Attachment(Model):
    """A supporting document, kept with the referral and not read."""

    id: UUID
    filename: str
    sha256: str
    size: int
    added_by: str
    added_at: datetime
    sealed_off: bool = False


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


class DecisionDraft(Model):
    """A decision as filled in. `version` is that of the case the decider was looking at.

    `panel_id` is a meeting of the calendar (see intake/panels/calendar.py); without one, `panel_date` is the panel's day.
    `duplicate_of` is the reference of the referral that this one repeats. `arranged` are sentences on who is invited and
    what else follows, as ticked.
    """

    version: int
    outcome: str
    level: str | None = None
    category: str | None = None
    panel_id: UUID | None = None
    panel_date: date | None = None
    review_by: date | None = None
    duplicate_of: str = ""
    reasons: str = ""
    told_referrer: str = ""
    arranged: tuple[str, ...] = ()


class Reopening(Model):
    """That a decision was reopened: by whom, when, and why."""

    by: str
    at: datetime
    why: str


class Decision(Model):
    """A decision as recorded; one that was `reopened` stays, and its successor names it in `supersedes`.

    `panel` says which panel of the calendar meets on `panel_date`, at what time and where.
    """

    id: UUID
    outcome: Outcome
    level: Level | None
    category: str | None
    panel_date: date | None
    panel: str
    review_by: date | None
    duplicate_of: str
    reasons: str
    told_referrer: str
    arranged: tuple[str, ...]
    decided_by: str
    decided_at: datetime
    supersedes: UUID | None = None
    reopened: Reopening | None = None


class ReviewDraft(Model):
    """A review as filled in. `level` is the new one where it is changed; without `next_by` the longest time holds."""

    held_on: date | None
    outcome: str
    level: str | None = None
    next_by: date | None = None
    words: str = ""


class Review(Model):
    """A review as recorded: the level from then on, None after an exit, and by when the next one is due."""

    held_on: date
    outcome: ReviewOutcome
    level: Level | None
    next_by: date | None
    words: str
    by: str
    at: datetime


class Event(Model):
    """One line of a referral's history, without personal detail of its subject."""

    at: datetime
    who: str
    kind: str
    what: str


class Telling(Model):
    """A message about a referral as people are shown it; `to` is a name, None while it is not known to whom it goes.

    `mail_id` is None where no mail was made of it; `error` is the code of what the server said last.
    """

    kind: MessageKind
    for_agency: bool
    state: ShownState
    to: str | None
    at: datetime
    mail_id: UUID | None
    error: str | None

    @property
    def of_concern(self) -> bool:
        """Whether somebody has to look at it."""
        return self.state in OF_CONCERN


class Case(Model):
    """Everything of one referral. `form` carries answers and corrections over the reading; `original` is as read.

    `panel_cancelled` says why the panel that the decision in force names is not held, where it was cancelled since. `withheld` names the fields about victims that say something and are not shown (intake/cases/victims.py). `doubted` names, by rule, the fields that its verdict rests on and that were not read for certain.
    """

    line: ReferralLine
    document: DocumentFacts
    stages: tuple[Stage, ...]
    due: DueDate
    form: FormReading | None
    original: FormReading | None
    assessment: Assessment | None
    doubted: Mapping[str, tuple[str, ...]]
    clarifications: tuple[Clarification, ...]
    decisions: tuple[Decision, ...]
    panel_cancelled: str | None = None
    history: tuple[Event, ...]
    looks: tuple[Event, ...] = ()
    tellings: tuple[Telling, ...] = ()
    refused: Refused | None
    withdrawn_reason: str | None
    siblings: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    restriction: Restriction | None = None
    review_due: date | None = None
    reviews: tuple[Review, ...] = ()
    holds: tuple[Hold, ...] = ()
    erasing: Erasing | None = None
    withheld: frozenset[str] = frozenset()

    @property
    def decision(self) -> Decision | None:
        """The decision in force, None while there is none or after it was reopened."""
        return self.decisions[-1] if self.decisions and self.line.status == "decided" else None


class Alike(Model):
    """Another referral that may be about the same person: how likely that is, and why (see intake/cases/likeness.py)."""

    line: ReferralLine
    born: date | None
    strength: Strength
    reasons: tuple[str, ...]


class SamePerson(Model):
    """Other referrals of the same person: those that the viewer may see, and areas that have others he may not see.

    `elsewhere` names only areas, and only where the likeness is at least probable.
    """

    here: tuple[Alike, ...] = ()
    elsewhere: tuple[str, ...] = ()


class Progress(Model):
    """How far a file has come, for the page that waits for it."""

    status: ReferralStatus
    stages: tuple[Stage, ...]
    set_aside: bool
