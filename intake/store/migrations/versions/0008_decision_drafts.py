"""Decisions as typed so far are kept until they are recorded."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE decision_drafts (
    referral_id UUID NOT NULL,
    person_id UUID NOT NULL,
    typed_sealed BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (referral_id, person_id),
    FOREIGN KEY(referral_id) REFERENCES referrals (id),
    FOREIGN KEY(person_id) REFERENCES people (id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON decision_drafts TO mappa_app;
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE decision_drafts")
