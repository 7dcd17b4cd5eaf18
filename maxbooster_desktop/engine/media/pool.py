"""The sounds of a project, decoded once and mapped: what the engine plays and the window draws.

`require` tells which assets are needed; worker threads decode them into the cache. From its first block on an asset
can be read up to its ready mark, at an address that stays the same until the asset is renewed; whoever holds the array
may read on then. Order of a reader: the ready mark first, then samples below it.

A sound that still comes from the cloud is its waveform at first, then its preview, then itself. `renew` looks again
what there is; what was there stays until the better is whole.
"""

import functools
import itertools
import logging
import queue
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.media.cache_file import clear_partial
from maxbooster_desktop.engine.media.cache_size import trim
from maxbooster_desktop.engine.media.entry import MediaEntry
from maxbooster_desktop.engine.media.peaks import PeakPyramid
from maxbooster_desktop.engine.media.prefetch import Prefetcher
from maxbooster_desktop.engine.media.stand_in import StandIn
from maxbooster_desktop.project.document.state import Asset, AssetId

WORKERS = 2
_LOG = logging.getLogger(__name__)


class AudioPlaces(Protocol):
    """Where the project keeps the files of its assets (`project.store.audio_files.AudioFiles`)."""

    def path_of(self, asset: Asset) -> Path:
        """Return where the asset's file lies, or would lie."""


