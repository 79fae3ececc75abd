"""The desk's first tables: people, referrals, documents, readings, questions, decisions, jobs, messages, trail."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE agencies (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    area TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (area, name)
);

CREATE TABLE audit (
    number BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    who UUID,
    referral_id UUID,
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    facts JSONB NOT NULL,
    seal BYTEA NOT NULL,
    PRIMARY KEY (number)
);

CREATE INDEX audit_by_referral ON audit (referral_id, number);

CREATE TABLE audit_head (
    "only" BOOLEAN NOT NULL,
    number BIGINT NOT NULL,
    seal BYTEA NOT NULL,
    PRIMARY KEY ("only")
);

CREATE TABLE closures (
    area TEXT NOT NULL,
    day DATE NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (area, day)
);

CREATE TABLE keys (
    name TEXT NOT NULL,
    wrapped BYTEA NOT NULL,
    PRIMARY KEY (name)
);

CREATE TABLE reference_counters (
    area TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (area, year)
);

CREATE TABLE sign_in_failures (
    address BYTEA NOT NULL,
    failures INTEGER NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (address)
);

CREATE TABLE people (
    id UUID NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    agency_id UUID,
    area TEXT,
    password_hash TEXT NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (email),
    FOREIGN KEY(agency_id) REFERENCES agencies (id)
);

CREATE TABLE tallies (
    area TEXT NOT NULL,
    agency_id UUID NOT NULL,
    status TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (agency_id, status),
    FOREIGN KEY(agency_id) REFERENCES agencies (id)
);

CREATE TABLE referrals (
    id UUID NOT NULL,
    reference TEXT NOT NULL,
    area TEXT NOT NULL,
    agency_id UUID NOT NULL,
    received_by UUID NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    upload_token TEXT,
    due_on DATE NOT NULL,
    due_basis TEXT NOT NULL,
    due_why TEXT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    status TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    set_aside BOOLEAN DEFAULT false NOT NULL,
    refusal_code TEXT,
    refusal_message TEXT,
    withdrawn_sealed BYTEA,
    same_as UUID,
    came_with UUID,
    read_at TIMESTAMP WITH TIME ZONE,
    judged_at TIMESTAMP WITH TIME ZONE,
    form TEXT,
    subject_sealed BYTEA,
    level_requested TEXT,
    category TEXT[] DEFAULT '{}' NOT NULL,
    route TEXT,
    verdicts JSONB DEFAULT '{}' NOT NULL,
    open_questions INTEGER DEFAULT 0 NOT NULL,
    assigned_to UUID,
    outcome TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    UNIQUE (received_by, upload_token),
    UNIQUE (reference),
    FOREIGN KEY(agency_id) REFERENCES agencies (id),
    FOREIGN KEY(received_by) REFERENCES people (id),
    FOREIGN KEY(same_as) REFERENCES referrals (id),
    FOREIGN KEY(came_with) REFERENCES referrals (id),
    FOREIGN KEY(assigned_to) REFERENCES people (id)
);

CREATE INDEX referrals_by_agency ON referrals (agency_id, (open_questions > 0 AND status = 'checked') DESC, received_at DESC, id);

CREATE INDEX referrals_by_status ON referrals (area, status, received_at DESC, id);

CREATE INDEX referrals_came_with ON referrals (came_with) WHERE came_with IS NOT NULL;

CREATE INDEX referrals_open_by_due ON referrals (area, due_on, id) INCLUDE (agency_id, open_questions, assigned_to, set_aside, status) WHERE status IN ('received', 'reading', 'checked');

CREATE TABLE sessions (
    token_hash BYTEA NOT NULL,
    person_id UUID NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (token_hash),
    FOREIGN KEY(person_id) REFERENCES people (id)
);

CREATE TABLE assessments (
    referral_id UUID NOT NULL,
    number INTEGER NOT NULL,
    sealed BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (referral_id, number),
    FOREIGN KEY(referral_id) REFERENCES referrals (id)
);

CREATE TABLE clarifications (
    id UUID NOT NULL,
    referral_id UUID NOT NULL,
    position INTEGER NOT NULL,
    key TEXT,
    sealed BYTEA NOT NULL,
    asked_by UUID,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    draft_sealed BYTEA,
    answered_at TIMESTAMP WITH TIME ZONE,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    FOREIGN KEY(referral_id) REFERENCES referrals (id),
    FOREIGN KEY(asked_by) REFERENCES people (id)
);

CREATE INDEX ix_clarifications_referral_id ON clarifications (referral_id);

CREATE TABLE decisions (
    id UUID NOT NULL,
    referral_id UUID NOT NULL,
    number INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    level TEXT,
    category TEXT,
    panel_date DATE,
    review_by DATE,
    sealed BYTEA NOT NULL,
    decided_by UUID NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    supersedes UUID,
    PRIMARY KEY (id),
    UNIQUE (referral_id, number),
    FOREIGN KEY(referral_id) REFERENCES referrals (id),
    FOREIGN KEY(decided_by) REFERENCES people (id),
    UNIQUE (supersedes),
    FOREIGN KEY(supersedes) REFERENCES decisions (id)
);

CREATE INDEX ix_decisions_referral_id ON decisions (referral_id);

CREATE TABLE documents (
    id UUID NOT NULL,
    referral_id UUID NOT NULL,
    supporting BOOLEAN DEFAULT false NOT NULL,
    filename_sealed BYTEA NOT NULL,
    content_sealed BYTEA NOT NULL,
    sha256 BYTEA NOT NULL,
    size BIGINT NOT NULL,
    carrier TEXT,
    pages INTEGER,
    added_by UUID NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(referral_id) REFERENCES referrals (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(added_by) REFERENCES people (id)
);

CREATE INDEX ix_documents_referral_id ON documents (referral_id);

CREATE INDEX ix_documents_sha256 ON documents (sha256);

CREATE TABLE jobs (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    referral_id UUID NOT NULL,
    agency_id UUID NOT NULL,
    state TEXT NOT NULL,
    turn BIGINT NOT NULL,
    fence INTEGER DEFAULT 0 NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    next_try TIMESTAMP WITH TIME ZONE NOT NULL,
    last_error TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    UNIQUE (kind, referral_id),
    FOREIGN KEY(referral_id) REFERENCES referrals (id),
    FOREIGN KEY(agency_id) REFERENCES agencies (id)
);

CREATE INDEX ix_jobs_referral_id ON jobs (referral_id);

CREATE INDEX jobs_due ON jobs (kind DESC, turn, created_at) WHERE state = 'due';

CREATE INDEX jobs_due_by_agency ON jobs (agency_id, kind, turn) WHERE state = 'due';

CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';

CREATE TABLE messages (
    id UUID NOT NULL,
    referral_id UUID NOT NULL,
    kind TEXT NOT NULL,
    to_agency UUID,
    to_area TEXT,
    state TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(referral_id) REFERENCES referrals (id),
    FOREIGN KEY(to_agency) REFERENCES agencies (id)
);

CREATE INDEX ix_messages_referral_id ON messages (referral_id);

CREATE TABLE page_pictures (
    referral_id UUID NOT NULL,
    page INTEGER NOT NULL,
    width FLOAT NOT NULL,
    height FLOAT NOT NULL,
    picture_sealed BYTEA NOT NULL,
    PRIMARY KEY (referral_id, page),
    FOREIGN KEY(referral_id) REFERENCES referrals (id)
);

CREATE TABLE readings (
    referral_id UUID NOT NULL,
    form_sealed BYTEA NOT NULL,
    other_attachments_sealed BYTEA NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (referral_id),
    FOREIGN KEY(referral_id) REFERENCES referrals (id)
);

CREATE TABLE search_tokens (
    token BYTEA NOT NULL,
    referral_id UUID NOT NULL,
    PRIMARY KEY (token, referral_id),
    FOREIGN KEY(referral_id) REFERENCES referrals (id)
);

CREATE INDEX ix_search_tokens_referral_id ON search_tokens (referral_id);

CREATE TABLE entries (
    id UUID NOT NULL,
    referral_id UUID NOT NULL,
    clarification_id UUID,
    key TEXT,
    sealed BYTEA NOT NULL,
    by UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (referral_id, position),
    FOREIGN KEY(referral_id) REFERENCES referrals (id),
    FOREIGN KEY(clarification_id) REFERENCES clarifications (id),
    FOREIGN KEY(by) REFERENCES people (id)
);

CREATE INDEX ix_entries_referral_id ON entries (referral_id);

CREATE TABLE reopenings (
    id UUID NOT NULL,
    decision_id UUID NOT NULL,
    why_sealed BYTEA NOT NULL,
    by UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (decision_id),
    FOREIGN KEY(decision_id) REFERENCES decisions (id),
    FOREIGN KEY(by) REFERENCES people (id)
);
"""

