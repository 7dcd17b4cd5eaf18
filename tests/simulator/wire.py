"""The wire between a device and the cloud, and what can happen on it: every fault a real one has."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cloud.drafts.errors import ClientUnknownError, SequenceBrokenError
from sync.outbox import ports
from sync.protocol.changes import Changes
from sync.protocol.operations import Batch
from tests.simulator.cloud_side import CloudSide, ServerKilledError
from tests.simulator.device import DeviceKilledError

#: What can happen to one request, and how often, in parts of a thousand.
FAULTS = {
    "lost before the cloud": 40,
    "lost after the cloud": 50,
    "delayed": 40,
    "duplicated": 40,
    "server killed before commit": 25,
    "server killed after commit": 20,
    "client killed before sending": 25,
    "client killed after the cloud": 30,
    "401": 10,
    "412": 10,
    "429": 20,
    "500": 25,
    "somebody else meanwhile": 60,
}


@dataclass
class Wire:
    """A device's transport. `limbo` holds requests that are still under way when nobody waits for them any more."""

    cloud: CloudSide
    source: random.Random
    limbo: list[Callable[[], object]]
    faults: dict[str, int]
    meanwhile: Callable[[], None]
    is_connected: bool = True
    is_signed_in: bool = True
    seen: dict[str, int] = field(default_factory=dict)
    host: str = "cloud.example"

    def register(self, client_id: str, label: str) -> ports.Registered:
        """Make this client known."""
        return ports.Registered(self._exchange(lambda: self.cloud.register(client_id)))

    def push(self, batch: Batch) -> ports.Answers:
        """Hand operations over."""
        document = json.dumps(batch.to_json())
        answers = self._exchange(lambda: self.cloud.push(document))
        return ports.Answers(answers, self.cloud.now.isoformat())

    def pull(self, cursor: str | None, schema_version: int) -> Changes:
        """Read a part of the feed."""
        size = self.source.choice((1, 2, 200))
        return Changes.from_json(self._exchange(lambda: self.cloud.pull(cursor, size)))

    def _exchange(self, deliver: Callable[[], Any]) -> Any:
        fault = self._fault()
        self.seen[fault] = self.seen.get(fault, 0) + 1
        if fault == "client killed before sending":
            raise DeviceKilledError
        if not self.is_connected or fault == "lost before the cloud":
            raise ports.UnreachableError("no network")
        if not self.is_signed_in or fault == "401":
            raise ports.AuthNeededError("401")
        if fault in ("412", "429", "500"):
            raise ports.ServerTroubleError(fault, self.source.uniform(1, 100) if fault == "429" else None)
        if fault == "delayed":
            self.limbo.append(deliver)
            raise ports.ServerTroubleError("no answer in time")
        if fault == "somebody else meanwhile":
            self.meanwhile()
        return self._delivered(deliver, fault)

    def _delivered(self, deliver: Callable[[], Any], fault: str) -> Any:
        self.cloud.dies_before_commit = fault == "server killed before commit"
        try:
            reply = deliver()
        except ServerKilledError as error:
            raise ports.UnreachableError("no answer") from error
        except ClientUnknownError as error:
            raise ports.ClientUnknownError(str(error)) from error
        except SequenceBrokenError as error:
            raise ports.SequenceBrokenError(str(error)) from error
        finally:
            self.cloud.dies_before_commit = False
        if fault == "duplicated":
            self.limbo.append(deliver)
        if fault == "server killed after commit":
            self.cloud.is_up = False
        if fault in ("server killed after commit", "lost after the cloud"):
            raise ports.ServerTroubleError("no answer in time")
        if fault == "client killed after the cloud":
            raise DeviceKilledError
        return reply

    def _fault(self) -> str:
        drawn = self.source.randrange(1000)
        for name, share in self.faults.items():
            drawn -= share
            if drawn < 0:
                return name
        return "none"
