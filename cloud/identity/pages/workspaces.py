"""Pages for workspaces: make one, who is in it as what, invite, leave, hand it over; and to answer an invitation."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Form, Response

from cloud.foundation.etags import etag
from cloud.foundation.problems import ProblemError
from cloud.identity.core import Verb
from cloud.identity.pages.forms import Mailed, Named, Renamed, Seat, Seated, Team, WorkspaceInvite
from cloud.identity.pages.registering import CodeQuery
from cloud.identity.pages.visit import Posted, Visit, Visited, go, page_router
from cloud.identity.routes import Id

router = page_router()
_IN = "/workspaces/{workspace_id}"
_MANAGERS = ("owner", "admin")


@router.get("/workspaces")
def show_workspaces(visit: Visited) -> Response:
    """Show the workspaces that somebody is in."""
    visit.require_somebody()
    return visit.show("workspaces.html", _all(visit))


@router.post("/workspaces", dependencies=[Posted])
def create_workspace(visit: Visited, form: Annotated[Team, Form()]) -> Response:
    """Make a workspace for a team."""
    visit.require_somebody()
    try:
        made = visit.run(visit.identity.workspaces.create(form.name))
    except ProblemError as error:
        return visit.refuse(error, "workspaces.html", _all(visit))
    return go(f"/workspaces/{made.id}")


@router.get(_IN)
def show_workspace(visit: Visited, workspace_id: Id) -> Response:
    """Show who is in a workspace."""
    visit.require_somebody()
    return visit.show("workspace.html", _one(visit, workspace_id))


@router.post(_IN + "/name", dependencies=[Posted])
def rename_workspace(visit: Visited, workspace_id: Id, form: Annotated[Renamed, Form()]) -> Response:
    """Give a workspace another name, unless somebody else did meanwhile."""
    seen = replace(visit, call=replace(visit.call, if_match=etag(form.version)))
    return _done(seen, workspace_id, visit.identity.workspaces.rename(workspace_id, form.name))


@router.post(_IN + "/invitations", dependencies=[Posted])
def invite(visit: Visited, workspace_id: Id, form: Annotated[WorkspaceInvite, Form()]) -> Response:
    """Mail an invitation."""
    visit.require_somebody()
    try:
        visit.run(visit.identity.workspaces.invite(visit.call, workspace_id, form.email, form.role))
    except ProblemError as error:
        return visit.refuse(error, "workspace.html", _one(visit, workspace_id))
    values = {**_one(visit, workspace_id), "said": f"We have mailed an invitation to {form.email}."}
    return visit.show("workspace.html", values)


@router.post(_IN + "/invitations/withdrawal", dependencies=[Posted])
def withdraw(visit: Visited, workspace_id: Id, form: Annotated[Named, Form()]) -> Response:
    """Make an invitation void."""
    return _done(visit, workspace_id, visit.identity.workspaces.withdraw(workspace_id, form.id))


@router.post(_IN + "/members/role", dependencies=[Posted])
def change_role(visit: Visited, workspace_id: Id, form: Annotated[Seated, Form()]) -> Response:
    """Give a member another role."""
    return _done(visit, workspace_id, visit.identity.workspaces.change_role(workspace_id, form.account_id, form.role))


@router.post(_IN + "/members/removal", dependencies=[Posted])
def remove_member(visit: Visited, workspace_id: Id, form: Annotated[Seat, Form()]) -> Response:
    """Remove a member."""
    return _done(visit, workspace_id, visit.identity.workspaces.remove_member(workspace_id, form.account_id))


@router.post(_IN + "/transfer", dependencies=[Posted])
def transfer(visit: Visited, workspace_id: Id, form: Annotated[Seat, Form()]) -> Response:
    """Make another member the owner."""
    return _done(visit, workspace_id, visit.identity.workspaces.transfer(workspace_id, form.account_id))


@router.post(_IN + "/departure", dependencies=[Posted])
def leave(visit: Visited, workspace_id: Id) -> Response:
    """Leave a workspace."""
    owner = visit.require_somebody()
    verb = visit.identity.workspaces.remove_member(workspace_id, owner.id)
    return _done(visit, workspace_id, verb, then="/workspaces")


@router.post(_IN + "/removal", dependencies=[Posted])
def remove_workspace(visit: Visited, workspace_id: Id) -> Response:
    """Remove a team's workspace."""
    return _done(visit, workspace_id, visit.identity.workspaces.remove(workspace_id), then="/workspaces")


@router.get("/invitation")
def show_invitation(visit: Visited, code: CodeQuery = "") -> Response:
    """Ask for the code of an invitation, of whoever has signed in."""
    visit.require_somebody()
    return visit.show("invitation.html", {"code": code})


@router.post("/invitation", dependencies=[Posted])
def accept(visit: Visited, form: Annotated[Mailed, Form()]) -> Response:
    """Join a workspace."""
    visit.require_somebody()
    code = form.token.get_secret_value()
    try:
        found = visit.run(visit.identity.workspaces.accept(code))
    except ProblemError as error:
        return visit.refuse(error, "invitation.html", {"code": code})
    return go(f"/workspaces/{found.id}")


@router.post("/invitation/refusal", dependencies=[Posted])
def decline(visit: Visited, form: Annotated[Mailed, Form()]) -> Response:
    """Decline an invitation."""
    visit.require_somebody()
    code = form.token.get_secret_value()
    try:
        visit.run(visit.identity.workspaces.decline(code))
    except ProblemError as error:
        return visit.refuse(error, "invitation.html", {"code": code})
    return visit.show("workspaces.html", {**_all(visit), "said": "You have declined the invitation."})


def _all(visit: Visit) -> dict[str, Any]:
    return {"workspaces": visit.identity.workspaces.all_of(visit.call)}


def _one(visit: Visit, workspace_id: str) -> dict[str, Any]:
    workspaces, call = visit.identity.workspaces, visit.call
    found = workspaces.one(call, workspace_id)
    is_managed = found.role in _MANAGERS
    is_team = found.personal_of is None
    invited = workspaces.invitations(call, workspace_id) if is_managed and is_team else []
    members = workspaces.members(call, workspace_id)
    return {"workspace": found, "members": members, "invitations": invited, "is_managed": is_managed}


def _done(visit: Visit, workspace_id: str, verb: Verb[Any], *, then: str | None = None) -> Response:
    """Run a verb and show the workspace again, or another page when it worked."""
    visit.require_somebody()
    try:
        visit.run(verb)
    except ProblemError as error:
        return visit.refuse(error, "workspace.html", _one(visit, workspace_id))
    return go(then or f"/workspaces/{workspace_id}")