class MediaPool:
    """Decoded sounds by asset id. Any thread may use it; close it to end its threads.

    Args:
        project_audio: tells where an asset's file lies.
        sample_rate: the session's rate; everything is decoded to it.
        cache: folder whose `media` subfolder holds what was decoded.
        workers: threads that decode.
        limit_bytes: what the cache may take; see `cache_size` for the default. The sounds in use stay in any case.
        stand_in: returns what there is of a sound whose file has not come; None when it is not on its way.
    """

    def __init__(
        self,
        project_audio: AudioPlaces,
        sample_rate: int,
        cache: Path,
        *,
        workers: int = WORKERS,
        limit_bytes: int | None = None,
        stand_in: Callable[[Asset], StandIn | None] = lambda _asset: None,
    ) -> None:
        self._limit_bytes, self._stand_in = limit_bytes, stand_in
        self.sample_rate = sample_rate
        self.folder = cache / "media"
        self.folder.mkdir(parents=True, exist_ok=True)
        clear_partial(self.folder)
        self._places = project_audio
        self._entries: dict[AssetId, MediaEntry] = {}
        # By asset the newest entry that is to take the place of the one there is.
        self._renewed: dict[AssetId, MediaEntry] = {}
        self._numbers = itertools.count(1)
        self._callbacks: list[Callable[[AssetId], None]] = []
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._waiting: queue.SimpleQueue[MediaEntry | None] = queue.SimpleQueue()
        self._prefetcher = Prefetcher()
        self._threads = [
            threading.Thread(target=self._work, name=f"media-decode-{number}", daemon=True) for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def require(self, assets: Iterable[Asset]) -> None:
        """Have `assets` decoded; those already asked for cost nothing, those whose file was missing are tried again."""
        for asset in assets:
            with self._changed:
                known = self._entries.get(asset.id)
                if known is not None and not known.is_failed:
                    known.look_for_file()
                    continue
                entry = self._entries[asset.id] = self._new_entry(asset)
            self._begin(entry)

    def renew(self, assets: Iterable[Asset]) -> None:
        """Look again what there is of `assets`: something has come."""
        for asset in assets:
            with self._changed:
                entry = self._new_entry(asset)
                known = self._entries.get(asset.id)
                if known is None or not known.has_content:
                    self._entries[asset.id] = entry
                else:
                    self._renewed[asset.id] = entry
            self._begin(entry)

    def _new_entry(self, asset: Asset) -> MediaEntry:
        place = functools.partial(self._places.path_of, asset)
        stand_in = functools.partial(self._stand_in, asset)
        number = next(self._numbers)
        return MediaEntry(asset, self.sample_rate, self.folder, place, stand_in=stand_in, number=number)

    def _begin(self, entry: MediaEntry) -> None:
        if entry.open_cached():
            self._settle(entry)
        else:
            self._waiting.put(entry)

    def _settle(self, entry: MediaEntry) -> None:
        """Let an entry that is done take the place of an older one, unless that is better than nothing."""
        with self._changed:
            known = self._entries.get(entry.asset.id)
            if known is not None and known.number < entry.number and (entry.has_content or not known.has_content):
                self._entries[entry.asset.id] = entry
            if self._renewed.get(entry.asset.id) is entry:
                del self._renewed[entry.asset.id]
        self._tell(entry)

    def samples(self, asset_id: AssetId) -> npt.NDArray[np.float32] | None:
        """Return the read-only map [channels, frames], valid below `ready_frames`; None before the first block.

        Whoever uses its address keeps the array: the map goes when nobody holds it.
        """
        entry = self._entries.get(asset_id)
        return None if entry is None or not entry.ready_frames else entry.samples

    def ready_frames(self, asset_id: AssetId) -> int:
        """Return how many frames from the start can be read."""
        entry = self._entries.get(asset_id)
        return 0 if entry is None else entry.ready_frames

    def ready_mark(self, asset_id: AssetId) -> npt.NDArray[np.int64] | None:
        """Return the cell int64 [1] that holds the ready frames; its address stays while the pool lives."""
        entry = self._entries.get(asset_id)
        return None if entry is None else entry.mark

    def peaks(self, asset_id: AssetId) -> PeakPyramid | None:
        """Return the asset's peaks, filled as far as it is decoded; None before the first block."""
        entry = self._entries.get(asset_id)
        return None if entry is None else entry.pyramid

    def is_done(self, asset_id: AssetId) -> bool:
        """Tell whether the asset is decoded to its end, or has failed, and nothing better is being decoded."""
        entry = self._entries.get(asset_id)
        return entry is not None and entry.is_done and asset_id not in self._renewed

    def is_settled(self, asset_id: AssetId) -> bool:
        """Tell whether the asset has its own sound, whose address stays."""
        entry = self._entries.get(asset_id)
        return entry is not None and entry.ready_frames > 0 and not entry.is_arriving

    @property
    def arriving(self) -> tuple[Asset, ...]:
        """The required assets whose file still comes from the cloud."""
        with self._changed:
            return tuple(entry.asset for entry in self._entries.values() if entry.is_arriving)

    @property
    def missing(self) -> tuple[Asset, ...]:
        """The required assets whose file is not in the project."""
        with self._changed:
            return tuple(entry.asset for entry in self._entries.values() if entry.is_missing)

    @property
    def cached_only(self) -> tuple[Asset, ...]:
        """The required assets whose file is gone from the project and that play from this computer's cache alone."""
        with self._changed:
            entries = tuple(self._entries.values())
        # What is on its way is asked of others, whose locks must not wait for this one.
        return tuple(entry.asset for entry in entries if entry.is_cached_only)

    @property
    def problems(self) -> dict[AssetId, str]:
        """One sentence for each required asset that could not be decoded as it was imported."""
        with self._changed:
            return {entry.asset.id: entry.problem for entry in self._entries.values() if entry.problem}

    def wait(self, asset_ids: Iterable[AssetId], timeout_s: float) -> bool:
        """Wait until the assets are decoded or have failed; False when that takes longer than `timeout_s`."""
        wanted = list(asset_ids)
        with self._changed:
            return self._changed.wait_for(lambda: all(self.is_done(asset_id) for asset_id in wanted), timeout_s)

    def subscribe(self, callback: Callable[[AssetId], None]) -> Callable[[], None]:
        """Have `callback` called, on a worker thread, as an asset grows, is done or fails; call the result to end."""
        with self._changed:
            self._callbacks.append(callback)

        def unsubscribe() -> None:
            with self._changed:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)

        return unsubscribe

    def prefetch(self, asset_id: AssetId, start_frame: int, frames: int) -> None:
        """Have a stretch read from disk soon, so that the audio callback does not wait for it."""
        samples = self.samples(asset_id)
        if samples is not None:
            ready = self.ready_frames(asset_id)
            self._prefetcher.ask(samples, start_frame, min(start_frame + frames, ready))

    def close(self) -> None:
        """Stop decoding, remove what is half done, end the threads. Maps that were handed out stay readable."""
        self._stop.set()
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        self._prefetcher.close()

    def _work(self) -> None:
        while (entry := self._waiting.get()) is not None:
            if not self._stop.is_set():
                self._decode(entry)
                self._settle(entry)

    def _decode(self, entry: MediaEntry) -> None:
        try:
            self._make_room(entry)
            entry.decode(functools.partial(self._tell, entry), self._stop)
        except Exception as problem:  # noqa: BLE001 - a worker that ended would leave whoever waits for its sounds waiting for ever
            _LOG.exception("'%s' was not decoded", entry.asset.name)
            entry.fail(problem)

    def _make_room(self, entry: MediaEntry) -> None:
        with self._changed:
            entries = (*self._entries.values(), *self._renewed.values())
            in_use = {name for known in entries for name in known.file_names}
        try:
            trim(self.folder, in_use, entry.shape.sample_bytes, self._limit_bytes)
        except OSError as error:
            _LOG.warning("The media cache %s could not be tidied: %s", self.folder, error)

    def _tell(self, entry: MediaEntry) -> None:
        with self._changed:
            callbacks = list(self._callbacks)
            self._changed.notify_all()
        for callback in callbacks:
            try:
                callback(entry.asset.id)
            except Exception:  # noqa: BLE001 - as above
                _LOG.exception("A listener failed to take in '%s'", entry.asset.name)
