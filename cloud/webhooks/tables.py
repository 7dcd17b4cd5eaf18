"""The tables of webhooks as the code sees them. Secrets stand in them sealed."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.foundation.tables import metadata

_Time = sa.DateTime(timezone=True)

webhook_endpoint = sa.Table(
    "webhook_endpoint",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspace.id", ondelete="CASCADE"), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("events", ARRAY(sa.Text), nullable=False, comment="none: all"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("disabled_why", sa.Text),
    sa.Column("failing_since", _Time, comment="the first failure that no success has followed"),
    sa.Column("quiet_until", _Time, comment="it asked for a pause"),
    sa.Column("secret", sa.LargeBinary, nullable=False, comment="sealed"),
    sa.Column("old_secret", sa.LargeBinary, comment="sealed; the one before, valid for a while"),
    sa.Column("old_until", _Time),
    sa.Column("version", sa.Integer, nullable=False, server_default="1", comment="for If-Match"),
    sa.Column("created_at", _Time, nullable=False),
    sa.CheckConstraint("state IN ('active', 'paused', 'disabled')", name="webhook_endpoint_state_known"),
    sa.Index("webhook_endpoint_workspace", "workspace_id"),
)

webhook_delivery = sa.Table(
    "webhook_delivery",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("endpoint_id", sa.Text, sa.ForeignKey("webhook_endpoint.id", ondelete="CASCADE"), nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False, comment="as it is signed and sent"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("round", sa.Integer, nullable=False, server_default="1", comment="a replay is another one"),
    sa.Column("last_status", sa.Integer),
    sa.Column("last_error", sa.Text),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("ended_at", _Time),
    sa.CheckConstraint("state IN ('waiting', 'delivered', 'failed', 'missed')", name="webhook_delivery_state_known"),
    sa.Index("webhook_delivery_newest", "endpoint_id", "created_at", "id"),
    sa.Index("webhook_delivery_age", "created_at"),
)
