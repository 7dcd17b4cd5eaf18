"""A world of devices, a cloud and faults that runs from one seed: the same seed, the same world.

First everything goes wrong for a while. Then it becomes quiet, people decide about what is left, and it must hold: each
outbox drains, all devices show what the cloud has, no rejected operation is missing from the dead letters. What must
hold all the time is checked where it happens (`cloud_side.py`, `device.py`).
"""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cloud.drafts.errors import ClientUnknownError, DraftRefusedError, NoDraftError, SequenceBrokenError
from cloud.drafts.operations.change_draft import RulesBusyError
from cloud.foundation.etags import ChangedMeanwhileError
from sync.outbox.syncing import Condition
from sync.protocol.merging import is_same
from tests.simulator.cloud_side import START, Backend, CloudSide, ServerKilledError
from tests.simulator.device import Device, DeviceClock, Disk
from tests.simulator.wire import FAULTS, Wire

_STEPS = 50
_MOST_QUIET_ROUNDS = 60
_DISKS: list[Disk] = []
_DRAFTS = [f"{kind}-{number}" for kind in ("release", "listing") for number in range(3)]


@dataclass
class World:
    """One run. `transcript` says what happened, in order."""

    seed: int
    backend: Backend
    account: str = "acc_owner"
    transcript: list[str] = field(default_factory=list)
    limbo: list[Callable[[], object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.source = random.Random(self.seed)
        self.cloud = CloudSide(self.backend, self.account, self.source)
        self.faults = dict(FAULTS)
        self.cloud.busy[0] = 0.05
        self._depth = 0
        self.devices = [self._device(number) for number in range(self.source.randint(2, 3))]

    def run(self) -> str:
        """Live through it; return a digest of all that happened. Raises AssertionError."""
        actions = {self._edit: 30, self._sync: 40, self._time: 8, self._network: 5, self._person: 5, self._crash: 4}
        actions |= {
            self._disk: 4,
            self._clock: 2,
            self._late: 8,
            self._web: 6,
            self._decide: 5,
            self._forget: 4,
            self._backup: 5,
        }
        for action in self.source.choices(list(actions), list(actions.values()), k=_STEPS):
            self._note(action.__name__, action())
        self._become_quiet()
        self._require_agreement()
        return hashlib.sha256("\n".join(self.transcript).encode()).hexdigest()

    def _device(self, number: int) -> Device:
        while len(_DISKS) <= number:
            _DISKS.append(Disk())
        wire = Wire(self.cloud, self.source, self.limbo, self.faults, self._meanwhile)
        clock = DeviceClock(lambda: (self.cloud.now - START).total_seconds() + START.timestamp())
        return Device(f"device {number}", _DISKS[number], self.cloud, wire, clock, self.source)

    def _note(self, what: str, how: object) -> None:
        self.transcript.append(f"{self.cloud.now:%H:%M:%S} {what.strip('_')} {how}")

    def _any(self) -> Device:
        return self.source.choice(self.devices)

    # What can happen.

    def _edit(self) -> str:
        device, draft_id = self._any(), self.source.choice(_DRAFTS)
        patch = None if self.source.random() < 0.2 else self._patch()
        return f"{device.name} {draft_id} {device.edit(draft_id.partition('-')[0], draft_id, patch)}"

    def _patch(self) -> dict[str, Any]:
        source = self.source
        chosen: dict[str, Any] = {
            "title": source.choice(["bad", *"abcdef"]),
            "newer": source.choice([None, 1, [1, {"x": "y"}]]),
            "price": {"amount": source.randrange(3), "currency": "EUR"},
            "splits": [{"party": "Ada", "share": source.randrange(3)}],
            "is_explicit": source.random() < 0.5,
        }
        return {name: chosen[name] for name in source.sample(sorted(chosen), source.randint(1, 3))}

    def _sync(self) -> str:
        device = self._any()
        return f"{device.name} {device.sync()}"

    def _meanwhile(self) -> None:
        """In the middle of one device's request, another device does a round of its own."""
        if self._depth:
            return
        self._depth += 1
        device = self._any()
        if not device.is_busy:
            self._note("meanwhile", f"{device.name} {device.sync()}")
        self._depth -= 1

    def _time(self) -> str:
        self.cloud.now += timedelta(seconds=self.source.choice((1, 10, 400, 4_000)))
        return ""

    def _network(self) -> str:
        device = self._any()
        assert isinstance(device.wire, Wire)
        device.wire.is_connected = not device.wire.is_connected
        return f"{device.name} {device.wire.is_connected}"

    def _person(self) -> str:
        """Somebody pauses, goes metered, or signs out and in."""
        device, what = self._any(), self.source.choice(("pause", "metered", "sign"))
        assert isinstance(device.wire, Wire)
        if what == "pause":
            device.syncer.surroundings.is_paused = not device.syncer.surroundings.is_paused
        elif what == "metered":
            device.syncer.surroundings.is_metered = not device.syncer.surroundings.is_metered
        else:
            device.wire.is_signed_in = not device.wire.is_signed_in
            device.syncer.credentials_changed()
        return f"{device.name} {what}"

    def _crash(self) -> str:
        if self.source.random() < 0.5:
            self.cloud.is_up = not self.cloud.is_up
            return f"cloud {self.cloud.is_up}"
        device = self._any()
        device.kill()
        device.check()
        return device.name

    def _disk(self) -> str:
        device = self._any()
        device.set_disk_full(is_full=not device.is_disk_full)
        return f"{device.name} {device.is_disk_full}"

    def _clock(self) -> str:
        device = self._any()
        device.clock.ahead_s = self.source.choice((0.0, 3_600.0, -3_600.0, 31_536_000.0, -31_536_000.0))
        return f"{device.name} {device.clock.ahead_s}"

    def _late(self) -> str:
        """A request that was delayed or sent twice arrives at last, in any order; nobody hears the answer."""
        if not self.limbo:
            return "none"
        deliver = self.limbo.pop(self.source.randrange(len(self.limbo)))
        try:
            deliver()
        except (ServerKilledError, SequenceBrokenError, ClientUnknownError) as error:
            return type(error).__name__
        return "delivered"

    def _web(self) -> str:
        """The same person edits in a browser: with the version that is there, or with one that is not."""
        draft_id = self.source.choice(_DRAFTS)
        values = None if self.source.random() < 0.2 else self._patch()
        versions = self.cloud.history.get(draft_id)
        if_match = f'"{self.source.choice(versions[-2:]).version}"' if versions else None
        try:
            draft = self.cloud.change_from_the_web(draft_id, values, if_match)
        except ChangedMeanwhileError as error:
            current = error.more["current"]
            assert versions
            assert current["version"] == versions[-1].version, "412 without what the draft is now"
            return "412"
        except (ServerKilledError, NoDraftError, DraftRefusedError, RulesBusyError) as error:
            return type(error).__name__
        return f"{draft.id} {draft.version}"

    def _decide(self) -> str:
        device = self._any()
        return f"{device.name} {device.decide()}"

    def _backup(self) -> str:
        device = self._any()
        return f"{device.name} {device.back_up_or_restore()}"

    def _forget(self) -> str:
        """A removal is forgotten early: whoever has not read it must begin again."""
        live = sorted(name for name, versions in self.cloud.history.items() if not versions[-1].is_removed)
        try:
            if live:
                self.cloud.change_from_the_web(self.source.choice(live), None, "*")
            self.cloud.now += timedelta(seconds=1)
            return str(self.cloud.forget())
        except (ServerKilledError, RulesBusyError) as error:
            return type(error).__name__

    # The end.

    def _become_quiet(self) -> None:
        self.faults.clear()
        self.cloud.is_up, self.cloud.busy[0] = True, 0.0
        while self.limbo:
            self._late()
        for device in self.devices:
            assert isinstance(device.wire, Wire)
            device.wire.is_connected = device.wire.is_signed_in = True
            device.syncer.surroundings.is_paused = device.syncer.surroundings.is_metered = False
            device.set_disk_full(is_full=False)
        for _ in range(_MOST_QUIET_ROUNDS):
            if self._quiet_round():
                return
        raise AssertionError(f"outboxes do not drain: {[device.queue for device in self.devices]}")

    def _quiet_round(self) -> bool:
        self.cloud.now += timedelta(seconds=301)
        for device in self.devices:
            device.pacing.forgive(device.wire.host)
            self._note("quiet", f"{device.name} {device.sync()}")
            while any(row.state == "attention" for row in device.queue.values()):
                self._note("quiet", f"{device.name} {device.decide(is_final=True)}")
        return not any(device.queue for device in self.devices)

    def _require_agreement(self) -> None:
        for device in self.devices:
            device.pacing.forgive(device.wire.host)
            assert device.syncer.step().condition is Condition.ONLINE
        live = self.cloud.live()
        for device in self.devices:
            seen = {view.draft.id: view.draft for view in device.outbox.read_all()}
            assert seen.keys() == live.keys(), f"{device.name} shows {sorted(seen)}, there are {sorted(live)}"
            for name, draft in live.items():
                assert seen[name].version == draft.version
                assert is_same(seen[name].values, draft.values), f"{seen[name]} is {draft}"
            assert abs(device.syncer.clock_skew_s + device.clock.ahead_s) < 1
            assert device.syncer.is_skewed == (device.clock.ahead_s != 0)
        assert self.cloud.dead_letters() == self.cloud.rejected, "a rejected operation disappeared"
        last = {name: versions[-1] for name, versions in self.cloud.history.items() if not versions[-1].is_removed}
        assert last == live, "what was acknowledged is not there"
        self._note("end", sorted((draft.id, draft.version, sorted(draft.values)) for draft in live.values()))
