"""The tables of passkeys as the code sees them. A passkey's secret never leaves its owner's device."""

import sqlalchemy as sa

from cloud.foundation.tables import metadata

_Time = sa.DateTime(timezone=True)

passkey = sa.Table(
    "passkey",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    sa.Column("credential_id", sa.LargeBinary, nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column(
        "sign_count", sa.BigInteger, nullable=False, comment="rises with every use, where an authenticator counts"
    ),
    sa.Column("name", sa.Text, nullable=False, comment="personal; what its owner knows it by"),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("used_at", _Time),
    sa.Index("passkey_credential", "credential_id", unique=True),
    sa.Index("passkey_newest", "account_id", "created_at", "id"),
)

passkey_challenge = sa.Table(
    "passkey_challenge",
    metadata,
    sa.Column("challenge_hash", sa.LargeBinary, primary_key=True),
    sa.Column(
        "account_id",
        sa.Text,
        sa.ForeignKey("account.id", ondelete="CASCADE"),
        comment="who alone may answer; none: whoever signs in",
    ),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("expires_at", _Time, nullable=False),
    sa.Index("passkey_challenge_age", "expires_at"),
)
