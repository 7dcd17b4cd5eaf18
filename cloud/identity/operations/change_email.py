"""Give an account another address: its reader confirms it, and the reader of the old one may put that back."""

from datetime import datetime

from cloud.foundation.encryption import Keyring
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.problems import ConflictError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import address_store, key_store, mails, passkey_store, second_factors, session_store, store
from cloud.identity.contracts import Account, EmailChange, Session, account_resource
from cloud.identity.operations.step_up import require_fresh
from cloud.identity.tokens import new_token


def allowed(work: UnitOfWork) -> tuple[Session, str]:
    """Return the caller's session and the policy; raises NoSessionError, StepUpNeededError, ForbiddenError (403)."""
    session = require_fresh(work)
    return session, authorize(work.call.who, "account.change_email", account_resource(session.account_id))


def ask_for_email(work: UnitOfWork, keyring: Keyring, email: str) -> None:
    """Mail the new address what confirms it, or that it has an account; the reply is the same.

    Raises ConflictError (409: the present address), and as `allowed`.
    """
    session, policy = allowed(work)
    owner = store.account_by_id(work, session.account_id, is_locked=True)
    if email.lower() == owner.email:
        raise ConflictError("This is your address already.")
    token, is_taken = new_token(), address_store.is_taken(work, email, but=owner.id)
    address_store.keep_change(work, EmailChange(owner.id, session.id, email.lower()), token)
    about = mails.already_registered(work.call.address) if is_taken else mails.new_address(work.call.address, token)
    mails.send_to(work, keyring, email.lower(), about, subject=owner.id)
    work.audit.write("email.change_asked_for", f"account:{owner.id}", policy=policy)


def confirm_email(work: UnitOfWork, keyring: Keyring, token: str) -> None:
    """Change the address by the token that was mailed to the new one.

    Only the session in which it was asked for goes on, and no mailed code works any more. Raises NotFoundError (404),
    ConflictError (409: somebody has the address meanwhile).
    """
    policy = authorize(work.call.who, "account.confirm_email", PLATFORM)
    change = address_store.use_change(work, token)
    owner = store.account_by_id(work, change.account_id, is_locked=True)
    if address_store.is_taken(work, change.email, but=owner.id):
        raise ConflictError("This address belongs to another account meanwhile.")
    undo = new_token()
    address_store.keep_former(work, owner, undo)
    store.change_account(work, owner.id, email=change.email)
    ended = session_store.end_sessions(work, owner.id, but=change.session_id)
    store.void_tokens(work, owner.id)
    mails.send(work, keyring, owner, mails.address_changed(work.call.address, undo))
    work.audit.write("email.changed", f"account:{owner.id}", after={"ended": ended}, policy=policy)


def put_email_back(work: UnitOfWork, keyring: Keyring, token: str, password_hash: str) -> None:
    """Give an account back an address that it had, and a new password, by the token mailed to that address.

    Whoever changed it is shut out: sessions, devices, and what proves somebody end that came since. Raises
    NotFoundError (404), ConflictError (409: somebody has the address meanwhile).
    """
    policy = authorize(work.call.who, "account.put_email_back", PLATFORM)
    found = address_store.former(work, token)
    owner = store.account_by_id(work, found.account_id, is_locked=True)
    if address_store.is_taken(work, found.email, but=owner.id):
        raise ConflictError("This address belongs to another account meanwhile.")
    address_store.forget_since(work, found)
    now = work.clock.now()
    store.change_account(work, owner.id, email=found.email, password_hash=password_hash, password_changed_at=now)
    after = _shut_out(work, owner, found.changed_at)
    for address in sorted({owner.email, found.email}):
        notice = mails.notice("An earlier address was put back, and the password changed")
        mails.send_to(work, keyring, address, notice, subject=owner.id)
    work.audit.write("email.put_back", f"account:{owner.id}", after=after, policy=policy)


def _shut_out(work: UnitOfWork, owner: Account, since: datetime) -> dict[str, int]:
    ended = session_store.end_sessions(work, owner.id)
    session_store.forget_devices(work, owner.id)
    store.void_tokens(work, owner.id)
    return {
        "ended": ended,
        "authenticators": second_factors.remove_since(work, owner.id, since),
        "passkeys": passkey_store.remove_since(work, owner.id, since),
        "keys": key_store.remove_since(work, owner.id, since),
    }
