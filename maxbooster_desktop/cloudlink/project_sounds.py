"""The sounds of one open shared project: what is not in the cloud is sent, what is not here is fetched.

One thread compares three things whenever one of them may have changed: the sounds that the document names, the files of
the project, and what the cloud has of it. So it does not matter how a sound came (sharing, an import, somebody else) or
where a program ended: what is lacking is found again.
"""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from maxbooster_desktop.cloudlink.sound_standing import SoundStanding
from maxbooster_desktop.cloudlink.sounds import KINDS, Sounds
from maxbooster_desktop.engine.media.stand_in import StandIn
from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.freezing import Heard
from maxbooster_desktop.project.document.heard import everything_heard
from maxbooster_desktop.project.document.state import Asset, ProjectState
from maxbooster_desktop.project.store.errors import AudioStoreError
from maxbooster_desktop.project.store.project import Project
from sync.blobs.ports import NotThereError
from sync.blobs.queue import DOWN, UP, Transfer
from sync.outbox.ports import TransportError
from sync.storage.errors import StorageError

_LOG = logging.getLogger(__name__)
#: Between two questions whether somebody has sent what is awaited; it grows while nothing comes.
_ASKS_AGAIN_S, _ASKS_AT_LEAST_S, _GROWS = 3.0, 60.0, 1.5
_ENDS_S = 2.0
#: What sounds within this time from the playhead on comes first; it is looked for anew after so much movement.
_AUDIBLE_S, _MOVES_TICKS = 30.0, 16 * 960


