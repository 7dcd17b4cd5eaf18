"""Reading an entity's registers by schema: what cannot be read gets its default and is remembered.

Integers arrive in the codec's canonical form, so an integral number is an int whatever the author wrote.
"""

from collections.abc import Mapping
from functools import cache

from maxbooster_desktop.project.document.limits import finite
from sync.document.codec import Value

Facets = Mapping[str, Value]

#: The types behind the letters of `FacetReader.items`; canonical values are of these types exactly.
_TYPES: Mapping[str, tuple[type, ...]] = {
    "i": (int,),
    "n": (int, float),
    "t": (str,),
    "b": (bool,),
    "N": (int, float, type(None)),
    "T": (str, type(None)),
}


class FacetReader:
    """Typed access to one entity's facets; `unreadable` lists the facets that were refused."""

    __slots__ = ("facets", "unreadable")

    def __init__(self, facets: Facets) -> None:
        self.facets = facets
        self.unreadable: list[str] = []

    def refuse(self, facet: str) -> None:
        """Remember that a facet could not be read."""
        self.unreadable.append(facet)

    def text(self, facet: str, default: str = "") -> str:
        """Return text, `default` when missing."""
        value = self.facets.get(facet)
        if isinstance(value, str):
            return value
        if value is not None:
            self.refuse(facet)
        return default

    def choice(self, facet: str, choices: tuple[str, ...], default: str) -> str:
        """Return one of `choices`."""
        value = self.facets.get(facet)
        if value is None:
            return default
        if isinstance(value, str) and value in choices:
            return value
        self.refuse(facet)
        return default

    def number(self, facet: str, default: float = 0.0) -> float:
        """Return a finite number."""
        value = self.facets.get(facet)
        if value is None:
            return default
        if is_number(value):
            return float(value)  # type: ignore[arg-type]  # is_number says so
        self.refuse(facet)
        return default

    def integer(self, facet: str, default: int = 0) -> int:
        """Return an integer."""
        value = self.facets.get(facet)
        if value is None:
            return default
        if is_integer(value):
            return value  # type: ignore[return-value]  # is_integer says so
        self.refuse(facet)
        return default

    def flag(self, facet: str, *, default: bool = False) -> bool:
        """Return a bool."""
        value = self.facets.get(facet)
        if isinstance(value, bool):
            return value
        if value is not None:
            self.refuse(facet)
        return default

    def values(self, prefix: str = "v.") -> dict[str, float]:
        """Return the numbers below a prefix by name, in name order, held inside float32."""
        found = {}
        for facet in sorted(facet for facet in self.facets if facet.startswith(prefix)):
            value = self.facets[facet]
            if is_number(value):
                found[facet[len(prefix) :]] = finite(float(value))  # type: ignore[arg-type]  # is_number says so
            else:
                self.refuse(facet)
        return found

    def items(self, facet: str, *kinds: str) -> tuple[Value, ...] | None:
        """Return a list register whose first items match `kinds`, None when missing or unreadable.

        Kinds: i integer, n number, t text, b bool; N and T may be null. Longer lists are accepted: a later version
        may add to them.
        """
        value = self.facets.get(facet)
        if isinstance(value, tuple) and len(value) >= len(kinds):
            if tuple(map(type, value)) == _plain_types(kinds):
                return value
            for kind, item in zip(kinds, value, strict=False):
                if type(item) not in _TYPES[kind]:
                    break
            else:
                return value
        if value is not None:
            self.refuse(facet)
        return None


@cache
def _plain_types(kinds: tuple[str, ...]) -> tuple[type, ...]:
    """Return the types that nearly every register of these kinds has, and no more items."""
    return tuple(_TYPES[kind][0] for kind in kinds)


def is_integer(value: Value) -> bool:
    """Return whether a value is an integer (a bool is not)."""
    return type(value) is int


def is_number(value: Value) -> bool:
    """Return whether a value is a number (a bool is not)."""
    return type(value) is int or type(value) is float
