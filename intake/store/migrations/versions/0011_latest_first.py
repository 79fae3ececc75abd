"""What a search finds by carries the time of receipt, so that of many the latest are found without looking at all.

A desk of the edition before may still write while this one is put in place: what it writes counts as received then.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE search_tokens ADD COLUMN received_at TIMESTAMP WITH TIME ZONE;
UPDATE search_tokens SET received_at = referrals.received_at FROM referrals WHERE referrals.id = referral_id;
ALTER TABLE search_tokens ALTER COLUMN received_at SET NOT NULL, ALTER COLUMN received_at SET DEFAULT now(),
    DROP CONSTRAINT search_tokens_pkey, ADD PRIMARY KEY (token, received_at, referral_id);
"""
DOWN = """
ALTER TABLE search_tokens DROP CONSTRAINT search_tokens_pkey, ADD PRIMARY KEY (token, referral_id),
    DROP COLUMN received_at;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
