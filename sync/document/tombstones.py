"""Soft deletion: the `x` facet of an entity is [1, by, when in ms]; without it, or with 0 first, the entity lives."""

from collections.abc import Mapping

from sync.document.codec import Value

TOMBSTONE = "x"


def tombstone(by: str, when_ms: int) -> Value:
    """Return the tombstone that `by` sets at `when_ms` (milliseconds since 1970)."""
    return (1, by, when_ms)


def is_deleted(facets: Mapping[str, Value]) -> bool:
    """Return whether an entity's facets carry a tombstone that is in force."""
    mark = facets.get(TOMBSTONE)
    if mark is None:
        return False
    return bool(mark[0]) if isinstance(mark, tuple) and mark else bool(mark)
