"""What a person may see, read straight from the tables."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from intake.models import Case, Person, Progress, QueuePage, ReferralLine

Shelf = Literal["open", "overdue", "due_soon", "waiting", "mine", "set_aside", "decided", "refused", "withdrawn", "all"]


class Views:
    """All raise NotFound for what this person may not see, whether it exists or not."""

    def queue(
        self,
        person: Person,
        shelf: Shelf = "open",
        *,
        form: str | None = None,
        agency_id: UUID | None = None,
        level: str | None = None,
        category: str | None = None,
        due_before: date | None = None,
        page: int = 1,
        size: int = 25,
    ) -> QueuePage:
        """Lines by due date, the earliest first (what is decided, refused or withdrawn: the latest first)."""
        raise NotImplementedError

    def my_referrals(self, person: Person, page: int = 1, size: int = 25) -> QueuePage:
        """What this person's agency sent, the latest first."""
        raise NotImplementedError

    def case(self, person: Person, referral_id: UUID) -> Case:
        raise NotImplementedError

    def find(self, person: Person, text: str) -> tuple[ReferralLine, ...]:
        """Referrals by reference, name, birth date or identifier, at most 50."""
        raise NotImplementedError

    def progress(self, person: Person, referral_id: UUID) -> Progress:
        raise NotImplementedError

    def page_picture(self, person: Person, referral_id: UUID, page: int) -> bytes:
        """A page as JPEG; pages count from 1. NotFound where there is no picture."""
        raise NotImplementedError

    def original(self, person: Person, referral_id: UUID) -> tuple[str, bytes]:
        """The file's name and content as they came in."""
        raise NotImplementedError

    def attachment(self, person: Person, referral_id: UUID, document_id: UUID) -> tuple[str, bytes]:
        raise NotImplementedError
