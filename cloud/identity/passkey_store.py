"""Passkeys and challenges, read and written inside one unit of work."""

import secrets
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from cloud.foundation.ids import new_id
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.contracts import Passkey
from cloud.identity.errors import PasskeyError
from cloud.identity.passkey_tables import passkey, passkey_challenge
from cloud.identity.tokens import digest_of
from cloud.identity.webauthn_checks import NewCredential

_PASSKEY = [passkey.c[field.name] for field in fields(Passkey)]
_CHALLENGE_LASTS = timedelta(minutes=5)


def new_challenge(work: UnitOfWork, purpose: str, account_id: str | None = None) -> bytes:
    """Keep a new challenge for one answer within five minutes; return it."""
    challenge = secrets.token_bytes(32)
    values: dict[str, Any] = {"challenge_hash": digest_of(challenge), "purpose": purpose, "account_id": account_id}
    values |= {"expires_at": work.clock.now() + _CHALLENGE_LASTS}
    work.connection.execute(sa.insert(passkey_challenge).values(values))
    return challenge


def use_challenge(work: UnitOfWork, challenge: bytes, purpose: str, account_id: str | None = None) -> None:
    """Make sure that a challenge is ours, for this and for nobody else, and make it void; raises PasskeyError."""
    used = sa.delete(passkey_challenge).where(
        passkey_challenge.c.challenge_hash == digest_of(challenge),
        passkey_challenge.c.purpose == purpose,
        passkey_challenge.c.account_id.is_not_distinct_from(account_id),
        passkey_challenge.c.expires_at > work.clock.now(),
    )
    if work.connection.execute(used.returning(passkey_challenge.c.purpose)).first() is None:
        raise PasskeyError


def add(work: UnitOfWork, account_id: str, name: str, new: NewCredential) -> Passkey:
    """Add a passkey; raises PasskeyError when there is one like it."""
    made = Passkey(new_id("pky"), account_id, name, work.clock.now(), None, new.sign_count)
    if by_credential(work, new.credential_id) is not None:
        raise PasskeyError
    values = {field.name: getattr(made, field.name) for field in fields(Passkey)}
    values |= {"credential_id": new.credential_id, "public_key": new.public_key}
    work.connection.execute(sa.insert(passkey).values(values))
    return made


def by_credential(work: UnitOfWork, credential_id: bytes) -> tuple[Passkey, bytes] | None:
    """Return a passkey and its public key, locked until the unit ends."""
    query = sa.select(*_PASSKEY, passkey.c.public_key).where(passkey.c.credential_id == credential_id)
    row = work.connection.execute(query.with_for_update()).mappings().first()
    if row is None:
        return None
    values = dict(row)
    public_key: bytes = values.pop("public_key")
    return Passkey(**values), public_key


def by_id(work: UnitOfWork, passkey_id: str) -> Passkey:
    """Return a passkey; raises NotFoundError."""
    row = work.connection.execute(sa.select(*_PASSKEY).where(passkey.c.id == passkey_id)).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no passkey {passkey_id}.")
    return Passkey(**row)


def all_of(work: UnitOfWork, account_id: str) -> list[Passkey]:
    """Return an account's passkeys, newest first; nobody has many."""
    query = sa.select(*_PASSKEY).where(passkey.c.account_id == account_id)
    rows = work.connection.execute(query.order_by(passkey.c.created_at.desc(), passkey.c.id.desc())).mappings()
    return [Passkey(**row) for row in rows]


def credentials_of(work: UnitOfWork, account_id: str) -> list[bytes]:
    """Return what browsers know an account's passkeys by."""
    query = sa.select(passkey.c.credential_id).where(passkey.c.account_id == account_id).order_by(passkey.c.id)
    return list(work.connection.execute(query).scalars())


def note_use(work: UnitOfWork, passkey_id: str, sign_count: int) -> None:
    """Note that a passkey was used."""
    values = {"sign_count": sign_count, "used_at": work.clock.now()}
    work.connection.execute(sa.update(passkey).where(passkey.c.id == passkey_id).values(values))


def remove(work: UnitOfWork, passkey_id: str) -> None:
    """Remove a passkey."""
    work.connection.execute(sa.delete(passkey).where(passkey.c.id == passkey_id))


def remove_since(work: UnitOfWork, account_id: str, moment: datetime) -> int:
    """Remove the passkeys of an account that were added since a moment; return how many."""
    ours = (passkey.c.account_id == account_id, passkey.c.created_at >= moment)
    return len(work.connection.execute(sa.delete(passkey).where(*ours).returning(passkey.c.id)).all())


def forget_old(work: UnitOfWork) -> int:
    """Remove challenges that nobody answered; return how many."""
    old = sa.delete(passkey_challenge).where(passkey_challenge.c.expires_at < work.clock.now())
    return len(work.connection.execute(old.returning(passkey_challenge.c.purpose)).all())
