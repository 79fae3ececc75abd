"""Forms about the same person find each other; searches are kept sealed; equal due days go by the time of receipt."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE referrals ADD COLUMN identity_sealed BYTEA;

CREATE TABLE person_traces (
    trace BYTEA NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    referral_id UUID NOT NULL,
    PRIMARY KEY (trace, received_at, referral_id),
    FOREIGN KEY(referral_id) REFERENCES referrals (id)
);
CREATE INDEX ix_person_traces_referral_id ON person_traces (referral_id);

CREATE TABLE searches (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    text_sealed BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX ix_searches_person_id ON searches (person_id);

GRANT SELECT, INSERT, DELETE ON person_traces, searches TO mappa_app;
"""


def _index(columns: str) -> str:
    return f"""
DROP INDEX referrals_open_by_due;
CREATE INDEX referrals_open_by_due ON referrals ({columns})
    INCLUDE (agency_id, open_questions, assigned_to, set_aside, status)
    WHERE status IN ('received', 'reading', 'checked');
"""


def upgrade() -> None:
    op.execute(UP)
    op.execute(_index("area, due_on, received_at, id"))


def downgrade() -> None:
    op.execute(_index("area, due_on, id"))
    op.execute("DROP TABLE searches, person_traces; ALTER TABLE referrals DROP COLUMN identity_sealed;")
