"""Rooms: their owners, logs, snapshots, and what was overwritten in them."""

from alembic import op

revision = "m0004"
down_revision = "m0003"
branch_labels = None
depends_on = None

_LOG = """
CREATE TABLE room (
    project_id text PRIMARY KEY REFERENCES project ON DELETE CASCADE,
    epoch integer NOT NULL DEFAULT 1,
    head_seq bigint NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    owner text,
    address text,
    leased_until timestamptz
);
COMMENT ON COLUMN room.epoch IS 'rises when history is dropped';
COMMENT ON COLUMN room.head_seq IS 'of the last update';
COMMENT ON COLUMN room.fence IS 'rises with every owner';
COMMENT ON COLUMN room.owner IS 'the process that alone may append';
COMMENT ON COLUMN room.address IS 'where the others reach it';
CREATE INDEX room_owner ON room (owner);

CREATE TABLE room_update (
    project_id text NOT NULL REFERENCES project ON DELETE CASCADE,
    epoch integer NOT NULL,
    seq bigint NOT NULL,
    fence bigint NOT NULL,
    account_id text NOT NULL,
    device text NOT NULL,
    base_seq bigint NOT NULL,
    data bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, epoch, seq)
);
COMMENT ON COLUMN room_update.fence IS 'of the owner that wrote it';
COMMENT ON COLUMN room_update.base_seq IS 'the last seq that its author had surely seen';
CREATE INDEX room_update_age ON room_update (at);

CREATE TABLE room_snapshot (
    project_id text NOT NULL REFERENCES project ON DELETE CASCADE,
    epoch integer NOT NULL,
    seq bigint NOT NULL,
    data bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, epoch, seq)
);
COMMENT ON COLUMN room_snapshot.seq IS 'of the last update in it';
"""

_OVERWRITTEN = """
CREATE TABLE room_overwritten (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id text NOT NULL REFERENCES project ON DELETE CASCADE,
    epoch integer NOT NULL,
    root text NOT NULL,
    key text NOT NULL,
    lost_seq bigint NOT NULL,
    lost_account text NOT NULL,
    lost_device text NOT NULL,
    lost_value json,
    won_seq bigint NOT NULL,
    won_account text NOT NULL,
    won_device text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN room_overwritten.lost_value IS 'null for a removal';
CREATE INDEX room_overwritten_newest ON room_overwritten (project_id, id);
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_LOG, _OVERWRITTEN):
        op.get_bind().exec_driver_sql(statements)
