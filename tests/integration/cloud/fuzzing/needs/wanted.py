"""What a request takes instead of what was generated, and who makes it: by the name of the operation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cloud.foundation.unit_of_work import UnitOfWork
from tests.integration.cloud.fuzzing.world import World, id_of

OWNER, GUEST = id_of("member"), id_of("guest")


@dataclass
class Wanted:
    """What a request takes instead of what was generated.

    Attributes:
        headers: None leaves one out.
        body: members that are set; `is_whole`: all of them, nothing else is sent.
    """

    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str | None] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    is_whole: bool = False


Make = Callable[[World, UnitOfWork], Wanted]


class Needs(dict[str, Make]):
    """Who makes what an operation needs, for the operations of one part of the API."""

    def of(self, *operations: str) -> Callable[[Make], Make]:
        """Return a decorator of what makes the needs of some operations."""

        def noted(make: Make) -> Make:
            self.update(dict.fromkeys(operations, make))
            return make

        return noted
