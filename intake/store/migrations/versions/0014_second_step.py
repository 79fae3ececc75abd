"""The second step of signing in, and what is shown of an open session."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE second_factors (
    person_id UUID NOT NULL PRIMARY KEY REFERENCES people (id),
    wrapped BYTEA,
    pending_wrapped BYTEA,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    last_step BIGINT
);
CREATE TABLE recovery_codes (
    person_id UUID NOT NULL REFERENCES people (id),
    code_hash BYTEA NOT NULL,
    PRIMARY KEY (person_id, code_hash)
);
CREATE TABLE second_step_roles (
    role TEXT NOT NULL PRIMARY KEY,
    required BOOLEAN NOT NULL
);
ALTER TABLE sessions ADD COLUMN id UUID NOT NULL DEFAULT gen_random_uuid(), ADD COLUMN second_step_at TIMESTAMPTZ,
    ADD COLUMN whence TEXT, ADD COLUMN browser TEXT, ADD UNIQUE (id);
GRANT SELECT, INSERT, UPDATE, DELETE ON second_factors, recovery_codes TO mappa_app;
GRANT SELECT, INSERT, UPDATE ON second_step_roles TO mappa_app;
"""

# Secrets are the door's alone; not even administrators reach them but to have them taken away.
POLICIES = """
ALTER TABLE second_factors ENABLE ROW LEVEL SECURITY;
ALTER TABLE recovery_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE second_step_roles ENABLE ROW LEVEL SECURITY;
CREATE POLICY reach ON second_factors TO mappa_app USING ((SELECT acting_reach()) = 'door');
CREATE POLICY reach ON recovery_codes TO mappa_app USING ((SELECT acting_reach()) = 'door');
CREATE POLICY reach ON second_step_roles TO mappa_app USING ((SELECT acting_reach()) IN ('door', 'administrator'));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)


def downgrade() -> None:
    op.execute(
        "ALTER TABLE sessions DROP COLUMN id, DROP COLUMN second_step_at, DROP COLUMN whence, DROP COLUMN browser"
    )
    op.execute("DROP TABLE second_step_roles, recovery_codes, second_factors")
