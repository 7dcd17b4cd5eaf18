"""Add, confirm and remove the authenticator that shows codes, and its recovery codes."""

from cloud.foundation.encryption import Keyring
from cloud.foundation.policy import authorize
from cloud.foundation.problems import ConflictError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import key_store, mails, passkey_store, rules, second_factors, session_store, store
from cloud.identity.contracts import Account, NewAuthenticator
from cloud.identity.errors import CodeError
from cloud.identity.operations.step_up import require_fresh


def add_authenticator(work: UnitOfWork, keyring: Keyring) -> NewAuthenticator:
    """Make a secret that is in force when a code confirms it; return it, and as the address to scan.

    Raises NoSessionError, StepUpNeededError, ForbiddenError (403), ConflictError (409: there is one).
    """
    account, policy = _allowed(work)
    if second_factors.is_enabled(work, account.id):
        raise ConflictError("There is an authenticator already: remove it first.")
    work.audit.write("totp.added", f"account:{account.id}", policy=policy)
    return NewAuthenticator(*second_factors.enrol(work, keyring, account.id, account.email))


def confirm_authenticator(work: UnitOfWork, keyring: Keyring, code: str) -> list[str]:
    """Put the secret in force with a code of it; return ten recovery codes.

    The session counts as proven by it; the others end, as they were opened without. Raises CodeError (401),
    StepUpNeededError (403), ConflictError (409: in force already).
    """
    account, policy = _allowed(work)
    if second_factors.is_enabled(work, account.id):
        raise ConflictError("The authenticator is confirmed already.")
    if not second_factors.use_code(work, keyring, account.id, code):
        raise CodeError
    second_factors.confirm(work, account.id)
    session = session_store.current_session(work)
    session_store.add_method(work, session, "otp")
    session_store.end_sessions(work, account.id, but=session.id)
    mails.send(work, keyring, account, mails.notice("An authenticator was added"))
    work.audit.write("totp.confirmed", f"account:{account.id}", policy=policy)
    return second_factors.renew_recovery_codes(work, account.id)


def remove_authenticator(work: UnitOfWork, keyring: Keyring) -> Account:
    """Remove the authenticator, its recovery codes, and the keys that need it.

    Raises StepUpNeededError (403), ConflictError (409: there is none, or staff has no other).
    """
    account, policy = _allowed(work)
    _require_enabled(work, account)
    has_passkey = bool(passkey_store.all_of(work, account.id))
    rules.require_factor_of_staff(account.roles, is_left=has_passkey)
    second_factors.remove(work, account.id)
    ended = 0 if has_passkey else key_store.end_money_keys(work, account.id)
    session_store.drop_methods(work, account.id, rules.CODES)
    mails.send(work, keyring, account, mails.notice("The authenticator was removed"))
    work.audit.write("totp.removed", f"account:{account.id}", after={"keys_ended": ended}, policy=policy)
    return account


def renew_recovery_codes(work: UnitOfWork, keyring: Keyring) -> list[str]:
    """Make ten new recovery codes; the old ones are void. Raises as `remove_authenticator`."""
    account, policy = _allowed(work)
    _require_enabled(work, account)
    mails.send(work, keyring, account, mails.notice("New recovery codes were made"))
    work.audit.write("recovery_codes.renewed", f"account:{account.id}", policy=policy)
    return second_factors.renew_recovery_codes(work, account.id)


def _allowed(work: UnitOfWork) -> tuple[Account, str]:
    session = require_fresh(work)
    account = store.account_by_id(work, session.account_id, is_locked=True)
    return account, authorize(work.call.who, "totp.change", account.resource)


def _require_enabled(work: UnitOfWork, account: Account) -> None:
    if not second_factors.is_enabled(work, account.id):
        raise ConflictError("There is no authenticator.")
