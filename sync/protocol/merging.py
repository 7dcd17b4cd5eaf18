"""Putting a change on top of what others did meanwhile: field by field, and never where it must be asked.

`base` is what the person saw in the fields they changed, `mine` what they made of them, `theirs` what the draft is now.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Merge:
    """How a merge came out.

    Attributes:
        patch: what of `mine` is still to be done; empty when the draft is already as wanted.
        asks: the fields about which a person must be asked; nothing may be sent while there are any.
    """

    patch: Mapping[str, Any] = field(default_factory=dict)
    asks: tuple[str, ...] = ()


def merge(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], guarded: Collection[str]
) -> Merge:
    """Merge the change from `base` to `mine` with `theirs`; a missing field and an empty one are the same.

    A guarded field that is not yet as wanted is always asked about, even where nobody else touched it: the person
    decided about money while looking at another draft.
    """
    left = {name: value for name, value in mine.items() if not is_same(value, theirs.get(name))}
    asks = [name for name in left if name in guarded or not is_same(theirs.get(name), base.get(name))]
    return Merge(left, tuple(sorted(asks)))


def is_same(one: Any, other: Any) -> bool:
    """Return whether two JSON values are the same; 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(is_same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    return bool(one == other)


def patched(values: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` with `patch` on top; None empties a field."""
    return {name: value for name, value in {**values, **patch}.items() if value is not None}
