"""Identity's tables as the code sees them. What proves who somebody is stands in them hashed or sealed, never plain."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.foundation.tables import metadata

_now = sa.text("now()")
_Time = sa.DateTime(timezone=True)
_Words = ARRAY(sa.Text)


def _owner(*, is_key: bool = False) -> "sa.Column[str]":
    owner = sa.ForeignKey("account.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.Text, owner, primary_key=is_key, nullable=False)


account = sa.Table(
    "account",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("email", sa.Text, nullable=False, comment="personal; in lower case"),
    sa.Column("name", sa.Text, nullable=False, comment="personal; the artist or label"),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="unverified"),
    sa.Column("roles", _Words, nullable=False, server_default="{member}"),
    sa.Column("created_at", _Time, nullable=False, server_default=_now),
    sa.Column("verified_at", _Time),
    sa.Column("password_changed_at", _Time, nullable=False, server_default=_now),
    sa.Column("deletion_at", _Time, comment="when it is erased, unless its owner signs in before"),
    sa.CheckConstraint("state IN ('unverified', 'active', 'suspended')", name="account_state_known"),
    sa.Index("account_email", "email", unique=True),
    sa.Index("account_newest", "created_at", "id"),
    sa.Index("account_deletion", "deletion_at", postgresql_where=sa.text("deletion_at IS NOT NULL")),
)

mailed_token = sa.Table(
    "mailed_token",
    metadata,
    _owner(is_key=True),
    sa.Column("purpose", sa.Text, primary_key=True, comment="the newest of a purpose counts"),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", _Time, nullable=False),
    sa.Index("mailed_token_hash", "token_hash", unique=True),
)

account_session = sa.Table(
    "account_session",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _owner(),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    sa.Column("label", sa.Text, nullable=False, comment="personal; what its owner knows the device by"),
    sa.Column("methods", _Words, nullable=False, comment="what was proven: pwd, otp, mail, recovery"),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("authenticated_at", _Time, nullable=False, comment="when that was proven last"),
    sa.Column("seen_at", _Time, nullable=False),
    sa.Column("client_id", sa.Text, comment="the program that was let in; none: signed in directly"),
    sa.Column("token_expires_at", _Time, comment="when the token has to be refreshed; none: never"),
    sa.Column("device_hash", sa.LargeBinary, comment="the installation that alone may refresh"),
    sa.Column("cnf_jkt", sa.Text, comment="reserved for keys of devices (RFC 9449)"),
    sa.Index("account_session_token", "token_hash", unique=True),
    sa.Index("account_session_newest", "account_id", "created_at", "id"),
)

known_device = sa.Table(
    "known_device",
    metadata,
    _owner(is_key=True),
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("seen_at", _Time, nullable=False),
)

attempt_counter = sa.Table(
    "attempt_counter",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True, comment="salted hash or id, never an address"),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("since", _Time, nullable=False),
    sa.Column("last_at", _Time, nullable=False),
    sa.Index("attempt_counter_age", "last_at"),
)

totp_secret = sa.Table(
    "totp_secret",
    metadata,
    _owner(is_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("confirmed_at", _Time),
    sa.Column("last_counter", sa.BigInteger, nullable=False, server_default="0", comment="a code works once"),
)

recovery_code = sa.Table(
    "recovery_code",
    metadata,
    _owner(is_key=True),
    sa.Column("code_hash", sa.LargeBinary, primary_key=True),
)

api_key = sa.Table(
    "api_key",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _owner(),
    sa.Column("name", sa.Text, nullable=False, comment="personal; what its owner knows it by"),
    sa.Column("key_hash", sa.LargeBinary, nullable=False),
    sa.Column("last_four", sa.Text, nullable=False),
    sa.Column("scopes", _Words, nullable=False),
    sa.Column("networks", _Words, nullable=False, comment="where it may be used from; empty: anywhere"),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("expires_at", _Time, nullable=False),
    sa.Column("used_at", _Time),
    sa.Column("disabled_at", _Time, comment="when somebody reported that they had found it"),
    sa.Index("api_key_hash", "key_hash", unique=True),
    sa.Index("api_key_newest", "account_id", "created_at", "id"),
)
