"""The API for workspaces: teams, their members, invitations. To others, a workspace does not exist."""

from fastapi import APIRouter, Request, Response

from cloud.foundation import problems
from cloud.foundation.admission import ToChange, ToEdit, ToRead
from cloud.foundation.etags import etag
from cloud.identity.facade import identity_of
from cloud.identity.routes import CHANGE, READ, Id
from cloud.identity.workspace_contracts import Workspace
from cloud.identity.workspace_schemas import (
    WorkspaceForm,
    WorkspaceInvitationForm,
    WorkspaceInvitationList,
    WorkspaceInvitationModel,
    WorkspaceInvitationToken,
    WorkspaceList,
    WorkspaceMemberList,
    WorkspaceMemberModel,
    WorkspaceModel,
    WorkspaceRoleForm,
    WorkspaceTransferForm,
)

router = APIRouter(prefix="/v1", tags=["workspaces"])
_EDIT = CHANGE | problems.problem_responses(problems.CHANGED_MEANWHILE, problems.CONDITION_MISSING)
_ETAG = {"headers": {"ETag": {"description": "Version of the workspace.", "schema": {"type": "string"}}}}


@router.get("/workspaces", responses=READ)
def list_workspaces(request: Request, call: ToRead) -> WorkspaceList:
    """List the workspaces one is in, one's own first."""
    found = identity_of(request).workspaces.all_of(call)
    return WorkspaceList(items=[WorkspaceModel.of(one) for one in found])


@router.post("/workspaces", status_code=201, responses=CHANGE, response_model=WorkspaceModel)
def create_workspace(request: Request, call: ToChange, form: WorkspaceForm) -> Response:
    """Make a workspace for a team."""
    identity = identity_of(request)
    return identity.answer(call, identity.workspaces.create(form.name), WorkspaceModel.of, status=201)


@router.get("/workspaces/{workspace_id}", responses=READ | {200: _ETAG})
def read_workspace(request: Request, response: Response, call: ToRead, workspace_id: Id) -> WorkspaceModel:
    """Read a workspace; the ETag is what a change names in If-Match."""
    found = identity_of(request).workspaces.one(call, workspace_id)
    response.headers["ETag"] = etag(found.version)
    return WorkspaceModel.of(found)


@router.patch("/workspaces/{workspace_id}", responses=_EDIT | {200: _ETAG}, response_model=WorkspaceModel)
def rename_workspace(request: Request, call: ToEdit, workspace_id: Id, form: WorkspaceForm) -> Response:
    """Give a workspace another name."""
    identity = identity_of(request)
    verb = identity.workspaces.rename(workspace_id, form.name)
    return identity.answer(call, verb, WorkspaceModel.of, headers=_etag)


@router.delete("/workspaces/{workspace_id}", responses=CHANGE, response_model=WorkspaceModel)
def remove_workspace(request: Request, call: ToChange, workspace_id: Id) -> Response:
    """Remove a team's workspace; needs a proof of the last 15 minutes."""
    identity = identity_of(request)
    return identity.answer(call, identity.workspaces.remove(workspace_id), WorkspaceModel.of)


@router.post("/workspaces/{workspace_id}/transfer", responses=CHANGE, response_model=WorkspaceModel)
def transfer_workspace(request: Request, call: ToChange, workspace_id: Id, form: WorkspaceTransferForm) -> Response:
    """Make another member the owner in one's place; needs a proof of the last 15 minutes."""
    identity = identity_of(request)
    return identity.answer(call, identity.workspaces.transfer(workspace_id, form.account_id), WorkspaceModel.of)


@router.get("/workspaces/{workspace_id}/members", responses=READ)
def list_workspace_members(request: Request, call: ToRead, workspace_id: Id) -> WorkspaceMemberList:
    """List everybody in a workspace."""
    found = identity_of(request).workspaces.members(call, workspace_id)
    return WorkspaceMemberList(items=[WorkspaceMemberModel.model_validate(one) for one in found])


@router.put("/workspaces/{workspace_id}/members/{account_id}", responses=CHANGE, response_model=WorkspaceMemberModel)
def change_workspace_member(
    request: Request, call: ToChange, workspace_id: Id, account_id: Id, form: WorkspaceRoleForm
) -> Response:
    """Give a member another role."""
    identity = identity_of(request)
    verb = identity.workspaces.change_role(workspace_id, account_id, form.role)
    return identity.answer(call, verb, WorkspaceMemberModel.model_validate)


@router.delete("/workspaces/{workspace_id}/members/{account_id}", responses=CHANGE, response_model=WorkspaceMemberModel)
def remove_workspace_member(request: Request, call: ToChange, workspace_id: Id, account_id: Id) -> Response:
    """Remove a member, or leave; the last owner cannot."""
    identity = identity_of(request)
    return identity.answer(
        call, identity.workspaces.remove_member(workspace_id, account_id), WorkspaceMemberModel.model_validate
    )


@router.get("/workspaces/{workspace_id}/invitations", responses=READ)
def list_workspace_invitations(request: Request, call: ToRead, workspace_id: Id) -> WorkspaceInvitationList:
    """List who is invited and may still come."""
    found = identity_of(request).workspaces.invitations(call, workspace_id)
    return WorkspaceInvitationList(items=[WorkspaceInvitationModel.model_validate(one) for one in found])


@router.post(
    "/workspaces/{workspace_id}/invitations", status_code=201, responses=CHANGE, response_model=WorkspaceInvitationModel
)
def invite_to_workspace(request: Request, call: ToChange, workspace_id: Id, form: WorkspaceInvitationForm) -> Response:
    """Mail an invitation, which lasts seven days; a newer one of the same address replaces it."""
    identity = identity_of(request)
    verb = identity.workspaces.invite(call, workspace_id, form.email, form.role)
    return identity.answer(call, verb, WorkspaceInvitationModel.model_validate, status=201)


@router.delete(
    "/workspaces/{workspace_id}/invitations/{invitation_id}", responses=CHANGE, response_model=WorkspaceInvitationModel
)
def withdraw_workspace_invitation(request: Request, call: ToChange, workspace_id: Id, invitation_id: Id) -> Response:
    """Make an invitation void."""
    identity = identity_of(request)
    verb = identity.workspaces.withdraw(workspace_id, invitation_id)
    return identity.answer(call, verb, WorkspaceInvitationModel.model_validate)


@router.post("/workspace-invitations/acceptance", responses=CHANGE, response_model=WorkspaceModel)
def accept_workspace_invitation(request: Request, call: ToChange, form: WorkspaceInvitationToken) -> Response:
    """Join a workspace with the code in the mail, as the owner of the address it went to."""
    identity = identity_of(request)
    return identity.answer(call, identity.workspaces.accept(form.token.get_secret_value()), WorkspaceModel.of)


@router.post("/workspace-invitations/refusal", responses=CHANGE, response_model=WorkspaceInvitationModel)
def decline_workspace_invitation(request: Request, call: ToChange, form: WorkspaceInvitationToken) -> Response:
    """Decline an invitation."""
    identity = identity_of(request)
    verb = identity.workspaces.decline(form.token.get_secret_value())
    return identity.answer(call, verb, WorkspaceInvitationModel.model_validate)


def _etag(found: Workspace) -> dict[str, str]:
    return {"ETag": etag(found.version)}
