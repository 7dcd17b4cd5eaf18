"""Keeping what was just played without having pressed record: armed tracks are written along while time rolls.

What was played last lies in the project's folder, under a name that no journal knows, until it is kept, something else
is played, or the project closes. Keeping makes takes of it as a recording does, in one step of the history.
Nobody asked for these files: they hold half an hour or some rounds of the loop, and none lies on a disk nearly full.
"""

import importlib
import logging
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from maxbooster_desktop.actions.ports import EnginePort, ProjectPort
from maxbooster_desktop.actions.recording import InputMissingError, TakeDesk
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.frozen_edits import TrackFrozenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from maxbooster_desktop.engine.record.recorder import ArmedTrack, Recorder, Recording
    from maxbooster_desktop.project.document.state import TrackId
    from maxbooster_desktop.project.store.takes_journal import OpenTake

_log = logging.getLogger(__name__)
_LONGEST_S = 1_800
#: Rounds of the loop that are kept of each track.
_MOST_ROUNDS = 8
_LEAST_FREE_BYTES = 1 << 30


class NothingPlayedError(MaxBoosterError):
    """Nothing was played that could be kept."""


class Host(Protocol):
    """What this needs of the studio."""

    engine: EnginePort
    takes: TakeDesk

    @property
    def has_project(self) -> bool:
        """Whether a project is open."""
        ...

    @property
    def project(self) -> ProjectPort:
        """The open project."""
        ...

    def notify(self, sentence: str) -> None:
        """Tell the person something."""


def _journal() -> Any:
    return importlib.import_module("maxbooster_desktop.project.store.takes_journal")


class _PlayedFiles:
    """What is played along goes into the folder of recordings, unannounced: nobody asked for it yet."""

    def __init__(self, project: Any) -> None:
        self._project = project

    def new_path(self) -> Path:
        path: Path = _journal().new_played_path(self._project)
        return path

    def announce(self, take: Any, sample_format: str) -> None:
        pass

    def tell(self, problem: str) -> None:
        _log.info("What is played cannot be written along: %s", problem)


class Retrospect:
    """Writes along while a track is armed and nothing is recorded. `look` starts and stops that; any thread."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._lock = threading.RLock()
        self._recorder: Recorder | None = None
        self._armed: tuple[ArmedTrack, ...] = ()
        self._project: Any = None
        #: What was played last.
        self._played: tuple[OpenTake, ...] = ()
        self._keeps = False
        self._keeping: list[threading.Thread] = []

    @property
    def has_played(self) -> bool:
        """Whether there is anything to keep."""
        recorder = self._recorder
        return bool(self._played) or (recorder is not None and bool(recorder.growing()))

    def look(self) -> None:
        """Write along what should be, and nothing else."""
        wanted = self._wanted()
        with self._lock:
            if self._recorder is not None:
                if wanted != self._armed or self._is_long(self._recorder):
                    self._recorder.end()
            elif wanted and self._has_room():
                self._begin(wanted)

    def keep(self) -> None:
        """Make takes of what was just played, up to here when it still plays. They appear when they are stored.

        Raises:
            NothingPlayedError: nothing was played while a track was armed.
        """
        with self._lock:
            recorder, played = self._recorder, self._played
            if recorder is not None and recorder.growing():
                self._keeps = True
                recorder.end()
            elif played:
                self._played = ()
                self._begin_keeping(played)
            else:
                raise NothingPlayedError("Nothing was played on an armed track; arm one, play, then keep it.")

    def close(self) -> None:
        """Forget what was played: the project closes."""
        with self._lock:
            recorder, self._armed = self._recorder, ()
        if recorder is not None:
            recorder.end()
            recorder.join()
        for keeping in self._keeping:
            keeping.join()
        self._forget()

    def _wanted(self) -> "tuple[ArmedTrack, ...]":
        host = self._host
        if not host.has_project or host.takes.is_recording or not host.engine.inputs:
            return ()
        try:
            return tuple(host.takes.armed_tracks())
        except (InputMissingError, TrackFrozenError):
            return ()

    def _has_room(self) -> bool:
        try:
            return shutil.disk_usage(self._host.project.folder).free > _LEAST_FREE_BYTES
        except OSError:
            return False  # the folder is gone, and whoever edits hears of it

    def _begin(self, armed: "tuple[ArmedTrack, ...]") -> None:
        self._armed, self._project = armed, self._host.project
        self._recorder = self._host.engine.record(
            armed,
            _PlayedFiles(self._project),
            self._ended,
            round_trip_frames=self._host.takes.measured_round_trip(),
        )

    def _ended(self, recording: "Recording") -> None:
        """Take what was played. Runs on the recorder's thread."""
        with self._lock:
            self._recorder = None
            keeps, self._keeps = self._keeps, False
            if recording.takes:
                self._forget()
                self._played = self._last_rounds(recording.takes)
            if keeps:
                played, self._played = self._played, ()
                self._begin_keeping(played)
        # What is played meanwhile is the next.
        self.look()

    def _is_long(self, recorder: "Recorder") -> bool:
        longest = max((each.frames for each in recorder.growing()), default=0)
        return longest > _LONGEST_S * self._host.engine.sample_rate or recorder.rounds > _MOST_ROUNDS

    def _last_rounds(self, takes: "tuple[OpenTake, ...]") -> "tuple[OpenTake, ...]":
        """Return the newest takes of each track; the files of the others go."""
        by_track: dict[TrackId, list[OpenTake]] = {}
        for take in takes:
            by_track.setdefault(take.track, []).append(take)
        kept = {take.path for mine in by_track.values() for take in mine[-_MOST_ROUNDS:]}
        self._delete(take for take in takes if take.path not in kept)
        return tuple(take for take in takes if take.path in kept)

    def _forget(self) -> None:
        played, self._played = self._played, ()
        self._delete(played)

    @staticmethod
    def _delete(takes: "Iterable[OpenTake]") -> None:
        for take in takes:
            take.path.unlink(missing_ok=True)

    def _begin_keeping(self, played: "Sequence[OpenTake]") -> None:
        """Lay takes on a thread of their own: the recorder's, or the window's, has other things to do."""
        keeping = threading.Thread(target=self._keep, args=(self._project, played), name="keeping")
        self._keeping = [*(other for other in self._keeping if other.is_alive()), keeping]
        keeping.start()

    def _keep(self, project: Any, played: "Sequence[OpenTake]") -> None:
        """Lay what was played; from the first row of the journal on nothing of it can be lost."""
        formats = {track.id: track.record_format for track in project.state.tracks.values()}
        try:
            for take in played:
                _journal().note_take(project, take, formats.get(take.track, "FLOAT"))
            importlib.import_module("maxbooster_desktop.project.exchange.recorded").keep_recording(project, played)
        except (MaxBoosterError, OSError) as problem:
            self._host.notify(f"{problem} What was played stays on the disk and comes back at the next opening.")
