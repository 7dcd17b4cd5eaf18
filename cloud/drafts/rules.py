"""The rules that hold for every kind, from the declaration both sides share; a domain adds its own on top.

The one place where it is asked what a kind's rules say: `rules_of`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cloud.drafts.ports import Desk, KindRules
from sync.protocol import kinds, values
from sync.protocol.changes import Draft
from sync.protocol.kinds import Refusal
from sync.protocol.merging import patched

#: How long a removed draft is remembered: a device that was away for longer begins again.
REMOVALS_KEPT = timedelta(days=90)
#: How long an answer is kept at least.
ANSWERS_KEPT = timedelta(days=30)
MOST_CLIENTS = 100
FORGOTTEN_EVERY = timedelta(hours=6)


class DeclaredRules:
    """What the declaration of a kind says."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def refusal(self, before: Draft | None, patch: Mapping[str, Any] | None) -> Refusal | None:
        """Return why a change can never be done, or None."""
        current = before.values if before is not None else {}
        if before is not None and before.kind != self._kind:
            return Refusal(f"The draft is a {before.kind}.")
        if patch is None:
            is_delivered = current.get("status") in kinds.DELIVERED
            return Refusal("What stores have is taken down, not removed.", "status") if is_delivered else None
        refused = kinds.refusal_of(self._kind, patch)
        if refused is not None:
            return refused
        problem = values.storable(patched(current, patch))
        return Refusal(f"The draft {problem}.") if problem else None

    def guarded(self, current: Draft) -> frozenset[str]:
        """Return the fields whose changes are never merged without asking."""
        return kinds.guarded_fields(self._kind, current.values)


def declared_rules() -> dict[str, KindRules]:
    """Return rules for every declared kind."""
    return {kind: DeclaredRules(kind) for kind in kinds.KINDS}


def rules_of(desk: Desk, kind: str) -> KindRules | None:
    """Return the rules of a kind; None for one that nobody knows."""
    return desk.rules.get(kind)
