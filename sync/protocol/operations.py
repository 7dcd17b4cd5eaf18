"""What a client wants done to drafts, and what became of it.

A client numbers what it sends: `seq` rises by one with every operation that it hands over, and an operation keeps its
number and its `op_id` while it is sent again. The cloud does each `op_id` once, in order, and answers each with one of:
applied, conflict (somebody was faster), rejected (it can never be), retry (later, under a new number), or duplicate (it
had been answered before; the first answer comes with it).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sync.protocol.changes import Draft

#: Most operations in one batch.
LARGEST_BATCH = 50
#: What a clock that was set makes of an age is cut off here: ten years.
LONGEST_AGE_S = 315_360_000.0


@dataclass(frozen=True, slots=True)
class Operation:
    """One change of one draft.

    Attributes:
        op_id: a UUID of version 7, made by the client.
        base_version: the version that the person saw; 0 makes a new draft. Versions rise, not by one.
        patch: the fields that change, None empties one; no patch at all removes the draft.
        age_s: how long ago it was made by the client's monotonic clock.
    """

    seq: int
    op_id: str
    kind: str
    draft_id: str
    base_version: int
    patch: Mapping[str, Any] | None
    age_s: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the operation as it is sent."""
        return {
            "seq": self.seq,
            "op_id": self.op_id,
            "kind": self.kind,
            "draft_id": self.draft_id,
            "base_version": self.base_version,
            "patch": None if self.patch is None else dict(self.patch),
            "age_s": self.age_s,
        }


@dataclass(frozen=True, slots=True)
class Batch:
    """Operations of one client, in the order of their numbers.

    Attributes:
        acknowledged: every result up to this number is kept by the client: the cloud may forget it.
    """

    client_id: str
    schema_version: int
    acknowledged: int
    operations: Sequence[Operation]

    def to_json(self) -> dict[str, Any]:
        """Return the batch as it is sent."""
        return {
            "client_id": self.client_id,
            "schema_version": self.schema_version,
            "acknowledged": self.acknowledged,
            "operations": [operation.to_json() for operation in self.operations],
        }


@dataclass(frozen=True, slots=True)
class Applied:
    """It is done; the draft has this version now."""

    version: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody changed the draft first: `current` is what it is now, `guarded` what must not be merged."""

    current: Draft
    guarded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """It can never be done; the reason is a sentence for a person."""

    reason: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now: send it again after so long, under a new number."""

    after_s: float = 0.0


Outcome: TypeAlias = Applied | Conflict | Rejected | Retry


@dataclass(frozen=True, slots=True)
class Duplicate:
    """It had been answered before, like this."""

    of: Outcome


Result: TypeAlias = Outcome | Duplicate


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of one operation."""

    seq: int
    op_id: str
    result: Result

    @property
    def outcome(self) -> Outcome:
        """Return what became of it, now or the first time."""
        return self.result.of if isinstance(self.result, Duplicate) else self.result

    def to_json(self) -> dict[str, Any]:
        """Return the answer as it is sent."""
        is_duplicate = isinstance(self.result, Duplicate)
        return {"seq": self.seq, "op_id": self.op_id, "is_duplicate": is_duplicate, **outcome_json(self.outcome)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Answer":
        """Read an answer; what a newer cloud adds is left out."""
        outcome = outcome_from(document)
        result = Duplicate(outcome) if document.get("is_duplicate") else outcome
        return cls(int(document["seq"]), str(document["op_id"]), result)


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as it is sent and kept."""
    if isinstance(outcome, Applied):
        return {"outcome": "applied", "version": outcome.version}
    if isinstance(outcome, Conflict):
        return {"outcome": "conflict", "current": outcome.current.to_json(), "guarded": list(outcome.guarded)}
    if isinstance(outcome, Rejected):
        return {"outcome": "rejected", "reason": outcome.reason, "field": outcome.field}
    return {"outcome": "retry", "after_s": outcome.after_s}


def outcome_from(document: Mapping[str, Any]) -> Outcome:
    """Read an outcome; raises ValueError for one that this program does not know."""
    name = document["outcome"]
    if name == "applied":
        return Applied(int(document["version"]))
    if name == "conflict":
        return Conflict(Draft.from_json(document["current"]), tuple(document.get("guarded") or ()))
    if name == "rejected":
        field = document.get("field")
        return Rejected(str(document["reason"]), None if field is None else str(field))
    if name == "retry":
        return Retry(float(document["after_s"]))
    raise ValueError(f"no outcome is called {name}")
