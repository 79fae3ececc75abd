"""Who may come in: agencies, accounts, sessions, second step."""

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

from intake.store.tables.base import Moment, metadata

agencies = Table(
    "agencies",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    UniqueConstraint("area", "name"),
)

people = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("agency_id", Uuid, ForeignKey("agencies.id")),
    Column("area", Text),
    Column("password_hash", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    # Made by a mail, and nobody was given a password for it: they answer by a link.
    Column("by_mail", Boolean, nullable=False, server_default=text("false")),
    # Whether it is a case system of others, to which nobody signs in (intake/systems/tokens.py).
    Column("system", Boolean, nullable=False, server_default=text("false")),
    # Who signs in by the organisation's provider, and by which lasting name of it; without the name, from the next time on.
    Column("sign_on_issuer", Text),
    Column("sign_on_subject", Text),
    # Closed because the person's groups went, so that a group opens it again; one that an administrator closed stays closed.
    Column("sign_on_closed", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("sign_on_issuer", "sign_on_subject"),
)

sign_on_groups = Table(
    # What a group of the organisation may do here.
    "sign_on_groups",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("agency_id", Uuid, ForeignKey("agencies.id")),
    Column("area", Text),
    Column("added_by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("added_at", Moment, nullable=False),
)

sign_ons = Table(
    # Sign-ins at the provider that are under way, found by what only this browser and the provider's answer have together.
    "sign_ons",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("begun_at", Moment, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id"), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("id", Uuid, nullable=False, unique=True, server_default=text("gen_random_uuid()")),
    Column("second_step_at", Moment),
    Column("whence", Text),
    Column("browser", Text),
    # Opened by the organisation's provider.
    Column("signed_on", Boolean, nullable=False, server_default=text("false")),
    # What a security key is to sign in this session, once.
    Column("challenge", LargeBinary),
    Column("challenged_at", Moment),
)

second_factors = Table(
    # Secrets of the second step, wrapped by the master key; one that is pending is not confirmed by a code yet.
    "second_factors",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.id"), primary_key=True),
    Column("wrapped", LargeBinary),
    Column("pending_wrapped", LargeBinary),
    Column("confirmed_at", Moment),
    # The half minute of the last code that was taken: none counts twice.
    Column("last_step", BigInteger),
)

security_keys = Table(
    "security_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    # How often it had signed when it was last used.
    Column("sign_count", BigInteger, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index("security_keys_of_person", "person_id"),
)

recovery_codes = Table(
    # Keyed hashes of codes that are still unused.
    "recovery_codes",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.id"), primary_key=True),
    Column("code_hash", LargeBinary, primary_key=True),
)

second_step_roles = Table(
    # Which roles need the second step, where an administrator has said so.
    "second_step_roles",
    metadata,
    Column("role", Text, primary_key=True),
    Column("required", Boolean, nullable=False),
)

sign_in_failures = Table(
    # Keyed by a keyed hash of the address typed, so that accounts that do not exist are throttled alike.
    "sign_in_failures",
    metadata,
    Column("address", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
)