class ProjectSounds:
    """See the module.

    Args:
        open_sounds: returns this computer's transfers as the account whose project it is; None while that one is not
            known or not signed in.
        may_send: returns whether one may add to the project.
        told: called, in whatever thread, when `standing` has changed.
        renew: called with sounds of which something has come.
    """

    def __init__(
        self,
        project: Project,
        project_id: str,
        *,
        open_sounds: Callable[[], Sounds | None],
        may_send: Callable[[], bool],
        told: Callable[[], None],
        renew: Callable[[Iterable[Asset]], None],
    ) -> None:
        self._project, self._project_id = project, project_id
        self._open_sounds, self._may_send, self._told, self._renew = open_sounds, may_send, told, renew
        self._sounds: Sounds | None = None
        self._wakes = threading.Event()
        self._over = threading.Event()
        self._assets: Mapping[Any, Asset] = {}
        # By hash of the file. What the cloud has; what is here; what of it came from there, whose owner may still be
        # sending its waveform and preview; what was asked for; what has just come; what cannot be had, and why.
        self._in_cloud: set[tuple[str, str]] = set()
        self._here: set[str] = set()
        self._came: set[str] = set()
        self._asked: set[tuple[str, str, str]] = set()
        self._fresh: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._refused: dict[str, str] = {}
        self._no_access = self._trouble = ""
        self._has_listed, self._checks_all, self._retries = False, True, False
        self._asks_at_s, self._asks_after_s = 0.0, _ASKS_AGAIN_S
        self._playhead_tick, self._heard_tick = 0, -_MOVES_TICKS
        # A frozen track may need its sound here, whatever devices there are.
        self._heard = Heard(lambda _device: False)
        self._stop_listening: Callable[[], None] = lambda: None
        self._stop_watching: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._work, name="sounds of the project", daemon=True)
        self.standing = SoundStanding()

    def start(self) -> None:
        """Begin."""
        self._stop_watching = self._project.subscribe(self._note_change)
        self._thread.start()

    def stop(self) -> None:
        """End; transfers go on. A question that the cloud does not answer is not waited for."""
        self._stop_watching()
        self._over.set()
        self._wakes.set()
        self._thread.join(_ENDS_S)
        self._stop_listening()
        if self._sounds is not None:
            self._sounds.cache.unpin(self._project_id)

    def look(self) -> None:
        """Compare again, and ask the cloud: something may be different, or it can be reached again."""
        self._no_access, self._checks_all, self._retries = "", True, True
        self._asks_at_s, self._asks_after_s = 0.0, _ASKS_AGAIN_S
        self._wakes.set()

    def lose_access(self, reason: str) -> None:
        """Give up what waits: one is no member any more."""
        self._no_access = reason
        self._wakes.set()

    def stand_in(self, asset: Asset) -> StandIn | None:
        """Return what there is of a sound whose file is not here; None when it does not come."""
        sounds, hash_ = self._sounds, asset.file_hash
        if self._no_access or hash_ in self._refused:
            return None
        return (
            StandIn() if sounds is None else StandIn(*(sounds.cache.get(hash_, kind) for kind in ("peaks", "preview")))
        )

    def hear(self, tick: int) -> None:
        """Let what sounds from a moment on come first."""
        self._playhead_tick = tick
        if self.standing.sentence and abs(tick - self._heard_tick) >= _MOVES_TICKS:
            self._wakes.set()

    def _note_change(self, _change: Change, state: ProjectState) -> None:
        if state.assets is not self._assets:
            self._asks_at_s, self._asks_after_s = 0.0, _ASKS_AGAIN_S
            self._wakes.set()

    def _note_transfer(self, one: Transfer) -> None:
        if one.project_id == self._project_id:
            if one.direction == DOWN:
                self._fresh.put(one.original)
            self._wakes.set()

    # On the thread.

    def _work(self) -> None:
        while not self._over.is_set():
            self._wakes.clear()
            try:
                self._compare()
            except StorageError as error:
                self.standing = replace(self.standing, problems=(str(error),))
                self._told()
            except Exception:  # noqa: BLE001 - a thread that ended would leave sounds arriving for ever
                _LOG.exception("The sounds of the project could not be looked after")
            if not self._wakes.wait(self._patience_s()):
                self._checks_all = True  # another program may have fetched something

    def _patience_s(self) -> float | None:
        """Return how long to wait for news; None when only news can change anything."""
        if self._sounds is None:
            return _ASKS_AGAIN_S
        is_asking = not self._no_access and (self.standing.unsent or not self._has_listed)
        if is_asking or self.standing.arriving:
            return max(0.1, self._asks_at_s - time.monotonic()) if is_asking else _ASKS_AT_LEAST_S
        return None

    def _compare(self) -> None:
        state = self._project.state
        self._assets, self._trouble = state.assets, ""
        missing = self._missing()
        sounds = self._sounds or self._begin(missing)
        if sounds is None:
            self._stand(missing)
            return
        sounds.cache.pin(self._project_id, {asset.file_hash for asset in self._assets.values()})
        sounds.start()
        if not self._no_access:
            if self._retries:
                self._renew(missing.values())
            missing = self._take_what_came(sounds, missing)
            self._ask(sounds, missing)
        if self._no_access:
            self._give_up(sounds, missing)
        else:
            self._stand(missing)
            if self._queue(sounds, missing):
                sounds.wake()
            self._hear(sounds, state)
        self._stand(missing)

    def _begin(self, missing: Mapping[str, Asset]) -> Sounds | None:
        sounds = self._open_sounds()
        if sounds is not None:
            self._sounds, self._stop_listening = sounds, sounds.listen(self._note_transfer)
            self._renew(missing.values())
        return sounds

    def _missing(self) -> dict[str, Asset]:
        """Return the sounds that are not here and may come, by hash."""
        missing = {}
        for asset in self._assets.values():
            if asset.file_hash in self._here or asset.file_hash in self._refused:
                continue
            try:
                is_here = os.path.isfile(self._project.audio.path_of(asset))
            except AudioStoreError as error:  # somebody's document names what is no name of a file
                self._refused[asset.file_hash] = str(error)
                continue
            if is_here:
                self._here.add(asset.file_hash)
            else:
                missing[asset.file_hash] = asset
        return missing

    def _give_up(self, sounds: Sounds, missing: Mapping[str, Asset]) -> None:
        for direction in (UP, DOWN):
            sounds.queue.drop(self._project_id, direction)
        self._asked.clear()
        self._renew(missing.values())

    def _take_what_came(self, sounds: Sounds, missing: dict[str, Asset]) -> dict[str, Asset]:
        """Make what has come the project's own, show and play what stands in for the rest; return what is missing."""
        fresh = {self._fresh.get_nowait() for _ in range(self._fresh.qsize())}
        checks_all, self._checks_all = self._checks_all, False
        for hash_ in tuple(missing) if checks_all else fresh & missing.keys():
            if self._over.is_set():
                break
            if self._take(sounds, missing[hash_]) or hash_ in fresh:
                self._renew([missing[hash_]])
        return {hash_: asset for hash_, asset in missing.items() if not {hash_} & (self._here | self._refused.keys())}

    def _take(self, sounds: Sounds, asset: Asset) -> bool:
        """Make a sound that has come whole the project's own; return whether it has come."""
        hash_ = asset.file_hash
        whole = sounds.cache.get(hash_, "audio")
        if whole is None:
            return False
        try:
            self._project.audio.add(whole, hash_, asset.extension.lstrip(".").lower())
        except AudioStoreError as error:  # no room: it is kept where it is, and tried again
            self._trouble = str(error)
            return False
        self._here.add(hash_)
        self._came.add(hash_)
        sounds.queue.drop(self._project_id, DOWN, [hash_])
        sounds.cache.drop(hash_)
        return True

    def _ask(self, sounds: Sounds, missing: Mapping[str, Asset]) -> None:
        """Ask what the cloud has of the project: all of it at first, then what is awaited."""
        awaited = [hash_ for hash_ in missing if (hash_, "audio") not in self._in_cloud]
        now = time.monotonic()
        if (self._has_listed and not awaited) or now < self._asks_at_s:
            return
        self._asks_at_s = now + self._asks_after_s
        self._asks_after_s = min(_ASKS_AT_LEAST_S, self._asks_after_s * _GROWS)
        try:
            blobs = sounds.cloud.all_of(self._project_id, awaited if self._has_listed else ())
        except NotThereError as error:
            self._no_access = str(error)
        except TransportError:  # the room says that there is no network, or nobody signed in
            return
        else:
            found = {(blob.original, blob.kind) for blob in blobs} - self._in_cloud
            self._in_cloud |= found
            self._has_listed = True
            if found:
                self._asks_after_s = _ASKS_AGAIN_S

    def _queue(self, sounds: Sounds, missing: Mapping[str, Asset]) -> bool:
        """Have sent and fetched what was not asked for yet; return whether that is anything."""
        if not self._has_listed:
            return False
        wanted = [(DOWN, hash_, kind) for hash_ in missing for kind in KINDS if (hash_, kind) in self._in_cloud]
        if self._may_send():
            own = [asset.file_hash for asset in self._assets.values() if asset.file_hash in self._here - self._came]
            wanted += [(UP, hash_, kind) for hash_ in own for kind in KINDS if (hash_, kind) not in self._in_cloud]
        if self._retries:
            self._retries = False
            failed = {(hash_, kind) for hash_, kind, _ in sounds.queue.problems(self._project_id)}
            self._asked = {one for one in self._asked if one[1:] not in failed}
        fresh = [one for one in wanted if one not in self._asked]
        places = {asset.file_hash: asset for asset in self._assets.values()}
        for direction, hash_, kind in fresh:
            if direction == DOWN:
                sounds.queue.add_download(self._project_id, hash_, kind)
            else:
                place = self._project.audio.path_of(places[hash_])
                sounds.queue.add_upload(self._project_id, hash_, kind, place)
        self._asked.update(fresh)
        return bool(fresh)

    def _hear(self, sounds: Sounds, state: ProjectState) -> None:
        tick = self._playhead_tick
        if abs(tick - self._heard_tick) >= _MOVES_TICKS and not sounds.is_empty:
            self._heard_tick = tick
            sounds.queue.hear(frozenset(_audible(self._heard.of(state), tick)))

    def _stand(self, missing: Mapping[str, Asset]) -> None:
        sounds, before = self._sounds, self.standing
        stands = SoundStanding(len({asset.file_hash for asset in self._assets.values()}), len(missing))
        problems = [self._no_access, self._trouble, *self._refused.values()]
        if sounds is not None:
            unsent = [hash_ for hash_ in missing if (hash_, "audio") not in self._in_cloud]
            problems += [problem for _, _, problem in sounds.queue.problems(self._project_id)]
            stands = replace(
                stands,
                unsent=len(unsent) if self._has_listed else 0,
                leaving=len(sounds.queue.originals(self._project_id, UP)),
                is_paused=sounds.options.is_paused,
                is_metered=sounds.options.is_metered,
            )
        if self._no_access:
            stands = replace(stands, arriving=0, unsent=0)
        self.standing = replace(stands, problems=tuple(dict.fromkeys(filter(None, problems))))
        if self.standing != before:
            self._told()


def _audible(state: ProjectState, tick: int) -> Iterator[str]:
    """Yield the hashes of what sounds soon after a moment."""
    first_s = state.tempo_map.seconds_at(tick)
    for clip in everything_heard(state):
        asset = None if clip.asset is None else state.assets.get(clip.asset)
        track = state.tracks.get(clip.track)
        if asset is None or track is None or clip.is_muted or track.is_muted:
            continue
        start_s = state.tempo_map.seconds_at(clip.start_tick)
        if start_s < first_s + _AUDIBLE_S and start_s + clip.length_frames / asset.sample_rate > first_s:
            yield asset.file_hash
