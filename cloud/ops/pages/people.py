"""People: look for somebody, see how their account is kept, keep them out or let them in again."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Path, Query, Response

from cloud.foundation import wording
from cloud.foundation.problems import ProblemError
from cloud.identity.core import Verb
from cloud.identity.pages.visit import Posted, Visit, go, page_router
from cloud.ops.pages.staff import SHOWN, Staff, further, refused, shown

router = page_router()
AccountId = Annotated[str, Path(min_length=1, max_length=200, pattern=wording.ID)]
Text = Annotated[str, Query(max_length=200)]
Cursor = Annotated[str | None, Query(max_length=500)]


@router.get("/admin")
def show_admin(_visit: Staff) -> Response:
    """Go to the people."""
    return go("/admin/people")


@router.get("/admin/people")
def show_people(visit: Staff, query: Text = "", cursor: Cursor = None) -> Response:
    """Show who has an account, or those with a text in their id, address or name."""
    found = visit.identity.containment.search(visit.call, query.strip(), cursor, SHOWN)
    values = {"query": query, "people": found.items, "further": further("/admin/people", {"query": query}, found.next)}
    return shown(visit, "people.html", values)


@router.get("/admin/people/{account_id}")
def show_person(visit: Staff, account_id: AccountId) -> Response:
    """Show one account."""
    return shown(visit, "person.html", _person(visit, account_id))


@router.post("/admin/people/{account_id}/sessions/end", dependencies=[Posted])
def end_sessions(visit: Staff, account_id: AccountId) -> Response:
    """Sign somebody out everywhere."""
    return _done(visit, account_id, lambda: visit.identity.end_anybodys_sessions(account_id))


@router.post("/admin/people/{account_id}/suspension", dependencies=[Posted])
def suspend(visit: Staff, account_id: AccountId) -> Response:
    """Keep somebody out."""
    return _done(visit, account_id, lambda: visit.identity.containment.suspend(account_id))


@router.post("/admin/people/{account_id}/suspension/end", dependencies=[Posted])
def restore(visit: Staff, account_id: AccountId) -> Response:
    """Let somebody in again."""
    return _done(visit, account_id, lambda: visit.identity.containment.restore(account_id))


@router.post("/admin/people/{account_id}/attempts/forget", dependencies=[Posted])
def unlock(visit: Staff, account_id: AccountId) -> Response:
    """Let somebody try to sign in without waiting."""
    return _done(visit, account_id, lambda: visit.identity.containment.unlock(visit.call, account_id))


def _person(visit: Visit, account_id: str) -> dict[str, Any]:
    profile, sessions = visit.identity.containment.person(visit.call, account_id)
    return {"profile": profile, "sessions": sessions}


def _done(visit: Visit, account_id: str, verb: Callable[[], Verb[Any]]) -> Response:
    values = _person(visit, account_id)
    try:
        visit.run(verb())
    except ProblemError as error:
        return refused(visit, error, "person.html", values)
    return go(f"/admin/people/{account_id}")
