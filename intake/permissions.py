"""Who may do what to which referral: one table that pages, lists and orders all ask."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Table, false, select, true

from intake.errors import NotAllowed
from intake.models import Correspondent, Person
from intake.store.tables import restricted_to
from intake.terms import Role

Action = Literal[
    "receive",
    "see_line",
    "see_content",
    "see_victims",
    "export",
    "restrict",
    "trail",
    "agency_people",
    "compare",
    "know_of",
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
    "people",
    "closures",
    "panels",
    "labels",
    "messages",
    "send_again",
    "statistics",
    "incoming",
    "senders",
    "systems",
    "retention",
    "hold",
    "erase",
]
Reach = Literal["agency", "area", "everywhere"]

PERMISSIONS: Mapping[tuple[Role, Action], Reach] = MappingProxyType(
    {
        ("referrer", "receive"): "agency",
        ("referrer", "see_line"): "agency",
        ("referrer", "see_content"): "agency",
        # What is said of victims, and the pages and files that hold it, are for who works on the case: those who sent it
        # and the area's coordinators, not the agency's manager.
        ("referrer", "see_victims"): "agency",
        ("referrer", "add_document"): "agency",
        ("referrer", "answer"): "agency",
        ("referrer", "save_draft"): "agency",
        ("referrer", "correct"): "agency",
        ("referrer", "withdraw"): "agency",
        # Whoever manages an agency's referrers does what they may but see what is said of victims, and sees who they are.
        ("agency_manager", "receive"): "agency",
        ("agency_manager", "see_line"): "agency",
        ("agency_manager", "see_content"): "agency",
        ("agency_manager", "add_document"): "agency",
        ("agency_manager", "answer"): "agency",
        ("agency_manager", "save_draft"): "agency",
        ("agency_manager", "correct"): "agency",
        ("agency_manager", "withdraw"): "agency",
        ("agency_manager", "agency_people"): "agency",
        ("coordinator", "see_line"): "area",
        ("coordinator", "see_content"): "area",
        ("coordinator", "see_victims"): "area",
        # Which other referrals are about the same person. That another area has one is said, with the area's name and
        # nothing else, so that coordinators can speak with each other: they have a duty to co-operate, and to look into
        # another area's referrals they have none.
        ("coordinator", "compare"): "area",
        ("coordinator", "know_of"): "everywhere",
        ("coordinator", "add_document"): "area",
        ("coordinator", "correct"): "area",
        ("coordinator", "ask"): "area",
        ("coordinator", "assign"): "area",
        ("coordinator", "decide"): "area",
        ("coordinator", "reopen"): "area",
        ("coordinator", "retry"): "area",
        ("coordinator", "send_again"): "area",
        ("coordinator", "statistics"): "area",
        ("agency_manager", "statistics"): "agency",
        ("coordinator", "restrict"): "area",
        ("coordinator", "export"): "area",
        ("coordinator", "incoming"): "area",
        ("coordinator", "hold"): "area",
        # Whoever has a case erased before its time must know what is in it.
        ("coordinator", "erase"): "area",
        # An administrator keeps the service going and sees no content.
        ("administrator", "retry"): "everywhere",
        ("administrator", "people"): "everywhere",
        ("administrator", "closures"): "everywhere",
        ("administrator", "panels"): "everywhere",
        ("administrator", "labels"): "everywhere",
        ("administrator", "messages"): "everywhere",
        ("administrator", "senders"): "everywhere",
        ("administrator", "systems"): "everywhere",
        ("administrator", "send_again"): "everywhere",
        ("administrator", "retention"): "everywhere",
        ("administrator", "hold"): "everywhere",
        # Who did and saw what, and nothing of what any form says.
        ("auditor", "trail"): "everywhere",
        ("auditor", "statistics"): "everywhere",
    }
)


BY_LINK: frozenset[Action] = frozenset({"see_content", "see_line", "answer", "save_draft"})
"""What of it is left to somebody who came by a link, with the one referral that it leads to."""


class Facts(Protocol):
    """What a permission depends on."""

    @property
    def agency_id(self) -> UUID: ...

    @property
    def area(self) -> str: ...


def may(person: Person, action: Action, facts: Facts | None = None) -> bool:
    """Whether `person` may do `action`, to the referral of `facts` when given, else to any at all."""
    reach = _reach(person, action)
    if reach is None or facts is None:
        return reach is not None
    if reach == "agency":
        return person.agency_id is not None and facts.agency_id == person.agency_id
    if reach == "area":
        return person.area is not None and facts.area == person.area
    return True


def _reach(person: Person, action: Action) -> Reach | None:
    if isinstance(person, Correspondent) and action not in BY_LINK:
        return None
    return PERMISSIONS.get((person.role, action))


def demand(person: Person, action: Action) -> None:
    """Raise NotAllowed unless the person's role includes the action at all."""
    if not may(person, action):
        raise NotAllowed


def within_reach(person: Person, action: Action, table: Table) -> ColumnElement[bool]:
    """The same table as a condition on rows that have `agency_id` and `area`.

    A restricted referral is within reach of the people named for it alone, but for an administrator, who sees no content.
    """
    reach = _reach(person, action)
    conditions: dict[Reach | None, ColumnElement[Any]] = {
        "agency": table.c.agency_id == person.agency_id if person.agency_id else false(),
        "area": table.c.area == person.area if person.area else false(),
        "everywhere": true(),
        None: false(),
    }
    if isinstance(person, Correspondent):
        conditions[reach] &= table.c.id == person.only if "restricted" in table.c else false()
    if "restricted" not in table.c or person.role == "administrator":
        return conditions[reach]
    named = select(restricted_to.c.referral_id).where(restricted_to.c.person_id == person.id)
    return conditions[reach] & (~table.c.restricted | table.c.id.in_(named))
