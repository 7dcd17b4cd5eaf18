"""The API of shared projects: the projects and their members."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from cloud.foundation import problems, wording
from cloud.foundation.admission import ToChange, ToEdit, ToRead
from cloud.foundation.etags import etag
from cloud.foundation.paging import CursorText, Page, PageSize
from cloud.projects.facade import projects_of
from cloud.projects.schemas import MemberModel, ProjectForm, ProjectModel, RenameForm, RoleForm, TransferForm

router = APIRouter(prefix="/v1", tags=["projects"])
READ = problems.problem_responses(
    *(problems.MALFORMED, problems.UNAUTHENTICATED, problems.FORBIDDEN, problems.NOT_FOUND, problems.TOO_LARGE),
    *(problems.INVALID, problems.QUOTA_EXCEEDED, problems.INTERNAL, problems.UNAVAILABLE),
)
CHANGE = READ | problems.problem_responses(problems.CONFLICT, problems.STILL_RUNNING, problems.MEDIA_TYPE_UNKNOWN)
_EDIT = CHANGE | problems.problem_responses(problems.CHANGED_MEANWHILE, problems.CONDITION_MISSING)
_ETAG = {"headers": {"ETag": {"description": "Version of the project.", "schema": {"type": "string"}}}}
Id = Annotated[str, Path(min_length=1, max_length=100, pattern=wording.ID)]


@router.post("/projects", status_code=201, responses=CHANGE | {201: _ETAG}, response_model=ProjectModel)
def create_project(request: Request, call: ToChange, form: ProjectForm) -> Response:
    """Make a shared project."""
    return projects_of(request).create(call, form.name, form.forked_from, ProjectModel.model_validate)


@router.get("/projects", responses=READ)
def list_projects(
    request: Request, call: ToRead, cursor: CursorText = None, limit: PageSize = 50
) -> Page[ProjectModel]:
    """List the projects one is in, those joined last first."""
    found = projects_of(request).projects(call, cursor, limit)
    return Page(items=[ProjectModel.model_validate(one) for one in found.items], next=found.next)


@router.get("/projects/{project_id}", responses=READ | {200: _ETAG})
def read_project(request: Request, response: Response, call: ToRead, project_id: Id) -> ProjectModel:
    """Read a project; the ETag is what a change names in If-Match."""
    found = projects_of(request).project(call, project_id)
    response.headers["ETag"] = etag(found.version)
    return ProjectModel.model_validate(found)


@router.patch("/projects/{project_id}", responses=_EDIT | {200: _ETAG}, response_model=ProjectModel)
def rename_project(request: Request, call: ToEdit, project_id: Id, form: RenameForm) -> Response:
    """Rename a project."""
    return projects_of(request).rename(call, project_id, form.name, ProjectModel.model_validate)


@router.delete("/projects/{project_id}", responses=CHANGE | {200: _ETAG}, response_model=ProjectModel)
def delete_project(request: Request, call: ToChange, project_id: Id) -> Response:
    """Delete a project for everybody; its room closes."""
    return projects_of(request).delete(call, project_id, ProjectModel.model_validate)


@router.post("/projects/{project_id}/owner", responses=CHANGE | {200: _ETAG}, response_model=ProjectModel)
def transfer_project(request: Request, call: ToChange, project_id: Id, form: TransferForm) -> Response:
    """Give a project to another member; one stays as an editor."""
    return projects_of(request).transfer(call, project_id, form.account_id, ProjectModel.model_validate)


@router.get("/projects/{project_id}/members", responses=READ)
def list_members(
    request: Request, call: ToRead, project_id: Id, cursor: CursorText = None, limit: PageSize = 50
) -> Page[MemberModel]:
    """List who is in a project, who came last first."""
    found = projects_of(request).members(call, project_id, cursor, limit)
    return Page(items=[MemberModel.model_validate(one) for one in found.items], next=found.next)


@router.put("/projects/{project_id}/members/{account_id}", responses=CHANGE, response_model=MemberModel)
def change_role(request: Request, call: ToChange, project_id: Id, account_id: Id, form: RoleForm) -> Response:
    """Make a member something else; it holds in the room at once."""
    projects = projects_of(request)
    return projects.change_role(call, project_id, account_id, form.role, MemberModel.model_validate)


@router.delete("/projects/{project_id}/members/{account_id}", responses=CHANGE, response_model=MemberModel)
def remove_member(request: Request, call: ToChange, project_id: Id, account_id: Id) -> Response:
    """Remove a member; `me` leaves. The room closes for them within 5 s."""
    return projects_of(request).remove_member(call, project_id, account_id, MemberModel.model_validate)
