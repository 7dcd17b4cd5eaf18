"""One's own data: ask for a copy, fetch it while it is there."""

from typing import Any

from fastapi import Response

from cloud.compliance.facade import Compliance, compliance_of
from cloud.compliance.replies import archive_reply
from cloud.foundation.problems import ProblemError, UnauthenticatedError
from cloud.identity.errors import StepUpNeededError
from cloud.identity.pages.visit import Posted, Visit, Visited, go, page_router

router = page_router()
_PACKAGE = "cloud.compliance"
_SHOWN = 20


@router.get("/account/data")
def show_data(visit: Visited) -> Response:
    """Show the copies there are."""
    visit.require_somebody()
    return visit.show("data.html", _values(visit), package=_PACKAGE)


@router.post("/account/data/exports", dependencies=[Posted])
def request_copy(visit: Visited) -> Response:
    """Ask for a copy."""
    visit.require_somebody()
    try:
        _compliance(visit).request_export(visit.call)
    except (UnauthenticatedError, StepUpNeededError):
        raise
    except ProblemError as error:
        values = {**_values(visit), "problem": error.detail}
        return visit.show("data.html", values, status=error.problem.status, package=_PACKAGE)
    return go("/account/data")


@router.get("/account/data/exports/{export_id}")
def fetch_copy(visit: Visited, export_id: str) -> Response:
    """Send a copy."""
    visit.require_somebody()
    return archive_reply(*_compliance(visit).archive(visit.call, export_id))


def _compliance(visit: Visit) -> Compliance:
    return compliance_of(visit.request)


def _values(visit: Visit) -> dict[str, Any]:
    compliance = _compliance(visit)
    exports = compliance.exports(visit.call, None, _SHOWN).items
    return {"exports": exports, "here": {export.id for export in exports if compliance.is_here(export)}}
