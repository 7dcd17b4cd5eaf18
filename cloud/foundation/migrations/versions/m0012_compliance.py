"""Compliance: copies of somebody's data, and who was erased."""

from alembic import op

revision = "m0012"
down_revision = "m0011"
branch_labels = None
depends_on = None

_EXPORTS = """
CREATE TABLE personal_export (
    id text PRIMARY KEY,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    object text,
    size bigint,
    created_at timestamptz NOT NULL,
    ready_at timestamptz,
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN personal_export.object IS 'where the sealed archive is; none: not made yet';
CREATE INDEX personal_export_newest ON personal_export (account_id, created_at, id);
CREATE INDEX personal_export_age ON personal_export (expires_at);
"""

_ERASURES = """
CREATE TABLE erasure (
    account_id text PRIMARY KEY,
    stand_in text NOT NULL,
    erased_at timestamptz NOT NULL
);
COMMENT ON COLUMN erasure.account_id IS 'leads to nobody; erased again if a backup has it';
COMMENT ON COLUMN erasure.stand_in IS 'what stands where a writer has to be named';
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_EXPORTS, _ERASURES):
        op.get_bind().exec_driver_sql(statements)
