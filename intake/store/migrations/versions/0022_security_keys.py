"""Security keys as second step (WebAuthn), and what a session has challenged them with."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE security_keys (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    name TEXT NOT NULL,
    credential_id BYTEA NOT NULL,
    public_key BYTEA NOT NULL,
    sign_count BIGINT NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    UNIQUE (credential_id),
    FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX security_keys_of_person ON security_keys (person_id);
ALTER TABLE sessions ADD COLUMN challenge BYTEA, ADD COLUMN challenged_at TIMESTAMP WITH TIME ZONE;

GRANT SELECT, INSERT, UPDATE, DELETE ON security_keys TO mappa_app;
ALTER TABLE security_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY reach ON security_keys TO mappa_app USING ((SELECT acting_reach()) = 'door');
"""
DOWN = """
ALTER TABLE sessions DROP COLUMN challenge, DROP COLUMN challenged_at;
DROP TABLE security_keys;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
