"""The foundation's tables as the code sees them; `migrations/versions` makes them, a test compares the two.

Times are with zone and set by the database (`now()`, the transaction's start) unless a clock is passed in.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()
_now = sa.text("now()")
_Time = sa.DateTime(timezone=True)

idempotency_key = sa.Table(
    "idempotency_key",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True, comment="whose key it is: one credential"),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False, comment="SHA-256 of method, path and body"),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("created_at", _Time, nullable=False, server_default=_now),
    sa.Index("idempotency_key_age", "created_at"),
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("message_id", sa.Text, primary_key=True, comment="the sender's own id"),
    sa.Column("payload", JSONB, nullable=False),
    sa.Column("received_at", _Time, nullable=False, server_default=_now),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("payload", JSONB, nullable=False),
    sa.Column("created_at", _Time, nullable=False, server_default=_now),
    sa.Column("dispatched_at", _Time),
    sa.Index("outbox_waiting", "seq", postgresql_where=sa.text("dispatched_at IS NULL")),
)

job = sa.Table(
    "job",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("queue", sa.Text, nullable=False),
    sa.Column("partition", sa.Text, comment="at most one of a partition runs at one time"),
    sa.Column("payload", JSONB, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
    sa.Column("run_at", _Time, nullable=False, server_default=_now),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("lease", sa.BigInteger, nullable=False, server_default="0", comment="rises with every holder"),
    sa.Column("leased_by", sa.Text),
    sa.Column("leased_until", _Time),
    sa.Column("error", sa.Text),
    sa.Column("trace", sa.Text, comment="traceparent of what enqueued it"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1", comment="for If-Match"),
    sa.Column("created_at", _Time, nullable=False, server_default=_now),
    sa.Column("ended_at", _Time),
    sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'dead', 'cancelled')", name="job_state_known"),
    sa.Index("job_due", "queue", "run_at", "id", postgresql_where=sa.text("state = 'waiting'")),
    sa.Index("job_leased", "leased_until", postgresql_where=sa.text("state = 'running'")),
    sa.Index("job_partition", "partition", unique=True, postgresql_where=sa.text("state = 'running'")),
    sa.Index("job_newest", "created_at", "id"),
)

job_step = sa.Table(
    "job_step",
    metadata,
    sa.Column("job_id", sa.Text, sa.ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("result", JSONB, nullable=False),
    sa.Column("done_at", _Time, nullable=False, server_default=_now),
)

audit_chain = sa.Table(
    "audit_chain",
    metadata,
    sa.Column("chain", sa.Text, primary_key=True, comment="one per workspace, and `platform`"),
    sa.Column("seq", sa.BigInteger, nullable=False, comment="of the last entry"),
    sa.Column("head", sa.LargeBinary, nullable=False, comment="hash of the last entry"),
)

audit_entry = sa.Table(
    "audit_entry",
    metadata,
    sa.Column("chain", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("at", _Time, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("on_behalf_of", sa.Text),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("resource", sa.Text, nullable=False),
    sa.Column("before", JSONB),
    sa.Column("after", JSONB),
    sa.Column("request_id", sa.Text),
    sa.Column("session_hash", sa.Text),
    sa.Column("ip_hash", sa.Text, comment="salted: an address is personal"),
    sa.Column("policy", sa.Text, comment="the policy that allowed it"),
    sa.Column("prev_hash", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Index("audit_entry_newest", "at", "chain", "seq"),
    sa.Index("audit_entry_actor", "actor", "at"),
    sa.Index("audit_entry_resource", "resource", "at"),
)

rate_limit = sa.Table(
    "rate_limit",
    metadata,
    sa.Column("policy", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("tokens", sa.Double, nullable=False),
    sa.Column("granted", sa.Boolean, nullable=False, comment="whether the last request was let through"),
    sa.Column("at", _Time, nullable=False),
    prefixes=["UNLOGGED"],
)

encryption_key = sa.Table(
    "encryption_key",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False, comment="tells a wrong key from the right one"),
)

data_key = sa.Table(
    "data_key",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False, comment="whose data; without the key nobody reads it again"),
    sa.Column("kek_version", sa.Integer, sa.ForeignKey("encryption_key.version"), nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("created_at", _Time, nullable=False, server_default=_now),
    sa.Index("data_key_subject", "subject", unique=True),
    sa.Index("data_key_version", "kek_version"),
)
