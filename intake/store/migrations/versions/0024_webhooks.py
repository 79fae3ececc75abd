"""Case systems are told of what happens: webhooks, and what was or is to be delivered to each."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE webhooks (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    url TEXT NOT NULL,
    events TEXT[] NOT NULL,
    inside BOOLEAN NOT NULL,
    secret_sealed BYTEA NOT NULL,
    position BIGINT NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES people (id),
    FOREIGN KEY(made_by) REFERENCES people (id)
);
CREATE INDEX ix_webhooks_person_id ON webhooks (person_id);
CREATE TABLE deliveries (
    id UUID NOT NULL,
    webhook_id UUID NOT NULL,
    number BIGINT NOT NULL,
    referral_id UUID NOT NULL,
    event TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    fence INTEGER DEFAULT 0 NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    next_try TIMESTAMP WITH TIME ZONE NOT NULL,
    last_error TEXT,
    settled_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    UNIQUE (webhook_id, number),
    FOREIGN KEY(webhook_id) REFERENCES webhooks (id),
    FOREIGN KEY(referral_id) REFERENCES referrals (id)
);
CREATE INDEX ix_deliveries_referral_id ON deliveries (referral_id);
CREATE INDEX deliveries_unsettled ON deliveries (state, next_try) WHERE state IN ('due', 'claimed');

GRANT SELECT, INSERT, UPDATE ON webhooks, deliveries TO mappa_app;
ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY reach ON webhooks TO mappa_app
    USING ((SELECT acting_reach()) IN ('desk', 'administrator') OR person_id = (SELECT acting_person()));
CREATE POLICY reach ON deliveries TO mappa_app USING ((SELECT acting_reach()) IN ('desk', 'administrator')
    OR EXISTS (SELECT FROM webhooks WHERE webhooks.id = webhook_id));
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute("DROP TABLE deliveries, webhooks")
