"""The table of roles that wait for a second admin, as the code sees it; who has which stands in the account."""

import sqlalchemy as sa

from cloud.foundation.tables import metadata

_Time = sa.DateTime(timezone=True)


def _account(name: str, comment: str | None = None) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False, comment=comment)


role_request = sa.Table(
    "role_request",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _account("account_id", "who is to have the role, or to have it no more"),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("is_grant", sa.Boolean, nullable=False),
    _account("asked_by"),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("expires_at", _Time, nullable=False),
    sa.CheckConstraint("role IN ('support', 'operator', 'admin')", name="role_request_role_known"),
    sa.Index("role_request_once", "account_id", "role", unique=True),
    sa.Index("role_request_asker", "asked_by"),
)
