"""End an account: asked for by its owner, done two weeks later, unless they sign in before."""

from datetime import datetime

from cloud.foundation.encryption import Keyring
from cloud.foundation.erasure import Erasers
from cloud.foundation.policy import authorize
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import mails, rules, session_store, store
from cloud.identity.contracts import Account, account_resource
from cloud.identity.operations.change_roles import require_not_staff
from cloud.identity.operations.step_up import require_fresh


def ask_for_deletion(work: UnitOfWork, keyring: Keyring) -> datetime:
    """Have the caller's account erased in two weeks; every session ends now. Returns when it is erased.

    Raises NoSessionError, StepUpNeededError, ForbiddenError (403), ConflictError (409: has a role on the platform).
    """
    session = require_fresh(work)
    policy = authorize(work.call.who, "account.delete", account_resource(session.account_id))
    owner = store.account_by_id(work, session.account_id, is_locked=True)
    require_not_staff(owner)
    until = work.clock.now() + rules.DELETION_WAITS
    store.change_account(work, owner.id, deletion_at=until)
    ended = session_store.end_sessions(work, owner.id)
    mails.send(work, keyring, owner, mails.deletion_begun(work.call.address, until))
    after = {"deletion_at": until.isoformat(), "ended": ended}
    work.audit.write("account.deletion_asked_for", f"account:{owner.id}", after=after, policy=policy)
    return until


def keep_account(work: UnitOfWork, keyring: Keyring, owner: Account) -> bool:
    """Keep an account whose owner has signed in, if it was to be erased; return whether it was."""
    if owner.deletion_at is None:
        return False
    store.change_account(work, owner.id, deletion_at=None)
    mails.send(work, keyring, owner, mails.deletion_stopped())
    work.audit.write("account.kept", f"account:{owner.id}", before={"deletion_at": owner.deletion_at.isoformat()})
    return True


def erase_account(work: UnitOfWork, keyring: Keyring, erasers: Erasers, account_id: str) -> bool:
    """Erase an account whose time has come, in every domain; return whether it was."""
    if account_id not in store.accounts_to_erase(work):
        return False
    owner = store.account_by_id(work, account_id, is_locked=True)
    if owner.deletion_at is None:
        return False  # its owner signed in at this moment
    erasers.erase(work.connection, account_id)
    mails.send_to(work, keyring, owner.email, mails.deletion_done())
    work.audit.write("account.erased", f"account:{account_id}")
    return True
