"""The registers of one root that nobody has asked for yet: their keys by entity, their values still in the library.

A large project is opened to look at a few of its clips. Grouping its keys costs a fifth of bringing its values over.
Keys outside the grammar (no facet) never enter.
"""

from collections.abc import Iterable, Iterator


class UnreadRoot:
    """Keys by entity. `take` forgets an entity: its values are mirrored from then on."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Iterable[str]) -> None:
        # Put in order only where they are read: sorting hundreds of thousands takes longer than all the rest.
        self._keys: dict[str, list[str]] = {}
        known = self._keys.get
        for key in keys:
            entity = key[: key.find(".")]
            siblings = known(entity)
            if siblings is None:
                self._keys[entity] = [key]
            else:
                siblings.append(key)

    def __contains__(self, entity: str) -> bool:
        return entity in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def keys_of(self, entities: Iterable[str] | None) -> list[tuple[str, list[str]]]:
        """Return all entities, or those of some that are unread, each with its keys, in no particular order."""
        if entities is None:
            return list(self._keys.items())
        return [(entity, self._keys[entity]) for entity in entities if entity in self._keys]

    def take(self, entity: str) -> list[str]:
        """Return an entity's keys in order and forget the entity."""
        return sorted(self._keys.pop(entity))

    def with_facet(self, facet: str) -> set[str]:
        """Return the entities that have a register for `facet`."""
        end = "." + facet
        return {
            key[: -len(end)] for keys in self._keys.values() for key in keys if key.endswith(end)
        } & self._keys.keys()

    def register_count(self) -> int:
        """Return how many registers are unread."""
        return sum(map(len, self._keys.values()))


def loose(keys: Iterable[str]) -> list[str]:
    """Return the keys without a facet: another program wrote them, and the whole key is its entity."""
    return [key for key in keys if "." not in key or (key[-1] == "." and key.find(".") == len(key) - 1)]
