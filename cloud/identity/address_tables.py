"""The tables of changed addresses as the code sees them: the one to be, and those that were and may be put back."""

import sqlalchemy as sa

from cloud.foundation.tables import metadata

_Time = sa.DateTime(timezone=True)

email_change = sa.Table(
    "email_change",
    metadata,
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    sa.Column(
        "session_id",
        sa.Text,
        sa.ForeignKey("account_session.id", ondelete="CASCADE"),
        nullable=False,
        comment="where it was asked for: when that ends, it is void",
    ),
    sa.Column("email", sa.Text, nullable=False, comment="personal; in lower case; the address to be"),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", _Time, nullable=False),
    sa.Index("email_change_token", "token_hash", unique=True),
    sa.Index("email_change_session", "session_id"),
)

email_undo = sa.Table(
    "email_undo",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    sa.Column(
        "email",
        sa.Text,
        nullable=False,
        comment="personal; in lower case; the address that was, kept free until it expires",
    ),
    sa.Column("changed_at", _Time, nullable=False),
    sa.Column("expires_at", _Time, nullable=False),
    sa.Index("email_undo_account", "account_id", "changed_at"),
    sa.Index("email_undo_email", "email"),
)
