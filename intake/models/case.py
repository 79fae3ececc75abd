"""Everything of one referral, as who works on it sees it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from extractors.models import FormReading, Model
from intake.models.decisions import Decision, Review
from intake.models.files import Attachment, DocumentFacts, DueDate, Refused, Stage
from intake.models.lists import ReferralLine
from intake.models.questions import Clarification
from intake.terms import OF_CONCERN, MessageKind, ShownState
from validation.models import Assessment


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
