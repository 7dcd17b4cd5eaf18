"""Sessions and known devices, read and written inside one unit of work.

A token's hash stands in one row only; when the row is gone, or the time of its owner's roles is over, the token is
worth nothing from the next request on.
"""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from cloud.foundation.ids import new_id
from cloud.foundation.paging import page_of
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import rules
from cloud.identity.contracts import Account, Session
from cloud.identity.errors import NoSessionError
from cloud.identity.tables import account, account_session, known_device
from cloud.identity.tokens import DEVICE, SESSION, digest, new_token

_SESSION = [account_session.c[field.name] for field in fields(Session)]
_SEEN_EVERY = timedelta(minutes=1)
_LONGEST = timedelta(days=90)
_LATEST = timedelta(days=1)


def live_session(work: UnitOfWork, token: str) -> tuple[Session, list[str]] | None:
    """Return the session of a token and its account's roles, and note that it was used; None when it has ended."""
    query = sa.select(*_SESSION, account.c.roles).join(account, account.c.id == account_session.c.account_id)
    row = work.connection.execute(query.where(account_session.c.token_hash == digest(token))).mappings().first()
    if row is None:
        return None
    values = dict(row)
    roles: list[str] = values.pop("roles")
    session, now = Session(**values), work.clock.now()
    is_fresh = session.token_expires_at is None or now < session.token_expires_at
    if not (is_fresh and is_live(session, roles, now)):
        return None
    if now - session.seen_at >= _SEEN_EVERY:
        work.connection.execute(sa.update(account_session).where(_is(session.id)).values(seen_at=now))
    return session, roles


def is_live(session: Session, roles: list[str], now: datetime) -> bool:
    """Return whether a session has neither been unused for too long nor lasted too long."""
    idle, absolute = rules.session_lifetimes(roles)
    is_from_the_future = session.created_at > now + _LATEST  # begun by a clock that has been put right since
    return now < min(session.seen_at + idle, session.created_at + absolute) and not is_from_the_future


def open_session(work: UnitOfWork, account_id: str, label: str, methods: list[str], **more: Any) -> tuple[str, str]:
    """Add a session, with `more` columns; return its id and its token."""
    now, token, session_id = work.clock.now(), new_token(SESSION), new_id("ses")
    values: dict[str, Any] = {"id": session_id, "account_id": account_id, "token_hash": digest(token)}
    values |= {"label": label, "methods": methods, "created_at": now, "authenticated_at": now, "seen_at": now}
    values |= more
    work.connection.execute(sa.insert(account_session).values(values))
    return session_id, token


def authenticate_again(work: UnitOfWork, session: Session, methods: list[str]) -> str:
    """Note that its owner has proven who they are once more; return the session's new token."""
    token = new_token(SESSION)
    proven = sorted({*session.methods, *methods})
    changed = sa.update(account_session).where(_is(session.id))
    now = work.clock.now()
    work.connection.execute(changed.values(token_hash=digest(token), authenticated_at=now, methods=proven))
    return token


def add_method(work: UnitOfWork, session: Session, method: str) -> None:
    """Note what else a session's owner has proven."""
    methods = sorted({*session.methods, method})
    work.connection.execute(sa.update(account_session).where(_is(session.id)).values(methods=methods))


def drop_methods(work: UnitOfWork, account_id: str, dropped: Collection[str]) -> None:
    """Let no session of an account count as proven with these any more."""
    methods: sa.ColumnElement[Any] = account_session.c.methods
    for factor in sorted(dropped):
        methods = sa.func.array_remove(methods, factor)
    ours = account_session.c.account_id == account_id
    work.connection.execute(sa.update(account_session).where(ours).values(methods=methods))


def new_token_of(work: UnitOfWork, session_id: str, **more: Any) -> str:
    """Give a session a new token, change `more` columns, and return the token; the old one is void."""
    token = new_token(SESSION)
    changed = sa.update(account_session).where(_is(session_id))
    work.connection.execute(changed.values(token_hash=digest(token), **more))
    return token


def session(work: UnitOfWork, session_id: str) -> Session:
    """Return a session; raises NotFoundError."""
    row = work.connection.execute(sa.select(*_SESSION).where(_is(session_id))).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no session {session_id}.")
    return Session(**row)


