"""`authorize`: the one place where it is decided whether somebody may do something. Denied unless a policy permits it.

The policies are Cedar files in `policies/`, checked against their schema by a test; each decision is logged with the
policy that made it, and the name of the policy goes into the audit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import cedarpy
import structlog

from cloud.foundation.principals import Principal
from cloud.foundation.problems import ForbiddenError, NotFoundError, UnauthenticatedError

_log = structlog.get_logger("maxbooster.cloud.policy")
_FOLDER = "cloud.foundation.policies"
Attribute = str | int | bool | list[str]


@dataclass(frozen=True, slots=True)
class Resource:
    """What somebody wants to do something to, as policies see it."""

    type: str
    id: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


PLATFORM = Resource("Platform", "platform")


def authorize(who: Principal, action: str, resource: Resource, *, is_hidden: bool = False) -> str:
    """Return the name of the policy that permits `action`.

    Raises UnauthenticatedError (401) for anybody who has not signed in, ForbiddenError (403) otherwise, or with
    `is_hidden` NotFoundError (404): whoever may not see a thing does not learn that it exists.
    """
    decision = cedarpy.is_authorized(_request(who, action, resource), policies(), _entities(who, resource), schema())
    names = sorted(decision.diagnostics.id_annotations_by_reason.values())
    note = _log.debug if decision.allowed else _log.info
    note(
        "decision",
        who=who.id,
        action=action,
        resource=f"{resource.type}:{resource.id}",
        allowed=decision.allowed,
        by=names,
    )
    if decision.allowed:
        return ",".join(names)
    if decision.diagnostics.errors:
        _log.error("a policy cannot be evaluated", action=action, errors=decision.diagnostics.errors)
    if who.kind == "anonymous":
        raise UnauthenticatedError
    if is_hidden:
        raise NotFoundError(f"There is no {resource.type.lower()} {resource.id}.")
    raise ForbiddenError(f"You are not allowed to do this ({action}).")


@cache
def policies() -> cedarpy.PolicySet:
    """Return all policies, read once."""
    return cedarpy.PolicySet.from_str(policy_text())


@cache
def schema() -> cedarpy.Schema:
    """Return what policies may speak of, read once."""
    return cedarpy.Schema.from_str(schema_text())


def policy_text() -> str:
    """Return the text of all policy files, in the order of their names."""
    files = sorted(resources.files(_FOLDER).iterdir(), key=lambda file: file.name)
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.name.endswith(".cedar"))


def schema_text() -> str:
    """Return the text of the schema."""
    return resources.files(_FOLDER).joinpath("schema.cedarschema").read_text(encoding="utf-8")


def _request(who: Principal, action: str, resource: Resource) -> dict[str, object]:
    return {
        "principal": {"type": "Principal", "id": who.id},
        "action": {"type": "Action", "id": action},
        "resource": {"type": resource.type, "id": resource.id},
        "context": {},
    }


def _entities(who: Principal, resource: Resource) -> list[dict[str, object]]:
    roles = [{"type": "Role", "id": role} for role in sorted(who.roles)]
    attributes = {"kind": who.kind, "subject": who.on_behalf_of or who.id}
    return [
        {"uid": {"type": "Principal", "id": who.id}, "attrs": attributes, "parents": roles},
        {"uid": {"type": resource.type, "id": resource.id}, "attrs": dict(resource.attributes), "parents": []},
    ]
