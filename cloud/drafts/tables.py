"""The drafts' tables as the code sees them. Everything in them is one account's and goes with it."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from cloud.foundation.tables import metadata

_Time = sa.DateTime(timezone=True)


def _owner(*, is_key: bool = False) -> "sa.Column[str]":
    owner = sa.ForeignKey("account.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.Text, owner, primary_key=is_key, nullable=False)


draft_feed = sa.Table(
    "draft_feed",
    metadata,
    _owner(is_key=True),
    sa.Column("last", sa.BigInteger, nullable=False, comment="number of the newest change"),
    sa.Column("horizon", sa.BigInteger, nullable=False, comment="number of the newest forgotten removal"),
)

draft = sa.Table(
    "draft",
    metadata,
    _owner(is_key=True),
    sa.Column("id", sa.Text, primary_key=True, comment="the client chose it"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False, comment="the ETag: number of its last change in the feed"),
    sa.Column("values", JSONB, nullable=False),
    sa.Column("is_removed", sa.Boolean, nullable=False),
    sa.Column("schema_version", sa.Integer, nullable=False, comment="of who changed it last"),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("changed_at", _Time, nullable=False),
    sa.Index("draft_feed_order", "account_id", "version", unique=True),
    sa.Index("draft_removed", "changed_at", postgresql_where=sa.text("is_removed")),
)

sync_client = sa.Table(
    "sync_client",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, comment="the client chose it"),
    _owner(),
    sa.Column("label", sa.Text, nullable=False, comment="personal; what its owner knows the device by"),
    sa.Column("last_seq", sa.BigInteger, nullable=False, comment="number of the last answered operation"),
    sa.Column("acknowledged", sa.BigInteger, nullable=False, comment="the client has kept the answers up to here"),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("seen_at", _Time, nullable=False),
    sa.Index("sync_client_account", "account_id", "created_at", "id"),
)

draft_operation = sa.Table(
    "draft_operation",
    metadata,
    sa.Column("client_id", sa.Text, primary_key=True, comment="outlives the client"),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    _owner(),
    sa.Column("op_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("draft_id", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("answer", JSONB, nullable=False, comment="what the client was told"),
    sa.Column("fingerprint", sa.Text, nullable=False, comment="SHA-256 of what was wanted"),
    sa.Column("patch", JSONB(none_as_null=True), comment="personal; of a rejected one: what its owner wanted"),
    sa.Column("made_at", _Time, nullable=False, comment="by the client's age, on our clock"),
    sa.Column("received_at", _Time, nullable=False),
    sa.Index(
        "draft_operation_once", "account_id", "op_id", unique=True, postgresql_where=sa.text("outcome <> 'retry'")
    ),
    sa.Index("draft_operation_dead", "received_at", "op_id", postgresql_where=sa.text("outcome = 'rejected'")),
    sa.Index("draft_operation_age", "received_at", postgresql_where=sa.text("outcome <> 'rejected'")),
)
