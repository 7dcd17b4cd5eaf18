"""The tables of compliance as the code sees them: copies of somebody's data, and who was erased."""

import sqlalchemy as sa

from cloud.foundation.tables import metadata

_Time = sa.DateTime(timezone=True)

personal_export = sa.Table(
    "personal_export",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    sa.Column("object", sa.Text, comment="where the sealed archive is; none: not made yet"),
    sa.Column("size", sa.BigInteger),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("ready_at", _Time),
    sa.Column("expires_at", _Time, nullable=False),
    sa.Index("personal_export_newest", "account_id", "created_at", "id"),
    sa.Index("personal_export_age", "expires_at"),
)

erasure = sa.Table(
    "erasure",
    metadata,
    sa.Column("account_id", sa.Text, primary_key=True, comment="leads to nobody; erased again if a backup has it"),
    sa.Column("stand_in", sa.Text, nullable=False, comment="what stands where a writer has to be named"),
    sa.Column("erased_at", _Time, nullable=False),
)
