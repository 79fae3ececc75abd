"""How long referrals are kept, what holds them, and the trace of those that were erased."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from intake.store.tables.base import Moment, metadata

retention_periods = Table(
    # For how many months an area keeps what falls under a rule (intake/retention/rules.py); without a row, until one is set.
    "retention_periods",
    metadata,
    Column("area", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("months", Integer, nullable=False),
    Column("set_by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("set_at", Moment, nullable=False),
)

holds = Table(
    # What keeps a referral from being erased; why is sealed with the referral's own key.
    "holds",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("referral_id", Uuid, ForeignKey("referrals.id"), nullable=False, index=True),
    Column("why_sealed", LargeBinary, nullable=False),
    Column("by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
)

erasure_notices = Table(
    # That a referral is to be erased on a day: by a rule, or early by somebody's order, with its ground.
    "erasure_notices",
    metadata,
    Column("referral_id", Uuid, ForeignKey("referrals.id"), primary_key=True),
    Column("rule", Text, nullable=False),
    Column("announced_at", Moment, nullable=False),
    Column("erase_on", Date, nullable=False),
    Column("ground", Text),
    Column("ordered_by", Uuid, ForeignKey("people.id")),
    Column("why_sealed", LargeBinary),
)

erasures = Table(
    # What stays of an erased referral beside its line: under which rule, counted from when, or by whose order and why
    # (under the master key, since the referral's own is gone), and how much there was.
    "erasures",
    metadata,
    Column("referral_id", Uuid, ForeignKey("referrals.id"), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("rule", Text, nullable=False),
    Column("months", Integer),
    Column("since", Date),
    Column("ground", Text),
    Column("ordered_by", Uuid, ForeignKey("people.id")),
    Column("why_sealed", LargeBinary),
    Column("removed", JSONB, nullable=False),
)
