"""Identity: the desktop's sign-in through the browser or with a code, and refresh tokens."""

from alembic import op

revision = "m0005"
down_revision = "m0004"
branch_labels = None
depends_on = None

_SESSIONS = """
ALTER TABLE account_session
    ADD COLUMN client_id text,
    ADD COLUMN token_expires_at timestamptz,
    ADD COLUMN device_hash bytea,
    ADD COLUMN cnf_jkt text;
COMMENT ON COLUMN account_session.client_id IS 'the program that was let in; none: signed in directly';
COMMENT ON COLUMN account_session.token_expires_at IS 'when the token has to be refreshed; none: never';
COMMENT ON COLUMN account_session.device_hash IS 'the installation that alone may refresh';
COMMENT ON COLUMN account_session.cnf_jkt IS 'reserved for keys of devices (RFC 9449)';

CREATE TABLE refresh_token (
    token_hash bytea PRIMARY KEY,
    session_id text NOT NULL REFERENCES account_session ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    used_at timestamptz,
    sealed_answer bytea
);
COMMENT ON COLUMN refresh_token.sealed_answer IS 'what its use gave, for a repetition in the time of grace';
CREATE INDEX refresh_token_session ON refresh_token (session_id);
"""

_GRANTS = """
CREATE TABLE authorization_code (
    code_hash bytea PRIMARY KEY,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    client_id text NOT NULL,
    redirect_uri text NOT NULL,
    challenge text NOT NULL,
    device_hash bytea NOT NULL,
    label text NOT NULL,
    methods text[] NOT NULL,
    authenticated_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    allowed_by text NOT NULL REFERENCES account_session ON DELETE CASCADE,
    session_id text
);
COMMENT ON COLUMN authorization_code.label IS 'personal; what its owner knows the device by';
COMMENT ON COLUMN authorization_code.allowed_by IS 'the session it was allowed in: when that ends, it is void';
COMMENT ON COLUMN authorization_code.session_id IS 'what its use opened: ended when it is used again';
CREATE INDEX authorization_code_age ON authorization_code (expires_at);

CREATE TABLE device_grant (
    device_code_hash bytea PRIMARY KEY,
    user_code_hash bytea NOT NULL,
    client_id text NOT NULL,
    device_hash bytea NOT NULL,
    label text NOT NULL,
    state text NOT NULL
        CONSTRAINT device_grant_state_known CHECK (state IN ('pending', 'approved', 'denied', 'used')),
    account_id text REFERENCES account ON DELETE CASCADE,
    allowed_by text REFERENCES account_session ON DELETE CASCADE,
    methods text[] NOT NULL,
    authenticated_at timestamptz,
    interval_s integer NOT NULL,
    polled_at timestamptz,
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN device_grant.label IS 'personal; what its owner knows the device by';
COMMENT ON COLUMN device_grant.user_code_hash IS 'keyed: a person types few characters';
CREATE UNIQUE INDEX device_grant_user_code ON device_grant (user_code_hash);
CREATE INDEX device_grant_age ON device_grant (expires_at);
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_SESSIONS, _GRANTS):
        op.get_bind().exec_driver_sql(statements)
