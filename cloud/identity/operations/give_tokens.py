"""Give a desktop its tokens: for a code, or for the device code that a person allowed.

A refusal is a result, not an error: what led to it (a replayed code's session ended, a poll counted) stays done.
"""

from datetime import timedelta

from cloud.foundation.encryption import Keyring
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import grant_store, session_store
from cloud.identity.grant_store import Row
from cloud.identity.grants import DEVICE_LASTS, INTERVAL_S, DeviceCode, Refusal, Tokens, fits_challenge, new_user_code

_INVALID = Refusal("invalid_grant", "The code is not valid, was used, or is too old: sign in again.")


def exchange_code(work: UnitOfWork, code: str, verifier: str, redirect_uri: str) -> Tokens | Refusal:
    """Return the tokens for a code; used again, it ends what it opened."""
    policy = authorize(work.call.who, "desktop.come_in", PLATFORM)
    row = grant_store.code(work, code)
    if row is None:
        return _INVALID
    if row["session_id"] is not None:
        session_store.end_session(work, row["session_id"])
        work.audit.write("session.ended_for_reuse", f"session:{row['session_id']}", after={"of": "code"}, policy=policy)
        return _INVALID
    if row["expires_at"] <= work.clock.now():
        return _INVALID
    if row["redirect_uri"] != redirect_uri or not fits_challenge(verifier, row["challenge"]):
        return Refusal("invalid_grant", "The code was asked for by another program, or for another address.")
    tokens = _opened(work, row, policy)
    grant_store.use_code(work, row, tokens.session.id)
    return tokens


def begin_device(work: UnitOfWork, keyring: Keyring, *, device: str, label: str) -> DeviceCode:
    """Return the codes for a device without a browser."""
    authorize(work.call.who, "desktop.come_in", PLATFORM)
    user_code = new_user_code()
    code = grant_store.keep_device_grant(work, keyring, user_code=user_code, device=device, label=label)
    return DeviceCode(code, user_code, round(DEVICE_LASTS.total_seconds()), INTERVAL_S)


def poll_device(work: UnitOfWork, code: str) -> Tokens | Refusal:
    """Return the tokens when a person has allowed the device; who polls too fast waits longer from then on."""
    policy = authorize(work.call.who, "desktop.come_in", PLATFORM)
    row, now = grant_store.device_grant_by_code(work, code), work.clock.now()
    if row is None or row["state"] == "used":
        return _INVALID
    if row["expires_at"] <= now:
        return Refusal("expired_token", "Nobody allowed this device in time: ask for a new code.")
    if row["state"] == "denied":
        return Refusal("access_denied", "This device was refused.")
    waited = None if row["polled_at"] is None else now - row["polled_at"]
    grant_store.change_device_grant(work, row, polled_at=now)
    if waited is not None and waited < timedelta(seconds=row["interval_s"]):
        grant_store.change_device_grant(work, row, interval_s=row["interval_s"] + INTERVAL_S)
        return Refusal("slow_down", f"Ask every {row['interval_s'] + INTERVAL_S} s.")
    if row["state"] == "pending":
        return Refusal("authorization_pending", "Nobody has allowed this device yet.")
    tokens = _opened(work, row, policy)
    grant_store.change_device_grant(work, row, state="used")
    return tokens


def _opened(work: UnitOfWork, row: Row, policy: str) -> Tokens:
    tokens = grant_store.let_in(work, row)
    after = {"methods": row["methods"], "account": row["account_id"], "client": row["client_id"]}
    work.audit.write("session.opened", f"session:{tokens.session.id}", after=after, policy=policy)
    return tokens
