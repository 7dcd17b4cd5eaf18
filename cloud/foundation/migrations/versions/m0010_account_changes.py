"""Identity: another address for an account, the way back from it, and an account's end."""

from alembic import op

revision = "m0010"
down_revision = "m0009"
branch_labels = None
depends_on = None

_ADDRESSES = """
CREATE TABLE email_change (
    account_id text PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    session_id text NOT NULL REFERENCES account_session ON DELETE CASCADE,
    email text NOT NULL,
    token_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN email_change.session_id IS 'where it was asked for: when that ends, it is void';
COMMENT ON COLUMN email_change.email IS 'personal; in lower case; the address to be';
CREATE UNIQUE INDEX email_change_token ON email_change (token_hash);
CREATE INDEX email_change_session ON email_change (session_id);

CREATE TABLE email_undo (
    token_hash bytea PRIMARY KEY,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    email text NOT NULL,
    changed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN email_undo.email IS 'personal; in lower case; the address that was, kept free until it expires';
CREATE INDEX email_undo_account ON email_undo (account_id, changed_at);
CREATE INDEX email_undo_email ON email_undo (email);
"""

_DELETION = """
ALTER TABLE account ADD COLUMN deletion_at timestamptz;
COMMENT ON COLUMN account.deletion_at IS 'when it is erased, unless its owner signs in before';
CREATE INDEX account_deletion ON account (deletion_at) WHERE deletion_at IS NOT NULL;
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_ADDRESSES, _DELETION):
        op.get_bind().exec_driver_sql(statements)
