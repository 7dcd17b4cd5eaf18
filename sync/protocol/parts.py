"""Lists that come in parts, each naming the cursor of the next one: whoever makes them, they come to an end."""

from sync.protocol.errors import MalformedError

_LONGEST_CURSOR = 2_000


class Parts:
    """Follows the cursors of one list of at most so many parts."""

    def __init__(self, most: int) -> None:
        self._most, self._seen = most, set[str]()

    def follow(self, cursor: str) -> str:
        """Return a cursor that leads on; raises MalformedError for one that came before, and for one too many."""
        if cursor in self._seen or len(self._seen) + 1 >= self._most or len(cursor) > _LONGEST_CURSOR:
            raise MalformedError("The list has no end.")
        self._seen.add(cursor)
        return cursor
