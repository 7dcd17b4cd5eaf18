"""The kinds of draft and their fields, declared: what each may hold, who sets it, and whether it may be merged.

A field that is not declared here belongs to a newer program: it is kept and handed on as it came. Additive changes
need no new `SCHEMA_VERSION`; one that an older program would misread does, and the cloud keeps taking the two before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sync.protocol import values
from sync.protocol.values import Check

#: Of the fields of all kinds together.
SCHEMA_VERSION = 1
_KEPT_BEFORE = 2
#: What ids look like: a draft's, a client's, an operation's.
ID_PATTERN = r"^[A-Za-z0-9_-]{1,64}$"
#: What a draft's `status` is once stores have it.
DELIVERED = frozenset({"delivered", "live"})


class Merging(StrEnum):
    """Whether two people's changes to one draft may be put together without asking."""

    BY_FIELD = "by field"
    UNTIL_DELIVERED = "until delivered"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `is_the_clouds` says that nobody else sets it."""

    name: str
    check: Check
    merging: Merging = Merging.BY_FIELD
    is_the_clouds: bool = False

    def may_merge(self, current: Mapping[str, Any]) -> bool:
        """Return whether a change of this field may be put on top of a draft that others have changed to `current`."""
        if self.merging is Merging.UNTIL_DELIVERED:
            return current.get("status") not in DELIVERED
        return self.merging is Merging.BY_FIELD


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of draft; `known_by` is the field that people know one by."""

    name: str
    known_by: str
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a change cannot be taken: a sentence, and the field it is about."""

    reason: str
    field: str | None = None


def _kind(name: str, *fields: Field) -> Kind:
    """Return a kind that people know by its first field."""
    status = Field("status", values.text(40), is_the_clouds=True)
    return Kind(name, fields[0].name, {field.name: field for field in (*fields, status)})


_NEVER, _DATES = Merging.NEVER, Merging.UNTIL_DELIVERED
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind(
            "release",
            Field("title", values.text(300)),
            Field("artist", values.text(300)),
            Field("label", values.text(300)),
            Field("genre", values.text(100)),
            Field("upc", values.text(20)),
            Field("is_explicit", values.flag),
            Field("tracks", values.words(200)),
            Field("territories", values.words(300, 10)),
            Field("notes", values.text(10_000)),
            Field("release_date", values.date, _DATES),
            Field("original_date", values.date, _DATES),
            Field("price", values.money, _NEVER),
            Field("splits", values.splits, _NEVER),
        ),
        _kind(
            "listing",
            Field("title", values.text(300)),
            Field("description", values.text(10_000)),
            Field("tags", values.words(50, 50)),
            Field("tempo_bpm", values.whole(1, 999)),
            Field("key", values.text(20)),
            Field("is_exclusive", values.flag),
            Field("price", values.money, _NEVER),
            Field("splits", values.splits, _NEVER),
        ),
        _kind(
            "schedule",
            Field("text", values.text(10_000)),
            Field("places", values.words(50)),
            Field("release", values.text(64)),
            Field("publish_at", values.wall_time),
            Field("budget", values.money, _NEVER),
        ),
    )
}


def supported_versions(newest: int = SCHEMA_VERSION) -> range:
    """Return the schema versions that a cloud whose own is `newest` takes: its own and the two before."""
    return range(max(1, newest - _KEPT_BEFORE), newest + 1)


def refusal_of(kind: str, patch: Mapping[str, Any], *, by_cloud: bool = False) -> Refusal | None:
    """Return why `patch` can never be a change of a draft of this kind, or None."""
    declared = KINDS.get(kind)
    if declared is None:
        return Refusal(f"There is no kind of draft called {kind}.")
    problem = values.storable(patch)
    if problem:
        return Refusal(f"The draft {problem}.")
    for name, value in patch.items():
        field = declared.fields.get(name)
        if field is None:
            continue
        if field.is_the_clouds and not by_cloud:
            return Refusal(f"The {name} is set by the cloud alone.", name)
        problem = None if value is None else field.check(value)
        if problem:
            return Refusal(f"The {name} {problem}.", name)
    return None


def guarded_fields(kind: str, current: Mapping[str, Any]) -> frozenset[str]:
    """Return the fields of a draft that is now `current` whose changes are never merged without asking."""
    return frozenset(field.name for field in KINDS[kind].fields.values() if not field.may_merge(current))
