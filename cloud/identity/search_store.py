"""Accounts as staff looks for them, read inside one unit of work."""

from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from cloud.foundation.paging import page_of
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.contracts import Account
from cloud.identity.tables import account

_ACCOUNT = [account.c[field.name] for field in fields(Account)]


def accounts(work: UnitOfWork, text: str, after: list[Any] | None, size: int) -> list[Account]:
    """Return the accounts whose id, address or name has a text in it, newest first; one more than `size` if there is.

    An empty text finds all.
    """
    query = sa.select(*_ACCOUNT)
    if text:
        named = [column.icontains(text, autoescape=True) for column in (account.c.email, account.c.name)]
        query = query.where(sa.or_(account.c.id == text, *named))
    key = (account.c.created_at, account.c.id)
    rows = work.connection.execute(page_of(query, key, after, size)).mappings()
    return [Account(**row) for row in rows]
