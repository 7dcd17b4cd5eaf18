"""Two desktops and a real cloud: sounds go up and come down as they were, whatever happens on the way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from blake3 import blake3

from sync.blobs import transfers
from sync.blobs.bucket import TokenBucket
from sync.blobs.cache import BlobCache
from sync.blobs.ports import Blob
from sync.blobs.queue import DOWN, UP, open_queue
from sync.blobs.transfers import Limits, Transfers
from sync.client.blobs import HttpBlobs
from sync.client.http import Wire
from sync.outbox.pacing import Pacing
from sync.outbox.ports import SystemClock, UnreachableError
from tests.integration.cloud.blobs.uploads import Studio, name


class _Line(HttpBlobs):
    """The way to the cloud, which counts and which breaks when it is told to."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)
        self.sent: list[int] = []
        self.got: list[str] = []
        self.breaks_after = 1 << 30

    def append(self, upload: str, offset: int, piece: bytes) -> None:
        if len(self.sent) >= self.breaks_after:
            raise UnreachableError("the cable was pulled")
        super().append(upload, offset, piece)
        self.sent.append(len(piece))

    def read(self, project_id: str, blob: Blob, start: int, end: int) -> bytes:
        self.got.append(blob.kind)
        return super().read(project_id, blob, start, end)


