"""Drafts as they are handed over, and the feed of their changes.

The feed is read from a cursor on, in the order in which changes became durable. Parts are put together until
`is_whole`: only then is what was read the state at one moment (a checkpoint), and only then is it taken over. A cursor
that is older than what the cloud remembers, or that it does not know, gets `must_refetch`: begin again without one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft at one version; a removed one has no values and stays for a while as a tombstone."""

    kind: str
    id: str
    version: int
    values: Mapping[str, Any] = field(default_factory=dict)
    is_removed: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the draft as it is sent."""
        return {
            "kind": self.kind,
            "id": self.id,
            "version": self.version,
            "values": dict(self.values),
            "is_removed": self.is_removed,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Draft":
        """Read a draft; fields of its values that nobody here knows are kept."""
        return cls(
            str(document["kind"]),
            str(document["id"]),
            int(document["version"]),
            dict(document.get("values") or {}),
            bool(document.get("is_removed")),
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """A part of the feed.

    Attributes:
        cursor: where the next part begins.
        is_whole: the parts since the last whole one are a checkpoint.
        server_time: the cloud's clock, RFC 3339.
    """

    drafts: Sequence[Draft]
    cursor: str
    is_whole: bool
    server_time: str = ""
    must_refetch: bool = False

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Changes":
        """Read a part of the feed."""
        return cls(
            [Draft.from_json(one) for one in document["drafts"]],
            str(document["cursor"]),
            bool(document["is_whole"]),
            str(document.get("server_time") or ""),
            bool(document.get("must_refetch")),
        )
