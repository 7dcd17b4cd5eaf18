"""The description of the API (OpenAPI 3.1) completed from what the routes declare.

Each operation gets its security, an example for each body that it takes or gives, and links: where a reply names an
id, which operations take that id. Nothing here knows a domain, so a new route gets all of it by itself.
"""

import contextlib
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from fastapi import FastAPI

from cloud.foundation.example_values import NoExampleError, example_of, parameter_example
from cloud.foundation.problems import MEDIA_TYPE, MEDIA_TYPE_UNKNOWN, TOO_SLOW, Problem, problem_responses

Document = dict[str, Any]
_JSON = "application/json"
_MADE = ("200", "201")


def described(app: FastAPI, *, open_paths: Collection[str]) -> Document:
    """Return the whole description; `open_paths` are those that anybody may ask without being counted."""
    document = app.openapi()
    components = document["components"]
    _put_problems(components["schemas"])
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            is_guarded = "401" in operation["responses"]
            operation.setdefault("security", [{"bearer": []}] if is_guarded else [])
            assert is_guarded or path in open_paths, path
            _put_condition(operation)
            if "requestBody" in operation:
                replies = problem_responses(TOO_SLOW, MEDIA_TYPE_UNKNOWN)
                documented = {str(status): reply for status, reply in replies.items()}
                operation["responses"] = documented | operation["responses"]
            _put_examples(operation, components["schemas"])
    _put_links(document)
    return document


def operations_of(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Yield the path, the method and the description of every operation."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield path, method, operation


def bodies_of(operation: Document) -> Iterator[Document]:
    """Yield the media types of what an operation takes and of what it gives when all is well."""
    yield from operation.get("requestBody", {}).get("content", {}).values()
    for status, reply in operation["responses"].items():
        if status.startswith("2"):
            yield from (media for name, media in reply.get("content", {}).items() if name != MEDIA_TYPE)


def is_document(media: Document) -> bool:
    """Return whether a body has members that an example can show, and is not just bytes."""
    schema = media.get("schema", {})
    return bool({"$ref", "type", "anyOf", "oneOf"} & set(schema)) and schema.get("format") != "binary"


def _put_problems(schemas: Document) -> None:
    parts = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(parts.pop("$defs"))
    schemas["Problem"] = parts
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)


def _put_condition(operation: Document) -> None:
    """Say that If-Match is needed where a change without it is refused."""
    headers = {one["name"].lower(): one for one in operation.get("parameters", ()) if one["in"] == "header"}
    if "428" in operation["responses"] and "if-none-match" not in headers:
        headers["if-match"] |= {"required": True, "schema": {"type": "string", "maxLength": 200}}


def _put_examples(operation: Document, schemas: Mapping[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter.setdefault("example", parameter_example(parameter["name"], parameter["schema"]))
    for media in bodies_of(operation):
        if is_document(media) and "example" not in media:
            # Without one the description is served all the same; its test names what is missing.
            with contextlib.suppress(NoExampleError):
                media["example"] = example_of(media["schema"], schemas)


def _put_links(document: Document) -> None:
    """Link what names a new thing to everything that can be done with it."""
    for path, method, operation in operations_of(document):
        shown = _id_shown(operation, document["components"]["schemas"])
        if method != "post" or shown is None:
            continue
        status, _ = shown
        links = dict(_links_from(path, document))
        if links:
            operation["responses"][status]["links"] = links


def _id_shown(operation: Document, schemas: Mapping[str, Any]) -> tuple[str, str] | None:
    for status in _MADE:
        media = operation["responses"].get(status, {}).get("content", {}).get(_JSON, {})
        name = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
        if "id" in schemas.get(name, {}).get("properties", {}):
            return status, name
    return None


def _links_from(made_at: str, document: Document) -> Iterator[tuple[str, Document]]:
    """Yield a link for every operation whose path goes on with the new id and needs nothing else that is unknown."""
    known = re.findall(r"{(\w+)}", made_at)
    for path, _method, operation in operations_of(document):
        found = re.fullmatch(rf"{re.escape(made_at)}/{{(\w+)}}(/[^{{}}]*)?", path)
        if found is None:
            continue
        parameters = {name: f"$request.path.{name}" for name in known} | {found[1]: "$response.body#/id"}
        yield operation["operationId"], {"operationId": operation["operationId"], "parameters": parameters}
