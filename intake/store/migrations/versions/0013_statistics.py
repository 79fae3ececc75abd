"""Lines carry what statistics count: whether somebody is under 18, how late a form came, what was asked and waited for.

Forms judged before say nothing of age and lateness until they are judged again; what was asked is made up from the questions.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE referrals ADD COLUMN youth BOOLEAN, ADD COLUMN screening_late INTEGER, ADD COLUMN release_late INTEGER,
    ADD COLUMN questions INTEGER NOT NULL DEFAULT 0, ADD COLUMN rounds INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN missed TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN waiting_since TIMESTAMP WITH TIME ZONE, ADD COLUMN waited INTERVAL;
UPDATE referrals SET questions = asked.questions, rounds = asked.rounds, missed = asked.missed,
    waiting_since = CASE WHEN referrals.open_questions > 0 THEN asked.since END, waited = asked.waited
FROM (
    SELECT referral_id, count(*) AS questions, count(DISTINCT asked_at) AS rounds,
        coalesce(array_agg(DISTINCT key) FILTER (WHERE key IS NOT NULL AND asked_by IS NULL), '{}') AS missed,
        min(asked_at) FILTER (WHERE answered_at IS NULL AND withdrawn_at IS NULL) AS since,
        max(answered_at) - min(asked_at) FILTER (WHERE answered_at IS NOT NULL) AS waited
    FROM clarifications GROUP BY referral_id
) asked WHERE asked.referral_id = referrals.id;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(
        """ALTER TABLE referrals DROP COLUMN youth, DROP COLUMN screening_late, DROP COLUMN release_late,
        DROP COLUMN questions, DROP COLUMN rounds, DROP COLUMN missed, DROP COLUMN waiting_since, DROP COLUMN waited"""
    )
