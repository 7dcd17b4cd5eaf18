"""What a new description of the API breaks for programs that were written for the released one.

    .venv/bin/python scripts/api_compatibility.py             # lists what breaks
    .venv/bin/python scripts/api_compatibility.py --release   # makes the present description the released one

Adding is allowed: operations, optional parameters and members of requests, members of replies, statuses. Kept in
`docs/api/released.json` is what programs rely on, without texts and examples.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RELEASED = ROOT / "docs/api/released.json"
#: What programs do not rely on. In `properties` these are names of members.
_TEXTS = frozenset({"description", "title", "summary", "example", "examples", "links", "info", "tags"})
_UPPER = ("maxLength", "maximum", "maxItems")
_LOWER = ("minLength", "minimum", "minItems")
Document = dict[str, Any]


def contract_of(document: Document) -> Document:
    """Return a description without what programs do not rely on."""
    kept: Document = _without_texts(document)
    return kept


def breaks(old: Document, new: Document) -> list[str]:
    """Return a sentence for everything in `new` that breaks a program written for `old`."""
    return list(_Comparison(old, new).all())


def _without_texts(part: Any, *, is_names: bool = False) -> Any:
    if isinstance(part, list):
        return [_without_texts(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _without_texts(value, is_names=name in ("properties", "schemas") and not is_names)
        for name, value in part.items()
        if is_names or name not in _TEXTS
    }


class _Comparison:
    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old, new

    def all(self) -> Iterator[str]:
        for path, operations in self._old["paths"].items():
            for method, operation in operations.items():
                where, now = f"{method.upper()} {path}", self._new["paths"].get(path, {}).get(method)
                if now is None:
                    yield f"{where} is gone"
                    continue
                yield from self._parameters(where, operation, now)
                yield from self._requests(where, operation, now)
                yield from self._replies(where, operation, now)

    def _parameters(self, where: str, old: Document, new: Document) -> Iterator[str]:
        before, after = (
            {(one["in"], one["name"].lower()): one for one in side.get("parameters", ())} for side in (old, new)
        )
        for key in before.keys() - after.keys():
            yield f"{where}: the parameter {key[1]} is gone"
        for key, one in after.items():
            if one.get("required") and not before.get(key, {}).get("required"):
                yield f"{where}: the parameter {key[1]} is needed now"
            elif key in before:
                yield from self._narrowed(f"{where}: the parameter {key[1]}", before[key]["schema"], one["schema"])

    def _requests(self, where: str, old: Document, new: Document) -> Iterator[str]:
        before, after = (side.get("requestBody", {}) for side in (old, new))
        if after.get("required") and not before.get("required"):
            yield f"{where}: a body is needed now"
        for kind, media in before.get("content", {}).items():
            if kind not in after.get("content", {}):
                yield f"{where}: {kind} is not taken any more"
            else:
                yield from self._narrowed(f"{where}: the body", media["schema"], after["content"][kind]["schema"])

    def _replies(self, where: str, old: Document, new: Document) -> Iterator[str]:
        for status, reply in old["responses"].items():
            if not status.startswith("2"):
                continue
            if status not in new["responses"]:
                yield f"{where}: {status} is not answered any more"
                continue
            for kind, media in reply.get("content", {}).items():
                now = new["responses"][status].get("content", {}).get(kind)
                if now is None:
                    yield f"{where}: {status} is not {kind} any more"
                elif "schema" in media:
                    yield from self._thinned(f"{where}: the reply", media["schema"], now.get("schema", {}))

    def _narrowed(self, where: str, old: Document, new: Document, depth: int = 0) -> Iterator[str]:
        """Yield what was taken before and is refused now."""
        old, new = _found(self._old, old), _found(self._new, new)
        if depth > 8 or not new:
            return
        yield from _other_kind(where, old, new)
        yield from (
            f"{where}: {name} is less" for name in _UPPER if _limit(new, name, 1e300) < _limit(old, name, 1e300)
        )
        yield from (
            f"{where}: {name} is more" for name in _LOWER if _limit(new, name, -1e300) > _limit(old, name, -1e300)
        )
        if new.get("pattern", old.get("pattern")) != old.get("pattern"):
            yield f"{where}: the pattern is another one"
        yield from (f"{where}: {one} is not taken any more" for one in _gone(old, new, "enum"))
        yield from (f"{where}: {one} is needed now" for one in _gone(new, old, "required"))
        for name, part in old.get("properties", {}).items():
            if name in new.get("properties", {}):
                yield from self._narrowed(f"{where}: {name}", part, new["properties"][name], depth + 1)
            elif new.get("additionalProperties") is False:
                yield f"{where}: {name} is refused now"
        if "items" in old:
            yield from self._narrowed(f"{where}: an item", old["items"], new.get("items", {}), depth + 1)

    def _thinned(self, where: str, old: Document, new: Document, depth: int = 0) -> Iterator[str]:
        """Yield what a reply held before and may not hold now."""
        old, new = _found(self._old, old), _found(self._new, new)
        if depth > 8 or not old:
            return
        yield from _other_kind(where, old, new)
        if _may_be_null(new) and not _may_be_null(old):
            yield f"{where} may be null now"
        for name, part in old.get("properties", {}).items():
            if name not in new.get("properties", {}):
                yield f"{where}: {name} is gone"
                continue
            if name in old.get("required", ()) and name not in new.get("required", ()):
                yield f"{where}: {name} may be missing now"
            yield from self._thinned(f"{where}: {name}", part, new["properties"][name], depth + 1)
        if "items" in old:
            yield from self._thinned(f"{where}: an item", old["items"], new.get("items", {}), depth + 1)


def _found(document: Document, schema: Document) -> Document:
    """Return a schema itself: what it refers to, and of something or null the something."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    present = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    if len(present) != 1:
        return schema
    return {**_found(document, present[0]), "nullable": True}


def _may_be_null(schema: Document) -> bool:
    return bool(schema.get("nullable")) or schema.get("type") == "null" or not schema


def _other_kind(where: str, old: Document, new: Document) -> Iterator[str]:
    kinds = old.get("type"), new.get("type")
    if None not in kinds and kinds[0] != kinds[1]:
        yield f"{where} is {kinds[1]} instead of {kinds[0]}"


def _limit(schema: Document, name: str, without: float) -> float:
    return float(schema.get(name, without))


def _gone(old: Document, new: Document, name: str) -> list[str]:
    before: list[Any] = old.get(name, [])
    # Without an enumeration every value is taken.
    after: list[Any] = new.get(name, before if name == "enum" else [])
    return sorted(str(one) for one in before if one not in after)


def main(arguments: list[str]) -> int:
    """List what breaks, or make the present description the released one."""
    sys.path.insert(0, str(ROOT))
    from cloud.app import openapi  # noqa: PLC0415 - needs the cloud, which set-up may not have installed yet

    present = contract_of(json.loads(json.dumps(openapi())))
    if "--release" in arguments:
        RELEASED.parent.mkdir(exist_ok=True)
        RELEASED.write_text(json.dumps(present, sort_keys=True, indent=0) + "\n", encoding="utf-8")
        return 0
    found = breaks(json.loads(RELEASED.read_text(encoding="utf-8")), present)
    print("\n".join(found) or "nothing breaks")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
