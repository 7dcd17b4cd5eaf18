"""Admins: accounts that are kept out, and what is done to jobs when a second person confirms it."""

from alembic import op

revision = "m0013"
down_revision = "m0012"
branch_labels = None
depends_on = None

_SUSPENDED = """
ALTER TABLE account DROP CONSTRAINT account_state_known;
ALTER TABLE account ADD CONSTRAINT account_state_known CHECK (state IN ('unverified', 'active', 'suspended'));
CREATE INDEX account_newest ON account (created_at, id);
"""

_REQUESTS = """
CREATE TABLE job_request (
    id text PRIMARY KEY,
    verb text NOT NULL CONSTRAINT job_request_verb_known CHECK (verb IN ('retry', 'discard')),
    jobs text[] NOT NULL,
    asked_by text NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX job_request_asker ON job_request (asked_by);
"""


def upgrade() -> None:
    """Make the table and widen the check."""
    for statements in (_SUSPENDED, _REQUESTS):
        op.get_bind().exec_driver_sql(statements)
