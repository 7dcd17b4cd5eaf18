"""The description of the API: complete, its examples valid, its links lead somewhere, and nothing released broken."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

import api_compatibility
import generate_client
from cloud.app import openapi
from cloud.foundation import wording
from cloud.foundation.description import bodies_of, is_document, operations_of


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, method, operation in operations_of(openapi()):
        yield f"{method.upper()} {path}", operation


def test_every_status_of_every_route_is_documented() -> None:
    for name, operation in _operations():
        statuses = set(operation["responses"])
        guarded = {"401", "403", "413", "429", "500", "503"}
        is_counted = name.partition(" ")[2].startswith(("/v1", "/metrics"))
        assert statuses >= (guarded if is_counted else {"413", "500"}), name
        bodies = {status for status, reply in operation["responses"].items() if reply.get("content")}
        without = {"200"} if name.startswith("HEAD") else {"204", "304"}
        assert statuses - bodies <= without, name


def test_every_operation_is_named_and_told_apart() -> None:
    names = [operation["operationId"] for _, operation in _operations()]
    assert len(names) == len(set(names))
    told = {tag["name"] for tag in openapi()["tags"] if tag["description"].endswith(".")}
    for name, operation in _operations():
        assert operation["description"].strip(), name
        assert set(operation["tags"]) <= told, name
        assert operation["security"] or name.partition(" ")[2] in ("/healthz", "/readyz") or "well-known" in name, name


def test_every_body_has_an_example_that_its_own_schema_takes() -> None:
    for name, operation in _operations():
        for media in bodies_of(operation):
            if not is_document(media):
                continue
            assert "example" in media, f"{name}: give a member of the model an example that fits its pattern"
            whole = {**media["schema"], "components": {"schemas": openapi()["components"]["schemas"]}}
            jsonschema_rs.validate(whole, media["example"])


def test_every_part_of_an_address_has_an_example() -> None:
    for name, operation in _operations():
        for one in operation.get("parameters", ()):
            if one["in"] == "path":
                assert re.search(one["schema"].get("pattern", ""), str(one["example"])), (name, one)


def test_what_makes_something_links_to_what_can_be_done_with_it() -> None:
    known = {operation["operationId"]: operation for _, operation in _operations()}
    links = {
        name: reply["links"]
        for name, operation in _operations()
        for reply in operation["responses"].values()
        if "links" in reply
    }
    assert {"read_project", "rename_project", "delete_project"} <= set(links["POST /v1/projects"])
    for found in links.values():
        for link in found.values():
            target = {one["name"] for one in known[link["operationId"]]["parameters"] if one["in"] == "path"}
            assert set(link["parameters"]) == target


def test_the_released_api_is_not_broken() -> None:
    released = json.loads(api_compatibility.RELEASED.read_text(encoding="utf-8"))
    assert api_compatibility.breaks(released, api_compatibility.contract_of(openapi())) == []


def _project(document: dict[str, Any], name: str) -> dict[str, Any]:
    return document["components"]["schemas"][name]["properties"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda new: new["paths"].pop("/v1/projects"), "GET /v1/projects is gone"),
        (lambda new: _project(new, "ProjectModel").pop("name"), "the reply: name is gone"),
        (lambda new: _project(new, "ProjectModel")["version"].update(type="string"), "version is string instead of"),
        (
            lambda new: new["components"]["schemas"]["ProjectForm"]["required"].append("forked_from"),
            "forked_from is needed",
        ),
        (lambda new: _project(new, "ProjectForm")["name"].update(maxLength=5), "name: maxLength is less"),
        (lambda new: _project(new, "RoleForm")["role"]["enum"].remove("viewer"), "viewer is not taken any more"),
        (lambda new: new["paths"]["/v1/projects"]["post"]["responses"].pop("201"), "201 is not answered any more"),
        (lambda new: new["components"]["schemas"]["ProjectModel"]["required"].remove("id"), "id may be missing now"),
    ],
)
def test_what_breaks_programs_is_noticed(change, sentence: str) -> None:
    old = api_compatibility.contract_of(copy.deepcopy(openapi()))
    new = copy.deepcopy(old)
    change(new)
    found = api_compatibility.breaks(old, new)
    assert any(sentence in one for one in found), found


def test_what_is_only_added_breaks_nothing() -> None:
    old = api_compatibility.contract_of(copy.deepcopy(openapi()))
    new = copy.deepcopy(old)
    _project(new, "ProjectModel")["colour"] = {"type": "string"}
    _project(new, "ProjectForm")["colour"] = {"type": "string"}
    new["paths"]["/v1/colours"] = new["paths"]["/v1/projects"]
    assert api_compatibility.breaks(old, new) == []


def test_the_desktop_s_calls_are_those_of_the_description() -> None:
    for name, text in generate_client.generated().items():
        assert (generate_client.TARGET / name).read_text(encoding="utf-8") == text, "run scripts/generate_client.py"


def _patterns(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (found for name, found in value.items() if name == "pattern" and isinstance(found, str))
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _patterns(inner)


def test_what_every_pattern_asks_for_is_said_in_words() -> None:
    # Of an address that is told of events the description promises less than is taken: see cloud/webhooks/schemas.py.
    patterns = {pattern for pattern in _patterns(openapi()) if not pattern.startswith("^https://")}
    assert len(patterns) > 10
    assert [pattern for pattern in patterns if wording.of_pattern(pattern) is None] == []
