"""Turns whatever a route raises into a problem document. Installed once, on the whole application."""

from http import HTTPStatus
from typing import Any

import sqlalchemy.exc
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException

from cloud.foundation import problems, wording
from cloud.foundation.database import is_full_disk
from cloud.foundation.pages import explained
from cloud.foundation.problems import FieldProblem, ProblemDocument, ProblemError, ProblemType

_log = structlog.get_logger("maxbooster.cloud")
_NO_ROOM = "The cloud's disk is full and nothing was changed: try again when whoever runs it has made room."
_BY_STATUS = {
    HTTPStatus.BAD_REQUEST: (problems.MALFORMED, "The request cannot be read."),
    HTTPStatus.NOT_FOUND: (problems.NOT_FOUND, "There is nothing at this address."),
    HTTPStatus.METHOD_NOT_ALLOWED: (problems.METHOD_NOT_ALLOWED, "See the Allow header for the methods there are."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (problems.MEDIA_TYPE_UNKNOWN, "Send a body of type application/json."),
    HTTPStatus.REQUEST_TIMEOUT: (problems.TOO_SLOW, "The rest of the request did not come: send it again."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (problems.TOO_LARGE, "The body is larger than this address takes."),
}


def install(app: FastAPI) -> None:
    """Answer every failure of `app` with a problem document."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(sqlalchemy.exc.TimeoutError, _on_no_database)
    app.add_exception_handler(sqlalchemy.exc.OperationalError, _on_no_database)
    app.add_exception_handler(sqlalchemy.exc.DBAPIError, _on_database_error)
    app.add_exception_handler(Exception, _on_defect)


def request_id_of(request: Request) -> str:
    """Return the id that the edge gave the request."""
    return str(request.scope.get("request_id", ""))


def _reply(request: Request, kind: ProblemType, detail: str, **more: Any) -> JSONResponse:
    return ProblemDocument(kind, detail, request_id_of(request), **more).response()


def _on_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ProblemError)
    return problems.document_of(error, request_id_of(request)).response()


def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return _reply(request, problems.MALFORMED, "The body is not JSON.")
    if any(one["loc"] == ("body",) and isinstance(one.get("input"), bytes) for one in found):  # nobody read it as JSON
        return _reply(request, *_BY_STATUS[HTTPStatus.UNSUPPORTED_MEDIA_TYPE])
    kind = problems.MALFORMED if any(one["loc"][:1] == ("header",) for one in found) else problems.INVALID
    fields = tuple(FieldProblem(_pointer(one["loc"]), one["type"], wording.sentence(one)) for one in found)
    more = f" And {len(found) - 1} more: see `errors`." if len(found) > 1 else ""
    return _reply(
        request, kind, f"{_named(found[0]['loc'])} cannot be used: {wording.of(found[0])}.{more}", errors=fields
    )


def _named(location: tuple[Any, ...]) -> str:
    """Return where a value stands, in words."""
    place, *names = location
    name = ".".join(str(part) for part in names)
    if place == "header":
        return f"The header {name.title()}"
    return f"“{name}”" if name else f"The {place}"


def _pointer(location: tuple[Any, ...]) -> str:
    return "/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind, detail = _BY_STATUS.get(HTTPStatus(error.status_code), (problems.INTERNAL, "Something went wrong here."))
    if kind in (problems.NOT_FOUND, problems.METHOD_NOT_ALLOWED) and _is_for_a_page(request):
        return explained("There is no such page", "There is no page at this address.", problems.NOT_FOUND.status)
    headers = dict(error.headers or {})
    if kind is problems.METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed(request) or headers.get("Allow", "")
    if kind in (problems.TOO_SLOW, problems.TOO_LARGE):
        headers["Connection"] = "close"  # the rest of the body is nobody's
    return _reply(request, kind, detail, headers=headers)


def _is_for_a_page(request: Request) -> bool:
    """Return whether a person's browser looks for a page, which no address of the API is."""
    is_api = request.url.path.startswith(("/v1/", "/oauth/"))
    return request.method == "GET" and not is_api and "text/html" in request.headers.get("Accept", "")


def _allowed(request: Request) -> str:
    """Return all methods of the address: the framework names those of the first route with its path only."""
    assert isinstance(request.app, FastAPI)
    path = getattr(request.scope.get("route"), "path", "")
    methods = (route.methods or () for route in iter_route_contexts(request.app.routes) if route.path == path)
    return ", ".join(sorted({method for some in methods for method in some}))


def _on_no_database(request: Request, error: Exception) -> JSONResponse:
    _log.warning("database not available", reason=type(error).__name__, request_id=request_id_of(request))
    is_full = is_full_disk(error)
    detail = _NO_ROOM if is_full else "The database does not answer; try again."
    headers = {"Retry-After": "30" if is_full else "2"}
    return _reply(request, problems.UNAVAILABLE, detail, headers=headers)


def _on_database_error(request: Request, error: Exception) -> JSONResponse:
    """A connection that is lost is the database's trouble, all else a defect of ours."""
    assert isinstance(error, sqlalchemy.exc.DBAPIError)
    return (_on_no_database if error.connection_invalidated else _on_defect)(request, error)


def _on_defect(request: Request, error: Exception) -> JSONResponse:
    _log.error("unexpected failure", request_id=request_id_of(request), exc_info=error)
    return _reply(request, problems.INTERNAL, "Something went wrong here; it has been logged under this request id.")
