"""Authorization codes, device codes and refresh tokens, read and written inside one unit of work."""

import hmac
import json
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from cloud.foundation.encryption import Keyring, Place, Vault
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import session_store
from cloud.identity.contracts import Session
from cloud.identity.grant_tables import authorization_code, device_grant, refresh_token
from cloud.identity.grants import ACCESS_LASTS, CLIENT_ID, CODE_LASTS, DEVICE_LASTS, INTERVAL_S, DesktopRequest, Tokens
from cloud.identity.tokens import CODE, REFRESH, digest, new_token

_KEPT = timedelta(days=1)
Row = sa.RowMapping


def keep_code(work: UnitOfWork, session: Session, wish: DesktopRequest) -> str:
    """Keep what a person allowed; return the code."""
    code = new_token(CODE)
    values: dict[str, Any] = {"code_hash": digest(code), "account_id": session.account_id, "client_id": CLIENT_ID}
    values |= {"redirect_uri": wish.redirect_uri, "challenge": wish.challenge, "device_hash": digest(wish.device)}
    values |= {"label": wish.label, "methods": session.methods, "authenticated_at": session.authenticated_at}
    values |= {"expires_at": work.clock.now() + CODE_LASTS, "allowed_by": session.id}
    work.connection.execute(sa.insert(authorization_code).values(values))
    return code


def code(work: UnitOfWork, text: str) -> Row | None:
    """Return the row of a code, locked until the unit ends."""
    query = sa.select(authorization_code).where(authorization_code.c.code_hash == digest(text))
    return work.connection.execute(query.with_for_update()).mappings().first()


def use_code(work: UnitOfWork, row: Row, session_id: str) -> None:
    """Note what a code has opened."""
    ours = authorization_code.c.code_hash == row["code_hash"]
    work.connection.execute(sa.update(authorization_code).where(ours).values(session_id=session_id))


def keep_device_grant(work: UnitOfWork, keyring: Keyring, *, user_code: str, device: str, label: str) -> str:
    """Keep that a device waits for a person; return the code that it polls with."""
    text = new_token(CODE)
    values: dict[str, Any] = {"device_code_hash": digest(text), "user_code_hash": _user_code_hash(keyring, user_code)}
    values |= {"client_id": CLIENT_ID, "device_hash": digest(device), "label": label, "state": "pending"}
    values |= {"methods": [], "interval_s": INTERVAL_S, "expires_at": work.clock.now() + DEVICE_LASTS}
    work.connection.execute(sa.insert(device_grant).values(values))
    return text


def device_grant_by_code(work: UnitOfWork, text: str) -> Row | None:
    """Return the row of a code that a device polls with, locked until the unit ends."""
    query = sa.select(device_grant).where(device_grant.c.device_code_hash == digest(text))
    return work.connection.execute(query.with_for_update()).mappings().first()


def waiting_device(work: UnitOfWork, keyring: Keyring, user_code: str) -> Row | None:
    """Return the row of the device that shows a code and still waits, locked until the unit ends."""
    query = sa.select(device_grant).where(
        device_grant.c.user_code_hash == _user_code_hash(keyring, user_code),
        device_grant.c.state == "pending",
        device_grant.c.expires_at > work.clock.now(),
    )
    return work.connection.execute(query.with_for_update()).mappings().first()


def change_device_grant(work: UnitOfWork, row: Row, **values: Any) -> None:
    """Change columns of a waiting device."""
    ours = device_grant.c.device_code_hash == row["device_code_hash"]
    work.connection.execute(sa.update(device_grant).where(ours).values(values))


def let_in(work: UnitOfWork, granted: Row) -> Tokens:
    """Open a session for the device of a code or a grant; return its tokens."""
    session_id, access = session_store.open_session(
        work,
        granted["account_id"],
        granted["label"],
        granted["methods"],
        authenticated_at=granted["authenticated_at"],
        client_id=granted["client_id"],
        device_hash=granted["device_hash"],
        token_expires_at=work.clock.now() + ACCESS_LASTS,
    )
    return Tokens(access, add_refresh_token(work, session_id), session_store.session(work, session_id))


def add_refresh_token(work: UnitOfWork, session_id: str) -> str:
    """Add a refresh token to a session; return it."""
    text = new_token(REFRESH)
    values = {"token_hash": digest(text), "session_id": session_id, "created_at": work.clock.now()}
    work.connection.execute(sa.insert(refresh_token).values(values))
    return text


def refresh_token_row(work: UnitOfWork, text: str) -> Row | None:
    """Return the row of a refresh token, locked until the unit ends."""
    query = sa.select(refresh_token).where(refresh_token.c.token_hash == digest(text))
    return work.connection.execute(query.with_for_update()).mappings().first()


def use_refresh_token(work: UnitOfWork, keyring: Keyring, row: Row, owner_id: str, answer: Tokens) -> None:
    """Note that a token was used, and seal what it gave; what earlier ones gave is forgotten."""
    text = json.dumps({"access": answer.access, "refresh": answer.refresh}).encode()
    sealed = Vault(work.connection, keyring).seal(owner_id, _place(row["token_hash"]), text)
    earlier = sa.and_(refresh_token.c.session_id == row["session_id"], refresh_token.c.sealed_answer.is_not(None))
    work.connection.execute(sa.update(refresh_token).where(earlier).values(sealed_answer=None))
    values = {"used_at": work.clock.now(), "sealed_answer": sealed}
    ours = refresh_token.c.token_hash == row["token_hash"]
    work.connection.execute(sa.update(refresh_token).where(ours).values(values))


def earlier_answer(work: UnitOfWork, keyring: Keyring, row: Row) -> tuple[str, str]:
    """Return the access and the refresh token that the use of a token gave."""
    found = json.loads(Vault(work.connection, keyring).unseal(_place(row["token_hash"]), row["sealed_answer"]))
    return found["access"], found["refresh"]


def forget_old(work: UnitOfWork) -> int:
    """Remove codes whose time is over; return how many."""
    old = work.clock.now() - _KEPT
    codes = sa.delete(authorization_code).where(authorization_code.c.expires_at < old)
    devices = sa.delete(device_grant).where(device_grant.c.expires_at < old)
    found = work.connection.execute(codes.returning(authorization_code.c.code_hash)).all()
    return len(found) + len(work.connection.execute(devices.returning(device_grant.c.device_code_hash)).all())


def _user_code_hash(keyring: Keyring, user_code: str) -> bytes:
    return hmac.new(keyring.derived("user-code", min(keyring.versions)), user_code.encode(), "sha256").digest()


def _place(token_hash: bytes) -> Place:
    return Place("refresh_token", "sealed_answer", token_hash.hex())
