"""Give and take roles on the platform: one admin asks, another confirms, both with a fresh proof.

Whoever has such a role has a second factor. There is always an admin; while there are fewer than two, nobody could
confirm, so whoever runs the cloud makes them on its machine.
"""

from cloud.foundation.encryption import Keyring
from cloud.foundation.ids import new_id
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.problems import ConflictError, ForbiddenError, NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import mails, rules, session_store, staff_store, store
from cloud.identity.contracts import Account
from cloud.identity.operations.step_up import require_fresh
from cloud.identity.staff_contracts import RoleRequest

_ADMINS_TO_DECIDE = 2


def ask_for_role(work: UnitOfWork, keyring: Keyring, account_id: str, role: str, *, is_grant: bool) -> RoleRequest:
    """Ask another admin to give somebody a role, or to take it; the others are told by mail.

    Raises ForbiddenError, StepUpNeededError (403), NotFoundError (404), ConflictError (409: cannot be).
    """
    asker_id, policy = _allowed(work, "role.ask")
    target = store.account_by_id(work, account_id, is_locked=True)
    _require_possible(work, target, role, is_grant=is_grant)
    now = work.clock.now()
    until = now + rules.ROLE_REQUEST_LASTS
    request = RoleRequest(new_id("rrq"), target.id, role, is_grant, asker_id, now, until)
    staff_store.add_request(work, request)
    for admin in staff_store.staff(work, "admin"):
        if admin.id != asker_id:
            mails.send(work, keyring, store.account_by_id(work, admin.id), mails.role_asked_for(role, request.id))
    work.audit.write("role.asked_for", f"account:{target.id}", after=_audited(request), policy=policy)
    return request


def confirm_role(work: UnitOfWork, keyring: Keyring, request_id: str) -> RoleRequest:
    """Do what another admin asked for; sessions of whoever it is about end. Raises as `ask_for_role`."""
    admin_id, policy = _allowed(work, "role.decide")
    staff_store.lock_roles(work)
    request = staff_store.use_request(work, request_id)
    if request.asked_by == admin_id:
        raise ForbiddenError("Another admin confirms what you ask for.")
    target = store.account_by_id(work, request.account_id, is_locked=True)
    _require_possible(work, target, request.role, is_grant=request.is_grant)
    _change(work, keyring, target, request.role, is_grant=request.is_grant)
    action = "role.granted" if request.is_grant else "role.revoked"
    work.audit.write(action, f"account:{target.id}", after=_audited(request), policy=policy)
    return request


def decline_role(work: UnitOfWork, request_id: str) -> RoleRequest:
    """Refuse what another admin asked for, or take back what one asked for. Raises NotFoundError (404)."""
    _admin_id, policy = _allowed(work, "role.decide")
    request = staff_store.use_request(work, request_id)
    work.audit.write("role.declined", f"account:{request.account_id}", after=_audited(request), policy=policy)
    return request


def make_admin(work: UnitOfWork, keyring: Keyring, email: str) -> Account:
    """Make somebody an admin without another's word, for whoever runs the cloud. Raises ConflictError (409)."""
    staff_store.lock_roles(work)
    target = store.account_by_email(work, email, is_locked=True)
    if target is None:
        raise NotFoundError(f"There is no account with the address {email}: register it first.")
    if len(staff_store.staff(work, "admin")) >= _ADMINS_TO_DECIDE:
        raise ConflictError("There are two admins, who make others: ask them.")
    _require_possible(work, target, "admin", is_grant=True)
    _change(work, keyring, target, "admin", is_grant=True)
    work.audit.write("role.granted", f"account:{target.id}", after={"role": "admin", "by": "command"})
    return store.account_by_id(work, target.id)


def require_not_staff(owner: Account) -> None:
    """Refuse to end an account that the platform is run with; raises ConflictError."""
    if rules.STAFF & set(owner.roles):
        raise ConflictError("This account has a role on the platform: have it taken back first.")


def _allowed(work: UnitOfWork, action: str) -> tuple[str, str]:
    policy = authorize(work.call.who, action, PLATFORM)
    return require_fresh(work).account_id, policy


def _require_possible(work: UnitOfWork, target: Account, role: str, *, is_grant: bool) -> None:
    if (role in target.roles) == is_grant:
        raise ConflictError(f"This account is {role} already." if is_grant else f"This account is no {role}.")
    if is_grant and (target.state != "active" or target.deletion_at is not None):
        raise ConflictError("This account is not in use: its owner confirms the address, or signs in, first.")
    if is_grant and not staff_store.has_second_factor(work, target.id):
        raise ConflictError(
            "This account needs an authenticator or a passkey first: its owner adds one on the page of the account."
        )
    if not is_grant and role == "admin" and len(staff_store.staff(work, "admin")) == 1:
        raise ConflictError("This is the last admin: make another one first.")


def _change(work: UnitOfWork, keyring: Keyring, target: Account, role: str, *, is_grant: bool) -> None:
    left = [one for one in target.roles if one != role]
    store.change_account(work, target.id, roles=[*left, role] if is_grant else left)
    session_store.end_sessions(work, target.id)
    if not is_grant and role == "admin":
        staff_store.forget_requests_of(work, target.id)
    given = f"You were made {role} of the platform" if is_grant else f"You are no {role} of the platform any more"
    mails.send(work, keyring, target, mails.notice(given))


def _audited(request: RoleRequest) -> dict[str, object]:
    return {"role": request.role, "is_grant": request.is_grant, "request": request.id, "asked_by": request.asked_by}
