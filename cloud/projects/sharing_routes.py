"""The API of shared projects: ways in, by invitation and by ticket."""

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from cloud.foundation.admission import ToChange, ToRead
from cloud.foundation.paging import CursorText, Page, PageSize
from cloud.projects.contracts import InvitationWish, TicketWish
from cloud.projects.facade import projects_of
from cloud.projects.routes import CHANGE, READ, Id
from cloud.projects.schemas import (
    InvitationForm,
    InvitationModel,
    JoinForm,
    NewInvitation,
    ProjectModel,
    TicketForm,
    TicketModel,
)

router = APIRouter(prefix="/v1", tags=["sharing"])


@router.post("/projects/{project_id}/invitations", status_code=201, responses=CHANGE, response_model=NewInvitation)
def invite(request: Request, call: ToChange, project_id: Id, form: InvitationForm) -> Response:
    """Invite others, by a link or by mail."""
    wish = InvitationWish(form.role, form.email, form.max_uses, timedelta(days=form.lasts_days))
    return projects_of(request).invite(call, project_id, wish, NewInvitation.model_validate)


@router.get("/projects/{project_id}/invitations", responses=READ)
def list_invitations(
    request: Request, call: ToRead, project_id: Id, cursor: CursorText = None, limit: PageSize = 50
) -> Page[InvitationModel]:
    """List a project's invitations, newest first."""
    found = projects_of(request).invitations(call, project_id, cursor, limit)
    return Page(items=[InvitationModel.model_validate(one) for one in found.items], next=found.next)


@router.delete("/projects/{project_id}/invitations/{invitation_id}", responses=CHANGE, response_model=InvitationModel)
def revoke_invitation(request: Request, call: ToChange, project_id: Id, invitation_id: Id) -> Response:
    """Take an invitation back; who came in with it stays."""
    projects = projects_of(request)
    return projects.revoke_invitation(call, project_id, invitation_id, InvitationModel.model_validate)


@router.post("/project-invitations/acceptance", responses=CHANGE, response_model=ProjectModel)
def join_project(request: Request, call: ToChange, form: JoinForm) -> Response:
    """Come into a project with an invitation."""
    return projects_of(request).join(call, form.token.get_secret_value(), ProjectModel.model_validate)


@router.post("/projects/{project_id}/tickets", status_code=201, responses=CHANGE, response_model=TicketModel)
def open_ticket(request: Request, call: ToChange, project_id: Id, form: TicketForm) -> Response:
    """Make a ticket that lets a device into the project's room until it expires."""
    wish = TicketWish(form.device, form.role, form.epoch, timedelta(seconds=form.lasts_s))
    return projects_of(request).open_ticket(call, project_id, wish, TicketModel.model_validate)