# Ciphertext does not compress: trying would only cost time.
STORAGE = """
ALTER TABLE documents ALTER COLUMN content_sealed SET STORAGE EXTERNAL;
ALTER TABLE page_pictures ALTER COLUMN picture_sealed SET STORAGE EXTERNAL;
"""

# The application's role: it owns nothing, and what it may not do no fault of the programme can do either.
ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mappa_app') THEN
        CREATE ROLE mappa_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT pg_has_role(CURRENT_USER, 'mappa_app', 'SET') THEN
        GRANT mappa_app TO CURRENT_USER;
    END IF;
END $$;
"""

RIGHTS = {
    "SELECT, INSERT": "readings, assessments, entries, decisions, reopenings, audit, agencies, page_pictures, keys",
    "SELECT, INSERT, UPDATE": "people, reference_counters, referrals, documents, clarifications, jobs, messages",
    "SELECT, UPDATE": "audit_head",
    "SELECT": "tallies",
    "SELECT, INSERT, DELETE": "search_tokens, closures",
    "SELECT, INSERT, UPDATE, DELETE": "sessions, sign_in_failures",
}

# Append-only even for the tables' owner: to change the trail one must first be seen to remove this.
TRAIL = """
INSERT INTO audit_head VALUES (true, 0, decode(repeat('00', 32), 'hex'));
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only';
END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
"""

# Rows are locked in the order of their names, so that two changes of state never wait for each other.
TALLIES = """
CREATE FUNCTION keep_tallies() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO tallies VALUES (NEW.area, NEW.agency_id, NEW.status, 0) ON CONFLICT DO NOTHING;
    PERFORM FROM tallies WHERE agency_id = NEW.agency_id
        AND (status = NEW.status OR TG_OP = 'UPDATE' AND status = OLD.status) ORDER BY status FOR UPDATE;
    IF TG_OP = 'UPDATE' THEN
        UPDATE tallies SET number = number - 1 WHERE agency_id = OLD.agency_id AND status = OLD.status;
    END IF;
    UPDATE tallies SET number = number + 1 WHERE agency_id = NEW.agency_id AND status = NEW.status;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_tallies_of_new AFTER INSERT ON referrals FOR EACH ROW EXECUTE FUNCTION keep_tallies();
CREATE TRIGGER keep_tallies AFTER UPDATE OF status ON referrals FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION keep_tallies();
"""

DROP = """
DROP TABLE reopenings, entries, search_tokens, readings, page_pictures, messages, jobs, documents, decisions,
    clarifications, assessments, sessions, referrals, tallies, people, sign_in_failures, reference_counters, keys,
    closures, audit_head, audit, agencies;
DROP FUNCTION audit_is_append_only;
DROP FUNCTION keep_tallies;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(STORAGE)
    op.execute(ROLE)
    for rights, tables in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {tables} TO mappa_app")
    op.execute("GRANT SELECT ON alembic_version TO mappa_app")
    op.execute(TRAIL)
    op.execute(TALLIES)


def downgrade() -> None:
    op.execute(DROP)
