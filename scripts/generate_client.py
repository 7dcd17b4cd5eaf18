"""Writes `sync/client/generated/`: the calls of the cloud that the desktop makes, from the cloud's own description.

    .venv/bin/python scripts/generate_client.py

One frozen dataclass for each model and one function for each operation, over our own `Wire`: no other HTTP library, no
class that must be imported for what is not called. See docs/decisions/0018.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "sync/client/generated"
#: What the desktop calls. Uploads (tus) and signing in (OAuth) are protocols of others, spoken by modules of their own.
OPERATIONS = (
    *("read_account", "list_projects", "create_project", "read_project", "join_project", "list_members"),
    *("change_role", "remove_member", "invite", "list_invitations", "revoke_invitation", "open_ticket"),
    *("list_overwritten", "register_client", "apply_operations", "read_changes"),
    *("ask_for_blobs", "attach_blob", "list_blobs", "read_blob"),
)
#: Replies that `sync.protocol` reads itself.
AS_SENT = frozenset({"apply_operations", "read_changes"})
_SECRETS = frozenset({"token", "ticket", "secret"})
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_BY_US = "Written by `scripts/generate_client.py`: change that, never this."
_MODELS = '''"""What the cloud answers. BY_US"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list, and the cursor of the next one."""

    items: list[T]
    next: str | None

    @classmethod
    def read(cls, item: Json, one: Callable[[Json], T]) -> "Page[T]":
        """Read it from JSON."""
        return cls([one(each) for each in item["items"]], maybe(item.get("next"), str))


def maybe(value: Any, read: Callable[[Any], T]) -> T | None:
    """Return what `read` makes of a value that is there."""
    return None if value is None else read(value)
'''
_CALLS = '''"""The calls of the cloud that the desktop makes. BY_US

Every function raises CloudError; a change carries a new Idempotency-Key.
"""

import secrets
from typing import Any
from urllib.parse import quote

