"""The tables of shared projects as the code sees them. What lets somebody in stands in them hashed, never plain."""

import sqlalchemy as sa

from cloud.foundation.tables import metadata

_now = sa.text("now()")
_Time = sa.DateTime(timezone=True)


def _project(*, is_key: bool = False) -> "sa.Column[str]":
    target = sa.ForeignKey("project.id", ondelete="CASCADE")
    return sa.Column("project_id", sa.Text, target, primary_key=is_key, nullable=False)


project = sa.Table(
    "project",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, comment="personal; what its members know it by"),
    sa.Column("forked_from", sa.Text, sa.ForeignKey("project.id", ondelete="SET NULL")),
    sa.Column("version", sa.Integer, nullable=False, server_default="1", comment="for If-Match"),
    sa.Column("created_at", _Time, nullable=False, server_default=_now),
    sa.Column("deleted_at", _Time, comment="nobody sees it any more; nothing is removed"),
    sa.Index("project_fork", "forked_from"),
)

project_member = sa.Table(
    "project_member",
    metadata,
    _project(is_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("joined_at", _Time, nullable=False, server_default=_now),
    sa.CheckConstraint("role IN ('owner', 'editor', 'commenter', 'viewer')", name="project_member_role_known"),
    sa.Index("project_member_newest", "account_id", "joined_at", "project_id"),
    sa.Index("project_member_owner", "project_id", unique=True, postgresql_where=sa.text("role = 'owner'")),
)

project_invitation = sa.Table(
    "project_invitation",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _project(),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("email", sa.Text, comment="personal; in lower case; only its account may use it"),
    sa.Column("uses", sa.Integer, nullable=False, server_default="0"),
    sa.Column("max_uses", sa.Integer, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("expires_at", _Time, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.CheckConstraint("role IN ('editor', 'commenter', 'viewer')", name="project_invitation_role_known"),
    sa.Index("project_invitation_token", "token_hash", unique=True),
    sa.Index("project_invitation_newest", "project_id", "created_at", "id"),
)

room_ticket = sa.Table(
    "room_ticket",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    _project(),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    sa.Column("role", sa.Text, nullable=False, comment="at most; the membership counts when it is used"),
    sa.Column("device", sa.Text, nullable=False),
    sa.Column("epoch", sa.Integer, comment="of the document, when the ticket says which one its holder has"),
    sa.Column("expires_at", _Time, nullable=False),
    sa.Column("credential", sa.Text, comment="the session or key it was opened with; none: on the cloud's machine"),
    sa.Index("room_ticket_age", "expires_at"),
)
