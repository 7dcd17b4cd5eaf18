"""Drafts: what is edited offline, who sends it, what became of it, and in which order it changed."""

from alembic import op

revision = "m0008"
down_revision = "m0007"
branch_labels = None
depends_on = None

_DRAFTS = """
CREATE TABLE draft_feed (
    account_id text PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    last bigint NOT NULL,
    horizon bigint NOT NULL
);
COMMENT ON COLUMN draft_feed.last IS 'number of the newest change';
COMMENT ON COLUMN draft_feed.horizon IS 'number of the newest forgotten removal';

CREATE TABLE draft (
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    id text NOT NULL,
    kind text NOT NULL,
    version bigint NOT NULL,
    values jsonb NOT NULL,
    is_removed boolean NOT NULL,
    schema_version integer NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, id)
);
COMMENT ON COLUMN draft.id IS 'the client chose it';
COMMENT ON COLUMN draft.version IS 'the ETag: number of its last change in the feed';
COMMENT ON COLUMN draft.schema_version IS 'of who changed it last';
CREATE UNIQUE INDEX draft_feed_order ON draft (account_id, version);
CREATE INDEX draft_removed ON draft (changed_at) WHERE is_removed;
"""

_OPERATIONS = """
CREATE TABLE sync_client (
    id text PRIMARY KEY,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    label text NOT NULL,
    last_seq bigint NOT NULL,
    acknowledged bigint NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL
);
COMMENT ON COLUMN sync_client.id IS 'the client chose it';
COMMENT ON COLUMN sync_client.label IS 'personal; what its owner knows the device by';
COMMENT ON COLUMN sync_client.last_seq IS 'number of the last answered operation';
COMMENT ON COLUMN sync_client.acknowledged IS 'the client has kept the answers up to here';
CREATE INDEX sync_client_account ON sync_client (account_id, created_at, id);

CREATE TABLE draft_operation (
    client_id text NOT NULL REFERENCES sync_client ON DELETE CASCADE,
    seq bigint NOT NULL,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    op_id text NOT NULL,
    kind text NOT NULL,
    draft_id text NOT NULL,
    outcome text NOT NULL,
    answer jsonb NOT NULL,
    fingerprint text NOT NULL,
    patch jsonb,
    made_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (client_id, seq)
);
COMMENT ON COLUMN draft_operation.answer IS 'what the client was told';
COMMENT ON COLUMN draft_operation.fingerprint IS 'SHA-256 of what was wanted';
COMMENT ON COLUMN draft_operation.patch IS 'personal; of a rejected one: what its owner wanted';
COMMENT ON COLUMN draft_operation.made_at IS 'by the client''s age, on our clock';
CREATE UNIQUE INDEX draft_operation_once ON draft_operation (account_id, op_id) WHERE outcome <> 'retry';
CREATE INDEX draft_operation_dead ON draft_operation (received_at, op_id) WHERE outcome = 'rejected';
CREATE INDEX draft_operation_age ON draft_operation (received_at) WHERE outcome <> 'rejected';
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_DRAFTS, _OPERATIONS):
        op.get_bind().exec_driver_sql(statements)
