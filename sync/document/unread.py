"""The registers of one root that nobody has asked for yet: their keys by entity, their values still in the library.

A large project is opened to look at a few of its clips. Ordering its keys costs a fifth of bringing its values over.
Keys outside the grammar (no facet) never enter.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from sync.document.codec import Value


class UnreadRoot:
    """Keys by entity. `take` forgets an entity: its values are mirrored from then on."""

    __slots__ = ("_keys", "_places")

    def __init__(self, keys: Iterable[str]) -> None:
        # Keys with one prefix "<id>." lie together when sorted, and their facets are in order.
        self._keys = sorted(keys)
        counts = Counter([key[: key.find(".")] for key in self._keys])
        ends = tuple(accumulate(counts.values()))
        self._places: dict[str, slice] = dict(zip(counts, map(slice, (0, *ends), ends), strict=False))

    def __contains__(self, entity: str) -> bool:
        return entity in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def keys_of(self, entity: str) -> list[str]:
        """Return an entity's keys in order."""
        return self._keys[self._places[entity]]

    def take(self, entity: str) -> list[str]:
        """Return an entity's keys and forget the entity."""
        return self._keys[self._places.pop(entity)]

    def with_facet(self, facet: str) -> set[str]:
        """Return the entities that have a register for `facet`."""
        end = "." + facet
        found = {key[: -len(end)] for key in self._keys if key.endswith(end)}
        return {entity for entity in found if entity in self._places}

    def register_count(self) -> int:
        """Return how many registers are unread."""
        return sum(place.stop - place.start for place in self._places.values())


def is_loose(key: str) -> bool:
    """Whether a key has no facet: another program wrote it, and the whole key is its entity."""
    return "." not in key or key.find(".") == len(key) - 1


def by_facet(entity: str, keys: Iterable[str], values: Iterable[Value]) -> Mapping[str, Value]:
    """Return an entity's readable registers by facet; takes as many values as there are keys."""
    start = len(entity) + 1
    return {key[start:]: value for key, value in zip(keys, values, strict=False) if value is not None}
