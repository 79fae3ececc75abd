"""What an area sets for itself, the wrapped keys, and which edition the database is of."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
)

from intake.store.tables.base import Moment, metadata

keys = Table(
    # Keys for search tokens and the audit chain, wrapped by the master key so that it can change without them.
    "keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

closures = Table(
    # Days on which an area's desk is closed beside weekends and bank holidays.
    "closures",
    metadata,
    Column("area", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("name", Text, nullable=False),
)

clock_settings = Table(
    # How an area counts the time to decide; an area without a row counts as the service is set.
    "clock_settings",
    metadata,
    Column("area", Text, primary_key=True),
    Column("basis", Text, nullable=False),
    Column("days", Integer, nullable=False),
)

local_labels = Table(
    # What an area's own forms print for a field, beside the labels that are shipped.
    "local_labels",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("area", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("added_by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("added_at", Moment, nullable=False),
    UniqueConstraint("area", "form", "label"),
)

panels = Table(
    # Meetings of an area's panels; `starts` is London's time, `district` is "" for the whole area, `cancelled` says why.
    "panels",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("area", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("starts", Time, nullable=False),
    Column("cancelled", Text),
    UniqueConstraint("area", "kind", "district", "day", "starts"),
)

least_edition = Table(
    # One row: the oldest edition of the programme that may still work on these tables. Only a migration that takes
    # something away raises it (see docs/nothing-lost.md).
    "least_edition",
    metadata,
    Column("only", Boolean, primary_key=True),
    Column("edition", Text, nullable=False),
)
