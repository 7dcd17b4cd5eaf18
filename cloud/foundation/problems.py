"""Every way a request can fail, as RFC 9457 problem documents: one registry, one shape, in replies and in OpenAPI.

A `ProblemType` is declared once, here or beside the domain that raises it, and an error names its type. No reply ever
holds a stack trace; `request_id` finds the log lines.
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from cloud.foundation.errors import CloudError

MEDIA_TYPE = "application/problem+json"
_OWN = "urn:maxbooster:problem:"
#: The registry: every problem type by its code.
PROBLEM_TYPES: dict[str, "ProblemType"] = {}


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of failure that clients can tell from others; declaring one registers it."""

    code: str
    status: int
    title: str
    uri: str = ""

    def __post_init__(self) -> None:
        if self.code in PROBLEM_TYPES:
            raise ValueError(f"the problem type {self.code} is declared twice")
        if not self.uri:
            object.__setattr__(self, "uri", f"{_OWN}{self.code}")
        PROBLEM_TYPES[self.code] = self


MALFORMED = ProblemType("malformed", 400, "The request cannot be read")
UNAUTHENTICATED = ProblemType("unauthenticated", 401, "Sign in first")
FORBIDDEN = ProblemType("forbidden", 403, "Not allowed")
NOT_FOUND = ProblemType("not-found", 404, "There is no such thing")
METHOD_NOT_ALLOWED = ProblemType("method-not-allowed", 405, "This cannot be done with that method")
TOO_SLOW = ProblemType("too-slow", 408, "The request did not come in time")
CONFLICT = ProblemType("conflict", 409, "The present state does not allow it")
STILL_RUNNING = ProblemType("still-running", 409, "The same request is still running")
CHANGED_MEANWHILE = ProblemType("changed-meanwhile", 412, "It was changed meanwhile")
TOO_LARGE = ProblemType("too-large", 413, "The request is too large")
MEDIA_TYPE_UNKNOWN = ProblemType("media-type", 415, "The body is of another kind")
ENCODING_UNKNOWN = ProblemType("content-encoding", 415, "Send the body as it is")
INVALID = ProblemType("invalid", 422, "Some values are not usable")
KEY_REUSED = ProblemType("idempotency-key-reused", 422, "The Idempotency-Key belongs to another request")
CONDITION_MISSING = ProblemType("condition-missing", 428, "Say which version you mean")
QUOTA_EXCEEDED = ProblemType(
    "quota-exceeded", 429, "Too many requests", "https://iana.org/assignments/http-problem-types#quota-exceeded"
)
INTERNAL = ProblemType("internal", 500, "Something went wrong here")
UNAVAILABLE = ProblemType("unavailable", 503, "Not available at the moment")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One value that is not usable: where it stands in the request (RFC 6901), and why."""

    pointer: str
    code: str
    message: str


class ProblemError(CloudError):
    """A request that cannot be answered as asked; subclasses name their type."""

    problem: ClassVar[ProblemType] = INTERNAL

    def __init__(
        self,
        detail: str,
        *,
        errors: tuple[FieldProblem, ...] = (),
        headers: dict[str, str] | None = None,
        more: dict[str, Any] | None = None,
    ) -> None:
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.more = more or {}
        super().__init__(detail)


class NotFoundError(ProblemError):
    """What was asked for does not exist, or not for whoever asks: the two look the same."""

    problem = NOT_FOUND


class ConflictError(ProblemError):
    """The thing's present state does not allow what was asked."""

    problem = CONFLICT


class UnauthenticatedError(ProblemError):
    """Nobody is signed in, or with something that is not valid any more."""

    problem = UNAUTHENTICATED

    def __init__(self, detail: str = "Send a valid bearer token in the Authorization header.") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class ForbiddenError(ProblemError):
    """Whoever asks may see the thing and may not do this to it."""

    problem = FORBIDDEN


class MalformedError(ProblemError):
    """A header or a parameter has no meaning."""

    problem = MALFORMED


class MediaTypeError(ProblemError):
    """A body is of a kind that is not read here."""

    problem = MEDIA_TYPE_UNKNOWN


class FieldProblemModel(BaseModel):
    """One value that is not usable."""

    pointer: str = Field(description="Where it stands in the request (RFC 6901).")
    code: str
    message: str


class Problem(BaseModel):
    """A problem document (RFC 9457); some types have members of their own."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="What kind of problem; stable.")
    title: str
    status: int
    detail: str = Field(description="What happened and what to do.")
    request_id: str = Field(description="Finds this request in the logs.")
    errors: list[FieldProblemModel] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """A problem as it is sent."""

    kind: ProblemType
    detail: str
    request_id: str
    errors: tuple[FieldProblem, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return the JSON document."""
        kind = {"type": self.kind.uri, "title": self.kind.title, "status": self.kind.status}
        errors = {"errors": [dataclasses.asdict(error) for error in self.errors]} if self.errors else {}
        return {**kind, "detail": self.detail, "request_id": self.request_id, **errors, **self.more}

    def response(self) -> JSONResponse:
        """Return the reply."""
        return JSONResponse(self.body(), self.kind.status, headers=self.headers, media_type=MEDIA_TYPE)


def document_of(error: ProblemError, request_id: str) -> ProblemDocument:
    """Return an error as it is sent."""
    return ProblemDocument(error.problem, error.detail, request_id, error.errors, error.headers, error.more)


def problem_responses(*kinds: ProblemType) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI's `responses` for these problems, in FastAPI's form."""
    statuses = sorted({kind.status for kind in kinds})
    return {
        status: {
            "description": "; ".join(kind.title for kind in kinds if kind.status == status),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }
