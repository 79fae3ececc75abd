"""The tables, as migrations make them. Columns named `sealed` hold only ciphertext (see intake/vault.py).

Nothing in clear names or describes the person a referral is about: whoever reads this database without the master key
learns reference numbers, agencies, days and verdict counts.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()
Moment = DateTime(timezone=True)

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
    # Whether its form waits, unopened, for a virus scanner that does not answer (intake/scanning.py).
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
    # Whom the form is about, for comparing with others (intake/likeness.py).
    Column("identity_sealed", LargeBinary),
    Column("level_requested", Text),
    Column("category", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("route", Text),
    Column("verdicts", JSONB, nullable=False, server_default=text("'{}'")),
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
    # Keyed hashes by which forms about the same person meet (intake/likeness.py), with the time likewise.
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

jobs = Table(
    # The truth about what is to be done; Redis only rings (see intake/ledger.py).
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

messages = Table(
    # What is to be told: the kind of message and the referral it is about, never its content. `released` by a person after
    # a restore.
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("referral_id", Uuid, ForeignKey("referrals.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("to_agency", Uuid, ForeignKey("agencies.id")),
    Column("to_area", Text),
    Column("state", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("released", Boolean, nullable=False, server_default=text("false")),
)
Index("messages_waiting", messages.c.created_at, postgresql_where=text("state = 'waiting'"))

mail_senders = Table(
    # Addresses, and domains with @ before them, whose mails are taken in as an agency's.
    "mail_senders",
    metadata,
    Column("area", Text, primary_key=True),
    Column("pattern", Text, primary_key=True),
    Column("agency_id", Uuid, ForeignKey("agencies.id"), nullable=False),
    Column("added_by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("added_at", Moment, nullable=False),
)

incoming = Table(
    # Every mail that came, once (see intake/incoming.py): keyed hashes by which it is known again, and what it became.
    "incoming",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("area", Text, nullable=False),
    Column("token", LargeBinary, nullable=False, unique=True),
    Column("message_token", LargeBinary, nullable=False),
    Column("content_token", LargeBinary, nullable=False),
    Column("sender_token", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("referral_id", Uuid, ForeignKey("referrals.id")),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("facts_sealed", LargeBinary, nullable=False),
    Column("content_sealed", LargeBinary),
    Column("size", BigInteger, nullable=False),
)
Index(
    "incoming_to_look_at",
    incoming.c.area,
    incoming.c.received_at,
    postgresql_where=text("state IN ('stranger', 'automatic')"),
)
Index("incoming_by_message", incoming.c.message_token)
Index("incoming_by_content", incoming.c.content_token)
Index("incoming_by_sender", incoming.c.sender_token, incoming.c.received_at)

mails = Table(
    # A mail to one person, on its way or sent (see intake/outbox.py); a digest tells of several messages, and an answer to
    # a mail that came in of none.
    "mails",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id")),
    Column("incoming_id", Uuid, ForeignKey("incoming.id")),
    Column("digest", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("fence", Integer, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("lease_until", Moment),
    Column("next_try", Moment, nullable=False),
    Column("last_error", Text),
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment),
)
Index(
    "mails_unsettled",
    mails.c.state,
    mails.c.next_try,
    postgresql_where=text("state NOT IN ('sent', 'not_wanted', 'dropped')"),
)
Index("mails_of_incoming", mails.c.incoming_id, postgresql_where=text("incoming_id IS NOT NULL"))
Index("mails_open_digest", mails.c.person_id, postgresql_where=text("digest AND state = 'due'"))

mail_contents = Table(
    # Which messages a mail tells of.
    "mail_contents",
    metadata,
    Column("mail_id", Uuid, ForeignKey("mails.id"), primary_key=True),
    Column("message_id", Uuid, ForeignKey("messages.id"), primary_key=True, index=True),
)

wordings = Table(
    # An area's own words for a kind of message, over those that came with the service.
    "wordings",
    metadata,
    Column("area", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("changed_by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("changed_at", Moment, nullable=False),
)

mail_choices = Table(
    # How people want the messages that ask nothing of them; who has no row gets each at once.
    "mail_choices",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.id"), primary_key=True),
    Column("choice", Text, nullable=False),
)

post = Table(
    # One row: since when no message leaves, because the desk came back from a backup and somebody must look first; when the
    # mailbox was last looked into, and what keeps us from it.
    "post",
    metadata,
    Column("only", Boolean, primary_key=True),
    Column("held_since", Moment),
    Column("mailbox_at", Moment),
    Column("mailbox_error", Text),
)

audit = Table(
    # Append-only: rights and a trigger forbid change and deletion; each entry seals the one before (intake/trail.py).
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
    # One row: when counts were last compared, and what came of it (see intake/reconciling.py).
    "reconciliation",
    metadata,
    Column("only", Boolean, primary_key=True),
    Column("at", Moment),
    Column("result", JSONB),
)

least_edition = Table(
    # One row: the oldest edition of the programme that may still work on these tables. Only a migration that takes
    # something away raises it (see docs/nothing-lost.md).
    "least_edition",
    metadata,
    Column("only", Boolean, primary_key=True),
    Column("edition", Text, nullable=False),
)
