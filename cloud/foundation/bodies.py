"""What a body must be before a route sees its values: of the kind that is asked for, and readable in one way only.

Runs before every route of the application, once its body has been read. What is no JSON at all, or of a kind that
nobody reads, the framework has refused by then.
"""

import json
from collections import Counter
from typing import Any

from fastapi import Request
from fastapi.params import Form
from starlette.requests import HTTPConnection

from cloud.foundation.problems import MalformedError, MediaTypeError

_FORM = "application/x-www-form-urlencoded"
_FORMS = (_FORM, "multipart/form-data")


async def require_clear_body(request: HTTPConnection) -> None:
    """Refuse what two programs could read differently; raises MalformedError (400), MediaTypeError (415)."""
    if not isinstance(request, Request):
        return  # a socket of a room
    wanted = getattr(request.scope["route"], "body_field", None)
    if wanted is None:
        return
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if isinstance(wanted.field_info, Form):
        if kind and kind not in _FORMS:
            raise MediaTypeError(f"Send a body of type {_FORM}.")
    elif _is_json(kind):
        _require_names_once(await request.body())


def _is_json(kind: str) -> bool:
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _require_names_once(body: bytes) -> None:
    """Refuse an object that names a key twice (RFC 8259, 4): which one counts is anybody's guess."""
    try:
        json.loads(body, object_pairs_hook=_object)
    except RecursionError:
        raise MalformedError("The body is nested too deeply: send it flatter.") from None
    except ValueError:
        return  # no JSON: the route refuses it in words of its own


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise MalformedError(f"“{twice[:100]}” stands twice in one object: send it once.")
    return found
