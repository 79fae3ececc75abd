"""Case systems of others: their tokens, and answers that are given again."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text, Uuid, text
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
