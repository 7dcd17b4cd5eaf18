"""Invite somebody into a workspace by mail; they accept or decline with the account of that address."""

from cloud.foundation.encryption import Keyring
from cloud.foundation.events import EventType, tell
from cloud.foundation.policy import authorize
from cloud.foundation.problems import ConflictError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import mails, rules, session_store, store, workspace_store
from cloud.identity.contracts import Account, account_resource
from cloud.identity.operations.change_members import require_may_touch
from cloud.identity.operations.change_workspace import allowed
from cloud.identity.tokens import new_token
from cloud.identity.workspace_contracts import Invitation, Workspace

_MOST = 100
JOINED = EventType(
    "member.joined",
    "Somebody joined a workspace.",
    {"workspace_id": "wsp_01", "account_id": "acc_01", "role": "member"},
)


def invite(work: UnitOfWork, keyring: Keyring, workspace_id: str, email: str, role: str) -> Invitation:
    """Mail an invitation; raises NotFoundError (404), ForbiddenError (403), ConflictError (409: in it, or full)."""
    found, policy = allowed(work, workspace_id, "member.invite", is_locked=True)
    require_may_touch(found, role)
    members = workspace_store.members(work, workspace_id)
    if any(member.email == email.lower() for member in members):
        raise ConflictError("They are in this workspace already.")
    if len(members) + len(workspace_store.invitations(work, workspace_id)) >= _MOST:
        raise ConflictError(f"A workspace has room for {_MOST} members and invitations.")
    token, until = new_token(), work.clock.now() + rules.INVITATION_LASTS
    made = workspace_store.add_invitation(work, found.id, email=email, role=role, token=token, until=until)
    mails.send_to(work, keyring, made.email, mails.invitation(work.call.address, found.name, role, token))
    after = {"role": role}
    work.audit.write("member.invited", f"invitation:{made.id}", after=after, policy=policy, chain=found.id)
    return made


def withdraw(work: UnitOfWork, workspace_id: str, invitation_id: str) -> Invitation:
    """Make an invitation void; raises NotFoundError (404), ForbiddenError (403)."""
    found, policy = allowed(work, workspace_id, "member.invite")
    gone = workspace_store.remove_invitation(work, found.id, invitation_id)
    work.audit.write("invitation.withdrawn", f"invitation:{gone.id}", policy=policy, chain=found.id)
    return gone


def accept(work: UnitOfWork, token: str) -> Workspace:
    """Join the workspace of an invitation; raises NotFoundError (404), ConflictError (409: in it already)."""
    owner, policy = _invited(work)
    found = workspace_store.use_invitation(work, token, owner.email)
    workspace_store.put_member(work, found.workspace_id, owner.id, found.role)
    after, chain = {"role": found.role}, found.workspace_id
    work.audit.write("member.joined", f"account:{owner.id}", after=after, policy=policy, chain=chain)
    tell(work, JOINED, [chain], {"workspace_id": chain, "account_id": owner.id, "role": found.role})
    return workspace_store.seen_by(work, found.workspace_id, owner.id)


def decline(work: UnitOfWork, token: str) -> Invitation:
    """Make an invitation void, as whoever got it; raises NotFoundError (404)."""
    owner, policy = _invited(work)
    found = workspace_store.use_invitation(work, token, owner.email)
    name = f"invitation:{found.id}"
    work.audit.write("invitation.declined", name, policy=policy, chain=found.workspace_id)
    return found


def invitations(work: UnitOfWork, workspace_id: str) -> list[Invitation]:
    """Return who is invited; raises NotFoundError (404), ForbiddenError (403)."""
    found, _policy = allowed(work, workspace_id, "member.invite")
    return workspace_store.invitations(work, found.id)


def _invited(work: UnitOfWork) -> tuple[Account, str]:
    account_id = session_store.current_session(work).account_id
    policy = authorize(work.call.who, "invitation.answer", account_resource(account_id))
    return store.account_by_id(work, account_id), policy
