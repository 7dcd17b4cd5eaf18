"""Make, rotate and revoke keys for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cloud.foundation.policy import authorize
from cloud.foundation.problems import ConflictError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import key_store, rules
from cloud.identity.contracts import ApiKey, NewKey, Session, account_resource
from cloud.identity.errors import SecondFactorNeededError
from cloud.identity.operations.step_up import require_fresh


@dataclass(frozen=True, slots=True)
class KeyWish:
    """What somebody wants a key for."""

    name: str
    scopes: list[str]
    networks: list[str]
    lasts: timedelta


def create_key(work: UnitOfWork, wish: KeyWish) -> NewKey:
    """Make a key; return it and its text, which nobody can read again.

    Raises NoSessionError, StepUpNeededError, SecondFactorNeededError, ForbiddenError (403).
    """
    session = require_fresh(work)
    policy = authorize(work.call.who, "key.create", account_resource(session.account_id))
    _require_second_factor(session, wish.scopes)
    expires_at = work.clock.now() + wish.lasts
    key, text = key_store.add_key(work, session.account_id, expires_at=expires_at, **_as_values(wish))
    work.audit.write("key.created", f"key:{key.id}", after=key.audited(), policy=policy)
    return NewKey(key, text)


def rotate_key(work: UnitOfWork, key_id: str) -> NewKey:
    """Make a key like another that lasts as long again; the old one works for seven more days.

    Raises NotFoundError (404), StepUpNeededError, SecondFactorNeededError (403), ConflictError (409: over or stopped).
    """
    rules.require_somebody(work.call.who)
    old = key_store.key(work, key_id, is_locked=True)
    policy = authorize(work.call.who, "key.rotate", old.resource, is_hidden=True)
    _require_second_factor(require_fresh(work), old.scopes)
    now = work.clock.now()
    if old.expires_at <= now:
        raise ConflictError("This key has expired: make a new one.")
    if old.disabled_at is not None:
        raise ConflictError("This key was found where others read it: make a new one.")
    wish = KeyWish(old.name, old.scopes, old.networks, old.expires_at - old.created_at)
    key, text = key_store.add_key(work, old.account_id, expires_at=now + wish.lasts, **_as_values(wish))
    key_store.change_key(work, old.id, expires_at=min(old.expires_at, now + rules.ROTATED_KEY_LASTS))
    before, after = {"key": old.id}, {"key": key.id, **key.audited()}
    work.audit.write("key.rotated", f"key:{old.id}", before=before, after=after, policy=policy)
    return NewKey(key, text)


def revoke_key(work: UnitOfWork, key_id: str) -> ApiKey:
    """Remove a key; the next request with it is refused. Raises NotFoundError (404)."""
    rules.require_somebody(work.call.who)
    key = key_store.key(work, key_id, is_locked=True)
    policy = authorize(work.call.who, "key.revoke", key.resource, is_hidden=True)
    key_store.remove_key(work, key.id)
    work.audit.write("key.revoked", f"key:{key.id}", before=key.audited(), policy=policy)
    return key


def _as_values(wish: KeyWish) -> Mapping[str, Any]:
    return {"name": wish.name, "scopes": wish.scopes, "networks": wish.networks}


def _require_second_factor(session: Session, scopes: list[str]) -> None:
    if rules.needs_second_factor(scopes) and not rules.SECOND_FACTORS & set(session.methods):
        raise SecondFactorNeededError("Keys for money need an authenticator: add one, or sign in with its code.")
