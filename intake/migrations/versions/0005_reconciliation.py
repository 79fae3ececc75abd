"""Keeps what the last comparison of counts found, for every machine to see."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        'CREATE TABLE reconciliation ("only" BOOLEAN NOT NULL, at TIMESTAMPTZ, result JSONB, PRIMARY KEY ("only"))'
    )
    op.execute("INSERT INTO reconciliation VALUES (true, NULL, NULL)")
    op.execute("GRANT SELECT, UPDATE ON reconciliation TO mappa_app")


def downgrade() -> None:
    op.execute("DROP TABLE reconciliation")
