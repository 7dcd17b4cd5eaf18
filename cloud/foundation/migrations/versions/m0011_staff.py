"""Roles on the platform that one admin asks for and another confirms; keys that were found lying about.

And drafts' answers outlive the client that they were given to: its operations, sent again by another, stay done.
"""

from alembic import op

revision = "m0011"
down_revision = "m0010"
branch_labels = None
depends_on = None

_ROLES = """
CREATE TABLE role_request (
    id text PRIMARY KEY,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    role text NOT NULL CONSTRAINT role_request_role_known CHECK (role IN ('support', 'operator', 'admin')),
    is_grant boolean NOT NULL,
    asked_by text NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN role_request.account_id IS 'who is to have the role, or to have it no more';
CREATE UNIQUE INDEX role_request_once ON role_request (account_id, role);
CREATE INDEX role_request_asker ON role_request (asked_by);
"""

_KEYS = """
ALTER TABLE api_key ADD COLUMN disabled_at timestamptz;
COMMENT ON COLUMN api_key.disabled_at IS 'when somebody reported that they had found it';
"""

_ANSWERS = """
ALTER TABLE draft_operation DROP CONSTRAINT draft_operation_client_id_fkey;
COMMENT ON COLUMN draft_operation.client_id IS 'outlives the client';
"""


def upgrade() -> None:
    """Make the table and the column, and take the reference away."""
    for statements in (_ROLES, _KEYS, _ANSWERS):
        op.get_bind().exec_driver_sql(statements)
