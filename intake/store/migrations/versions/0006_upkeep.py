"""For upkeep: what the last comparison of counts found, when a job was claimed, and which programmes still fit."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE reconciliation ("only" BOOLEAN NOT NULL, at TIMESTAMPTZ, result JSONB, PRIMARY KEY ("only"));
INSERT INTO reconciliation VALUES (true, NULL, NULL);
CREATE TABLE least_edition ("only" BOOLEAN NOT NULL, edition TEXT NOT NULL, PRIMARY KEY ("only"));
INSERT INTO least_edition VALUES (true, '0006');
GRANT SELECT, UPDATE ON reconciliation TO mappa_app;
GRANT SELECT ON least_edition TO mappa_app;
ALTER TABLE jobs ADD COLUMN claimed_at TIMESTAMPTZ;
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE state = 'done';
"""
DOWN = """
DROP INDEX jobs_finished;
ALTER TABLE jobs DROP COLUMN claimed_at;
DROP TABLE least_edition;
DROP TABLE reconciliation;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
