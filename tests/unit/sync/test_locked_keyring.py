"""A keyring that locks while the program runs: whatever syncs waits, and goes on when it is open again."""

import pytest

from sync.blobs.bucket import TokenBucket
from sync.blobs.cache import BlobCache
from sync.blobs.queue import DOWN, open_queue
from sync.blobs.transfers import Limits, Transfers
from sync.client.blobs import HttpBlobs
from sync.client.drafts import HttpTransport
from sync.client.http import Wire
from sync.client.room_events import Connection
from sync.credentials.errors import StoreUnavailableError
from sync.outbox import ports
from sync.outbox.pacing import Pacing
from tests.unit.sync.played_room import Caller, PlayedRoom

_NOWHERE = "http://127.0.0.1:9"


def locked(*_about):
    raise StoreUnavailableError("The keyring is locked; unlock it.")


@pytest.fixture
def wire():
    made = Wire(_NOWHERE, locked)
    yield made
    made.close()


@pytest.fixture
def transfers(tmp_path, wire):
    """Transfers whose cloud needs the keyring, by clocks that stand still."""
    clock = ports.SystemClock()
    clock.monotonic_s = clock.wall_s = lambda: 1e9
    queue = open_queue(tmp_path)
    limits = Limits(TokenBucket(None, clock.monotonic_s), TokenBucket(None, clock.monotonic_s))
    cache = BlobCache(tmp_path / "cache", queue.database, 1 << 30, clock.wall_s)
    parts = (queue, cache, HttpBlobs(wire), tmp_path / "work", clock, Pacing(clock.monotonic_s), limits)
    queue.add_download("prj", "a" * 64, "peaks")
    yield Transfers(*parts)
    queue.database.close()


@pytest.fixture
def enter():
    """Return a function that enters a room whose first ticket is asked for in another way than the rest."""
    ends = []

    def make(first):
        room, ways = PlayedRoom(), [first]
        caller = Caller(room, lambda epoch: ways.pop()(epoch) if ways else "t")
        ends.extend((caller.client.stop, room.stop))
        return room, caller

    yield make
    for end in ends:
        end()


def test_a_room_is_offline_and_comes_back(enter, wire):
    room, caller = enter(lambda _epoch: wire.send("POST", "/v1/tickets"))
    assert caller.until(Connection.OFFLINE).reason == "The keyring is locked; unlock it."
    room.guest()


def test_a_fault_that_nobody_knows_does_not_end_the_room(enter, expected_log):
    expected_log("connection to the room failed")

    def fault(_epoch):
        raise LookupError("nobody knows")

    room, caller = enter(fault)
    assert caller.until(Connection.OFFLINE).reason == "The cloud cannot be reached."
    room.guest()


def test_drafts_count_as_offline():
    transport = HttpTransport(_NOWHERE, locked)
    with pytest.raises(ports.UnreachableError, match="unlock it"):
        transport.pull(None, 1)
    transport.close()


def test_a_transfer_waits_and_is_tried_again(transfers):
    assert transfers.step(DOWN)
    assert transfers.pacing.wait_s(transfers.cloud.host) > 0
    transfers.pacing.forgive(transfers.cloud.host)
    assert transfers.step(DOWN)
    assert transfers.queue.problems() == []


def test_a_fault_that_nobody_knows_ends_no_thread_and_keeps_no_transfer(transfers, monkeypatch, expected_log):
    expected_log("could not be transferred")

    def fault(*_about):
        transfers.ended.set()
        raise LookupError("nobody knows")

    monkeypatch.setattr(HttpBlobs, "find", fault)
    transfers._work((DOWN,))
    assert transfers.queue.take(DOWN, 2e9, ("peaks",)) is not None
