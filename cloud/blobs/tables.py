"""The tables of blobs as the code sees them. The bytes are in the object store."""

import sqlalchemy as sa

from cloud.foundation.tables import metadata

_Time = sa.DateTime(timezone=True)


def _hash(*, is_key: bool = True) -> "sa.Column[str]":
    return sa.Column("hash", sa.Text, sa.ForeignKey("blob.hash", ondelete="CASCADE"), primary_key=is_key)


def _account(*, is_key: bool = False) -> "sa.Column[str]":
    owner = sa.ForeignKey("account.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.Text, owner, primary_key=is_key, nullable=False)


blob = sa.Table(
    "blob",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True, comment="BLAKE3 of the bytes"),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("used_at", _Time, nullable=False, comment="when it was last known to be needed"),
    sa.Column("doomed_at", _Time, comment="found to be needed by nobody"),
    sa.Column("is_going", sa.Boolean, nullable=False, comment="its object is being removed"),
    sa.Index("blob_unused", "used_at"),
)

blob_holding = sa.Table(
    "blob_holding",
    metadata,
    _account(is_key=True),
    _hash(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("original", sa.Text, nullable=False, comment="the content it stands for or was made from"),
    sa.Column("created_at", _Time, nullable=False),
    sa.Index("blob_holding_hash", "hash"),
)

blob_upload = sa.Table(
    "blob_upload",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _account(),
    sa.Column("hash", sa.Text, nullable=False, comment="announced; verified at the end"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("original", sa.Text, nullable=False),
    sa.Column("length", sa.BigInteger, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("expires_at", _Time, nullable=False),
    sa.Column("completed_at", _Time),
    sa.Column("store_id", sa.Text, comment="what the store calls it, when its parts go straight there"),
    sa.Index("blob_upload_account", "account_id"),
    sa.Index("blob_upload_hash", "hash"),
    sa.Index("blob_upload_age", "expires_at"),
)

project_blob = sa.Table(
    "project_blob",
    metadata,
    sa.Column("project_id", sa.Text, sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
    _hash(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("original", sa.Text, nullable=False),
    sa.Column("attached_at", _Time, nullable=False),
    sa.Index("project_blob_original", "project_id", "original"),
    sa.Index("project_blob_newest", "project_id", "attached_at", "hash"),
    sa.Index("project_blob_hash", "hash"),
)
