"""Blobs: what is stored, for whom, on its way in, and in which projects."""

from alembic import op

revision = "m0009"
down_revision = "m0008"
branch_labels = None
depends_on = None

_STORED = """
CREATE TABLE blob (
    hash text PRIMARY KEY,
    size bigint NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    doomed_at timestamptz,
    is_going boolean NOT NULL
);
COMMENT ON COLUMN blob.hash IS 'BLAKE3 of the bytes';
COMMENT ON COLUMN blob.used_at IS 'when it was last known to be needed';
COMMENT ON COLUMN blob.doomed_at IS 'found to be needed by nobody';
COMMENT ON COLUMN blob.is_going IS 'its object is being removed';
CREATE INDEX blob_unused ON blob (used_at);

CREATE TABLE blob_holding (
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    hash text NOT NULL REFERENCES blob ON DELETE CASCADE,
    kind text NOT NULL,
    original text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, hash)
);
COMMENT ON COLUMN blob_holding.original IS 'the content it stands for or was made from';
CREATE INDEX blob_holding_hash ON blob_holding (hash);
"""

_ELSEWHERE = """
CREATE TABLE blob_upload (
    id text PRIMARY KEY,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    hash text NOT NULL,
    kind text NOT NULL,
    original text NOT NULL,
    length bigint NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    completed_at timestamptz
);
COMMENT ON COLUMN blob_upload.hash IS 'announced; verified at the end';
CREATE INDEX blob_upload_account ON blob_upload (account_id);
CREATE INDEX blob_upload_hash ON blob_upload (hash);
CREATE INDEX blob_upload_age ON blob_upload (expires_at);

CREATE TABLE project_blob (
    project_id text NOT NULL REFERENCES project ON DELETE CASCADE,
    hash text NOT NULL REFERENCES blob ON DELETE CASCADE,
    kind text NOT NULL,
    original text NOT NULL,
    attached_at timestamptz NOT NULL,
    PRIMARY KEY (project_id, hash)
);
CREATE INDEX project_blob_original ON project_blob (project_id, original);
CREATE INDEX project_blob_newest ON project_blob (project_id, attached_at, hash);
CREATE INDEX project_blob_hash ON project_blob (hash);
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_STORED, _ELSEWHERE):
        op.get_bind().exec_driver_sql(statements)
