"""Mail in and out."""

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
    # Every mail that came, once (see intake/mail/incoming.py): keyed hashes by which it is known again, and what it became.
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

answer_links = Table(
    # Links by which somebody without an account answers (see intake/mail/answer_links.py): a mail's own, the code in force
    # and the visit that it opened as hashes.
    "answer_links",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("mail_id", Uuid, nullable=False),
    Column("referral_id", Uuid, ForeignKey("referrals.id"), nullable=False),
    Column("person_id", Uuid, ForeignKey("people.id"), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("codes_asked", Integer, nullable=False, server_default=text("0")),
    Column("code_asked_at", Moment),
    Column("code_hash", LargeBinary),
    Column("code_until", Moment),
    Column("code_wrong", Integer, nullable=False, server_default=text("0")),
    Column("wrong", Integer, nullable=False, server_default=text("0")),
    Column("visit_hash", LargeBinary, unique=True),
    Column("visit_seen_at", Moment),
    Column("visit_until", Moment),
    UniqueConstraint("mail_id", "referral_id"),
)
Index(
    "answer_links_live",
    answer_links.c.referral_id,
    answer_links.c.person_id,
    postgresql_where=text("revoked_at IS NULL"),
)

mails = Table(
    # A mail to one person, on its way or sent (see intake/mail/outbox.py); a digest tells of several messages, and an answer to
    # a mail that came in of none.
    "mails",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id")),
    Column("incoming_id", Uuid, ForeignKey("incoming.id")),
    # The link that it carries the code for, and nothing else.
    Column("link_id", Uuid, ForeignKey("answer_links.id")),
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