from sync.client.generated.models import NAMES
from sync.client.http import Wire, readable


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _once() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_urlsafe(16)}
'''


class Description:
    """The description, and which of its models the operations need."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._schemas: dict[str, Any] = document["components"]["schemas"]
        self._operations = {
            operation["operationId"]: (method.upper(), path, operation)
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
        }
        self._models: dict[str, str] = {}

    def written(self) -> dict[str, str]:
        """Return the modules' texts by name."""
        functions = [self._function(name) for name in OPERATIONS]
        names = ", ".join(sorted({"Json", "Page", *self._models}))
        calls = _CALLS.replace("import NAMES", f"import {names}")
        texts = {
            "__init__.py": '"""The cloud as the desktop calls it. BY_US"""\n',
            "models.py": "\n\n\n".join([_MODELS.rstrip(), *self._models.values()]) + "\n",
            "api.py": "\n\n\n".join([calls.rstrip(), *functions]) + "\n",
        }
        return {name: text.replace("BY_US", _BY_US, 1) for name, text in texts.items()}

    def _function(self, name: str) -> str:
        method, path, operation = self._operations[name]
        call = _Call(operation, self._schemas)
        reply = _json(next(one for status, one in operation["responses"].items() if status.startswith("2")))
        returns, read = ("Any", "reply") if name in AS_SENT else self._type_of(reply, "reply")
        address = re.sub(r"{(\w+)}", r'{quote(\1, safe="")}', path)
        sent = [f'"{method}"', f'{"f" if "{" in path else ""}"{address.replace(chr(34), chr(39))}"']
        sent += call.passed(is_change="idempotency-key" in call.headers)
        lines = [
            f"def {name}({', '.join(['wire: Wire', *call.declared()])}) -> {returns}:",
            f'    """{_first_line(operation["description"])}"""',
        ]
        if read == "reply":
            return "\n".join([*lines, f"    return wire.send({', '.join(sent)})"])
        read_back = f"    return readable(lambda: {read})"
        return "\n".join([*lines, f"    reply = wire.send({', '.join(sent)})", read_back])

    def _type_of(self, schema: dict[str, Any], source: str) -> tuple[str, str]:
        """Return the type of a value and the expression that reads it from `source`."""
        paged = re.fullmatch(r".*/Page_(\w+)_", schema.get("$ref", ""))
        if paged:
            inner = self._model(paged[1])
            return f"Page[{inner}]", f"Page.read({source}, {inner}.read)"
        if "$ref" in schema:
            name = self._model(schema["$ref"].rpartition("/")[2])
            return name, f"{name}.read({source})"
        present = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
        if present:
            inner, read = self._type_of(present[0], "one")
            reader = inner if read == f"{inner}(one)" else f"lambda one: {read}"
            return f"{inner} | None", f"maybe({source}, {reader})"
        if schema.get("type") == "array":
            inner, read = self._type_of(schema["items"], "one")
            return f"list[{inner}]", f"[{read} for one in {source}]"
        if schema.get("type") == "object":
            return "dict[str, Any]", f"dict({source})"
        scalar = _SCALARS.get(schema.get("type", ""))
        return (scalar, f"{scalar}({source})") if scalar else ("Any", source)

    def _model(self, schema_name: str) -> str:
        name = schema_name.removesuffix("Model")
        if name in self._models:
            return name
        schema = self._schemas[schema_name]
        required = schema.get("required", ())
        fields, reads = [], []
        for key, part in schema["properties"].items():
            default = f", {part['default']!r}" if part.get("default") is not None else ""
            item = f'item["{key}"]' if key in required else f'item.get("{key}"{default})'
            kind, read = self._type_of(part, item)
            fields.append(f"    {key}: {kind}{' = field(repr=False)' if key in _SECRETS else ''}")
            reads.append(f"            {key}={read},")
        about = _first_line(schema.get("description", name))
        head = ["@dataclass(frozen=True, slots=True)", f"class {name}:", f'    """{about}"""', "", *fields, ""]
        body = ["    @classmethod", f'    def read(cls, item: Json) -> "{name}":', '        """Read it from JSON."""']
        self._models[name] = "\n".join([*head, *body, "        return cls(", *reads, "        )"])
        return name


class _Call:
    """What one operation takes."""

    def __init__(self, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
        parameters = operation.get("parameters", ())
        self._path = [one["name"] for one in parameters if one["in"] == "path"]
        self._query = {one["name"]: one for one in parameters if one["in"] == "query"}
        self.headers = {one["name"].lower() for one in parameters if one["in"] == "header"}
        self._body = _resolved(_json(operation.get("requestBody", {})), schemas)
        kinds = {name: _plain(part) for name, part in self._body.get("properties", {}).items()}
        self._is_whole = None in kinds.values()
        self._fields = {} if self._is_whole else {name: kind or "" for name, kind in kinds.items()}

    def declared(self) -> list[str]:
        """Return the parameters of the function, those that are needed first."""
        needed = [f"{name}: {kind}" for name, kind in self._fields.items() if self._needs(name)]
        others = [_optional(name, kind) for name, kind in self._fields.items() if not self._needs(name)]
        for name, one in self._query.items():
            kind = _plain(one["schema"]) or "str"
            (needed if one.get("required") else others).append(
                f"{name}: {kind}" if one.get("required") else _optional(name, kind)
            )
        whole = ["body: Json"] if self._is_whole else []
        named = [*needed, *others]
        return [*(f"{name}: str" for name in self._path), *whole, *(["*", *named] if named else [])]

    def passed(self, *, is_change: bool) -> list[str]:
        """Return the arguments of `wire.send` after method and address."""
        body = ["body"] if self._is_whole else [f"_given({_as_keywords(self._fields)})"] if self._fields else []
        query = [f"query=_given({_as_keywords(self._query)})"] if self._query else []
        return [*body, *query, *(["headers=_once()"] if is_change else [])]

    def _needs(self, name: str) -> bool:
        return name in self._body.get("required", ())


def _plain(schema: dict[str, Any]) -> str | None:
    """Return the type of a value that is sent as it is; None for what holds models."""
    present = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    if present:
        inner = _plain(present[0])
        return inner and f"{inner} | None"
    if schema.get("type") == "array":
        inner = _plain(schema["items"])
        return inner and f"list[{inner}]"
    return "str" if "enum" in schema or "const" in schema else _SCALARS.get(schema.get("type", ""))


def _optional(name: str, kind: str) -> str:
    return f"{name}: {kind.removesuffix(' | None')} | None = None"


def _as_keywords(names: dict[str, Any]) -> str:
    return ", ".join(f"{name}={name}" for name in names)


def _json(part: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = part.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0]


def generated() -> dict[str, str]:
    """Return the modules as they must be now, formatted like everything else, by name."""
    from cloud.app import openapi  # noqa: PLC0415 - needs the cloud, which set-up may not have installed yet

    written = Description(json.loads(json.dumps(openapi()))).written()
    return {name: _formatted(name, text) for name, text in written.items()}


def _formatted(name: str, text: str) -> str:
    ruff = str(Path(sys.executable).parent / "ruff")
    for verb in (("check", "--fix-only", "--select=I"), ("format",)):
        command = [ruff, *verb, "--quiet", f"--stdin-filename={TARGET / name}", "-"]
        text = subprocess.run(command, check=True, capture_output=True, input=text, text=True, cwd=ROOT).stdout
    return text


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for name, text in generated().items():
        (TARGET / name).write_text(text, encoding="utf-8")
