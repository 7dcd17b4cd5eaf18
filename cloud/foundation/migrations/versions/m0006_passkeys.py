"""Identity: passkeys, and the challenges that they answer."""

from alembic import op

revision = "m0006"
down_revision = "m0005"
branch_labels = None
depends_on = None

_PASSKEYS = """
CREATE TABLE passkey (
    id text PRIMARY KEY,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz
);
COMMENT ON COLUMN passkey.name IS 'personal; what its owner knows it by';
COMMENT ON COLUMN passkey.sign_count IS 'rises with every use, where an authenticator counts';
CREATE UNIQUE INDEX passkey_credential ON passkey (credential_id);
CREATE INDEX passkey_newest ON passkey (account_id, created_at, id);

CREATE TABLE passkey_challenge (
    challenge_hash bytea PRIMARY KEY,
    account_id text REFERENCES account ON DELETE CASCADE,
    purpose text NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN passkey_challenge.account_id IS 'who alone may answer; none: whoever signs in';
CREATE INDEX passkey_challenge_age ON passkey_challenge (expires_at);
"""


def upgrade() -> None:
    """Make the tables."""
    op.get_bind().exec_driver_sql(_PASSKEYS)
