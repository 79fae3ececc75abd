"""Case systems of others: their tokens, answers that are given again, and what they are told of."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from intake.store.tables.base import Moment, metadata

tokens = Table(
    # Keyed hashes of what systems come in by (intake/systems/tokens.py); a system is a row of people that nobody signs in to.
    "tokens",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id"), nullable=False, index=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("made_by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("used_at", Moment),
    Column("used_from", Text),
    # How often it was used in the minute that began then.
    Column("minute_at", Moment),
    Column("used_in_minute", Integer, nullable=False, server_default=text("0")),
)

given_answers = Table(
    # What was answered to a request that a system gave a key of its own, so that the same again gives the same answer.
    "given_answers",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.id"), primary_key=True),
    Column("key_hash", LargeBinary, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("answer_sealed", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)

webhooks = Table(
    # Where a system is told of what happens (intake/systems/webhooks.py); `position` is how far into the trail was looked for it,
    # and `inside` says that an administrator allowed an address that is not open to everybody.
    "webhooks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id"), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("events", ARRAY(Text), nullable=False),
    Column("inside", Boolean, nullable=False),
    Column("secret_sealed", LargeBinary, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("made_by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

deliveries = Table(
    # One event for one webhook, on its way or delivered (intake/systems/deliveries.py); `number` is that of the trail's entry.
    "deliveries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("webhook_id", Uuid, ForeignKey("webhooks.id"), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("referral_id", Uuid, ForeignKey("referrals.id"), nullable=False, index=True),
    Column("event", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("fence", Integer, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("lease_until", Moment),
    Column("next_try", Moment, nullable=False),
    Column("last_error", Text),
    Column("settled_at", Moment),
    UniqueConstraint("webhook_id", "number"),
)
Index(
    "deliveries_unsettled",
    deliveries.c.state,
    deliveries.c.next_try,
    postgresql_where=text("state IN ('due', 'claimed')"),
)
