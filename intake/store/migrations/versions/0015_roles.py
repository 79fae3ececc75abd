"""An agency's manager reaches what the agency's referrers do, and its people; an auditor the trail and nothing else."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

REACH = """
CREATE OR REPLACE FUNCTION acting_reach() RETURNS text STABLE LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT CASE WHEN acting() IN ('desk', 'door') THEN acting()
        ELSE (SELECT {role} FROM people WHERE id = acting_person() AND active) END
$$;
CREATE OR REPLACE FUNCTION acting_agency() RETURNS uuid STABLE LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT agency_id FROM people WHERE id = acting_person() AND active AND role IN ({roles})
$$;
"""
# What policies grant to referrers they grant to their managers too.
NEW = REACH.format(
    role="CASE role WHEN 'agency_manager' THEN 'referrer' ELSE role END", roles="'referrer', 'agency_manager'"
)
BEFORE = REACH.format(role="role", roles="'referrer'")

MANAGED = """
CREATE FUNCTION acting_managed() RETURNS uuid STABLE LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT agency_id FROM people WHERE id = acting_person() AND active AND role = 'agency_manager'
$$;
CREATE POLICY managed ON people FOR SELECT TO mappa_app USING (agency_id = (SELECT acting_managed()));
CREATE POLICY audited ON audit FOR SELECT TO mappa_app USING ((SELECT acting_reach()) = 'auditor');
"""


def upgrade() -> None:
    op.execute(NEW)
    op.execute(MANAGED)


def downgrade() -> None:
    op.execute("DROP POLICY audited ON audit; DROP POLICY managed ON people; DROP FUNCTION acting_managed")
    op.execute(BEFORE)
