"""A person lets a desktop in: through the browser it opened, or with the code that it shows."""

from cloud.foundation.encryption import Keyring
from cloud.foundation.policy import authorize
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import grant_store, session_store
from cloud.identity.contracts import Session, account_resource
from cloud.identity.grant_store import Row
from cloud.identity.grants import DesktopRequest, WaitingDevice


def allow_desktop(work: UnitOfWork, wish: DesktopRequest) -> str:
    """Return a code that the desktop exchanges for tokens; raises NoSessionError, ForbiddenError (403)."""
    session, policy = _allowed(work)
    work.audit.write("desktop.allowed", f"account:{session.account_id}", after={"by": "redirect"}, policy=policy)
    return grant_store.keep_code(work, session, wish)


def find_device(work: UnitOfWork, keyring: Keyring, user_code: str) -> WaitingDevice:
    """Return the device that shows a code; raises NotFoundError (404), NoSessionError (403)."""
    _allowed(work)
    return WaitingDevice(_waiting(work, keyring, user_code)["label"], user_code)


def decide_device(work: UnitOfWork, keyring: Keyring, user_code: str, *, is_allowed: bool) -> WaitingDevice:
    """Let the device that shows a code in, or not; raises NotFoundError (404), NoSessionError (403)."""
    session, policy = _allowed(work)
    row = _waiting(work, keyring, user_code)
    proven = {"methods": session.methods, "authenticated_at": session.authenticated_at}
    values = {"state": "approved", "account_id": session.account_id, "allowed_by": session.id, **proven}
    grant_store.change_device_grant(work, row, **(values if is_allowed else {"state": "denied"}))
    verb = "desktop.allowed" if is_allowed else "desktop.refused"
    work.audit.write(verb, f"account:{session.account_id}", after={"by": "code"}, policy=policy)
    return WaitingDevice(row["label"], user_code)


def _allowed(work: UnitOfWork) -> tuple[Session, str]:
    session = session_store.current_session(work)
    return session, authorize(work.call.who, "desktop.allow", account_resource(session.account_id))


def _waiting(work: UnitOfWork, keyring: Keyring, user_code: str) -> Row:
    row = grant_store.waiting_device(work, keyring, user_code)
    if row is None:
        raise NotFoundError("No device shows this code, or not any more: look at the device again.")
    return row
