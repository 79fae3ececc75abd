"""Case systems of others come in by a token: an account that nobody signs in to, its tokens, and answers to be given again."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE people ADD COLUMN system BOOLEAN NOT NULL DEFAULT false;
CREATE TABLE tokens (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    token_hash BYTEA NOT NULL,
    scopes TEXT[] NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    used_at TIMESTAMP WITH TIME ZONE,
    used_from TEXT,
    minute_at TIMESTAMP WITH TIME ZONE,
    used_in_minute INTEGER DEFAULT 0 NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (token_hash),
    FOREIGN KEY(person_id) REFERENCES people (id),
    FOREIGN KEY(made_by) REFERENCES people (id)
);
CREATE INDEX ix_tokens_person_id ON tokens (person_id);
CREATE TABLE given_answers (
    person_id UUID NOT NULL,
    key_hash BYTEA NOT NULL,
    fingerprint BYTEA NOT NULL,
    answer_sealed BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (person_id, key_hash),
    FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX ix_given_answers_at ON given_answers (at);
CREATE INDEX referrals_by_receipt ON referrals (received_at, id);

GRANT SELECT, INSERT, UPDATE ON tokens TO mappa_app;
GRANT SELECT, INSERT, DELETE ON given_answers TO mappa_app;
ALTER TABLE tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE given_answers ENABLE ROW LEVEL SECURITY;
CREATE POLICY reach ON tokens TO mappa_app USING ((SELECT acting_reach()) IN ('door', 'administrator'));
CREATE POLICY reach ON given_answers TO mappa_app USING (person_id = (SELECT acting_person()));
"""
# What a system did stays in the record, under the name of an account that nobody can sign in to.
DOWN = """
DROP INDEX referrals_by_receipt;
DROP TABLE given_answers, tokens;
UPDATE people SET active = false WHERE system;
ALTER TABLE people DROP COLUMN system;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
