"""Accepted cases are reviewed: when each is due, and what each review found."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE referrals ADD COLUMN review_due DATE, ADD COLUMN review_level TEXT;
UPDATE referrals SET review_due = last.review_by, review_level = last.level
FROM (SELECT DISTINCT ON (referral_id) referral_id, review_by, level FROM decisions ORDER BY referral_id, number DESC) last
WHERE last.referral_id = referrals.id AND referrals.status = 'decided' AND last.review_by IS NOT NULL;
CREATE INDEX referrals_by_review ON referrals (area, review_due) WHERE review_due IS NOT NULL;
CREATE TABLE reviews (
    id UUID NOT NULL,
    referral_id UUID NOT NULL,
    decision_id UUID NOT NULL,
    number INTEGER NOT NULL,
    held_on DATE NOT NULL,
    outcome TEXT NOT NULL,
    level TEXT,
    next_by DATE,
    sealed BYTEA NOT NULL,
    by UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (referral_id, number),
    FOREIGN KEY(referral_id) REFERENCES referrals (id),
    FOREIGN KEY(decision_id) REFERENCES decisions (id),
    FOREIGN KEY(by) REFERENCES people (id)
);
GRANT SELECT, INSERT, UPDATE ON reviews TO mappa_app;
ALTER TABLE reviews ENABLE ROW LEVEL SECURITY;
CREATE POLICY reach ON reviews TO mappa_app USING ((SELECT acting_reach()) = 'desk'
    OR (SELECT acting_reach()) = 'coordinator' AND EXISTS (SELECT FROM referrals WHERE referrals.id = referral_id));
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    # An older programme knows no messages of reviews.
    op.execute("DELETE FROM mail_contents WHERE message_id IN (SELECT id FROM messages WHERE kind LIKE 'review%')")
    op.execute("DELETE FROM mails WHERE incoming_id IS NULL AND id NOT IN (SELECT mail_id FROM mail_contents)")
    op.execute("DELETE FROM messages WHERE kind LIKE 'review%'")
    op.execute("DROP TABLE reviews; DROP INDEX referrals_by_review")
    op.execute("ALTER TABLE referrals DROP COLUMN review_due, DROP COLUMN review_level")
