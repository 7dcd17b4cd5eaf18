"""What compliance needs from outside: mail that stays here, and the store of objects."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from cloud.blobs.ports import Objects

__all__ = ["KeptMail", "Objects"]


class KeptMail(Protocol):
    """Mail that is kept in a folder instead of being sent on."""

    def forget(self, addresses: Collection[str]) -> int:
        """Remove every message to these addresses; return how many."""
        ...

    def forget_before(self, moment: datetime) -> int:
        """Remove every message that is older; return how many."""
        ...
