"""Transfers whose own disk takes nothing: a sentence that names the place and the way out, and no half of anything."""

import contextlib
from pathlib import Path

import pytest
from blake3 import blake3

from sync.blobs.bucket import TokenBucket
from sync.blobs.cache import BlobCache
from sync.blobs.ports import Blob
from sync.blobs.queue import DOWN, UP, open_queue
from sync.blobs.transfers import Limits, Transfers
from sync.outbox.pacing import Pacing
from sync.outbox.ports import SystemClock
from sync.storage.errors import StorageRefusedError

_DATA = b"sound" * 50_000
_HASH = blake3(_DATA).hexdigest()


class _Cloud:
    """A cloud that has one sound and takes none."""

    host = "cloud"

    def find(self, _project: str, original: str, kind: str) -> list[Blob]:
        return [Blob(_HASH, kind, original, len(_DATA))]

    def read(self, _project: str, _blob: Blob, start: int, end: int) -> bytes:
        return _DATA[start:end]

    def have(self, _hash: str) -> bool:
        raise AssertionError("nothing was made that could be sent")


@pytest.fixture
def transfers(tmp_path: Path):
    clock = SystemClock()
    clock.wall_s = lambda: 1e10 + clock.monotonic_s() * 1e6  # nobody waits
    queue = open_queue(tmp_path / "queue")
    limits = Limits(TokenBucket(None, clock.monotonic_s), TokenBucket(None, clock.monotonic_s))
    cache = BlobCache(tmp_path / "cache", queue.database, 1 << 30, clock.wall_s)
    parts = (queue, cache, _Cloud(), tmp_path / "work", clock, Pacing(clock.monotonic_s), limits)
    yield Transfers(*parts, forms={"peaks": _half})
    queue.database.close()


def _half(_source: Path, target: Path) -> bool:
    target.write_bytes(b"half")
    raise OSError(28, "No space left on device", str(target))


def test_a_place_that_takes_nothing_is_named_with_the_way_out(transfers, tmp_path: Path) -> None:
    (tmp_path / "work").write_bytes(b"")
    transfers.queue.add_download("prj", _HASH, "audio")
    for _ in range(2):
        assert transfers.step(DOWN)
    [(_, _, problem)] = transfers.queue.problems()
    assert problem.startswith("A sound was not fetched (File exists at ")
    assert problem.endswith("work): make room there, or check its permissions.")
    (tmp_path / "work").unlink()
    transfers.queue.add_download("prj", _HASH, "audio")
    assert transfers.step(DOWN)
    assert transfers.cache.get(_HASH, "audio").read_bytes() == _DATA


def _fill(transfers: Transfers, *, is_full: bool) -> None:
    with contextlib.closing(transfers.queue.database._engine.raw_connection()) as connection:
        connection.driver_connection.execute(f"PRAGMA query_only = {int(is_full)}")


@pytest.mark.parametrize(
    ("before", "brings"), [("read", lambda *_: _DATA), ("evict", lambda: 0), ("find", lambda *_: [])]
)
def test_what_a_full_disk_held_up_goes_on_when_there_is_room(transfers, monkeypatch, before: str, brings) -> None:
    def run_full(*about):
        _fill(transfers, is_full=True)
        return brings(*about)

    transfers.queue.add_download("prj", _HASH, "audio")
    whose = type(transfers.cache if before == "evict" else transfers.cloud)
    monkeypatch.setattr(whose, before, lambda _self, *about: run_full(*about))
    with pytest.raises(StorageRefusedError):
        transfers.step(DOWN)
    monkeypatch.undo()
    _fill(transfers, is_full=False)
    assert transfers.step(DOWN)
    assert transfers.cache.get(_HASH, "audio").read_bytes() == _DATA


def test_what_was_begun_for_a_transfer_that_was_given_up_goes_at_the_next_start(transfers, tmp_path: Path) -> None:
    transfers.queue.add_download("other", _HASH, "audio")
    transfers.queue.add_upload("prj", _HASH, "peaks", tmp_path / "sound.wav")
    wanted = {f"1-{_HASH}.part", "2.packed", f"{_HASH}.peaks"}
    given_up = {f"7-{_HASH}.part", f"12-{_HASH}.whole", "8.packed", f"{_HASH}.preview", f"{_HASH}.peaks-2"}
    (tmp_path / "work").mkdir()
    for name in wanted | given_up:
        (tmp_path / "work" / name).write_bytes(b"half")
    transfers.around.is_paused = True
    transfers.run()
    transfers.stop()
    assert {file.name for file in (tmp_path / "work").iterdir()} == wanted


def test_nothing_half_made_stays(transfers, tmp_path: Path) -> None:
    source = tmp_path / "sound.wav"
    source.write_bytes(_DATA)
    transfers.queue.add_upload("prj", _HASH, "peaks", source)
    for _ in range(2):
        assert transfers.step(UP)
    [(_, _, problem)] = transfers.queue.problems()
    assert problem.startswith("A sound was not sent (No space left on device at ")
    assert list((tmp_path / "work").iterdir()) == []
