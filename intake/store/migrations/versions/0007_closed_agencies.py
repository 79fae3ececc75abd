"""Agencies can be renamed and closed."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE agencies ADD COLUMN active BOOLEAN DEFAULT true NOT NULL")
    op.execute("GRANT UPDATE ON agencies TO mappa_app")


def downgrade() -> None:
    op.execute("REVOKE UPDATE ON agencies FROM mappa_app")
    op.execute("ALTER TABLE agencies DROP COLUMN active")