def current_session(work: UnitOfWork) -> Session:
    """Return the session that the request came with.

    Raises UnauthenticatedError (401), or NoSessionError (403) for keys and operators.
    """
    rules.require_somebody(work.call.who)
    if work.call.session is None:
        raise NoSessionError("This is for people who have signed in, not for keys.")
    return session(work, work.call.session)


def sessions(work: UnitOfWork, owner: Account, after: list[Any] | None, size: int) -> list[Session]:
    """Return an account's live sessions, newest first, one more than `size` when there are more."""
    idle, absolute = rules.session_lifetimes(owner.roles)
    now, key = work.clock.now(), (account_session.c.created_at, account_session.c.id)
    query = sa.select(*_SESSION).where(
        account_session.c.account_id == owner.id,
        account_session.c.seen_at > now - idle,
        account_session.c.created_at > now - absolute,
    )
    rows = work.connection.execute(page_of(query, key, after, size)).mappings()
    return [Session(**row) for row in rows]


def session_id_of(work: UnitOfWork, token: str) -> str | None:
    """Return the session that a token opens, whether or not its time is over."""
    query = sa.select(account_session.c.id).where(account_session.c.token_hash == digest(token))
    return work.connection.execute(query).scalar()


def device_hash(work: UnitOfWork, session_id: str) -> bytes:
    """Return what is kept of the installation that a session belongs to; nothing for one signed in directly."""
    return work.connection.execute(sa.select(account_session.c.device_hash).where(_is(session_id))).scalar() or b""


def kept(work: UnitOfWork, session_ids: Collection[str]) -> set[str]:
    """Return which of some sessions were not ended."""
    query = sa.select(account_session.c.id).where(account_session.c.id.in_(session_ids))
    return set(work.connection.execute(query).scalars())


def end_session(work: UnitOfWork, session_id: str) -> None:
    """Remove a session."""
    work.connection.execute(sa.delete(account_session).where(_is(session_id)))


def end_sessions(work: UnitOfWork, account_id: str, *, but: str | None = None) -> int:
    """Remove all sessions of an account, but one if wanted; return how many."""
    ended = sa.delete(account_session).where(account_session.c.account_id == account_id)
    if but is not None:
        ended = ended.where(account_session.c.id != but)
    return len(work.connection.execute(ended.returning(account_session.c.id)).all())


def is_known_device(work: UnitOfWork, account_id: str, token: str | None) -> bool:
    """Return whether the account's owner has signed in on this device before."""
    if token is None:
        return False
    oldest = work.clock.now() - rules.DEVICE_LASTS
    where = (known_device.c.account_id == account_id, known_device.c.token_hash == digest(token))
    query = sa.select(known_device.c.seen_at).where(*where, known_device.c.seen_at > oldest)
    return work.connection.execute(query).first() is not None


def know_device(work: UnitOfWork, account_id: str, token: str | None) -> str:
    """Remember a device; return its token, a new one unless `token` is given."""
    token = token or new_token(DEVICE)
    values = {"account_id": account_id, "token_hash": digest(token), "seen_at": work.clock.now()}
    same = [known_device.c.account_id, known_device.c.token_hash]
    put = insert(known_device).values(values).on_conflict_do_update(index_elements=same, set_=values)
    work.connection.execute(put)
    return token


def forget_devices(work: UnitOfWork, account_id: str) -> None:
    """Know none of an account's devices any more."""
    work.connection.execute(sa.delete(known_device).where(known_device.c.account_id == account_id))


def forget_old(work: UnitOfWork) -> int:
    """Remove sessions and devices whose time is over; return how many."""
    now = work.clock.now()
    ended = sa.delete(account_session).where(account_session.c.created_at < now - _LONGEST)
    left = sa.delete(known_device).where(known_device.c.seen_at < now - rules.DEVICE_LASTS)
    ids = work.connection.execute(ended.returning(account_session.c.id)).all()
    return len(ids) + len(work.connection.execute(left.returning(known_device.c.account_id)).all())


def _is(session_id: str) -> "sa.ColumnElement[bool]":
    return account_session.c.id == session_id
