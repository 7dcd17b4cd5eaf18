"""What requests about workspaces, their members, invitations and webhooks need."""

from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import workspace_store
from cloud.identity.tokens import new_token
from cloud.webhooks import delivery_store, endpoint_store
from cloud.webhooks.rules import new_secret
from tests.integration.cloud.fuzzing.needs.wanted import GUEST, OWNER, Needs, Wanted
from tests.integration.cloud.fuzzing.world import DAY, World, email_of

NEEDS = Needs()
_URL = "https://example.org/hook"


def add_team(work: UnitOfWork) -> str:
    for old in workspace_store.all_of(work, OWNER):
        if old.personal_of is None:
            workspace_store.remove(work, old.id)
    made = workspace_store.add(work, "Band", OWNER)
    workspace_store.put_member(work, made.id, GUEST, "member")
    return made.id


@NEEDS.of("create_workspace", "list_workspaces")
@NEEDS.of(
    "read_workspace", "rename_workspace", "remove_workspace", "list_workspace_members", "list_workspace_invitations"
)
@NEEDS.of("change_workspace_member", "remove_workspace_member", "transfer_workspace", "invite_to_workspace")
def _workspace(_world: World, work: UnitOfWork) -> Wanted:
    return Wanted({"workspace_id": add_team(work), "account_id": GUEST}, body={"account_id": GUEST})


def _workspace_invitation(work: UnitOfWork) -> tuple[str, str, str]:
    team, token = workspace_store.add(work, "Others", GUEST).id, new_token()
    until, email = work.clock.now() + DAY, email_of("member")
    made = workspace_store.add_invitation(work, team, email=email, role="member", token=token, until=until)
    return team, made.id, token


@NEEDS.of("withdraw_workspace_invitation")
def _withdrawable(_world: World, work: UnitOfWork) -> Wanted:
    team, until = add_team(work), work.clock.now() + DAY
    made = workspace_store.add_invitation(work, team, email="x@y.z", role="member", token=new_token(), until=until)
    return Wanted({"workspace_id": team, "invitation_id": made.id})


@NEEDS.of("accept_workspace_invitation", "decline_workspace_invitation")
def _answerable(_world: World, work: UnitOfWork) -> Wanted:
    add_team(work)
    return Wanted(body={"token": _workspace_invitation(work)[2]})


@NEEDS.of("create_webhook", "list_webhooks")
@NEEDS.of("read_webhook", "change_webhook", "remove_webhook", "rotate_webhook_secret", "list_webhook_deliveries")
@NEEDS.of("replay_webhook_delivery", "replay_webhook_range")
def _webhook(world: World, work: UnitOfWork) -> Wanted:
    workspace_id = add_team(work)
    about = {"url": _URL, "description": "", "events": [], "secret": new_secret()}
    made = endpoint_store.add(work, world.keyring, workspace_id, **about)
    failed = delivery_store.add(work, made.id, "project.created", "{}", state="failed")
    return Wanted({"workspace_id": workspace_id, "webhook_id": made.id, "delivery_id": failed.id})
