"""What schemathesis loads: requests that should succeed get what they need to; each is noted.

Nothing is left out. Requests that are meant to be wrong are left as they are; every fourth of the others keeps its ids,
which exist nowhere, and a body that others are given whole; one that goes on with what another has made keeps its ids.
An Idempotency-Key is new for each request that does not break it on purpose, as a program's is. With `anybody` as the
role, everybody sends each operation in turn: first whom it belongs to, then who looks after the cloud, then the others.
"""

import json
import os
import secrets
import zlib
from pathlib import Path

import schemathesis
from hypothesis import strategies as st
from schemathesis.generation.meta import TestPhase

from tests.integration.cloud.fuzzing.needs.sounds import PART
from tests.integration.cloud.fuzzing.needs.wanted import Wanted
from tests.integration.cloud.fuzzing.preparing import prepared
from tests.integration.cloud.fuzzing.world import ROLES, World, said_role, say_role

WORLD = World.from_environment()
_SEEN, _ROLE = Path(os.environ["FUZZ_SEEN"]), os.environ["FUZZ_ROLE"]
_LEFT_ALONE = 4
_LOOKED_AFTER = ("/v1/ops/", "/v1/accounts/", "/v1/platform/", "/metrics")
_counts: dict[str, int] = {}
#: Whether the request that is under way names something of the member's; they are sent one after the other.
_names = {"members": False}

schemathesis.openapi.media_type("application/offset+octet-stream", st.just(PART))


@schemathesis.hook
def before_call(context, case, kwargs):
    """Give a request what it needs."""
    _names["members"] = False
    operation = case.operation.definition.raw["operationId"]
    turn = f"{operation} {_is_positive(case)}"
    count = _counts[turn] = _counts.get(turn, 0) + 1
    if _ROLE == "anybody":
        # Beside the request: one that is wrong on purpose must stay as it is.
        say_role(WORLD.data, _in_turn(case, operation, count))
    if not _is_positive(case):
        return
    own = {"Idempotency-Key": secrets.token_hex(8), "If-Match": "*"}
    case.headers.update({name: value for name, value in own.items() if name in case.headers})
    wanted = prepared(WORLD, operation)
    if wanted is None:
        return
    is_left_alone = count % _LEFT_ALONE == 0
    _names["members"] = not (is_left_alone or _is_linked(case))
    if _names["members"]:
        case.path_parameters.update({name: wanted.path[name] for name in wanted.path.keys() & case.path_parameters})
    _put_around(case, wanted)
    if not (is_left_alone and wanted.is_whole):
        _put_body(case, wanted)


@schemathesis.hook
def after_call(context, case, response):
    """Note what came of a request."""
    told = {"operation": case.operation.definition.raw["operationId"], "status": response.status_code}
    told |= {
        "role": said_role(WORLD.data) if _ROLE == "anybody" else _ROLE,
        "mode": "positive" if _is_positive(case) else "negative",
        "names_members": _names["members"],
    }
    with _SEEN.open("a", encoding="utf-8") as seen:
        seen.write(json.dumps(told) + "\n")


def _in_turn(case, operation: str, count: int) -> str:
    first = ("admin", "member") if case.path.startswith(_LOOKED_AFTER) else ("member", "admin")
    if count <= len(first):
        return first[count - 1]
    return ROLES[(count + zlib.crc32(operation.encode())) % len(ROLES)]


def _is_positive(case) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_positive


def _is_linked(case) -> bool:
    """Return whether its ids are those of what an earlier request of the same role made."""
    return case.meta is not None and case.meta.phase.name is TestPhase.STATEFUL


def _put_around(case, wanted: Wanted) -> None:
    case.query.update(wanted.query)
    for name, value in wanted.headers.items():
        if value is None:
            case.headers.pop(name, None)
        else:
            case.headers[name] = value


def _put_body(case, wanted: Wanted) -> None:
    if wanted.is_whole:
        case.body = wanted.body
    elif isinstance(case.body, dict):
        known = _properties(case)
        case.body = {**case.body, **{name: value for name, value in wanted.body.items() if name in known}}


def _properties(case) -> set[str]:
    """Return the members that the body of an operation has."""
    content = case.operation.definition.raw.get("requestBody", {}).get("content", {})
    names = {media.get("schema", {}).get("$ref", "").rpartition("/")[2] for media in content.values()}
    schemas = case.operation.schema.raw_schema["components"]["schemas"]
    return {member for name in names for member in schemas.get(name, {}).get("properties", ())}
