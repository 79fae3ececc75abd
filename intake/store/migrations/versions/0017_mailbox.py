"""A mailbox is watched: which mails came in, whose they are, and how long ago somebody looked."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE mail_senders (
    area TEXT NOT NULL,
    pattern TEXT NOT NULL,
    agency_id UUID NOT NULL,
    added_by UUID NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (area, pattern),
    FOREIGN KEY(agency_id) REFERENCES agencies (id),
    FOREIGN KEY(added_by) REFERENCES people (id)
);
CREATE TABLE incoming (
    id UUID NOT NULL,
    area TEXT NOT NULL,
    token BYTEA NOT NULL,
    message_token BYTEA NOT NULL,
    content_token BYTEA NOT NULL,
    sender_token BYTEA NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    referral_id UUID,
    wrapped_key BYTEA NOT NULL,
    facts_sealed BYTEA NOT NULL,
    content_sealed BYTEA,
    size BIGINT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (token),
    FOREIGN KEY(referral_id) REFERENCES referrals (id)
);
CREATE INDEX incoming_to_look_at ON incoming (area, received_at) WHERE state IN ('stranger', 'automatic');
CREATE INDEX incoming_by_message ON incoming (message_token);
CREATE INDEX incoming_by_content ON incoming (content_token);
CREATE INDEX incoming_by_sender ON incoming (sender_token, received_at);
ALTER TABLE mails ALTER COLUMN person_id DROP NOT NULL, ADD COLUMN incoming_id UUID REFERENCES incoming (id);
CREATE INDEX mails_of_incoming ON mails (incoming_id) WHERE incoming_id IS NOT NULL;
ALTER TABLE post ADD COLUMN mailbox_at TIMESTAMP WITH TIME ZONE, ADD COLUMN mailbox_error TEXT;

GRANT SELECT, INSERT, DELETE ON mail_senders TO mappa_app;
GRANT SELECT, INSERT, UPDATE ON incoming TO mappa_app;

ALTER TABLE mail_senders ENABLE ROW LEVEL SECURITY;
ALTER TABLE incoming ENABLE ROW LEVEL SECURITY;
CREATE POLICY reach ON mail_senders TO mappa_app
    USING ((SELECT acting_reach()) IN ('desk', 'administrator') OR area = (SELECT acting_home()));
CREATE POLICY reach ON incoming TO mappa_app
    USING ((SELECT acting_reach()) = 'desk' OR area = (SELECT acting_area()));
CREATE POLICY answers ON mails TO mappa_app USING (EXISTS (SELECT FROM incoming WHERE incoming.id = incoming_id));
"""
DOWN = """
DROP POLICY answers ON mails;
DROP INDEX mails_of_incoming;
DELETE FROM mails WHERE incoming_id IS NOT NULL;
ALTER TABLE mails DROP COLUMN incoming_id, ALTER COLUMN person_id SET NOT NULL;
ALTER TABLE post DROP COLUMN mailbox_at, DROP COLUMN mailbox_error;
DROP TABLE incoming, mail_senders;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
