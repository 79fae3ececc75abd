"""The database itself shows everybody the rows of their own reach only, whatever is asked of it.

Each transaction names who acts (intake/store/acting.py). Policies compare rows with that person's reach, worked out once for a
query. `acting_*` belong to the tables' owner, whom policies do not bind, since a person's reach stands in a table too.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FUNCTIONS = """
CREATE FUNCTION acting() RETURNS text STABLE LANGUAGE plpgsql AS $$
DECLARE who text := current_setting('mappa.actor', true);
BEGIN
    IF coalesce(who, '') = '' THEN
        RAISE EXCEPTION 'nobody acts in this transaction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN who;
END $$;

CREATE FUNCTION acting_person() RETURNS uuid STABLE LANGUAGE sql AS $$
    SELECT CASE WHEN acting() NOT IN ('desk', 'door') THEN acting()::uuid END
$$;

CREATE FUNCTION acting_reach() RETURNS text STABLE LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT CASE WHEN acting() IN ('desk', 'door') THEN acting()
        ELSE (SELECT role FROM people WHERE id = acting_person() AND active) END
$$;

CREATE FUNCTION acting_area() RETURNS text STABLE LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT area FROM people WHERE id = acting_person() AND active AND role = 'coordinator'
$$;

CREATE FUNCTION acting_agency() RETURNS uuid STABLE LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT agency_id FROM people WHERE id = acting_person() AND active AND role = 'referrer'
$$;

CREATE FUNCTION acting_home() RETURNS text STABLE LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT coalesce(acting_area(), (SELECT area FROM agencies WHERE id = acting_agency()))
$$;

-- The name of somebody whose id stands in a row that may be seen.
CREATE FUNCTION name_of(person uuid) RETURNS text STABLE LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT name FROM people WHERE id = person
$$;
"""

ANYBODY = "true"
SERVICE = "(SELECT acting_reach()) IN ('desk', 'administrator')"
HOME = f"({SERVICE} OR area = (SELECT acting_home()))"
CASE = f"({SERVICE} OR area = (SELECT acting_area()) OR agency_id = (SELECT acting_agency()))"
CONTENT = """((SELECT acting_reach()) = 'desk' OR (SELECT acting_reach()) IN ('referrer', 'coordinator')
    AND EXISTS (SELECT FROM referrals WHERE referrals.id = referral_id))"""
UPKEEP = f"({SERVICE} OR EXISTS (SELECT FROM referrals WHERE referrals.id = referral_id))"
ACCOUNTS = "(SELECT acting_reach()) IN ('door', 'administrator')"

POLICIES = {
    "agencies": f"({ACCOUNTS} OR {HOME})",
    "people": f"({ACCOUNTS} OR id = (SELECT acting_person()) OR area = (SELECT acting_area()))",
    "sessions": f"({ACCOUNTS} OR person_id = (SELECT acting_person()))",
    "sign_in_failures": "(SELECT acting_reach()) = 'door'",
    "searches": "person_id = (SELECT acting_person())",
    "keys": ANYBODY,
    "audit_head": ANYBODY,
    "least_edition": ANYBODY,
    "reconciliation": SERVICE,
    "closures": HOME,
    "clock_settings": HOME,
    "panels": HOME,
    "local_labels": HOME,
    "reference_counters": HOME,
    "referrals": CASE,
    "tallies": CASE,
    "jobs": UPKEEP,
    "messages": UPKEEP,
    "page_pictures": CONTENT,
    "readings": CONTENT,
    "entries": CONTENT,
    "assessments": CONTENT,
    "clarifications": CONTENT,
    "decisions": CONTENT,
    "search_tokens": CONTENT,
    "person_traces": CONTENT,
    "decision_drafts": f"((SELECT acting_reach()) IN ('desk', 'coordinator') AND {CONTENT})",
    "reopenings": """((SELECT acting_reach()) = 'desk'
        OR EXISTS (SELECT FROM decisions WHERE decisions.id = decision_id))""",
}

# A document is written before its referral, whose number is given last.
DOCUMENTS = f"""
CREATE POLICY reach ON documents TO mappa_app USING {CONTENT}
    WITH CHECK ((SELECT acting_reach()) = 'desk' OR added_by = (SELECT acting_person()));
"""

# Nobody writes in another person's name. The desk's own steps are part of people's orders; the door writes that somebody
# signed in.
AUDIT = f"""
CREATE POLICY reach ON audit FOR SELECT TO mappa_app USING (
    (SELECT acting_reach()) = 'desk' OR who = (SELECT acting_person())
    OR referral_id IS NULL AND (SELECT acting_reach()) = 'administrator'
    OR {CONTENT});
CREATE POLICY own_name ON audit FOR INSERT TO mappa_app WITH CHECK (
    (SELECT acting_reach()) = 'door' OR who IS NULL OR who = (SELECT acting_person()));
"""


def upgrade() -> None:
    op.execute(FUNCTIONS)
    for table in (*POLICIES, "documents", "audit"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    for table, rows in POLICIES.items():
        op.execute(f"CREATE POLICY reach ON {table} TO mappa_app USING ({rows})")
    op.execute(DOCUMENTS)
    op.execute(AUDIT)
    op.execute("UPDATE least_edition SET edition = '0009'")


def downgrade() -> None:
    for table in (*POLICIES, "documents", "audit"):
        op.execute(f"DROP POLICY reach ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP POLICY own_name ON audit")
    op.execute("DROP FUNCTION name_of, acting_home, acting_agency, acting_area, acting_reach, acting_person, acting")
    op.execute("UPDATE least_edition SET edition = '0006'")
