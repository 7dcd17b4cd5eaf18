"""The tables of the desktop's sign-in as the code sees them: every code and token is a hash."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.foundation.tables import metadata

_Time = sa.DateTime(timezone=True)
_LABEL = "personal; what its owner knows the device by"
_ALLOWED_BY = "the session it was allowed in: when that ends, it is void"


def _session() -> sa.ForeignKey:
    return sa.ForeignKey("account_session.id", ondelete="CASCADE")


refresh_token = sa.Table(
    "refresh_token",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("session_id", sa.Text, _session(), nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("used_at", _Time),
    sa.Column("sealed_answer", sa.LargeBinary, comment="what its use gave, for a repetition in the time of grace"),
    sa.Index("refresh_token_session", "session_id"),
)

authorization_code = sa.Table(
    "authorization_code",
    metadata,
    sa.Column("code_hash", sa.LargeBinary, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("redirect_uri", sa.Text, nullable=False),
    sa.Column("challenge", sa.Text, nullable=False),
    sa.Column("device_hash", sa.LargeBinary, nullable=False),
    sa.Column("label", sa.Text, nullable=False, comment=_LABEL),
    sa.Column("methods", ARRAY(sa.Text), nullable=False),
    sa.Column("authenticated_at", _Time, nullable=False),
    sa.Column("expires_at", _Time, nullable=False),
    sa.Column("allowed_by", sa.Text, _session(), nullable=False, comment=_ALLOWED_BY),
    sa.Column("session_id", sa.Text, comment="what its use opened: ended when it is used again"),
    sa.Index("authorization_code_age", "expires_at"),
)

device_grant = sa.Table(
    "device_grant",
    metadata,
    sa.Column("device_code_hash", sa.LargeBinary, primary_key=True),
    sa.Column("user_code_hash", sa.LargeBinary, nullable=False, comment="keyed: a person types few characters"),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("device_hash", sa.LargeBinary, nullable=False),
    sa.Column("label", sa.Text, nullable=False, comment=_LABEL),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id", ondelete="CASCADE")),
    sa.Column("allowed_by", sa.Text, _session()),
    sa.Column("methods", ARRAY(sa.Text), nullable=False),
    sa.Column("authenticated_at", _Time),
    sa.Column("interval_s", sa.Integer, nullable=False),
    sa.Column("polled_at", _Time),
    sa.Column("expires_at", _Time, nullable=False),
    sa.CheckConstraint("state IN ('pending', 'approved', 'denied', 'used')", name="device_grant_state_known"),
    sa.Index("device_grant_user_code", "user_code_hash", unique=True),
    sa.Index("device_grant_age", "expires_at"),
)
