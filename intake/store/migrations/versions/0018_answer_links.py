"""Who sends forms by mail and has no account answers by a link: to one referral, for a while, with a code sent separately."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = """
-- Accounts that mails made, and that nobody was given a password for.
ALTER TABLE people ADD COLUMN by_mail BOOLEAN DEFAULT false NOT NULL;
UPDATE people SET by_mail = true WHERE role = 'referrer' AND name = email
    AND id NOT IN (SELECT who FROM audit WHERE who IS NOT NULL AND kind = 'signed_in');

CREATE TABLE answer_links (
    id UUID NOT NULL,
    mail_id UUID NOT NULL,
    referral_id UUID NOT NULL,
    person_id UUID NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    codes_asked INTEGER DEFAULT 0 NOT NULL,
    code_asked_at TIMESTAMP WITH TIME ZONE,
    code_hash BYTEA,
    code_until TIMESTAMP WITH TIME ZONE,
    code_wrong INTEGER DEFAULT 0 NOT NULL,
    wrong INTEGER DEFAULT 0 NOT NULL,
    visit_hash BYTEA,
    visit_seen_at TIMESTAMP WITH TIME ZONE,
    visit_until TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    UNIQUE (mail_id, referral_id),
    UNIQUE (visit_hash),
    FOREIGN KEY(referral_id) REFERENCES referrals (id),
    FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX answer_links_live ON answer_links (referral_id, person_id) WHERE revoked_at IS NULL;
ALTER TABLE mails ADD COLUMN link_id UUID REFERENCES answer_links (id);
GRANT SELECT, INSERT, UPDATE ON answer_links TO mappa_app;
ALTER TABLE answer_links ENABLE ROW LEVEL SECURITY;
"""

# Whoever came by a link acts as the owner of its address, and reaches one referral: these policies hold beside all others.
ONLY = """
CREATE FUNCTION acting_only() RETURNS uuid STABLE LANGUAGE sql AS $$
    SELECT CASE WHEN acting() NOT IN ('desk', 'door') THEN nullif(current_setting('mappa.only', true), '')::uuid END
$$;
CREATE POLICY by_link ON referrals AS RESTRICTIVE TO mappa_app
    USING ((SELECT acting_only()) IS NULL OR id = (SELECT acting_only()));
CREATE POLICY by_link ON audit AS RESTRICTIVE FOR SELECT TO mappa_app
    USING ((SELECT acting_only()) IS NULL OR referral_id = (SELECT acting_only()));
CREATE POLICY by_link ON tallies AS RESTRICTIVE TO mappa_app USING ((SELECT acting_only()) IS NULL);
CREATE POLICY by_link ON sessions AS RESTRICTIVE TO mappa_app USING ((SELECT acting_only()) IS NULL);
CREATE POLICY by_link ON searches AS RESTRICTIVE TO mappa_app USING ((SELECT acting_only()) IS NULL);
CREATE POLICY reach ON answer_links TO mappa_app USING ((SELECT acting_reach()) IN ('desk', 'door')
    OR (SELECT acting_reach()) = 'coordinator' AND EXISTS (SELECT FROM referrals WHERE referrals.id = referral_id));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(ONLY)


def downgrade() -> None:
    for table in ("referrals", "audit", "tallies", "sessions", "searches"):
        op.execute(f"DROP POLICY by_link ON {table}")
    op.execute("DELETE FROM mails WHERE link_id IS NOT NULL; ALTER TABLE mails DROP COLUMN link_id")
    op.execute("DROP TABLE answer_links; DROP FUNCTION acting_only; ALTER TABLE people DROP COLUMN by_mail")
