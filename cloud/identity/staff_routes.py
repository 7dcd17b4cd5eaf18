"""The API for roles on the platform: one admin asks, another confirms."""

from fastapi import APIRouter, Request, Response

from cloud.foundation.admission import ToChange, ToRead
from cloud.identity.facade import identity_of
from cloud.identity.routes import CHANGE, READ, Id
from cloud.identity.staff_schemas import (
    RoleRequestForm,
    RoleRequestList,
    RoleRequestModel,
    StaffList,
    StaffMemberModel,
)

router = APIRouter(prefix="/v1/platform", tags=["platform"])


@router.get("/staff", responses=READ)
def list_staff(request: Request, call: ToRead) -> StaffList:
    """List everybody with a role on the platform."""
    found = identity_of(request).staff.all(call)
    return StaffList(items=[StaffMemberModel.model_validate(one) for one in found])


@router.get("/role-requests", responses=READ)
def list_role_requests(request: Request, call: ToRead) -> RoleRequestList:
    """List the roles that wait for another admin, oldest first."""
    found = identity_of(request).staff.requests(call)
    return RoleRequestList(items=[RoleRequestModel.model_validate(one) for one in found])


@router.post("/role-requests", status_code=201, responses=CHANGE, response_model=RoleRequestModel)
def request_role(request: Request, call: ToChange, form: RoleRequestForm) -> Response:
    """Ask another admin, within a day, to give or take a role; needs a proof of the last 15 minutes."""
    identity = identity_of(request)
    verb = identity.staff.ask(form.account_id, form.role, is_grant=form.is_grant)
    return identity.answer(call, verb, RoleRequestModel.model_validate, status=201)


@router.post("/role-requests/{request_id}/confirmation", responses=CHANGE, response_model=RoleRequestModel)
def confirm_role_request(request: Request, call: ToChange, request_id: Id) -> Response:
    """Do what another admin asked for; needs a proof of the last 15 minutes."""
    identity = identity_of(request)
    return identity.answer(call, identity.staff.confirm(request_id), RoleRequestModel.model_validate)


@router.delete("/role-requests/{request_id}", responses=CHANGE, response_model=RoleRequestModel)
def decline_role_request(request: Request, call: ToChange, request_id: Id) -> Response:
    """Refuse what another admin asked for, or take back what one asked for."""
    identity = identity_of(request)
    return identity.answer(call, identity.staff.decline(request_id), RoleRequestModel.model_validate)
