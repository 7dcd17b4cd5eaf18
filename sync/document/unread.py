"""The registers of one root that nobody has asked for yet: their keys by entity, their values still in the library.

A large project is opened to look at a few of its clips. Ordering its keys costs a fifth of bringing its values over.
Keys outside the grammar (no facet) never enter.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate


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

    def places_of(self, entities: Iterable[str] | None) -> list[tuple[str, slice]]:
        """Return all entities, or those of some that are unread, with the places of their keys, in order."""
        if entities is None:
            return list(self._places.items())
        return [(entity, self._places[entity]) for entity in sorted(entities) if entity in self._places]

    def keys_at(self, places: list[tuple[str, slice]]) -> list[str]:
        """Return the keys of some entities, one after the other."""
        first, end = places[0][1].start, places[-1][1].stop
        keys = self._keys[first:end]
        if len(keys) == sum([place.stop - place.start for _, place in places]):
            return keys
        return [key for _, place in places for key in self._keys[place]]

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


def loose(keys: Iterable[str]) -> list[str]:
    """Return the keys without a facet: another program wrote them, and the whole key is its entity."""
    return [key for key in keys if "." not in key or (key[-1] == "." and key.find(".") == len(key) - 1)]
