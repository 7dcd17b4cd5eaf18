"""The tables of what waits for a second person, and of objectives, as the code sees them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.foundation.tables import metadata

_Time = sa.DateTime(timezone=True)

job_request = sa.Table(
    "job_request",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("verb", sa.Text, nullable=False),
    sa.Column("jobs", ARRAY(sa.Text), nullable=False),
    sa.Column("asked_by", sa.Text, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("expires_at", _Time, nullable=False),
    sa.CheckConstraint("verb IN ('retry', 'discard')", name="job_request_verb_known"),
    sa.Index("job_request_asker", "asked_by"),
)

objective_count = sa.Table(
    "objective_count",
    metadata,
    sa.Column("objective", sa.Text, primary_key=True),
    sa.Column("minute", _Time, primary_key=True),
    sa.Column("bad", sa.BigInteger, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Index("objective_count_age", "minute"),
)

objective_alert = sa.Table(
    "objective_alert",
    metadata,
    sa.Column("objective", sa.Text, primary_key=True),
    sa.Column("long_s", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("long_burn", sa.Double, nullable=False, comment="how many times faster than evenly the budget burns"),
    sa.Column("short_burn", sa.Double, nullable=False),
    sa.Column("fired_at", _Time, comment="the last time"),
    sa.Column("cleared_at", _Time, comment="null while it fires"),
    sa.CheckConstraint("severity IN ('page', 'ticket')", name="objective_alert_severity_known"),
)
