"""Keep somebody out, let them in again, or take back what slows their sign-in down: for admins, with a fresh proof."""

from cloud.foundation.encryption import Keyring
from cloud.foundation.policy import authorize
from cloud.foundation.problems import ConflictError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import mails, session_store, store, throttle
from cloud.identity.contracts import Account, account_resource
from cloud.identity.operations.change_roles import require_not_staff
from cloud.identity.operations.step_up import require_fresh


def suspend(work: UnitOfWork, keyring: Keyring, account_id: str) -> Account:
    """Keep an account out: its sessions end, its keys and tickets are not taken, nobody signs in to it.

    Raises ForbiddenError, StepUpNeededError (403), NotFoundError (404), ConflictError (409: not active, or staff).
    """
    policy = _allowed(work, "account.suspend", account_id)
    owner = store.account_by_id(work, account_id, is_locked=True)
    require_not_staff(owner)
    _require_state(owner, "active")
    ended = session_store.end_sessions(work, owner.id)
    mails.send(work, keyring, owner, mails.suspended())
    return _changed(work, owner, "account.suspended", {"state": "suspended", "ended": ended}, policy)


def restore(work: UnitOfWork, keyring: Keyring, account_id: str) -> Account:
    """Let a suspended account in again. Raises as `suspend`."""
    policy = _allowed(work, "account.restore", account_id)
    owner = store.account_by_id(work, account_id, is_locked=True)
    _require_state(owner, "suspended")
    mails.send(work, keyring, owner, mails.restored())
    return _changed(work, owner, "account.restored", {"state": "active"}, policy)


def unlock(work: UnitOfWork, masked_email: str, account_id: str) -> int:
    """Forget the failed attempts that slow an account's sign-in down; return how many counters there were."""
    policy = _allowed(work, "account.unlock", account_id)
    store.account_by_id(work, account_id, is_locked=True)
    counters = throttle.forget(work, masked_email, account_id)
    after = {"counters": counters}
    work.audit.write("account.unlocked", f"account:{account_id}", after=after, policy=policy)
    return counters


def _allowed(work: UnitOfWork, action: str, account_id: str) -> str:
    policy = authorize(work.call.who, action, account_resource(account_id))
    require_fresh(work)
    return policy


def _require_state(owner: Account, state: str) -> None:
    if owner.state != state:
        raise ConflictError(f"This account is {owner.state}: only one that is {state} can be changed so.")


def _changed(work: UnitOfWork, owner: Account, action: str, after: dict[str, object], policy: str) -> Account:
    store.change_account(work, owner.id, state=after["state"])
    work.audit.write(action, f"account:{owner.id}", before={"state": owner.state}, after=after, policy=policy)
    return store.account_by_id(work, owner.id)
