"""A referral's states: which order is possible in which, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from intake.errors import NotNow
from intake.terms import OPEN, ReferralStatus

Order = Literal[
    "add_document",
    "answer",
    "save_draft",
    "correct",
    "ask",
    "assign",
    "decide",
    "reopen",
    "withdraw",
    "retry",
    "redraw",
    "take_up",
    "take_reading",
    "refuse",
    "set_aside",
    "scan",
    "await_scanner",
    "restrict",
    "review",
    "hold",
    "lift_hold",
    "order_erasure",
    "take_erasure_back",
]


class Move(NamedTuple):
    """`to` None leaves the state as it is; `otherwise` is said in any other state than `of`."""

    of: tuple[ReferralStatus, ...]
    to: ReferralStatus | None
    otherwise: str


CLOSED = "This referral is closed."
STILL_OPEN = "This referral is still open: it is erased once it is decided or withdrawn."
NOT_READ = "The form has not been read yet, or the referral is closed."
MOVES: Mapping[Order, Move] = MappingProxyType(
    {
        "add_document": Move(OPEN, None, CLOSED),
        "answer": Move(("checked",), None, "Questions on this referral can no longer be answered."),
        "save_draft": Move(("checked",), None, "Questions on this referral can no longer be answered."),
        "correct": Move(("checked",), None, NOT_READ),
        "ask": Move(("checked",), None, NOT_READ),
        "assign": Move(OPEN, None, CLOSED),
        "decide": Move(
            ("checked",), "decided", "A decision can be recorded only on a form that is read and undecided."
        ),
        "reopen": Move(("decided",), "checked", "There is no decision to reopen."),
        "withdraw": Move(OPEN, "withdrawn", CLOSED),
        "retry": Move(("received", "reading"), "received", "Nothing was set aside here."),
        "redraw": Move(("checked", "decided"), None, "Nothing was set aside here."),
        # Steps of the desk itself. A reading that was cut short is taken up again.
        "take_up": Move(("received", "reading"), "reading", "Nothing is to be read here."),
        "take_reading": Move(("reading",), "checked", "Nothing is to be read here."),
        "refuse": Move(("reading",), "refused", "Nothing is to be read here."),
        # A document is looked over before it is first opened, which for one added later may be after the decision.
        "scan": Move(get_args(ReferralStatus), None, CLOSED),
        "review": Move(("decided",), None, "Only an accepted case is reviewed."),
        "restrict": Move(get_args(ReferralStatus), None, CLOSED),
        "hold": Move(get_args(ReferralStatus), None, CLOSED),
        "lift_hold": Move(get_args(ReferralStatus), None, CLOSED),
        "order_erasure": Move(("decided", "refused", "withdrawn"), None, STILL_OPEN),
        "take_erasure_back": Move(get_args(ReferralStatus), None, CLOSED),
        "await_scanner": Move(("reading", "checked", "decided"), None, "Nothing is to be read here."),
        # Also one whose workers died before they had taken it up.
        "set_aside": Move(("received", "reading"), None, "Nothing is to be read here."),
    }
)


def follow(order: Order, status: ReferralStatus) -> ReferralStatus:
    """The state after `order`. Raises NotNow where the order is not possible."""
    move = MOVES[order]
    if status not in move.of:
        raise NotNow(move.otherwise)
    return move.to or status
