"""How many verdicts of a referral rest on what was not read for certain; empty where it was judged before that was counted."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE referrals ADD COLUMN doubted INTEGER")


def downgrade() -> None:
    op.execute("ALTER TABLE referrals DROP COLUMN doubted")
