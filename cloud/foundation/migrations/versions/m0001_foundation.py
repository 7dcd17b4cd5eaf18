"""The foundation: requests answered once, messages in and out, jobs, audit, rate limits, keys."""

from alembic import op

revision = "m0001"
down_revision = None
branch_labels = None
depends_on = None

_REQUESTS_AND_MESSAGES = """
CREATE TABLE idempotency_key (
    scope text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, key)
);
COMMENT ON COLUMN idempotency_key.scope IS 'whose key it is: one credential';
COMMENT ON COLUMN idempotency_key.fingerprint IS 'SHA-256 of method, path and body';
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);

CREATE TABLE inbox (
    source text NOT NULL,
    message_id text NOT NULL,
    payload jsonb NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, message_id)
);
COMMENT ON COLUMN inbox.message_id IS 'the sender''s own id';

CREATE TABLE outbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    dispatched_at timestamptz
);
CREATE INDEX outbox_waiting ON outbox (seq) WHERE dispatched_at IS NULL;
"""

_JOBS = """
CREATE TABLE job (
    id text PRIMARY KEY,
    kind text NOT NULL,
    queue text NOT NULL,
    partition text,
    payload jsonb NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
        CONSTRAINT job_state_known CHECK (state IN ('waiting', 'running', 'done', 'dead', 'cancelled')),
    run_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    lease bigint NOT NULL DEFAULT 0,
    leased_by text,
    leased_until timestamptz,
    error text,
    trace text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
);
COMMENT ON COLUMN job.partition IS 'at most one of a partition runs at one time';
COMMENT ON COLUMN job.lease IS 'rises with every holder';
COMMENT ON COLUMN job.trace IS 'traceparent of what enqueued it';
COMMENT ON COLUMN job.version IS 'for If-Match';
CREATE INDEX job_due ON job (queue, run_at, id) WHERE state = 'waiting';
CREATE INDEX job_leased ON job (leased_until) WHERE state = 'running';
CREATE UNIQUE INDEX job_partition ON job (partition) WHERE state = 'running';
CREATE INDEX job_newest ON job (created_at, id);

CREATE TABLE job_step (
    job_id text NOT NULL REFERENCES job ON DELETE CASCADE,
    name text NOT NULL,
    result jsonb NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (job_id, name)
);

CREATE TABLE job_signal (
    job_id text NOT NULL REFERENCES job ON DELETE CASCADE,
    name text NOT NULL,
    payload jsonb NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (job_id, name)
);
"""

_AUDIT = """
CREATE TABLE audit_chain (
    chain text PRIMARY KEY,
    seq bigint NOT NULL,
    head bytea NOT NULL
);
COMMENT ON COLUMN audit_chain.chain IS 'one per workspace, and `platform`';
COMMENT ON COLUMN audit_chain.seq IS 'of the last entry';
COMMENT ON COLUMN audit_chain.head IS 'hash of the last entry';

CREATE TABLE audit_entry (
    chain text NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    on_behalf_of text,
    action text NOT NULL,
    resource text NOT NULL,
    before jsonb,
    after jsonb,
    request_id text,
    session_hash text,
    ip_hash text,
    policy text,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (chain, seq)
);
COMMENT ON COLUMN audit_entry.ip_hash IS 'salted: an address is personal';
COMMENT ON COLUMN audit_entry.policy IS 'the policy that allowed it';
CREATE INDEX audit_entry_newest ON audit_entry (at, chain, seq);
CREATE INDEX audit_entry_actor ON audit_entry (actor, at);
CREATE INDEX audit_entry_resource ON audit_entry (resource, at);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_kept BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

_LIMITS_AND_KEYS = """
CREATE UNLOGGED TABLE rate_limit (
    policy text NOT NULL,
    subject text NOT NULL,
    tokens double precision NOT NULL,
    granted boolean NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (policy, subject)
);
COMMENT ON COLUMN rate_limit.granted IS 'whether the last request was let through';

CREATE TABLE encryption_key (
    version integer PRIMARY KEY,
    fingerprint bytea NOT NULL
);
COMMENT ON COLUMN encryption_key.fingerprint IS 'tells a wrong key from the right one';

CREATE TABLE data_key (
    id text PRIMARY KEY,
    subject text NOT NULL,
    kek_version integer NOT NULL REFERENCES encryption_key,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN data_key.subject IS 'whose data; without the key nobody reads it again';
CREATE UNIQUE INDEX data_key_subject ON data_key (subject);
CREATE INDEX data_key_version ON data_key (kek_version);
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_REQUESTS_AND_MESSAGES, _JOBS, _AUDIT, _LIMITS_AND_KEYS):
        op.get_bind().exec_driver_sql(statements)
