"""Identity: accounts, what proves them, sessions, keys for programs."""

from alembic import op

revision = "m0002"
down_revision = "m0001"
branch_labels = None
depends_on = None

_ACCOUNTS = """
CREATE TABLE account (
    id text PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    state text NOT NULL DEFAULT 'unverified'
        CONSTRAINT account_state_known CHECK (state IN ('unverified', 'active')),
    roles text[] NOT NULL DEFAULT '{member}',
    created_at timestamptz NOT NULL DEFAULT now(),
    verified_at timestamptz,
    password_changed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN account.email IS 'personal; in lower case';
COMMENT ON COLUMN account.name IS 'personal; the artist or label';
CREATE UNIQUE INDEX account_email ON account (email);

CREATE TABLE mailed_token (
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    purpose text NOT NULL,
    token_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, purpose)
);
COMMENT ON COLUMN mailed_token.purpose IS 'the newest of a purpose counts';
CREATE UNIQUE INDEX mailed_token_hash ON mailed_token (token_hash);
"""

_SESSIONS = """
CREATE TABLE account_session (
    id text PRIMARY KEY,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    token_hash bytea NOT NULL,
    label text NOT NULL,
    methods text[] NOT NULL,
    created_at timestamptz NOT NULL,
    authenticated_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL
);
COMMENT ON COLUMN account_session.label IS 'personal; what its owner knows the device by';
COMMENT ON COLUMN account_session.methods IS 'what was proven: pwd, otp, mail, recovery';
COMMENT ON COLUMN account_session.authenticated_at IS 'when that was proven last';
CREATE UNIQUE INDEX account_session_token ON account_session (token_hash);
CREATE INDEX account_session_newest ON account_session (account_id, created_at, id);

CREATE TABLE known_device (
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    token_hash bytea NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, token_hash)
);

CREATE TABLE attempt_counter (
    kind text NOT NULL,
    subject text NOT NULL,
    failures integer NOT NULL,
    since timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (kind, subject)
);
COMMENT ON COLUMN attempt_counter.subject IS 'salted hash or id, never an address';
CREATE INDEX attempt_counter_age ON attempt_counter (last_at);
"""

_FACTORS_AND_KEYS = """
CREATE TABLE totp_secret (
    account_id text PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    sealed bytea NOT NULL,
    confirmed_at timestamptz,
    last_counter bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN totp_secret.last_counter IS 'a code works once';

CREATE TABLE recovery_code (
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    PRIMARY KEY (account_id, code_hash)
);

CREATE TABLE api_key (
    id text PRIMARY KEY,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    name text NOT NULL,
    key_hash bytea NOT NULL,
    last_four text NOT NULL,
    scopes text[] NOT NULL,
    networks text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
COMMENT ON COLUMN api_key.name IS 'personal; what its owner knows it by';
COMMENT ON COLUMN api_key.networks IS 'where it may be used from; empty: anywhere';
CREATE UNIQUE INDEX api_key_hash ON api_key (key_hash);
CREATE INDEX api_key_newest ON api_key (account_id, created_at, id);
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_ACCOUNTS, _SESSIONS, _FACTORS_AND_KEYS):
        op.get_bind().exec_driver_sql(statements)
