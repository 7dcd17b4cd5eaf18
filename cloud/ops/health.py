"""Whether the process lives, whether it takes requests, and its metrics.

`/healthz` asks nobody. `/readyz` asks the database, within 200 ms, whether it answers and has the newest tables; what
the cloud can do without never makes it unready. `/metrics` is for whoever may: it tells too much about us.
"""

from typing import Any

import sqlalchemy as sa
import structlog
from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from cloud.foundation import metrics, problems
from cloud.foundation.admission import ToRead
from cloud.foundation.migrations.upgrading import current_revision, newest_revision
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.runtime import Runtime, runtime_of
from cloud.ops import alerting
from cloud.ops.drain import Drain
from cloud.ops.schemas import Liveness, Readiness

_log = structlog.get_logger("maxbooster.cloud.health")
RELEASE = "0.1.0"
_PING_MS = 200
_NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {"model": Readiness, "description": "Not ready; the checks say why."}
}
_TOO_LARGE = problems.problem_responses(problems.TOO_LARGE, problems.INTERNAL)
_GUARDED = problems.problem_responses(
    *(problems.UNAUTHENTICATED, problems.FORBIDDEN, problems.TOO_LARGE, problems.QUOTA_EXCEEDED),
    *(problems.INTERNAL, problems.UNAVAILABLE),
)
router = APIRouter(tags=["health"])


@router.get("/healthz", responses=_TOO_LARGE)
async def read_health() -> Liveness:
    """Say that the process runs."""
    return Liveness(version=RELEASE)


@router.get("/readyz", responses=_NOT_READY | _TOO_LARGE)
def read_readiness(request: Request, response: Response) -> Readiness:
    """Say whether the process takes requests."""
    checks = {
        "draining": "stops soon" if _drain_of(request).has_begun else "ok",
        "database": database_state(runtime_of(request)),
    }
    found = Readiness(ready=all(state == "ok" for state in checks.values()), checks=checks)
    response.status_code = 200 if found.ready else 503
    return found


@router.get(
    "/metrics",
    responses=_GUARDED | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    response_class=Response,
)
def read_metrics(request: Request, call: ToRead) -> Response:
    """Return this process's metrics for Prometheus, and how the objectives stand."""
    authorize(call.who, "metrics.read", PLATFORM)
    runtime_of(request).units.run(call, alerting.show)
    return Response(metrics.page(), media_type=metrics.CONTENT_TYPE)


def _drain_of(request: Request) -> Drain:
    drain = request.app.state.drain
    assert isinstance(drain, Drain)
    return drain


def database_state(runtime: Runtime) -> str:
    """Return "ok" or what is wrong with the database."""
    if runtime.database.is_full:
        return "its disk is full"
    try:
        with runtime.database.connection() as connection:
            connection.execute(sa.text(f"SET LOCAL statement_timeout = {_PING_MS}"))
            at = current_revision(connection)
    except SQLAlchemyError as error:
        _log.warning("the database does not answer", reason=type(error).__name__)
        return "does not answer"
    return "ok" if at == newest_revision() else "has other tables than this release needs"
