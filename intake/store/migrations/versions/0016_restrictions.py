"""A case can be restricted to named people: to all others it is not there, in any row, list or number."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE referrals ADD COLUMN restricted BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX referrals_restricted ON referrals (area, agency_id) WHERE restricted;
CREATE TABLE restrictions (
    referral_id UUID NOT NULL PRIMARY KEY REFERENCES referrals (id),
    why_sealed BYTEA NOT NULL,
    by UUID NOT NULL REFERENCES people (id),
    at TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE TABLE restricted_to (
    referral_id UUID NOT NULL REFERENCES referrals (id),
    person_id UUID NOT NULL REFERENCES people (id),
    PRIMARY KEY (referral_id, person_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON restrictions, restricted_to TO mappa_app;
ALTER TABLE restrictions ENABLE ROW LEVEL SECURITY;
ALTER TABLE restricted_to ENABLE ROW LEVEL SECURITY;
"""

# The counts of open cases are made from this index alone.
INDEX = """
DROP INDEX referrals_open_by_due;
CREATE INDEX referrals_open_by_due ON referrals (area, due_on, received_at, id)
    INCLUDE (agency_id, open_questions, assigned_to, set_aside, status{more}) WHERE status IN ('received', 'reading', 'checked');
"""

SERVICE = "(SELECT acting_reach()) IN ('desk', 'administrator')"
THEIRS = "area = (SELECT acting_area()) OR agency_id = (SELECT acting_agency())"
NAMED = "SELECT referral_id FROM restricted_to WHERE person_id = (SELECT acting_person())"
POLICIES = f"""
CREATE POLICY reach ON restricted_to TO mappa_app
    USING ((SELECT acting_reach()) = 'desk' OR person_id = (SELECT acting_person()));
CREATE POLICY reach ON restrictions TO mappa_app USING ((SELECT acting_reach()) = 'desk'
    OR (SELECT acting_reach()) IN ('referrer', 'coordinator')
    AND EXISTS (SELECT FROM referrals WHERE referrals.id = referral_id));
DROP POLICY reach ON referrals;
CREATE POLICY reach ON referrals TO mappa_app USING ({SERVICE} OR ({THEIRS}) AND (NOT restricted OR id IN ({NAMED})));
"""  # noqa: S608 - of the words above
POLICY_BEFORE = f"""
DROP POLICY reach ON referrals;
CREATE POLICY reach ON referrals TO mappa_app USING ({SERVICE} OR {THEIRS});
"""

# Tallies are shown to everybody of an area or agency: restricted cases are counted where they are seen, not in them.
TALLIES = """
DROP TRIGGER keep_tallies ON referrals;
CREATE OR REPLACE FUNCTION keep_tallies() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO tallies VALUES (NEW.area, NEW.agency_id, NEW.status, 0) ON CONFLICT DO NOTHING;
    PERFORM FROM tallies WHERE agency_id = NEW.agency_id
        AND (status = NEW.status OR TG_OP = 'UPDATE' AND status = OLD.status) ORDER BY status FOR UPDATE;
    IF TG_OP = 'UPDATE' {and_was_counted} THEN
        UPDATE tallies SET number = number - 1 WHERE agency_id = OLD.agency_id AND status = OLD.status;
    END IF;
    {where_counted} UPDATE tallies SET number = number + 1 WHERE agency_id = NEW.agency_id AND status = NEW.status; {end_where}
    RETURN NULL;
END $$;
CREATE TRIGGER keep_tallies AFTER UPDATE OF {columns} ON referrals FOR EACH ROW
    WHEN ({changed}) EXECUTE FUNCTION keep_tallies();
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(INDEX.format(more=", restricted"))
    op.execute(POLICIES)
    op.execute(
        TALLIES.format(
            and_was_counted="AND NOT OLD.restricted",
            where_counted="IF NOT NEW.restricted THEN",
            end_where="END IF;",
            columns="status, restricted",
            changed="OLD.status IS DISTINCT FROM NEW.status OR OLD.restricted <> NEW.restricted",
        )
    )


def downgrade() -> None:
    # So that each is in the tallies again.
    op.execute("UPDATE referrals SET restricted = false WHERE restricted")
    op.execute(
        TALLIES.format(
            and_was_counted="",
            where_counted="",
            end_where="",
            columns="status",
            changed="OLD.status IS DISTINCT FROM NEW.status",
        )
    )
    op.execute(POLICY_BEFORE)
    op.execute("DROP TABLE restricted_to, restrictions")
    op.execute(INDEX.format(more=""))
    op.execute("DROP INDEX referrals_restricted; ALTER TABLE referrals DROP COLUMN restricted")
