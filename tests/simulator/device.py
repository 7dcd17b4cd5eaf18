"""A device in a simulated world: the real outbox and syncer on a real SQLite database, behind a wire with faults.

Killing it throws away everything in memory and opens the same database again. Its database can be full, its clock be
set, its network gone. What leaves its queue is checked: done at the cloud, already so at the cloud, or decided.
"""

import contextlib
import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa

from sync.outbox import ports
from sync.outbox.errors import DraftRefusedError, NotPossibleError, UpdateNeededError
from sync.outbox.outbox import Outbox
from sync.outbox.pacing import Pacing
from sync.outbox.rows import ALL, Pending, pending_rows
from sync.outbox.syncing import Standing, Syncer
from sync.outbox.tables import DRAFTS, synced
from sync.protocol.changes import Draft
from sync.protocol.merging import is_same
from sync.storage.database import Database, engine_on
from sync.storage.errors import StorageRefusedError
from tests.simulator.cloud_side import CloudSide

#: Small pages: a full disk is noticed by small databases too.
_PAGE_BYTES = 512
_TOLD = sa.select(synced.c.id, synced.c.version).where(~synced.c.is_removed)
_NO_LIMIT = 2**31 - 2


class DeviceKilledError(BaseException):
    """The device's process ended; nothing catches this but the world."""


class DeviceClock:
    """A device's clocks: the world's time, and a wall clock that its owner sets."""

    def __init__(self, world_s: Callable[[], float]) -> None:
        self._world_s, self.ahead_s = world_s, 0.0

    def wall_s(self) -> float:
        return self._world_s() + self.ahead_s

    def monotonic_s(self) -> float:
        return self._world_s()


class Disk:
    """One SQLite database in memory, with an engine that outlives the worlds that use it."""

    def __init__(self) -> None:
        self._connection: sqlite3.Connection | None = None
        self.engine = engine_on(self._connect)

    def erase(self) -> None:
        """Begin with an empty database."""
        self.engine.dispose()

    def set_full(self, *, is_full: bool) -> None:
        """Let the database grow no more, or again."""
        assert self._connection is not None
        pages = self._connection.execute("PRAGMA page_count").fetchone()[0] if is_full else _NO_LIMIT
        self._connection.execute(f"PRAGMA max_page_count = {pages}")

    def copy(self) -> sqlite3.Connection:
        """Return a backup of the database."""
        assert self._connection is not None
        copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._connection.backup(copy)
        return copy

    def restore(self, copy: sqlite3.Connection) -> None:
        """Bring a backup back."""
        assert self._connection is not None
        copy.backup(self._connection)

    def changes(self) -> int:
        """Return how many rows were ever changed."""
        assert self._connection is not None
        return self._connection.total_changes

    def _connect(self) -> sqlite3.Connection:
        self._connection = _in_memory()
        _empty().backup(self._connection)
        return self._connection


def _in_memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
    return connection


@cache
def _empty() -> sqlite3.Connection:
    """Return a database with our tables, made once: copies of it cost nothing."""
    made = _in_memory()
    Database("empty", engine_on(lambda: made), DRAFTS)
    return made