@dataclass
class Desktop:
    """One person's machine."""

    studio: Studio
    who: str
    folder: Path
    lines: list[_Line] = field(default_factory=list)
    time: float = 0.0

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start the program (again)."""
        clock = SystemClock()
        clock.wall_s = lambda: self.time
        clock.monotonic_s = lambda: self.time
        self.queue = open_queue(self.folder)
        self.cache = BlobCache(self.folder / "cache", self.queue.database, 1 << 30, clock.wall_s)
        token = self.studio.band.player(self.who).token
        self.wire = Wire(self.studio.band.city.api.url, lambda: token)
        self.line = _Line(self.wire)
        limits = Limits(TokenBucket(None, clock.monotonic_s), TokenBucket(None, clock.monotonic_s))
        parts = (self.queue, self.cache, self.line, self.folder / "work", clock, Pacing(clock.monotonic_s), limits)
        self.transfers = Transfers(*parts)

    def end(self) -> None:
        """End the program."""
        self.transfers.stop()
        self.queue.database.close()
        self.wire.close()

    def work(self, direction: str, rounds: int = 50) -> None:
        """Do what waits, letting time pass."""
        for _ in range(rounds):
            self.time += 400.0
            while self.transfers.step(direction):
                pass
            if not self.queue.waiting(direction) or self.queue.problems():
                return


@pytest.fixture
def desktop(studio: Studio, tmp_path: Path) -> Iterator[Callable[[str], Desktop]]:
    """Return a function that gives somebody a machine."""
    made: list[Desktop] = []

    def start(who: str) -> Desktop:
        made.append(Desktop(studio, who, tmp_path / who))
        return made[-1]

    yield start
    for one in made:
        one.end()


def _sound(path: Path, subtype: str, seconds: float = 0.5) -> str:
    """Write a sound; return the name that documents have for it."""
    at = np.arange(round(48_000 * seconds))[:, None] / 48_000
    tone = np.round(0.4 * np.sin(2 * np.pi * at * [220, 330]) * (1 << 23)) / (1 << 23)
    sf.write(path, tone, 48_000, subtype)
    return blake3(path.read_bytes()).hexdigest()


def test_sounds_arrive_bit_for_bit_the_small_first(
    studio: Studio, desktop: Callable[[str], Desktop], tmp_path: Path
) -> None:
    project = studio.band.project(ben="editor")
    owner, ben = desktop("owner"), desktop("ben")
    sounds = {subtype: tmp_path / f"{subtype}.wav" for subtype in ("PCM_24", "FLOAT")}
    names = {_sound(path, subtype): path for subtype, path in sounds.items()}
    (tmp_path / "peaks").write_bytes(b"peaks" * 100)
    for original, path in names.items():
        owner.queue.add_upload(project, original, "audio", path)
        owner.queue.add_upload(project, original, "peaks", tmp_path / "peaks")
    owner.work(UP)
    assert sum(owner.line.sent) < 0.7 * sum(path.stat().st_size for path in sounds.values())
    for original in names:
        for kind in ("audio", "peaks"):
            ben.queue.add_download(project, original, kind)
    ben.work(DOWN)
    for original, path in names.items():
        assert ben.cache.get(original, "audio").read_bytes() == path.read_bytes()
    assert ben.line.got.index("audio") >= ben.line.got.count("peaks")
    assert not list((tmp_path / "owner" / "work").iterdir()) + list((tmp_path / "ben" / "work").iterdir())
    stranger = desktop("stranger")
    stranger.queue.add_download(project, next(iter(names)), "audio")
    stranger.work(DOWN)
    assert [problem for _, _, problem in stranger.queue.problems()] == [f"There is no project {project}."]


def test_an_upload_goes_on_after_the_line_broke_and_the_program_ended(
    studio: Studio, desktop: Callable[[str], Desktop], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfers, "PIECE_BYTES", 4_096)
    project, owner = studio.band.project(), desktop("owner")
    original = _sound(tmp_path / "a.wav", "PCM_24")
    owner.queue.add_upload(project, original, "audio", tmp_path / "a.wav")
    owner.line.breaks_after = 3
    owner.work(UP, rounds=2)
    assert (owner.line.sent, owner.queue.waiting(UP)) == ([4_096] * 3, 1)
    owner.end()
    owner.start()
    owner.work(UP)
    (stored,) = studio.objects
    size = next((studio.band.city.api.runtime.settings.data / "objects").rglob(stored)).stat().st_size
    assert (sum(owner.line.sent), owner.queue.waiting(UP)) == (size - 3 * 4_096, 0)


def test_an_upload_that_is_not_gone_on_with_ends_in_the_cloud(
    studio: Studio, desktop: Callable[[str], Desktop], tmp_path: Path
) -> None:
    project, owner, file = studio.band.project(), desktop("owner"), tmp_path / "state"
    file.write_bytes(b"old" * 1_000)
    owner.queue.add_upload(project, name(b"eq"), "state", file)
    owner.line.breaks_after = 0
    owner.work(UP, rounds=1)
    assert [one["length"] for one in studio.send("owner", "GET", "/v1/uploads").json()["items"]] == [3_000]
    file.write_bytes(b"newer")
    owner.work(UP, rounds=1)
    assert [one["length"] for one in studio.send("owner", "GET", "/v1/uploads").json()["items"]] == [5]


def test_what_comes_damaged_is_fetched_again_and_a_wrong_one_hides_no_right_one(
    studio: Studio, desktop: Callable[[str], Desktop], tmp_path: Path
) -> None:
    project, owner = studio.band.project(ben="editor"), desktop("owner")
    original = _sound(tmp_path / "a.wav", "PCM_16")
    owner.queue.add_upload(project, original, "audio", tmp_path / "a.wav")
    owner.work(UP)
    (stored,) = studio.objects
    place = next((studio.band.city.api.runtime.settings.data / "objects").rglob(stored))
    right = place.read_bytes()
    place.write_bytes(right[:-1] + bytes([right[-1] ^ 1]))
    owner.queue.add_download(project, original, "audio")
    owner.work(DOWN)
    assert [problem for _, _, problem in owner.queue.problems()] == ["It came damaged: it is fetched again."]
    place.write_bytes(right)
    studio.band.city.advance(seconds=1)
    wrong = studio.store(b"another sound", "ben", original=original)
    assert (studio.attach(project, wrong, "ben").status_code, wrong == name(b"another sound")) == (200, True)
    owner.queue.add_download(project, original, "audio")
    owner.work(DOWN)
    assert owner.queue.waiting(DOWN) == 0
    assert owner.cache.get(original, "audio").read_bytes() == (tmp_path / "a.wav").read_bytes()


def test_what_is_paused_or_costs_waits_and_three_go_at_once(
    studio: Studio, desktop: Callable[[str], Desktop], tmp_path: Path
) -> None:
    project, owner = studio.band.project(), desktop("owner")
    original = _sound(tmp_path / "a.wav", "PCM_16", 0.05)
    (tmp_path / "peaks").write_bytes(b"peaks")
    owner.queue.add_upload(project, original, "audio", tmp_path / "a.wav")
    owner.queue.add_upload(project, original, "peaks", tmp_path / "peaks")
    owner.transfers.around.is_paused = True
    assert not owner.transfers.step(UP)
    owner.transfers.around.is_paused, owner.transfers.around.is_metered = False, True
    assert (owner.transfers.step(UP), owner.transfers.step(UP), owner.queue.waiting(UP)) == (True, False, 1)
    owner.transfers.around.goes_metered = True
    for number in range(5):
        path = tmp_path / f"state {number}"
        path.write_bytes(b"state %d" % number)
        owner.queue.add_upload(project, name(path.read_bytes()), "state", path)
    owner.transfers.run()
    while owner.queue.waiting(UP):
        owner.transfers.ended.wait(0.02)
    owner.transfers.stop()
    assert len(studio.objects) == 7


def test_a_used_up_quota_is_told_and_holds_nothing_else_up(start_studio: Callable[..., Studio], tmp_path: Path) -> None:
    studio = start_studio(storage_bytes=100)
    owner = Desktop(studio, "owner", tmp_path / "owner")
    project = studio.band.project()
    for number, size in enumerate((500, 50)):
        path = tmp_path / f"state {number}"
        path.write_bytes(bytes(size))
        owner.queue.add_upload(project, name(path.read_bytes()), "state", path)
    for _ in range(3):
        owner.time += 400.0
        while owner.transfers.step(UP):
            pass
    ((_, _, problem),) = owner.queue.problems()
    assert problem.startswith("You have stored 50 of 100 bytes and this takes 500")
    assert len(studio.objects) == 1
    owner.end()
