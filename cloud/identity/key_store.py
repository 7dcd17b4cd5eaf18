"""API keys, read and written inside one unit of work."""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from cloud.foundation.ids import new_id
from cloud.foundation.paging import page_of
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.contracts import ApiKey
from cloud.identity.tables import account, api_key
from cloud.identity.tokens import digest, new_api_key

_KEY = [api_key.c[field.name] for field in fields(ApiKey)]
_USED_EVERY = timedelta(minutes=1)
_SHOWN = 4


def add_key(
    work: UnitOfWork, account_id: str, *, name: str, scopes: list[str], networks: list[str], expires_at: datetime
) -> tuple[ApiKey, str]:
    """Make a key; return it and its text, which is kept nowhere."""
    text = new_api_key()
    key = ApiKey(
        new_id("key"), account_id, name, text[-_SHOWN:], scopes, networks, work.clock.now(), expires_at, used_at=None
    )
    values = {field.name: getattr(key, field.name) for field in fields(ApiKey)}
    work.connection.execute(sa.insert(api_key).values(**values, key_hash=digest(text)))
    return key, text


def key(work: UnitOfWork, key_id: str, *, is_locked: bool = False) -> ApiKey:
    """Return a key, locked until the unit ends if wanted; raises NotFoundError."""
    query = sa.select(*_KEY).where(api_key.c.id == key_id)
    row = work.connection.execute(query.with_for_update() if is_locked else query).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no apikey {key_id}.")
    return ApiKey(**row)


def live_key(work: UnitOfWork, text: str) -> ApiKey | None:
    """Return the key with a text; None when it is none, over or stopped, or its account is going or kept out."""
    query = sa.select(*_KEY).join(account, account.c.id == api_key.c.account_id)
    in_force = (api_key.c.expires_at > work.clock.now(), api_key.c.disabled_at.is_(None))
    usable = (account.c.deletion_at.is_(None), account.c.state != "suspended")
    where = (api_key.c.key_hash == digest(text), *in_force, *usable)
    row = work.connection.execute(query.where(*where)).mappings().first()
    return None if row is None else ApiKey(**row)


def kept(work: UnitOfWork, key_ids: Collection[str]) -> set[str]:
    """Return which of some keys were neither removed nor stopped, and whose accounts are not going."""
    query = sa.select(api_key.c.id).join(account, account.c.id == api_key.c.account_id)
    usable = (api_key.c.disabled_at.is_(None), account.c.deletion_at.is_(None))
    return set(work.connection.execute(query.where(api_key.c.id.in_(key_ids), *usable)).scalars())


def note_use(work: UnitOfWork, used: ApiKey) -> None:
    """Note that a key was used just now, to the minute."""
    now = work.clock.now()
    if used.used_at is None or now - used.used_at >= _USED_EVERY:
        change_key(work, used.id, used_at=now)


def keys(work: UnitOfWork, account_id: str, after: list[Any] | None, size: int) -> list[ApiKey]:
    """Return an account's keys, newest first, one more than `size` when there are more."""
    order = (api_key.c.created_at, api_key.c.id)
    query = sa.select(*_KEY).where(api_key.c.account_id == account_id)
    rows = work.connection.execute(page_of(query, order, after, size)).mappings()
    return [ApiKey(**row) for row in rows]


def change_key(work: UnitOfWork, key_id: str, **values: Any) -> None:
    """Change columns of a key."""
    work.connection.execute(sa.update(api_key).where(api_key.c.id == key_id).values(values))


def remove_key(work: UnitOfWork, key_id: str) -> None:
    """Remove a key; the next request with it is refused."""
    work.connection.execute(sa.delete(api_key).where(api_key.c.id == key_id))


def end_money_keys(work: UnitOfWork, account_id: str) -> int:
    """Remove the keys that need a second factor, as there is none any more; return how many."""
    money = sa.func.array_to_string(api_key.c.scopes, ",").like("%money:%")
    removed = sa.delete(api_key).where(api_key.c.account_id == account_id, money).returning(api_key.c.id)
    return len(work.connection.execute(removed).all())


def remove_since(work: UnitOfWork, account_id: str, moment: datetime) -> int:
    """Remove the keys of an account that were made since a moment; return how many."""
    ours = (api_key.c.account_id == account_id, api_key.c.created_at >= moment)
    return len(work.connection.execute(sa.delete(api_key).where(*ours).returning(api_key.c.id)).all())


def forget_old(work: UnitOfWork) -> int:
    """Remove keys whose time has been over for a month; return how many."""
    old = sa.delete(api_key).where(api_key.c.expires_at < work.clock.now() - timedelta(days=30))
    return len(work.connection.execute(old.returning(api_key.c.id)).all())
