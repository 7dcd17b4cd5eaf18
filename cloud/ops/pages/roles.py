"""Roles on the platform: who has which, what waits for a second admin; and keys that were reported as found."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Form, Path, Response
from pydantic import BaseModel, Field

from cloud.foundation import wording
from cloud.foundation.problems import ProblemError
from cloud.identity.core import Verb
from cloud.identity.pages.visit import Posted, Visit, go, page_router
from cloud.identity.staff_schemas import PlatformRole
from cloud.ops.pages.staff import Staff, refused, shown

router = page_router()
Id = Annotated[str, Path(min_length=1, max_length=200, pattern=wording.ID)]


class Asked(BaseModel):
    """Which role of whom is to be given or taken."""

    account_id: str = Field(min_length=1, max_length=200, pattern=wording.ID)
    role: PlatformRole
    is_grant: bool


class Found(BaseModel):
    """A key that was reported, by its id."""

    key_id: str = Field(min_length=1, max_length=200, pattern=wording.ID)


@router.get("/admin/roles")
def show_roles(visit: Staff) -> Response:
    """Show who has a role, and what waits for a second admin."""
    return shown(visit, "roles.html", _values(visit))


@router.post("/admin/role-requests", dependencies=[Posted])
def ask(visit: Staff, form: Annotated[Asked, Form()]) -> Response:
    """Ask another admin to give a role or to take it."""
    return _done(visit, lambda: visit.identity.staff.ask(form.account_id, form.role, is_grant=form.is_grant))


@router.post("/admin/role-requests/{request_id}/confirmation", dependencies=[Posted])
def confirm(visit: Staff, request_id: Id) -> Response:
    """Do what another admin asked for."""
    return _done(visit, lambda: visit.identity.staff.confirm(request_id))


@router.post("/admin/role-requests/{request_id}/refusal", dependencies=[Posted])
def refuse(visit: Staff, request_id: Id) -> Response:
    """Refuse what another admin asked for, or take back what one asked for."""
    return _done(visit, lambda: visit.identity.staff.decline(request_id))


@router.post("/admin/leaked-keys/restoration", dependencies=[Posted])
def restore_key(visit: Staff, form: Annotated[Found, Form()]) -> Response:
    """Put a key in force again that was reported within the last day."""
    return _done(visit, lambda: visit.identity.credentials.restore_key(form.key_id))


def _values(visit: Visit) -> dict[str, Any]:
    staff, call = visit.identity.staff, visit.call
    return {"staff": staff.all(call), "requests": staff.requests(call), "own_id": call.who.id}


def _done(visit: Visit, verb: Callable[[], Verb[Any]]) -> Response:
    values = _values(visit)
    try:
        visit.run(verb())
    except ProblemError as error:
        return refused(visit, error, "roles.html", values)
    return go("/admin/roles")
