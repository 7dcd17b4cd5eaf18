"""Messages in and out, each in the transaction of what it is about.

Inbox: what others send (webhooks) is kept under the sender's own id; the second time it is known. Outbox: what has
happened, published with the change itself. `dispatch` hands each message once to each subscriber, as a job.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from cloud.foundation.jobs import Jobs
from cloud.foundation.tables import inbox, outbox

_AT_ONCE = 100
#: Which kinds of job a topic starts.
Subscriptions = Mapping[str, tuple[str, ...]]


class Outbox:
    """Publishes inside one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def publish(self, topic: str, payload: Mapping[str, Any]) -> None:
        """Say that something has happened; nobody hears of it when the unit is undone."""
        self._connection.execute(sa.insert(outbox).values(topic=topic, payload=dict(payload)))


def receive(connection: sa.Connection, source: str, message_id: str, payload: Mapping[str, Any]) -> bool:
    """Keep a message from outside; return False when it came before."""
    kept = connection.execute(
        insert(inbox)
        .values(source=source, message_id=message_id, payload=dict(payload))
        .on_conflict_do_nothing()
        .returning(inbox.c.message_id)
    )
    return kept.first() is not None


def dispatch(connection: sa.Connection, subscriptions: Subscriptions) -> int:
    """Start the subscribers' jobs for waiting messages, oldest first; return how many messages were handled."""
    waiting = (
        sa.select(outbox)
        .where(outbox.c.dispatched_at.is_(None))
        .order_by(outbox.c.seq)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    messages = connection.execute(waiting).all()
    jobs = Jobs(connection)
    for message in messages:
        for kind in subscriptions.get(message.topic, ()):
            jobs.enqueue(kind, message.payload, id=f"outbox:{message.seq}:{kind}")
    if messages:
        handled = [message.seq for message in messages]
        connection.execute(sa.update(outbox).where(outbox.c.seq.in_(handled)).values(dispatched_at=sa.func.now()))
    return len(messages)