@dataclass
class Device:
    """One device; `wire` is its transport."""

    name: str
    disk: Disk
    cloud: CloudSide
    wire: ports.Transport
    clock: DeviceClock
    source: random.Random
    is_disk_full: bool = False
    is_busy: bool = False
    seen_changes: int = -1
    backup: sqlite3.Connection | None = None
    told: dict[str, int] = field(default_factory=dict)
    queue: dict[int, Pending] = field(default_factory=dict)
    decided: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.disk.erase()
        self.start()

    def start(self) -> None:
        """Start the program on what the disk holds."""
        database = Database(self.name, self.disk.engine, DRAFTS)
        self.outbox = Outbox(database, self.clock, self.source.getrandbits)
        self.pacing = Pacing(self.clock.monotonic_s, self.source)
        self.syncer = Syncer(self.outbox, self.wire, self.clock, self.pacing, self.name)

    def kill(self) -> None:
        """End the program as SIGKILL does, and start it anew."""
        around = self.syncer.surroundings
        with self._disk_with_room():
            self.start()
        self.syncer.surroundings = around

    def back_up_or_restore(self) -> str:
        """Copy the database, or bring the copy back: what was done since is unknown to the device then."""
        if self.backup is None:
            self.backup = self.disk.copy()
            return "copied"
        with self._disk_with_room():
            self.disk.restore(self.backup)
            self.backup = None
            self.start()
        self.queue.clear()
        self.seen_changes = -1
        self.check()
        return "restored"

    def set_disk_full(self, *, is_full: bool) -> None:
        """Fill the disk, or free it."""
        self.is_disk_full = is_full
        self.disk.set_full(is_full=is_full)

    def edit(self, kind: str, draft_id: str, patch: Mapping[str, Any] | None) -> str:
        """Let the person edit; return what came of it."""
        try:
            number = self.outbox.remove(draft_id) if patch is None else self.outbox.change(kind, draft_id, patch)
        except (StorageRefusedError, DraftRefusedError, NotPossibleError, UpdateNeededError) as refused:
            self.check()
            return type(refused).__name__
        self.check()
        assert number in self.queue, "an edit that was taken is not in the queue"
        kept = self.queue[number].patch
        assert kept is None if patch is None else all(is_same(kept[name], patch[name]) for name in patch)
        return f"edit {number}"

    def sync(self) -> str:
        """Do one round; being killed in it is part of the game."""
        self.is_busy = True
        try:
            standing: Standing | None = self.syncer.step()
        except DeviceKilledError:
            standing = None
            self.kill()
        self.is_busy = False
        self.check()
        return "killed" if standing is None else str(standing.condition)

    def decide(self, *, is_final: bool = False) -> str:
        """Let the person decide about one change; at the end they take back what is refused for ever."""
        items = self.outbox.needs_attention()
        if not items:
            return "nothing"
        item = self.source.choice(items)
        decision = self.source.choice(item.decisions)
        patch = {"title": "good"} if decision == "retry" and item.mine is not None else None
        if is_final and decision == "retry" and item.mine is None:
            decision = "discard"
        try:
            self.outbox.decide(item.number, decision, patch)
        except StorageRefusedError:
            return "disk full"
        self.decided.add(item.number)
        self.check()
        return f"{decision} {item.number}"

    def check(self) -> None:
        """Look at the queue: nothing left it but what is done, what was so already, and what was decided."""
        if self.disk.changes() == self.seen_changes:
            return
        self.seen_changes = self.disk.changes()
        with self.disk.engine.begin() as connection:
            now = {row.number: row for row in pending_rows(connection, ALL)}
            self.told = dict(connection.execute(_TOLD).all())
        for number, before in self.queue.items():
            after = now.get(number)
            if after is None:
                self._require_accounted(before)
            elif after.op_id != before.op_id and number not in self.decided:
                self._require_merged(before, after)
        for row in now.values():
            if row.state == "acked":
                assert self.cloud.applied.get(row.op_id) == row.version, f"{row} was acknowledged and is not there"
        self.queue = now
        self.decided.clear()

    def _require_accounted(self, row: Pending) -> None:
        is_done = row.op_id in self.cloud.applied
        is_so = any(_holds(draft, row.patch) for draft in self.cloud.history.get(row.draft_id, []))
        assert is_done or is_so or row.number in self.decided, f"{self.name}: {row} disappeared"
        if is_done and row.draft_id in self.told:
            assert self.told[row.draft_id] >= self.cloud.applied[row.op_id], f"{self.name} shows no longer {row}"

    def _require_merged(self, before: Pending, after: Pending) -> None:
        assert before.patch is not None, f"{before} became {after} without a question"
        assert after.patch is not None, f"{before} became {after} without a question"
        left_out = {name: value for name, value in before.patch.items() if name not in after.patch}
        versions = self.cloud.history[before.draft_id]
        assert any(_holds(draft, left_out) for draft in versions), f"{before} lost {left_out}"
        for name, value in after.patch.items():
            assert is_same(value, before.patch[name])
            assert name not in ("price", "splits"), f"money was merged without a question: {before} -> {after}"

    @contextlib.contextmanager
    def _disk_with_room(self) -> Iterator[None]:
        """A full disk keeps nothing from being read; the program starts on what is there."""
        self.disk.set_full(is_full=False)
        yield
        self.disk.set_full(is_full=self.is_disk_full)


def _holds(draft: Draft, patch: Mapping[str, Any] | None) -> bool:
    if patch is None or draft.is_removed:
        return patch is None and draft.is_removed
    return all(is_same(draft.values.get(name), value) for name, value in patch.items())
