"""Single sign-on: which groups of the organisation may do what here, who signs in by it, and sign-ins under way."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE sign_on_groups (
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    agency_id UUID,
    area TEXT,
    added_by UUID NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (name),
    FOREIGN KEY(agency_id) REFERENCES agencies (id),
    FOREIGN KEY(added_by) REFERENCES people (id)
);
CREATE TABLE sign_ons (
    token BYTEA NOT NULL,
    begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (token)
);
ALTER TABLE people ADD COLUMN sign_on_issuer TEXT, ADD COLUMN sign_on_subject TEXT,
    ADD COLUMN sign_on_closed BOOLEAN NOT NULL DEFAULT false, ADD UNIQUE (sign_on_issuer, sign_on_subject);
ALTER TABLE sessions ADD COLUMN signed_on BOOLEAN NOT NULL DEFAULT false;

GRANT SELECT, INSERT, DELETE ON sign_on_groups, sign_ons TO mappa_app;

ALTER TABLE sign_on_groups ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_ons ENABLE ROW LEVEL SECURITY;
CREATE POLICY reach ON sign_on_groups TO mappa_app USING ((SELECT acting_reach()) IN ('door', 'administrator'));
CREATE POLICY reach ON sign_ons TO mappa_app USING ((SELECT acting_reach()) = 'door');
"""
DOWN = """
ALTER TABLE sessions DROP COLUMN signed_on;
ALTER TABLE people DROP COLUMN sign_on_issuer, DROP COLUMN sign_on_subject, DROP COLUMN sign_on_closed;
DROP TABLE sign_ons, sign_on_groups;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
