"""The tables of workspaces as the code sees them."""

import sqlalchemy as sa

from cloud.foundation.tables import metadata

_Time = sa.DateTime(timezone=True)
_ROLES = "role IN ('owner', 'admin', 'member', 'finance')"


def _workspace(*, is_key: bool = False) -> "sa.Column[str]":
    target = sa.ForeignKey("workspace.id", ondelete="CASCADE")
    return sa.Column("workspace_id", sa.Text, target, primary_key=is_key, nullable=False)


workspace = sa.Table(
    "workspace",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, comment="personal; a team or a person"),
    sa.Column(
        "personal_of",
        sa.Text,
        sa.ForeignKey("account.id", ondelete="CASCADE"),
        comment="whose own it is; none: a team",
    ),
    sa.Column("version", sa.Integer, nullable=False, server_default="1", comment="for If-Match"),
    sa.Column("created_at", _Time, nullable=False),
    sa.Index("workspace_personal", "personal_of", unique=True),
)

membership = sa.Table(
    "membership",
    metadata,
    _workspace(is_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("joined_at", _Time, nullable=False),
    sa.CheckConstraint(_ROLES, name="membership_role_known"),
    sa.Index("membership_account", "account_id"),
)

invitation = sa.Table(
    "invitation",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _workspace(),
    sa.Column("email", sa.Text, nullable=False, comment="personal; in lower case; who alone may accept"),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("expires_at", _Time, nullable=False),
    sa.CheckConstraint(_ROLES, name="invitation_role_known"),
    sa.Index("invitation_token", "token_hash", unique=True),
    sa.Index("invitation_address", "workspace_id", "email", unique=True),
)
