"""Deliveries, read and written inside one unit of work. Their bodies are written once and never changed."""

from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from cloud.foundation.ids import new_id
from cloud.foundation.paging import page_of
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.webhooks import rules
from cloud.webhooks.contracts import Delivery, ReplayWish
from cloud.webhooks.tables import webhook_delivery

_DELIVERY = [webhook_delivery.c[field.name] for field in fields(Delivery)]


def add(work: UnitOfWork, endpoint_id: str, event: str, body: str, *, state: str) -> Delivery:
    """Add a delivery."""
    ended_at = None if state == "waiting" else work.clock.now()
    made = Delivery(new_id("msg"), endpoint_id, event, state, 0, 1, None, None, work.clock.now(), ended_at)
    values = {field.name: getattr(made, field.name) for field in fields(Delivery)}
    work.connection.execute(sa.insert(webhook_delivery).values(**values, body=body))
    return made


def one(work: UnitOfWork, endpoint_id: str, delivery_id: str) -> Delivery:
    """Return a delivery of an endpoint, locked until the unit ends; raises NotFoundError."""
    ours = (webhook_delivery.c.id == delivery_id, webhook_delivery.c.endpoint_id == endpoint_id)
    row = work.connection.execute(sa.select(*_DELIVERY).where(*ours).with_for_update()).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no delivery {delivery_id}.")
    return Delivery(**row)


def to_send(work: UnitOfWork, delivery_id: str, round_: int) -> tuple[Delivery, str] | None:
    """Return a delivery and its body; None when it is gone, has ended or was begun anew meanwhile."""
    query = sa.select(*_DELIVERY, webhook_delivery.c.body).where(webhook_delivery.c.id == delivery_id)
    row = work.connection.execute(query).mappings().first()
    if row is None or row["state"] != "waiting" or row["round"] != round_:
        return None
    return Delivery(**{name: value for name, value in row.items() if name != "body"}), row["body"]


def page(work: UnitOfWork, endpoint_id: str, state: str | None, after: list[Any] | None, size: int) -> list[Delivery]:
    """Return deliveries of an endpoint, newest first, one more than `size` when there are more."""
    key = (webhook_delivery.c.created_at, webhook_delivery.c.id)
    query = sa.select(*_DELIVERY).where(webhook_delivery.c.endpoint_id == endpoint_id)
    if state is not None:
        query = query.where(webhook_delivery.c.state == state)
    rows = work.connection.execute(page_of(query, key, after, size)).mappings()
    return [Delivery(**row) for row in rows]


def in_range(work: UnitOfWork, endpoint_id: str, wish: ReplayWish) -> list[Delivery]:
    """Return what ended in a range of time as one of the wished states, oldest first, locked until the unit ends."""
    query = sa.select(*_DELIVERY).where(
        webhook_delivery.c.endpoint_id == endpoint_id,
        webhook_delivery.c.created_at >= wish.since,
        webhook_delivery.c.created_at < wish.until,
        webhook_delivery.c.state.in_(wish.states),
    )
    order = (webhook_delivery.c.created_at, webhook_delivery.c.id)
    rows = work.connection.execute(query.order_by(*order).limit(rules.MOST_REPLAYED).with_for_update()).mappings()
    return [Delivery(**row) for row in rows]


def change(work: UnitOfWork, delivery_id: str, **values: Any) -> None:
    """Change columns of a delivery."""
    work.connection.execute(sa.update(webhook_delivery).where(webhook_delivery.c.id == delivery_id).values(**values))


def forget_old(work: UnitOfWork) -> int:
    """Remove deliveries that nobody replays any more, and those that nothing will bring any more; return how many."""
    made, kept_since = webhook_delivery.c.created_at, work.clock.now() - rules.KEPT
    is_old = (made < kept_since) & (webhook_delivery.c.state != "waiting")
    is_left = made < kept_since - rules.WAITS_AT_MOST
    old = sa.delete(webhook_delivery).where(is_old | is_left)
    return len(work.connection.execute(old.returning(webhook_delivery.c.id)).all())
