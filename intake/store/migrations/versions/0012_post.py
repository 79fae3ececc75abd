"""Messages leave by mail: each mail with its state, an area's own wordings, and what people choose."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

POLICIES = """
CREATE POLICY reach ON mails TO mappa_app
    USING ((SELECT acting_reach()) IN ('desk', 'administrator') OR EXISTS (SELECT FROM mail_contents WHERE mail_id = mails.id));
CREATE POLICY reach ON mail_contents TO mappa_app
    USING ((SELECT acting_reach()) IN ('desk', 'administrator') OR EXISTS (SELECT FROM messages WHERE messages.id = message_id));
CREATE POLICY reach ON wordings TO mappa_app USING ((SELECT acting_reach()) IN ('desk', 'administrator') OR area = (SELECT acting_home()));
CREATE POLICY reach ON mail_choices TO mappa_app USING ((SELECT acting_reach()) IN ('door', 'administrator') OR person_id = (SELECT acting_person()));
CREATE POLICY reach ON post TO mappa_app USING ((SELECT acting_reach()) IN ('desk', 'administrator'));
"""
TABLES = """
ALTER TABLE messages ADD COLUMN released BOOLEAN DEFAULT false NOT NULL;
CREATE INDEX messages_waiting ON messages (created_at) WHERE state = 'waiting';

CREATE TABLE mails (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    digest BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    fence INTEGER DEFAULT 0 NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    next_try TIMESTAMP WITH TIME ZONE NOT NULL,
    last_error TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX mails_unsettled ON mails (state, next_try) WHERE state NOT IN ('sent', 'not_wanted', 'dropped');
CREATE INDEX mails_open_digest ON mails (person_id) WHERE digest AND state = 'due';

CREATE TABLE mail_contents (
    mail_id UUID NOT NULL,
    message_id UUID NOT NULL,
    PRIMARY KEY (mail_id, message_id),
    FOREIGN KEY(mail_id) REFERENCES mails (id),
    FOREIGN KEY(message_id) REFERENCES messages (id)
);
CREATE INDEX ix_mail_contents_message_id ON mail_contents (message_id);

CREATE TABLE wordings (
    area TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    changed_by UUID NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (area, kind),
    FOREIGN KEY(changed_by) REFERENCES people (id)
);

CREATE TABLE mail_choices (
    person_id UUID NOT NULL,
    choice TEXT NOT NULL,
    PRIMARY KEY (person_id),
    FOREIGN KEY(person_id) REFERENCES people (id)
);

CREATE TABLE post (
    "only" BOOLEAN NOT NULL,
    held_since TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY ("only")
);
INSERT INTO post ("only") VALUES (true);

GRANT SELECT, INSERT, UPDATE ON mails, mail_choices TO mappa_app;
GRANT SELECT, INSERT ON mail_contents TO mappa_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON wordings TO mappa_app;
GRANT SELECT, UPDATE ON post TO mappa_app;
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table in ("mails", "mail_contents", "wordings", "mail_choices", "post"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(POLICIES)


def downgrade() -> None:
    # What was told once is never told again.
    op.execute("UPDATE messages SET state = 'shown' WHERE state <> 'waiting'")
    op.execute("DROP TABLE mail_contents, mails, wordings, mail_choices, post")
    op.execute("DROP INDEX messages_waiting; ALTER TABLE messages DROP COLUMN released")
