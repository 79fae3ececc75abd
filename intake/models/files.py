"""A file that came in: the receipt for it, how far it is on its way, and what came with it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from extractors.models import Model
from intake.terms import Basis, ReferralStatus, StageName


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


class Stage(Model):
    """One step of a file's way to the coordinator; `at` is None until it is done.

    `waits` marks one that waits for something outside the desk.
    """

    name: StageName
    at: datetime | None = None
    detail: str | None = None
    waits: bool = False


class Progress(Model):
    """How far a file has come, for the page that waits for it."""

    status: ReferralStatus
    stages: tuple[Stage, ...]
    set_aside: bool


class DueDate(Model):
    """When the decision is due and, in one sentence, how that was worked out."""

    due: date
    basis: Basis
    why: str


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
