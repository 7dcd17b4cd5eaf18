"""What every page for staff begins with: somebody with a role, who came in with a second factor."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Response

from cloud.foundation.problems import ProblemError, UnauthenticatedError
from cloud.foundation.runtime import runtime_of
from cloud.identity.errors import SecondFactorNeededError, StepUpNeededError
from cloud.identity.pages.visit import Visit, Visited
from cloud.identity.rules import STAFF
from cloud.ops.facade import Ops

_PACKAGE = "cloud.ops"
SHOWN = 50


def of_staff(visit: Visited) -> Visit:
    """Return a visit of somebody with a role on the platform.

    Raises UnauthenticatedError (401), SecondFactorNeededError (403); what a role may is for the facades to say.
    """
    owner = visit.require_somebody()
    if STAFF & set(owner.roles) and not STAFF & visit.call.who.roles:
        raise SecondFactorNeededError(
            "The platform is run with a second factor: sign out, then sign in with a code or a passkey."
        )
    return visit


Staff = Annotated[Visit, Depends(of_staff)]


def ops_of(visit: Visit) -> Ops:
    """Return the operator's side in the application that is visited."""
    return Ops(runtime_of(visit.request))


def shown(visit: Visit, template: str, values: dict[str, Any], **more: Any) -> Response:
    """Show a page for staff."""
    may_change = bool({"admin", "operator"} & visit.call.who.roles)
    return visit.show(template, {"may_change": may_change, "further": None, **values}, package=_PACKAGE, **more)


def refused(visit: Visit, error: ProblemError, template: str, values: dict[str, Any]) -> Response:
    """Show the page again with what went wrong; raises what another page takes care of."""
    if isinstance(error, (UnauthenticatedError, StepUpNeededError)):
        raise error
    return shown(visit, template, {**values, "problem": error.detail}, status=error.problem.status)


def further(path: str, filters: dict[str, str], cursor: str | None) -> str | None:
    """Return the address of the next page; None on the last."""
    return None if cursor is None else f"{path}?{urlencode({**filters, 'cursor': cursor})}"
