"""Set another password: with a mailed token, or signed in with a fresh proof."""

from cloud.foundation.encryption import Keyring
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import mails, session_store, store
from cloud.identity.contracts import Opened, account_resource
from cloud.identity.operations.step_up import require_fresh


def reset_password(work: UnitOfWork, keyring: Keyring, token: str, password_hash: str) -> None:
    """Set a password with the token that was mailed, end every session and know no device any more.

    Nobody is signed in by it, and second factors stay. Raises NotFoundError (404).
    """
    policy = authorize(work.call.who, "password.reset", PLATFORM)
    account_id = store.token_owner(work, "reset", token)
    if not store.use_token(work, "reset", token):
        raise NotFoundError("This code was used at this moment.")
    ended = session_store.end_sessions(work, account_id)
    session_store.forget_devices(work, account_id)
    _set(work, keyring, account_id, password_hash)
    work.audit.write("password.reset", f"account:{account_id}", after={"ended": ended}, policy=policy)


def change_password(work: UnitOfWork, keyring: Keyring, password_hash: str) -> Opened:
    """Set the caller's password and end the other sessions; return the session and its new token.

    Raises NoSessionError, StepUpNeededError, ForbiddenError (403).
    """
    session = require_fresh(work)
    policy = authorize(work.call.who, "password.change", account_resource(session.account_id))
    ended = session_store.end_sessions(work, session.account_id, but=session.id)
    _set(work, keyring, session.account_id, password_hash)
    token = session_store.new_token_of(work, session.id)
    work.audit.write("password.changed", f"account:{session.account_id}", after={"ended": ended}, policy=policy)
    return Opened(session, token)


def _set(work: UnitOfWork, keyring: Keyring, account_id: str, password_hash: str) -> None:
    account = store.account_by_id(work, account_id, is_locked=True)
    store.change_account(work, account_id, password_hash=password_hash, password_changed_at=work.clock.now())
    store.void_token(work, account_id, "reset")
    mails.send(work, keyring, account, mails.notice("Your password was changed"))
