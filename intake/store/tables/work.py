"""What is to be done, and the trail of what was."""

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
from sqlalchemy.dialects.postgresql import JSONB

from intake.store.tables.base import Moment, metadata

jobs = Table(
    # The truth about what is to be done; Redis only rings (see intake/work/ledger.py).
    "jobs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("referral_id", Uuid, ForeignKey("referrals.id"), nullable=False, index=True),
    Column("agency_id", Uuid, ForeignKey("agencies.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("turn", BigInteger, nullable=False),
    Column("fence", Integer, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("lease_until", Moment),
    Column("next_try", Moment, nullable=False),
    Column("last_error", Text),
    Column("created_at", Moment, nullable=False),
    Column("claimed_at", Moment),
    Column("finished_at", Moment),
    UniqueConstraint("kind", "referral_id"),
)
Index("jobs_due", jobs.c.kind.desc(), jobs.c.turn, jobs.c.created_at, postgresql_where=text("state = 'due'"))
Index("jobs_due_by_agency", jobs.c.agency_id, jobs.c.kind, jobs.c.turn, postgresql_where=text("state = 'due'"))
Index("jobs_finished", jobs.c.finished_at, postgresql_where=text("state = 'done'"))
Index("jobs_running", jobs.c.lease_until, postgresql_where=text("state = 'running'"))

audit = Table(
    # Append-only: rights and a trigger forbid change and deletion; each entry seals the one before (intake/store/trail.py).
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("who", Uuid),
    Column("referral_id", Uuid),
    Column("kind", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("seal", LargeBinary, nullable=False),
)
Index("audit_by_referral", audit.c.referral_id, audit.c.number)

audit_head = Table(
    "audit_head",
    metadata,
    Column("only", Boolean, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("seal", LargeBinary, nullable=False),
)

reconciliation = Table(
    # One row: when counts were last compared, and what came of it (see intake/work/reconciling.py).
    "reconciliation",
    metadata,
    Column("only", Boolean, primary_key=True),
    Column("at", Moment),
    Column("result", JSONB),
)
