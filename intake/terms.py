"""The words of a referral desk: who works at it, how a referral and a mail stand, what a decision and a review may find."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from extractors.models import FormCode

Role = Literal["referrer", "agency_manager", "coordinator", "administrator", "auditor"]
OF_AN_AGENCY: frozenset[Role] = frozenset({"referrer", "agency_manager"})
"""Roles whose people belong to an agency."""
AgencyType = Literal["yot", "mental_health", "probation", "police", "prison", "private_provider", "other"]
ReferralStatus = Literal["received", "reading", "checked", "decided", "refused", "withdrawn"]
StageName = Literal["received", "scanned", "read", "judged"]
Basis = Literal["calendar", "working"]
Level = Literal["1", "2", "3"]
MessageKind = Literal[
    "receipt",
    "refused",
    "questions",
    "questions_reminder",
    "decision",
    "reopened",
    "answered",
    "withdrawn",
    "set_aside",
    "due_soon",
    "overdue",
    "review_soon",
    "review_overdue",
    "panel_cancelled",
    "panel_held",
]
MailState = Literal["due", "claimed", "sending", "sent", "unknown", "failed", "bounced", "not_wanted", "dropped"]
OF_CONCERN: tuple[MailState, ...] = ("unknown", "failed", "bounced")
ShownState = MailState | Literal["waiting", "shown", "nobody"]
Strength = Literal["certain", "probable", "possible"]
Outcome = Literal[
    "accepted_level_2",
    "accepted_level_3",
    "accepted_lower",
    "level_1",
    "not_eligible",
    "wrong_area",
    "duplicate",
    "withdrawn",
    "noted",
    "advise_form_a",
]

OUTCOMES: Mapping[FormCode, tuple[tuple[Outcome, str], ...]] = MappingProxyType(
    {
        "A": (
            ("accepted_level_2", "Accepted at level 2"),
            ("accepted_level_3", "Accepted at level 3"),
            ("accepted_lower", "Accepted at level 2 instead of level 3"),
            ("level_1", "Not accepted: level 1 management is enough"),
            ("not_eligible", "Not MAPPA-eligible"),
            ("wrong_area", "Belongs to another area"),
            ("duplicate", "Duplicate of another referral"),
            ("withdrawn", "Withdrawn by the referrer"),
        ),
        "H": (
            ("noted", "Noted"),
            ("advise_form_a", "Advised to send form A"),
            ("not_eligible", "Not MAPPA-eligible"),
        ),
        "I": (
            ("noted", "Noted"),
            ("advise_form_a", "Advised to send form A"),
            ("not_eligible", "Not MAPPA-eligible"),
        ),
    }
)
"""Per form, the outcomes that may be recorded: (code, words)."""

STATUS_WORDS: Mapping[ReferralStatus, str] = MappingProxyType(
    {
        "received": "Received",
        "reading": "Being read",
        "checked": "Checked",
        "decided": "Decided",
        "refused": "Not read",
        "withdrawn": "Withdrawn",
    }
)

OPEN: tuple[ReferralStatus, ...] = ("received", "reading", "checked")
"""The statuses in which a referral still awaits its decision."""

ReviewOutcome = Literal["kept", "changed", "exit"]
REVIEW_OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "kept": "The level is kept",
        "changed": "The level is changed",
        "exit": "The person leaves level 2 or 3",
    }
)
"""What a review of an accepted case can find: code to words."""
