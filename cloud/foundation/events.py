"""What has happened, told to whoever listens outside: one registry of the types, one way to tell.

A type is declared once, beside the operation that tells of it; the message is kept in that operation's transaction.
Its data holds ids and fixed words only, never a name or an address, for it leaves the cloud.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cloud.foundation.unit_of_work import UnitOfWork

#: Where messages of the outbox are found.
TOPIC = "events"
#: Standard Webhooks asks for small messages: 20 kB with what is around the data.
LARGEST_DATA = 19_000
#: The registry: every type by its name.
EVENT_TYPES: dict[str, "EventType"] = {}


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of happening; declaring one registers it.

    Attributes:
        name: `thing.what_happened`, stable: programs outside ask for it.
        example: what its data looks like.
    """

    name: str
    description: str
    example: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.name in EVENT_TYPES:
            raise ValueError(f"the type of event {self.name} is declared twice")
        EVENT_TYPES[self.name] = self


def tell(work: UnitOfWork, kind: EventType, audience: Iterable[str], data: Mapping[str, Any]) -> None:
    """Say that something has happened; nobody hears of it when the unit is undone.

    `audience` are the accounts and workspaces whose matter it is.
    """
    if set(data) != set(kind.example) or len(json.dumps(data)) > LARGEST_DATA:
        raise ValueError(f"the data of {kind.name} is not as declared")
    happened = {"type": kind.name, "at": work.clock.now().isoformat(), "data": dict(data)}
    work.outbox.publish(TOPIC, happened | {"audience": sorted(set(audience))})
