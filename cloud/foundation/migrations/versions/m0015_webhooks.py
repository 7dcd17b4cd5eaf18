"""Webhooks: addresses that are told what happens in a workspace, and what was sent to them."""

from alembic import op

revision = "m0015"
down_revision = "m0014"
branch_labels = None
depends_on = None

_ENDPOINTS = """
CREATE TABLE webhook_endpoint (
    id text PRIMARY KEY,
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    url text NOT NULL,
    description text NOT NULL,
    events text[] NOT NULL,
    state text NOT NULL,
    disabled_why text,
    failing_since timestamptz,
    quiet_until timestamptz,
    secret bytea NOT NULL,
    old_secret bytea,
    old_until timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    CONSTRAINT webhook_endpoint_state_known CHECK (state IN ('active', 'paused', 'disabled'))
);
COMMENT ON COLUMN webhook_endpoint.events IS 'none: all';
COMMENT ON COLUMN webhook_endpoint.failing_since IS 'the first failure that no success has followed';
COMMENT ON COLUMN webhook_endpoint.quiet_until IS 'it asked for a pause';
COMMENT ON COLUMN webhook_endpoint.secret IS 'sealed';
COMMENT ON COLUMN webhook_endpoint.old_secret IS 'sealed; the one before, valid for a while';
COMMENT ON COLUMN webhook_endpoint.version IS 'for If-Match';
CREATE INDEX webhook_endpoint_workspace ON webhook_endpoint (workspace_id);
"""

_DELIVERIES = """
CREATE TABLE webhook_delivery (
    id text PRIMARY KEY,
    endpoint_id text NOT NULL REFERENCES webhook_endpoint ON DELETE CASCADE,
    event text NOT NULL,
    body text NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    round integer NOT NULL DEFAULT 1,
    last_status integer,
    last_error text,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT webhook_delivery_state_known CHECK (state IN ('waiting', 'delivered', 'failed', 'missed'))
);
COMMENT ON COLUMN webhook_delivery.body IS 'as it is signed and sent';
COMMENT ON COLUMN webhook_delivery.round IS 'a replay is another one';
CREATE INDEX webhook_delivery_newest ON webhook_delivery (endpoint_id, created_at, id);
CREATE INDEX webhook_delivery_age ON webhook_delivery (created_at);
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_ENDPOINTS, _DELIVERIES):
        op.get_bind().exec_driver_sql(statements)
