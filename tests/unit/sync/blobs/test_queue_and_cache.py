"""What waits keeps its order and survives; what is kept stays within its size, but for what must not go."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from blake3 import blake3

from sync.blobs.bucket import TokenBucket
from sync.blobs.cache import BlobCache
from sync.blobs.queue import DOWN, UP, TransferQueue, open_queue

_ALL = ("audio", "peaks", "preview", "state")


class _Time:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[TransferQueue]:
    opened = open_queue(tmp_path / "queue")
    yield opened
    opened.database.close()


def _order(queue: TransferQueue, direction: str, now: float = 0.0) -> list[tuple[str, str]]:
    """Take everything that may go."""
    taken = []
    while (one := queue.take(direction, now, _ALL)) is not None:
        taken.append((one.original, one.kind))
    return taken


def test_peaks_come_before_previews_before_originals_and_what_is_heard_before_the_rest(queue: TransferQueue) -> None:
    for original in ("a", "b"):
        for kind in ("audio", "preview", "peaks"):
            queue.add_download("prj", original, kind)
    queue.add_upload("prj", "c", "audio", Path("c.wav"))
    queue.hear(["b"])
    assert _order(queue, DOWN) == [(one, kind) for kind in ("peaks", "preview", "audio") for one in ("b", "a")]
    assert _order(queue, UP) == [("c", "audio")]


def test_what_waits_is_there_after_a_restart_and_added_once(tmp_path: Path) -> None:
    first = open_queue(tmp_path)
    for _ in range(2):
        first.add_upload("prj", "a", "audio", tmp_path / "a.wav")
    one = first.take(UP, 0.0, _ALL)
    first.note_upload(one, "/v1/uploads/upl_1", "hash")
    assert first.take(UP, 0.0, _ALL) is None  # somebody has it
    first.database.close()
    again = open_queue(tmp_path)
    found = again.take(UP, 0.0, _ALL)
    assert (found.upload, found.upload_hash, found.source) == ("/v1/uploads/upl_1", "hash", tmp_path / "a.wav")
    again.done(found)
    assert again.waiting(UP) == 0
    again.database.close()


def test_what_failed_waits_and_what_a_person_must_see_waits_for_them(queue: TransferQueue) -> None:
    queue.add_download("prj", "a", "audio")
    queue.put_back(queue.take(DOWN, 0.0, _ALL), 50.0)
    assert (queue.take(DOWN, 49.0, _ALL), queue.problems()) == (None, [])
    queue.put_back(queue.take(DOWN, 50.0, _ALL), 0.0, "It came damaged.")
    assert (queue.take(DOWN, 1e9, _ALL), queue.problems()) == (None, [("a", "audio", "It came damaged.")])
    queue.add_download("prj", "a", "audio")
    assert queue.take(DOWN, 0.0, _ALL).attempts == 2


def _put(cache: BlobCache, tmp_path: Path, name: str, size: int = 100) -> Path:
    data = name.encode().ljust(size, b".")
    (tmp_path / "new").write_bytes(data)
    return cache.put(name, "audio", tmp_path / "new", blake3(data).hexdigest())


def test_what_was_used_longest_ago_goes_first_and_pins_stay(queue: TransferQueue, tmp_path: Path) -> None:
    cache = BlobCache(tmp_path / "cache", queue.database, 350, _Time())
    queue.add_upload("prj", "take", "audio", tmp_path / "take.wav")
    for name in ("take", "pinned", "a"):
        _put(cache, tmp_path, name)
    cache.pin("open", ["pinned"])
    assert cache.get("a", "audio") is not None
    for name in ("b", "c", "d"):
        _put(cache, tmp_path, name)
    there = [name for name in ("take", "pinned", "a", "b", "c", "d") if cache.get(name, "audio")]
    assert (there, cache.size_bytes()) == (["take", "pinned", "d"], 300)
    cache.most_bytes = 0
    cache.evict()
    assert [name for name in ("take", "pinned", "d") if cache.get(name, "audio")] == ["take", "pinned"]
    cache.unpin("open")
    queue.done(queue.take(UP, 0.0, _ALL))
    cache.evict()
    assert (cache.size_bytes(), [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]) == (0, [])


def test_a_file_that_two_sounds_share_stays_for_the_other(queue: TransferQueue, tmp_path: Path) -> None:
    cache = BlobCache(tmp_path / "cache", queue.database, 150, _Time())
    hash_ = blake3(bytes(100)).hexdigest()
    for original in ("a", "pinned", "dropped"):
        (tmp_path / "new").write_bytes(bytes(100))
        place = cache.put(original, "peaks", tmp_path / "new", hash_)
    assert cache.size_bytes() == 100
    cache.drop("dropped")
    cache.pin("open", ["pinned"])
    _put(cache, tmp_path, "b")
    there = [name for name, kind in (("a", "peaks"), ("b", "audio"), ("pinned", "peaks")) if cache.get(name, kind)]
    assert (there, cache.size_bytes()) == (["pinned"], 100)
    cache.drop("pinned")
    assert not place.exists()


def test_a_damaged_or_missing_file_is_never_given_out(queue: TransferQueue, tmp_path: Path) -> None:
    cache = BlobCache(tmp_path / "cache", queue.database, 10_000, _Time())
    place, other = _put(cache, tmp_path, "a"), _put(cache, tmp_path, "b")
    assert cache.get("a", "audio") == place
    place.write_bytes(place.read_bytes().replace(b"..", b".,"))
    other.unlink()
    assert [cache.get(name, "audio") for name in ("a", "b")] == [None, None]
    assert (place.exists(), cache.size_bytes()) == (False, 0)


def test_a_bucket_lets_through_as_much_as_its_rate() -> None:
    time = [0.0]
    bucket = TokenBucket(1_000, lambda: time[0])
    waited = 0.0
    for _ in range(100):
        wait_s = bucket.take(250)
        waited += wait_s
        time[0] += wait_s
    assert waited == pytest.approx((100 * 250 - 1_000) / 1_000)
    time[0] += 100  # what was not used is not saved up
    assert [bucket.take(1_000), bucket.take(500)] == [0.0, 0.5]
    bucket.bytes_s = None
    assert bucket.take(1 << 30) == 0.0
