"""What is kept for how long, what holds it, and its erasure: by one function, which is all that the application may call."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE referrals ADD COLUMN erased_at TIMESTAMP WITH TIME ZONE;
CREATE TABLE retention_periods (
    area TEXT NOT NULL,
    rule TEXT NOT NULL,
    months INTEGER NOT NULL,
    set_by UUID NOT NULL REFERENCES people (id),
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (area, rule)
);
CREATE TABLE holds (
    id UUID NOT NULL PRIMARY KEY,
    referral_id UUID NOT NULL REFERENCES referrals (id),
    why_sealed BYTEA NOT NULL,
    by UUID NOT NULL REFERENCES people (id),
    at TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE INDEX ix_holds_referral_id ON holds (referral_id);
CREATE TABLE erasure_notices (
    referral_id UUID NOT NULL PRIMARY KEY REFERENCES referrals (id),
    rule TEXT NOT NULL,
    announced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    erase_on DATE NOT NULL,
    ground TEXT,
    ordered_by UUID REFERENCES people (id),
    why_sealed BYTEA
);
CREATE TABLE erasures (
    referral_id UUID NOT NULL PRIMARY KEY REFERENCES referrals (id),
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    rule TEXT NOT NULL,
    months INTEGER,
    since DATE,
    ground TEXT,
    ordered_by UUID REFERENCES people (id),
    why_sealed BYTEA,
    removed JSONB NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON retention_periods, erasure_notices TO mappa_app;
GRANT SELECT, INSERT, DELETE ON holds TO mappa_app;
GRANT SELECT, INSERT ON erasures TO mappa_app;
"""

SERVICE = "(SELECT acting_reach()) IN ('desk', 'administrator')"
SEEN = "EXISTS (SELECT FROM referrals WHERE referrals.id = referral_id)"
COORDINATED = f"{SERVICE} OR (SELECT acting_reach()) = 'coordinator' AND {SEEN}"
GUARDS = f"""
ALTER TABLE retention_periods ENABLE ROW LEVEL SECURITY;
ALTER TABLE holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasure_notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasures ENABLE ROW LEVEL SECURITY;
CREATE POLICY reach ON retention_periods TO mappa_app USING ({SERVICE} OR area = (SELECT acting_home()));
CREATE POLICY reach ON holds TO mappa_app USING ({COORDINATED});
CREATE POLICY reach ON erasure_notices TO mappa_app USING ({COORDINATED});
CREATE POLICY reach ON erasures TO mappa_app USING ({SERVICE} OR {SEEN});
"""

# The application has no right to delete what forms say. This function has, for the desk alone: of one closed referral
# that nothing holds, and all of it at once. The ciphertext goes too, not only its key.
ERASE = """
CREATE FUNCTION erase_referral(one uuid, moment timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF acting() <> 'desk' THEN
        RAISE EXCEPTION 'only the desk erases' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM referrals WHERE id = one AND erased_at IS NULL AND status IN ('decided', 'refused', 'withdrawn') FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM holds WHERE referral_id = one) THEN
        RAISE EXCEPTION 'this referral may not be erased';
    END IF;
    DELETE FROM reopenings USING decisions WHERE decisions.id = decision_id AND decisions.referral_id = one;
    DELETE FROM reviews WHERE referral_id = one;
    DELETE FROM decisions WHERE referral_id = one;
    DELETE FROM decision_drafts WHERE referral_id = one;
    DELETE FROM entries WHERE referral_id = one;
    DELETE FROM clarifications WHERE referral_id = one;
    DELETE FROM assessments WHERE referral_id = one;
    DELETE FROM readings WHERE referral_id = one;
    DELETE FROM page_pictures WHERE referral_id = one;
    DELETE FROM documents WHERE referral_id = one;
    DELETE FROM search_tokens WHERE referral_id = one;
    DELETE FROM person_traces WHERE referral_id = one;
    DELETE FROM restrictions WHERE referral_id = one;
    DELETE FROM erasure_notices WHERE referral_id = one;
    -- The mark of the whole mail stays, so that the same mail is not taken in again.
    UPDATE incoming SET wrapped_key = '', facts_sealed = '', content_sealed = NULL, message_token = '', content_token = '',
        sender_token = '' WHERE referral_id = one;
    UPDATE referrals SET erased_at = moment, wrapped_key = '', subject_sealed = NULL, identity_sealed = NULL,
        withdrawn_sealed = NULL, review_due = NULL, review_level = NULL, version = version + 1 WHERE id = one;
END $$;
REVOKE EXECUTE ON FUNCTION erase_referral FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_referral TO mappa_app;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(GUARDS)
    op.execute(ERASE)


def downgrade() -> None:
    op.execute("DROP FUNCTION erase_referral")
    op.execute("DROP TABLE erasures, erasure_notices, holds, retention_periods")
    op.execute("ALTER TABLE referrals DROP COLUMN erased_at")
