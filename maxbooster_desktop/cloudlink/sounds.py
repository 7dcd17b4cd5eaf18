"""The sounds that travel between this computer and the cloud, as one account: what waits, what is kept, who works.

Goes on where it was whatever happens; `project_sounds.py` says what a project needs. One program at a time works on a
queue: another one that is open adds to it, and takes over when the first ends.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from maxbooster_desktop.engine.media.stand_in import write_peaks_file
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.foundation.file_lock import try_lock
from maxbooster_desktop.settings.store import Settings
from sync.blobs.bucket import TokenBucket
from sync.blobs.cache import BlobCache
from sync.blobs.errors import DamagedBlobError
from sync.blobs.ports import Cloud
from sync.blobs.preview import write_preview
from sync.blobs.queue import DOWN, FILE_NAME, UP, Transfer, open_queue
from sync.blobs.transfers import Limits, Transfers
from sync.outbox.pacing import Pacing
from sync.outbox.ports import Clock, SystemClock

_LOCK, _WORK = "transfers.lock", "work"
_FORMS = ("peaks", "preview")
#: What a sound travels as, in the order in which it is sent.
KINDS = (*_FORMS, "audio")


@dataclass(frozen=True, slots=True)
class SoundOptions:
    """What the person allows; a rate of 0 sets no limit."""

    is_paused: bool = False
    is_metered: bool = False
    up_bytes_s: int = 0
    down_bytes_s: int = 0
    cache_bytes: int = 2_000_000_000


def options_of(settings: Settings) -> SoundOptions:
    """Return what the settings allow."""
    get = settings.get
    return SoundOptions(
        get("sounds.is_paused"),
        get("sounds.is_metered"),
        1_000 * get("sounds.up_kb_s"),
        1_000 * get("sounds.down_kb_s"),
        1_000_000 * get("sounds.cache_mb"),
    )


class Sounds:
    """See the module.

    Args:
        cloud: the way to the cloud, as the account that the queue belongs to.
        folder: where the queue lies, of this account alone.
        cache: where what was fetched is kept; it may be emptied at any time while nothing runs.
    """

    def __init__(
        self, cloud: Cloud, folder: Path, cache: Path, options: SoundOptions, clock: Clock | None = None
    ) -> None:
        clock = clock or SystemClock()
        self._folder = folder
        self.cloud, self.queue = cloud, open_queue(folder)
        self.cache = BlobCache(cache, self.queue.database, options.cache_bytes, clock.wall_s)
        self.pacing = Pacing(clock.monotonic_s)
        limits = Limits(TokenBucket(None, clock.monotonic_s), TokenBucket(None, clock.monotonic_s))
        parts = self.queue, self.cache, cloud, cache / _WORK, clock, self.pacing, limits
        self._transfers = Transfers(*parts, forms={"peaks": _make_peaks, "preview": _make_preview}, told=self._tell)
        self._lock: BinaryIO | None = None
        self._listeners: list[Callable[[Transfer], None]] = []
        self.options = options
        self.apply(options)

    def apply(self, options: SoundOptions) -> None:
        """Work within other bounds from now on."""
        self.options = options
        around, limits = self._transfers.around, self._transfers.limits
        around.is_paused, around.is_metered = options.is_paused, options.is_metered
        limits.up.bytes_s, limits.down.bytes_s = options.up_bytes_s or None, options.down_bytes_s or None
        self.cache.most_bytes = options.cache_bytes
        self._transfers.wake()

    def start(self) -> bool:
        """Begin to work unless another program does; return whether this one works."""
        if self._lock is None:
            file = (self._folder / _LOCK).open("ab")
            if not try_lock(file):
                file.close()
                return False
            self._lock = file
            self._transfers.run()
        return True

    def wake(self) -> None:
        """Look at once whether something waits."""
        self._transfers.wake()

    def stop(self) -> None:
        """End; what was under way goes on at the next start."""
        self._transfers.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        self.queue.database.close()

    def listen(self, callback: Callable[[Transfer], None]) -> Callable[[], None]:
        """Have `callback` called, in whatever thread, with what is done or waits for a person; returns how to stop."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not any(self.queue.waiting(direction) for direction in (UP, DOWN))

    def _tell(self, one: Transfer) -> None:
        for callback in tuple(self._listeners):
            callback(one)


def folder_of(parent: Path, address: str, account_id: str) -> Path:
    """Return the folder of one account of one cloud; what a cloud calls its accounts does not get into paths."""
    return parent / "sounds" / hashlib.sha256(f"{address} {account_id}".encode()).hexdigest()[:32]


def has_queue(folder: Path) -> bool:
    """Return whether there has ever been something to transfer."""
    return (folder / FILE_NAME).is_file()


def _make_peaks(source: Path, target: Path) -> bool:
    try:
        write_peaks_file(source, target)
    except MaxBoosterError:  # a sound that cannot be read travels without
        return False
    return True


def _make_preview(source: Path, target: Path) -> bool:
    try:
        write_preview(source, target)
    except DamagedBlobError:  # as above
        return False
    return True
