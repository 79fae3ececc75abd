"""When each document was looked over for viruses, what was found in it, and which referrals wait for the scanner."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE documents ADD COLUMN scanned_at TIMESTAMPTZ, ADD COLUMN virus TEXT")
    op.execute("ALTER TABLE referrals ADD COLUMN scanner_awaited BOOLEAN NOT NULL DEFAULT false")


def downgrade() -> None:
    op.execute("ALTER TABLE referrals DROP COLUMN scanner_awaited")
    op.execute("ALTER TABLE documents DROP COLUMN scanned_at, DROP COLUMN virus")
