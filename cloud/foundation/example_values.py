"""Values that a schema allows, the same each time: what the description shows where a model gives no example.

A model that narrows a text by a pattern which none of our words fits must give an example of its own; the test of the
description finds those that do not.
"""

import re
from collections.abc import Mapping
from typing import Any

_WHEN = "2026-03-01T09:30:00Z"
_ULID = "01kjm8x5v3c7d9e2f4g6h8j0kq"
#: Words that are tried in turn until one fits; a name that says what it is comes first.
_WORDS = ("Night Bus", "night-bus", "night_bus", "release", "a" * 64, "x" * 43, "000000", "https://example.org/")
_BY_NAME = {
    "email": "ada@example.org",
    "type": "urn:maxbooster:problem:not-found",
    "code": "000000",
    "label": "Studio PC",
    "url": "https://example.org/hooks/maxbooster",
    "hash": "5f" * 32,
    "blob_hash": "5f" * 32,
    "original": "5f" * 32,
    "role": "editor",
    "kind": "release",
}
_PREFIXES = {
    "project": "prj",
    "account": "acc",
    "workspace": "wsp",
    "webhook": "whk",
    "delivery": "msg",
    "invitation": "inv",
    "session": "ses",
    "upload": "upl",
    "passkey": "psk",
    "client": "cli",
    "draft": "rel",
}


class NoExampleError(ValueError):
    """None of our words fits: the model has to give an example."""


def parameter_example(name: str, schema: Mapping[str, Any]) -> Any:
    """Return a value for a parameter."""
    return _value(name, schema, {})


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """Return a value that `schema` allows; `schemas` are what it may refer to. Raises NoExampleError."""
    return _value("", schema, schemas)


def _value(name: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        return _value(name, schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("example", "const"):
        if key in schema:
            return schema[key]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return _value(name, next(part for part in schema[key] if part.get("type") != "null"), schemas)
    if schema.get("default") is not None:
        return schema["default"]
    return _of_type(name, schema, schemas)


def _of_type(name: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    kind = schema.get("type")
    if kind == "object":
        return {key: _value(key, part, schemas) for key, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [_value(name.removesuffix("s"), schema.get("items", {}), schemas)]
    if kind == "string":
        return _text(name, schema)
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 1), min(1, schema.get("maximum", 1)))
    return {"boolean": True, "null": None}.get(kind or "", {})


def _text(name: str, schema: Mapping[str, Any]) -> str:
    if schema.get("format") == "date-time":
        return _WHEN
    prefix = next((_PREFIXES[word] for word in _PREFIXES if name.startswith(word)), name.partition("_")[0][:3] or "id")
    as_id = f"{prefix}_{_ULID}"
    words = (_BY_NAME.get(name, as_id if name.endswith("id") else ""), as_id, *_WORDS)
    for word in words if name.endswith("id") or name in _BY_NAME else (*_WORDS, *words):
        if word and _fits(word, schema):
            return word
    raise NoExampleError(f"{name or 'a value'} needs an example: nothing fits {dict(schema)}")


def _fits(word: str, schema: Mapping[str, Any]) -> bool:
    is_long_enough = schema.get("minLength", 0) <= len(word) <= schema.get("maxLength", len(word))
    return is_long_enough and re.search(schema.get("pattern", ""), word) is not None
