"""The table of what waits for a second person, as the code sees it."""

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
