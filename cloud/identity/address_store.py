"""Addresses that accounts are to have, and those that they had, read and written inside one unit of work.

An address that can still be put back is kept free for its owner, as if they had it.
"""

from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import rules
from cloud.identity.address_tables import email_change, email_undo
from cloud.identity.contracts import Account, EmailChange, FormerEmail
from cloud.identity.tables import account
from cloud.identity.tokens import digest

_CHANGE = [email_change.c[field.name] for field in fields(EmailChange)]
_FORMER = [email_undo.c[field.name] for field in fields(FormerEmail)]
_INVALID = "This code is not valid, was used, or is too old."


def is_taken(work: UnitOfWork, email: str, *, but: str | None = None) -> bool:
    """Return whether an address is an account's, or was one's and may be put back; one account does not count."""
    theirs = account.c.email == email.lower()
    kept = (email_undo.c.email == email.lower(), email_undo.c.expires_at > work.clock.now())
    holders = sa.union_all(
        sa.select(account.c.id.label("holder")).where(theirs), sa.select(email_undo.c.account_id).where(*kept)
    ).subquery()
    query = sa.select(holders.c.holder).where(holders.c.holder.is_distinct_from(but)).limit(1)
    return work.connection.execute(query).first() is not None


def keep_change(work: UnitOfWork, change: EmailChange, token: str) -> None:
    """Keep what somebody wants, until it is confirmed; an earlier wish of theirs is void."""
    values: dict[str, Any] = {field.name: getattr(change, field.name) for field in fields(EmailChange)}
    values |= {"token_hash": digest(token), "expires_at": work.clock.now() + rules.EMAIL_CHANGE_LASTS}
    put = insert(email_change).values(values)
    work.connection.execute(put.on_conflict_do_update(index_elements=[email_change.c.account_id], set_=values))


def use_change(work: UnitOfWork, token: str) -> EmailChange:
    """Return what a mailed token confirms; it is void from now on. Raises NotFoundError."""
    used = sa.delete(email_change).where(
        email_change.c.token_hash == digest(token), email_change.c.expires_at > work.clock.now()
    )
    row = work.connection.execute(used.returning(*_CHANGE)).mappings().first()
    if row is None:
        raise NotFoundError(_INVALID)
    return EmailChange(**row)


def keep_former(work: UnitOfWork, owner: Account, token: str) -> None:
    """Keep the address that an account has now, for whoever gets a token to put it back."""
    now = work.clock.now()
    values = {"token_hash": digest(token), "account_id": owner.id, "email": owner.email, "changed_at": now}
    work.connection.execute(sa.insert(email_undo).values(**values, expires_at=now + rules.EMAIL_UNDO_LASTS))


def former(work: UnitOfWork, token: str) -> FormerEmail:
    """Return the address that a mailed token puts back; raises NotFoundError."""
    valid = (email_undo.c.token_hash == digest(token), email_undo.c.expires_at > work.clock.now())
    row = work.connection.execute(sa.select(*_FORMER).where(*valid)).mappings().first()
    if row is None:
        raise NotFoundError(_INVALID)
    return FormerEmail(**row)


def forget_since(work: UnitOfWork, found: FormerEmail) -> None:
    """Forget a change and all later ones, and what is not confirmed yet: none of them can be gone back to."""
    later = (email_undo.c.account_id == found.account_id, email_undo.c.changed_at >= found.changed_at)
    work.connection.execute(sa.delete(email_undo).where(*later))
    work.connection.execute(sa.delete(email_change).where(email_change.c.account_id == found.account_id))


def forget_old(work: UnitOfWork) -> int:
    """Remove wishes that nobody confirmed and addresses that cannot be put back any more; return how many."""
    now = work.clock.now()
    wishes = sa.delete(email_change).where(email_change.c.expires_at < now).returning(email_change.c.account_id)
    gone = sa.delete(email_undo).where(email_undo.c.expires_at < now).returning(email_undo.c.account_id)
    return len(work.connection.execute(wishes).all()) + len(work.connection.execute(gone).all())
