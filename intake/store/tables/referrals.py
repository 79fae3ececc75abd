"""A referral with its documents, readings, questions and decisions."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    Interval,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from intake.store.tables.base import Moment, metadata

reference_counters = Table(
    "reference_counters",
    metadata,
    Column("area", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

referrals = Table(
    "referrals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("area", Text, nullable=False),
    Column("agency_id", Uuid, ForeignKey("agencies.id"), nullable=False),
    Column("received_by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("upload_token", Text),
    Column("due_on", Date, nullable=False),
    Column("due_basis", Text, nullable=False),
    Column("due_why", Text, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("status", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("set_aside", Boolean, nullable=False, server_default=text("false")),
    # Whether only the people in restricted_to may see it.
    Column("restricted", Boolean, nullable=False, server_default=text("false")),
    # Whether its form waits, unopened, for a virus scanner that does not answer (intake/reader/scanning.py).
    Column("scanner_awaited", Boolean, nullable=False, server_default=text("false")),
    Column("refusal_code", Text),
    Column("refusal_message", Text),
    Column("withdrawn_sealed", LargeBinary),
    Column("same_as", Uuid, ForeignKey("referrals.id")),
    Column("came_with", Uuid, ForeignKey("referrals.id")),
    Column("read_at", Moment),
    Column("judged_at", Moment),
    # What lists show, copied here when a form is judged so that a list never opens a reading.
    Column("form", Text),
    Column("subject_sealed", LargeBinary),
    # Whom the form is about, for comparing with others (intake/cases/likeness.py).
    Column("identity_sealed", LargeBinary),
    Column("level_requested", Text),
    Column("category", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("route", Text),
    Column("verdicts", JSONB, nullable=False, server_default=text("'{}'")),
    # How many verdicts rest on what was not read for certain; empty where it was judged before that was counted.
    Column("doubted", Integer),
    Column("open_questions", Integer, nullable=False, server_default=text("0")),
    Column("assigned_to", Uuid, ForeignKey("people.id")),
    # What statistics count beside: days after the last day for screening and before release, negative where early; what
    # was asked, in how many rounds, which fields by the desk itself; since when the referrer is waited for, and how long before.
    Column("youth", Boolean),
    Column("screening_late", Integer),
    Column("release_late", Integer),
    Column("questions", Integer, nullable=False, server_default=text("0")),
    Column("rounds", Integer, nullable=False, server_default=text("0")),
    Column("missed", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("waiting_since", Moment),
    Column("waited", Interval),
    Column("outcome", Text),
    Column("decided_at", Moment),
    # By when an accepted case is to be reviewed, and the level at which it is managed until then.
    Column("review_due", Date),
    Column("review_level", Text),
    # When everything of it but this line was erased; its key is empty then (intake/retention/).
    Column("erased_at", Moment),
    UniqueConstraint("received_by", "upload_token"),
)

OPEN_ROWS = text("status IN ('received', 'reading', 'checked')")
Index(
    "referrals_open_by_due",
    referrals.c.area,
    referrals.c.due_on,
    referrals.c.received_at,
    referrals.c.id,
    # So that the shelves are counted without a look at the rows themselves.
    postgresql_include=["agency_id", "open_questions", "assigned_to", "set_aside", "status", "restricted"],
    postgresql_where=OPEN_ROWS,
)

ASKED = literal_column("(open_questions > 0 AND status = 'checked')", Boolean)
"""Whether the referrer has something to answer."""
Index("referrals_by_agency", referrals.c.agency_id, ASKED.desc(), referrals.c.received_at.desc(), referrals.c.id)
Index("referrals_by_status", referrals.c.area, referrals.c.status, referrals.c.received_at.desc(), referrals.c.id)
Index("referrals_restricted", referrals.c.area, referrals.c.agency_id, postgresql_where=text("restricted"))
Index("referrals_by_receipt", referrals.c.received_at, referrals.c.id)
Index("referrals_by_review", referrals.c.area, referrals.c.review_due, postgresql_where=text("review_due IS NOT NULL"))
Index("referrals_came_with", referrals.c.came_with, postgresql_where=text("came_with IS NOT NULL"))

restrictions = Table(
    # Why a case is restricted to named people.
    "restrictions",
    metadata,
    Column("referral_id", Uuid, ForeignKey("referrals.id"), primary_key=True),
    Column("why_sealed", LargeBinary, nullable=False),
    Column("by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
)

restricted_to = Table(
    "restricted_to",
    metadata,
    Column("referral_id", Uuid, ForeignKey("referrals.id"), primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id"), primary_key=True),
)

tallies = Table(
    # How many unrestricted referrals of each agency are in each state, kept by a trigger: counting them would take longer every year.
    "tallies",
    metadata,
    Column("area", Text, nullable=False),
    Column("agency_id", Uuid, ForeignKey("agencies.id"), primary_key=True),
    Column("status", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Uuid, primary_key=True),
    # Deferred, so that the large row is written before the reference counter is locked.
    Column(
        "referral_id",
        Uuid,
        ForeignKey("referrals.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
        index=True,
    ),
    Column("supporting", Boolean, nullable=False, server_default=text("false")),
    Column("filename_sealed", LargeBinary, nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
    Column("sha256", LargeBinary, nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("carrier", Text),
    Column("pages", Integer),
    Column("added_by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("added_at", Moment, nullable=False),
    # When it was looked over for viruses, and the name of what was found.
    Column("scanned_at", Moment),
    Column("virus", Text),
)

page_pictures = Table(
    "page_pictures",
    metadata,
    Column("referral_id", Uuid, ForeignKey("referrals.id"), primary_key=True),
    Column("page", Integer, primary_key=True),
    # The page's size in points, which evidence boxes are measured in.
    Column("width", Float, nullable=False),
    Column("height", Float, nullable=False),
    Column("picture_sealed", LargeBinary, nullable=False),
)

readings = Table(
    # What the file says, written once and never changed: answers and corrections stand beside it.
    "readings",
    metadata,
    Column("referral_id", Uuid, ForeignKey("referrals.id"), primary_key=True),
    Column("form_sealed", LargeBinary, nullable=False),
    Column("other_attachments_sealed", LargeBinary, nullable=False),
    Column("read_at", Moment, nullable=False),
)

entries = Table(
    # Values that people entered over the reading: answers to a clarification, or corrections. The latest counts.
    "entries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("referral_id", Uuid, ForeignKey("referrals.id"), nullable=False, index=True),
    Column("clarification_id", Uuid, ForeignKey("clarifications.id")),
    Column("key", Text),
    Column("sealed", LargeBinary, nullable=False),
    Column("by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("position", BigInteger, nullable=False),
    UniqueConstraint("referral_id", "position"),
)

assessments = Table(
    # Every judging is kept; the highest number is in force.
    "assessments",
    metadata,
    Column("referral_id", Uuid, ForeignKey("referrals.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
)

clarifications = Table(
    "clarifications",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("referral_id", Uuid, ForeignKey("referrals.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("key", Text),
    Column("sealed", LargeBinary, nullable=False),
    Column("asked_by", Uuid, ForeignKey("people.id")),
    Column("asked_at", Moment, nullable=False),
    Column("draft_sealed", LargeBinary),
    Column("answered_at", Moment),
    Column("withdrawn_at", Moment),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("referral_id", Uuid, ForeignKey("referrals.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("level", Text),
    Column("category", Text),
    Column("panel_date", Date),
    Column("review_by", Date),
    Column("sealed", LargeBinary, nullable=False),
    Column("decided_by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("supersedes", Uuid, ForeignKey("decisions.id"), unique=True),
    UniqueConstraint("referral_id", "number"),
)

reviews = Table(
    # What each review of an accepted case found.
    "reviews",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("referral_id", Uuid, ForeignKey("referrals.id"), nullable=False),
    Column("decision_id", Uuid, ForeignKey("decisions.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("level", Text),
    Column("next_by", Date),
    Column("sealed", LargeBinary, nullable=False),
    Column("by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("referral_id", "number"),
)

decision_drafts = Table(
    # A decision as typed so far by one person, so that a closed window or an ended session loses nothing.
    "decision_drafts",
    metadata,
    Column("referral_id", Uuid, ForeignKey("referrals.id"), primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id"), primary_key=True),
    Column("typed_sealed", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
)

reopenings = Table(
    "reopenings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("decision_id", Uuid, ForeignKey("decisions.id"), nullable=False, unique=True),
    Column("why_sealed", LargeBinary, nullable=False),
    Column("by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
)
