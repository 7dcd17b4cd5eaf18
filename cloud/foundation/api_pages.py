"""The API's description: `/api`, a page on which people try every operation, and `/openapi.json` for programs.

The page is made here from the description and loads nothing from elsewhere. What is tried is sent by a script of ours
with the token that was typed in, which is kept nowhere, and without the browser's cookies.
"""

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from cloud.foundation.description import operations_of
from cloud.foundation.pages import page

router = APIRouter(include_in_schema=False)
_KEPT = {"Cache-Control": "public, max-age=300"}


@router.get("/openapi.json")
def read_description(request: Request) -> Response:
    """Return the description for programs."""
    text = json.dumps(request.app.state.description(), separators=(",", ":"))
    return Response(text, media_type="application/json", headers=_KEPT)


@router.get("/api")
def read_api_page(request: Request) -> HTMLResponse:
    """Show the description to people."""
    document = request.app.state.description()
    values = {"who": None, "problem": None, "said": None, "about": document["info"], "groups": _groups(document)}
    return page("cloud.foundation", "api.html", values)


def _groups(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the operations by tag, in the order of the description."""
    told = {tag["name"]: tag.get("description", "") for tag in document.get("tags", ())}
    groups = {name: {"name": name, "description": told[name], "operations": []} for name in told}
    for path, method, operation in operations_of(document):
        for tag in operation["tags"]:
            groups.setdefault(tag, {"name": tag, "description": "", "operations": []})
            groups[tag]["operations"].append(_shown(path, method, operation))
    return [group for group in groups.values() if group["operations"]]


def _shown(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    (media_type, media), *_ = operation.get("requestBody", {}).get("content", {}).items() or [("", {})]
    example = media.get("example")
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "description": operation.get("description", operation.get("summary", "")),
        "parameters": operation.get("parameters", ()),
        "media_type": media_type,
        "body": "" if example is None else json.dumps(example, indent=2, ensure_ascii=False),
        "responses": operation["responses"],
    }
