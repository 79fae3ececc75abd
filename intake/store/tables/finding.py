"""What a referral is found by."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, LargeBinary, Table, Uuid, text

from intake.store.tables.base import Moment, metadata

search_tokens = Table(
    # Keyed hashes of names, birth dates and identifiers: findable, not readable; with the time, so that of many the
    # latest are found without looking at all.
    "search_tokens",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("received_at", Moment, primary_key=True, server_default=text("now()")),
    Column("referral_id", Uuid, ForeignKey("referrals.id"), primary_key=True, index=True),
)

person_traces = Table(
    # Keyed hashes by which forms about the same person meet (intake/cases/likeness.py), with the time likewise.
    "person_traces",
    metadata,
    Column("trace", LargeBinary, primary_key=True),
    Column("received_at", Moment, primary_key=True),
    Column("referral_id", Uuid, ForeignKey("referrals.id"), primary_key=True, index=True),
)

searches = Table(
    # What coordinators look for, sealed, so that the address of a search holds no more than its number.
    "searches",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id"), nullable=False, index=True),
    Column("text_sealed", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
)
