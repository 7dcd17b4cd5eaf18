"""The tables of rooms as the code sees them: who owns a room, its log, its snapshots, what was overwritten.

A row of the log is never changed. It is removed when it is older than anybody may be offline and a later snapshot
holds it.
"""

import sqlalchemy as sa

from cloud.foundation.tables import metadata

_now = sa.text("now()")
_Time = sa.DateTime(timezone=True)


def _room(*, is_key: bool = True) -> "sa.Column[str]":
    target = sa.ForeignKey("project.id", ondelete="CASCADE")
    return sa.Column("project_id", sa.Text, target, primary_key=is_key, nullable=False)


room = sa.Table(
    "room",
    metadata,
    _room(),
    sa.Column("epoch", sa.Integer, nullable=False, server_default="1", comment="rises when history is dropped"),
    sa.Column("head_seq", sa.BigInteger, nullable=False, server_default="0", comment="of the last update"),
    sa.Column("fence", sa.BigInteger, nullable=False, server_default="0", comment="rises with every owner"),
    sa.Column("owner", sa.Text, comment="the process that alone may append"),
    sa.Column("address", sa.Text, comment="where the others reach it"),
    sa.Column("leased_until", _Time),
    sa.Index("room_owner", "owner"),
)

room_update = sa.Table(
    "room_update",
    metadata,
    _room(),
    sa.Column("epoch", sa.Integer, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("fence", sa.BigInteger, nullable=False, comment="of the owner that wrote it"),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("device", sa.Text, nullable=False),
    sa.Column("base_seq", sa.BigInteger, nullable=False, comment="the last seq that its author had surely seen"),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("at", _Time, nullable=False, server_default=_now),
    sa.Index("room_update_age", "at"),
)

room_snapshot = sa.Table(
    "room_snapshot",
    metadata,
    _room(),
    sa.Column("epoch", sa.Integer, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, comment="of the last update in it"),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("at", _Time, nullable=False, server_default=_now),
)

room_overwritten = sa.Table(
    "room_overwritten",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _room(is_key=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("root", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("lost_seq", sa.BigInteger, nullable=False),
    sa.Column("lost_account", sa.Text, nullable=False),
    sa.Column("lost_device", sa.Text, nullable=False),
    sa.Column("lost_value", sa.JSON, comment="null for a removal"),
    sa.Column("won_seq", sa.BigInteger, nullable=False),
    sa.Column("won_account", sa.Text, nullable=False),
    sa.Column("won_device", sa.Text, nullable=False),
    sa.Column("at", _Time, nullable=False, server_default=_now),
    sa.Index("room_overwritten_newest", "project_id", "id"),
)
