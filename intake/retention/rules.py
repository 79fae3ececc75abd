"""What is kept for how long: one rule for each way a referral can end, its period to be set by an area's administrator.

The law sets no number: personal data may be kept no longer than necessary, and time limits must be set (Data Protection Act
2018, section 39; UK GDPR, article 5(1)(e)). The West Midlands memorandum says the same, and no source that this service was
built from names a period for referrals. So nothing is erased by age until an administrator has set a period; what is
proposed is the service's own, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Date,
    Interval,
    Select,
    case,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy import cast as cast_to

from intake.statistics.figures import london
from intake.store.tables import audit, holds, referrals, retention_periods, reviews
from intake.terms import ReferralStatus

LONGEST = 1200
"""Months."""
NOTICE = timedelta(days=28)
"""For so long before it is erased by a rule, a referral is listed with its day."""
ORDER_NOTICE = timedelta(days=7)
"""The same for one that is erased early by order: the right to erasure gives a month in all."""
CLOSED: tuple[ReferralStatus, ...] = ("decided", "refused", "withdrawn")
MAILS = "mail"
ORDER = "order"
"""What stands in place of a rule where somebody ordered the erasure."""

CLAIMS = (
    "Most claims can be brought for six years (Limitation Act 1980, sections 2 and 9), so that a decision may have to be "
    "defended that long, and one year more for what is served late."
)
ONE_YEAR = (
    "Proceedings against a public authority can be brought for one year (Human Rights Act 1998, section 7(5)), and there "
    "is no other use for it."
)
OURS = "No source names a period."


class Rule(NamedTuple):
    """`since` is what the period counts from; `proposed` is in months, `why` says where that comes from."""

    code: str
    words: str
    since: str
    proposed: int
    why: str
    outcomes: tuple[str, ...] = ()


RULES: Sequence[Rule] = (
    Rule("accepted_3", "Accepted at level 3", "its exit or last review", 84, CLAIMS, ("accepted_level_3",)),
    Rule("accepted_2", "Accepted at level 2", "its exit or last review", 84, CLAIMS, ("accepted_level_2", "accepted_lower")),
    Rule("level_1", "Not accepted: level 1", "the decision", 84, CLAIMS, ("level_1",)),
    Rule("noted", "Notification noted, or form A advised", "the decision", 84, CLAIMS, ("noted", "advise_form_a")),
    Rule("not_eligible", "Not MAPPA-eligible", "the decision", 12, ONE_YEAR, ("not_eligible",)),
    Rule("wrong_area", "Belongs to another area", "the decision", 12, f"{ONE_YEAR} The other area has its own.", ("wrong_area",)),
    Rule("duplicate", "Duplicate of another referral", "the decision", 6, f"{OURS} The other referral stays.", ("duplicate",)),
    Rule("withdrawn", "Withdrawn", "the withdrawal", 12, ONE_YEAR, ("withdrawn",)),
    Rule("refused", "File that was not read", "the refusal", 3, f"{OURS} Its sender was told to send the form again."),
    Rule(MAILS, "Mail that held no form, once somebody has seen to it", "its arrival", 3, f"{OURS} It stays in the mailbox too."),
)  # fmt: skip
BY_CODE: Mapping[str, Rule] = MappingProxyType({rule.code: rule for rule in RULES})

GROUNDS: Mapping[str, str] = MappingProxyType(
    {
        "request": "A request for erasure was upheld (Data Protection Act 2018, section 47; UK GDPR, article 17)",
        "unlawful": "It should not have been sent or kept (Data Protection Act 2018, section 47(1))",
        "court": "A court or the Information Commissioner has ordered it",
    }
)
"""Why something may be erased before its time: code to words."""

rule_of: ColumnElement[str] = case(
    (referrals.c.status == "refused", "refused"),
    (referrals.c.status == "withdrawn", "withdrawn"),
    (referrals.c.status == "decided", case(*((referrals.c.outcome.in_(rule.outcomes), rule.code) for rule in RULES if rule.outcomes))),
)  # fmt: skip
"""The rule that a closed referral falls under."""

_ended = (
    select(func.max(audit.c.at))
    .where(audit.c.referral_id == referrals.c.id, audit.c.kind.in_(("withdrawn", "refused")))
    .correlate(referrals)
    .scalar_subquery()
)
_reviewed = (
    select(func.max(reviews.c.at)).where(reviews.c.referral_id == referrals.c.id).correlate(referrals).scalar_subquery()
)
# Of two moments the later; there is no review of most.
closed_at = case((referrals.c.status == "decided", func.greatest(referrals.c.decided_at, _reviewed)), else_=_ended)
is_held = exists().where(holds.c.referral_id == referrals.c.id)


def months(number: ColumnElement[int]) -> ColumnElement[Any]:
    return func.make_interval(0, number, type_=Interval)


def london_date(moment: ColumnElement[Any]) -> ColumnElement[date]:
    return cast_to(london(moment), Date)


def due(until: date) -> Select[Any]:
    """What falls due up to a day: id, rule, months, the day it counts from and the day it falls due, and whether it is held.

    The desk must be acting: the moments stand in the trail.
    """
    kept = months(retention_periods.c.months)
    since, due_on = london_date(closed_at), london_date(closed_at + kept)
    return (
        select(
            referrals.c.id,
            referrals.c.reference,
            rule_of.label("rule"),
            retention_periods.c.months,
            since.label("since"),
            due_on.label("due_on"),
            is_held.label("held"),
        )
        .join(
            retention_periods,
            (retention_periods.c.area == referrals.c.area) & (retention_periods.c.rule == rule_of),
        )
        .where(
            referrals.c.status.in_(CLOSED),
            referrals.c.erased_at.is_(None),
            # An accepted case is worked on from review to review, until one records its exit.
            referrals.c.review_due.is_(None),
            # Nothing is closed before it came: so that few are looked up in the trail.
            london_date(referrals.c.received_at + kept) <= literal(until),
            due_on <= until,
        )
    )


def counted(number: int) -> str:
    """Months as people say them: 84 gives "7 years", 18 gives "18 months"."""
    years, rest = divmod(number, 12)
    size, unit = (number, "month") if rest else (years, "year")
    return f"{size} {unit}" if size == 1 else f"{size} {unit}s"


def under(rule: str, kept_months: int | None, ground: str | None) -> str:
    """What something is erased by, in words."""
    if rule == ORDER:
        return f"an order to erase it early. {GROUNDS[cast(str, ground)]}"
    known = BY_CODE[rule]
    return f"the rule “{known.words}”: kept for {counted(kept_months or 0)} from {known.since}"
