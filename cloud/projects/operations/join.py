"""Come into a project with an invitation."""

from cloud.foundation.events import EventType, tell
from cloud.foundation.policy import authorize
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.contracts import account_resource
from cloud.projects import invitation_store, people, rules, store
from cloud.projects.contracts import NOBODY, Project, lesser_role
from cloud.projects.errors import InvitationNotForYouError

JOINED = EventType(
    "project.member_joined",
    "Somebody came into a shared project, or came back as something else.",
    {"project_id": "prj_01", "account_id": "acc_01", "role": "editor"},
)


def join(work: UnitOfWork, token: str) -> Project:
    """Become a member, or a more powerful one; who is that already keeps the role, and no use is counted.

    Raises UnauthenticatedError (401), ForbiddenError, InvitationNotForYouError (403), NotFoundError (404).
    """
    own_id = rules.account_of(work.call.who)
    policy = authorize(work.call.who, "project.join", account_resource(own_id))
    found = invitation_store.usable(work, token)
    if found.email is not None and found.email != people.email(work, own_id):
        raise InvitationNotForYouError("This invitation was mailed to another address: sign in with that account.")
    if store.is_gone(work, found.project_id):
        raise NotFoundError("The project was deleted meanwhile.")
    before = store.project_of(work, found.project_id, own_id, is_locked=True).role
    if lesser_role(before, found.role) == before and before != found.role:
        _enter(work, found.project_id, own_id, before, found.role)
        invitation_store.count_use(work, found.id)
        after = {"account": own_id, "role": found.role, "invitation": found.id}
        work.audit.write("project.joined", f"project:{found.project_id}", after=after, policy=policy)
        data = {"project_id": found.project_id, "account_id": own_id, "role": found.role}
        tell(work, JOINED, store.accounts_in(work, found.project_id), data)
    return store.project_of(work, found.project_id, own_id)


def _enter(work: UnitOfWork, project_id: str, account_id: str, before: str, role: str) -> None:
    if before == NOBODY:
        store.put_member(work, project_id, account_id, role)
    else:
        store.set_role(work, project_id, account_id, role)
