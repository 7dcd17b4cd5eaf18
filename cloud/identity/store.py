"""Accounts and what was mailed to their owners, read and written inside one unit of work."""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from cloud.foundation.ids import new_id
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import rules
from cloud.identity.contracts import Account
from cloud.identity.tables import account, mailed_token
from cloud.identity.tokens import digest

_ACCOUNT = [account.c[field.name] for field in fields(Account)]


def account_by_id(work: UnitOfWork, account_id: str, *, is_locked: bool = False) -> Account:
    """Return an account, locked until the unit ends if wanted; raises NotFoundError."""
    found = _account(work, account.c.id == account_id, is_locked=is_locked)
    if found is None:
        raise NotFoundError(f"There is no account {account_id}.")
    return found


def account_by_email(work: UnitOfWork, email: str, *, is_locked: bool = False) -> Account | None:
    """Return the account with an address, if there is one."""
    return _account(work, account.c.email == email.lower(), is_locked=is_locked)


def names_of(work: UnitOfWork, account_ids: Collection[str]) -> dict[str, str]:
    """Return the names of some accounts, by id."""
    query = sa.select(account.c.id, account.c.name).where(account.c.id.in_(account_ids))
    return {row.id: row.name for row in work.connection.execute(query)}


def add_account(work: UnitOfWork, email: str, name: str, password_hash: str) -> str:
    """Add an account whose address is not confirmed yet; return its id."""
    account_id = new_id("acc")
    values = {"id": account_id, "email": email.lower(), "name": name, "password_hash": password_hash}
    now = work.clock.now()
    work.connection.execute(sa.insert(account).values(**values, created_at=now, password_changed_at=now))
    return account_id


def change_account(work: UnitOfWork, account_id: str, **values: Any) -> None:
    """Change columns of an account."""
    work.connection.execute(sa.update(account).where(account.c.id == account_id).values(values))


def accounts_to_erase(work: UnitOfWork) -> list[str]:
    """Return the accounts whose time to be erased has come."""
    query = sa.select(account.c.id).where(account.c.deletion_at <= work.clock.now()).order_by(account.c.deletion_at)
    return list(work.connection.execute(query).scalars())


def keep_token(work: UnitOfWork, account_id: str, purpose: str, token: str, until: datetime) -> None:
    """Keep what was mailed, as a hash; an earlier one for the same purpose is void."""
    values = {"account_id": account_id, "purpose": purpose, "token_hash": digest(token), "expires_at": until}
    put = insert(mailed_token).values(values)
    same = [mailed_token.c.account_id, mailed_token.c.purpose]
    work.connection.execute(put.on_conflict_do_update(index_elements=same, set_=values))


def token_owner(work: UnitOfWork, purpose: str, token: str) -> str:
    """Return whose account a mailed token belongs to; raises NotFoundError."""
    query = sa.select(mailed_token.c.account_id).where(*_valid(work, purpose, token))
    found = work.connection.execute(query).scalar()
    if found is None:
        raise NotFoundError("This code is not valid, was used, or is too old: ask for a new one.")
    return str(found)


def use_token(work: UnitOfWork, purpose: str, token: str) -> bool:
    """Return whether a mailed token was valid; it is void from now on."""
    used = sa.delete(mailed_token).where(*_valid(work, purpose, token)).returning(mailed_token.c.account_id)
    return work.connection.execute(used).first() is not None


def void_token(work: UnitOfWork, account_id: str, purpose: str) -> None:
    """Make what was mailed for a purpose void."""
    ours = (mailed_token.c.account_id == account_id, mailed_token.c.purpose == purpose)
    work.connection.execute(sa.delete(mailed_token).where(*ours))


def void_tokens(work: UnitOfWork, account_id: str) -> None:
    """Make all that was mailed to an account's owner void."""
    work.connection.execute(sa.delete(mailed_token).where(mailed_token.c.account_id == account_id))


def forget_old(work: UnitOfWork) -> int:
    """Remove tokens that are too old, and accounts that nobody confirmed; return how many."""
    now = work.clock.now()
    old = sa.delete(mailed_token).where(mailed_token.c.expires_at < now).returning(mailed_token.c.account_id)
    unconfirmed = (account.c.state == "unverified", account.c.password_changed_at < now - rules.UNVERIFIED_LASTS)
    stale = sa.delete(account).where(*unconfirmed).returning(account.c.id)
    return len(work.connection.execute(old).all()) + len(work.connection.execute(stale).all())


def _valid(work: UnitOfWork, purpose: str, token: str) -> "tuple[sa.ColumnElement[bool], ...]":
    return (
        mailed_token.c.token_hash == digest(token),
        mailed_token.c.purpose == purpose,
        mailed_token.c.expires_at > work.clock.now(),
    )


def _account(work: UnitOfWork, where: "sa.ColumnElement[bool]", *, is_locked: bool) -> Account | None:
    query = sa.select(*_ACCOUNT).where(where)
    row = work.connection.execute(query.with_for_update() if is_locked else query).mappings().first()
    return None if row is None else Account(**row)
