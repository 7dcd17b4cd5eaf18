"""Give a desktop new tokens for its refresh token, once; and end its sign-in, by itself or because of a copy."""

import hmac

from cloud.foundation.encryption import Keyring
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import grant_store, mails, session_store, store
from cloud.identity.contracts import Account, Session
from cloud.identity.grant_store import Row
from cloud.identity.grants import ACCESS_LASTS, GRACE, Refusal, Tokens
from cloud.identity.tokens import digest

_INVALID = Refusal("invalid_grant", "The sign-in has ended: sign in again.")


def refresh_session(work: UnitOfWork, keyring: Keyring, token: str, device: str) -> Tokens | Refusal:
    """Return new tokens; the old ones are void.

    For a minute the same installation gets the same answer again, as replies get lost and programs run twice. A token
    that is used again later, or elsewhere, was copied: the sign-in ends and its owner is told.
    """
    policy = authorize(work.call.who, "desktop.come_in", PLATFORM)
    row = grant_store.refresh_token_row(work, token)
    if row is None:
        return _INVALID
    session = session_store.session(work, row["session_id"])
    owner = store.account_by_id(work, session.account_id)
    is_same_device = hmac.compare_digest(session_store.device_hash(work, session.id), digest(device))
    if row["used_at"] is not None:
        if is_same_device and work.clock.now() - row["used_at"] <= GRACE:
            return _again(work, keyring, session, row)
        return _ended_for_reuse(work, keyring, session, owner, policy)
    if not is_same_device or not session_store.is_live(session, owner.roles, work.clock.now()):
        return _INVALID
    return _rotated(work, keyring, session, row, policy)


def revoke_token(work: UnitOfWork, token: str) -> None:
    """End the sign-in that a token belongs to; a token that nobody knows belongs to none."""
    policy = authorize(work.call.who, "desktop.come_in", PLATFORM)
    row = grant_store.refresh_token_row(work, token)
    session_id = row["session_id"] if row is not None else session_store.session_id_of(work, token)
    if session_id is None:
        return
    session_store.end_session(work, session_id)
    work.audit.write("session.ended", f"session:{session_id}", policy=policy)


def _rotated(work: UnitOfWork, keyring: Keyring, session: Session, row: Row, policy: str) -> Tokens:
    now = work.clock.now()
    access = session_store.new_token_of(work, session.id, token_expires_at=now + ACCESS_LASTS, seen_at=now)
    tokens = Tokens(access, grant_store.add_refresh_token(work, session.id), session_store.session(work, session.id))
    grant_store.use_refresh_token(work, keyring, row, session.account_id, tokens)
    work.audit.write("session.refreshed", f"session:{session.id}", policy=policy)
    return tokens


def _again(work: UnitOfWork, keyring: Keyring, session: Session, row: Row) -> Tokens | Refusal:
    if row["sealed_answer"] is None:
        return _INVALID  # what it gave was used since: whoever asks has a newer one
    access, refresh = grant_store.earlier_answer(work, keyring, row)
    return Tokens(access, refresh, session)


def _ended_for_reuse(work: UnitOfWork, keyring: Keyring, session: Session, owner: Account, policy: str) -> Refusal:
    session_store.end_session(work, session.id)
    mails.send(work, keyring, owner, mails.ended_for_reuse(session.label))
    work.audit.write("session.ended_for_reuse", f"session:{session.id}", after={"of": "refresh token"}, policy=policy)
    return Refusal("invalid_grant", "This sign-in was used by somebody else, too, and has ended: sign in again.")
