"""Jobs and audit entries as the API shows them."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

JobState = Literal["waiting", "running", "done", "dead", "cancelled"]


class JobModel(BaseModel):
    """A piece of work that the cloud does by itself."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: str = Field(description="What it does: `queue.verb`.")
    queue: str
    state: JobState = Field(description="`dead`: it gave up and waits for a person.")
    attempts: int = Field(description="Runs since it last got on.")
    run_at: datetime
    created_at: datetime
    ended_at: datetime | None
    error: str | None = Field(description="How the last run failed.")
    version: int = Field(description="The ETag, as a number.")


class AuditModel(BaseModel):
    """Who did what, when."""

    model_config = ConfigDict(from_attributes=True)

    chain: str
    seq: int
    at: datetime
    actor: str
    action: str
    resource: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None
    policy: str | None = Field(description="The policy that permitted it.")
    hash: str


class Readiness(BaseModel):
    """Whether this process takes requests, and what keeps it from it."""

    ready: bool
    checks: dict[str, str] = Field(description="`ok`, or what is wrong.")


class Liveness(BaseModel):
    """That this process runs."""

    alive: Literal[True] = True
    version: str
