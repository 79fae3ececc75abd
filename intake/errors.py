"""What the desk answers when it cannot do as asked, each with a sentence for people and a code for machines.

DeskError
    NotFound      nothing here that this person may see: says the same whether it exists or not
    NotAllowed    this person's role does not include the action
    NotNow        the referral's state does not allow it
        Erased    everything of it but its line was erased
    NoRoom        the disc is too full to take in files
    TooOften      asked more often than is answered: says when to come again
    LostLease     another worker has taken the job over; nothing was written
    Tampered      stored content does not match its seal
HouseError        the house cannot be opened: one sentence with the cure
"""

from __future__ import annotations


class DeskError(Exception):
    code = "desk"

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class NotFound(DeskError):
    code = "not_found"

    def __init__(self, message: str = "There is no such referral, or it is not yours to see.") -> None:
        super().__init__(message)


class NotAllowed(DeskError):
    code = "not_allowed"

    def __init__(self, message: str = "Your account does not allow this.") -> None:
        super().__init__(message)


class NotNow(DeskError):
    code = "not_now"


class NoRoom(DeskError):
    code = "no_room"

    def __init__(self) -> None:
        super().__init__(
            "There is no room left here. What was received before is safe. Keep what you sent just now and send it again later;"
            " tell the people who look after this service now, and the coordinator where the case is urgent."
        )


class TooOften(DeskError):
    """`wait` is in seconds."""

    code = "too_often"

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__(f"Too many requests. Try again in {wait} seconds.")


class Erased(NotNow):
    code = "erased"


class LostLease(DeskError):
    code = "lost_lease"


class Tampered(DeskError):
    code = "tampered"


class HouseError(Exception):
    """The house cannot be opened. The message is one sentence that says what to do."""
