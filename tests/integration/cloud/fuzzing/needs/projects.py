"""What requests about shared projects need."""

from cloud.foundation.unit_of_work import UnitOfWork
from cloud.projects import invitation_store
from cloud.projects import store as project_store
from tests.integration.cloud.fuzzing.needs.wanted import GUEST, OWNER, Needs, Wanted
from tests.integration.cloud.fuzzing.world import DAY, World

NEEDS = Needs()


def add_project(work: UnitOfWork) -> str:
    made = project_store.add_project(work, "Song", OWNER, forked_from=None)
    project_store.put_member(work, made.id, GUEST, "editor")
    return made.id


@NEEDS.of("read_project", "rename_project", "delete_project", "list_members", "change_role", "remove_member")
@NEEDS.of("transfer_project", "invite", "list_invitations", "list_overwritten", "open_ticket", "list_blobs")
def _shared(_world: World, work: UnitOfWork) -> Wanted:
    return Wanted({"project_id": add_project(work), "account_id": GUEST}, body={"account_id": GUEST})


@NEEDS.of("create_project")
def _forkable(_world: World, work: UnitOfWork) -> Wanted:
    return Wanted(body={"forked_from": add_project(work)})


def _invitation(work: UnitOfWork, project_id: str, by: str) -> tuple[str, str]:
    about = {"role": "viewer", "email": None, "max_uses": 9, "expires_at": work.clock.now() + DAY, "by": by}
    made, token = invitation_store.add(work, project_id, **about)
    return made.id, token


@NEEDS.of("revoke_invitation")
def _revocable_invitation(_world: World, work: UnitOfWork) -> Wanted:
    project_id = add_project(work)
    return Wanted({"project_id": project_id, "invitation_id": _invitation(work, project_id, OWNER)[0]})


@NEEDS.of("join_project")
def _joinable(_world: World, work: UnitOfWork) -> Wanted:
    project_id = project_store.add_project(work, "Theirs", GUEST, forked_from=None).id
    return Wanted(body={"token": _invitation(work, project_id, GUEST)[1]})
