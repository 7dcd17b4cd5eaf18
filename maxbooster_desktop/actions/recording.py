"""Recording as a window knows it: which tracks are armed, one pass at a time, and what became of it.

Audio tracks record the input, instrument tracks the notes that are played on them (`note_recording`).

Arming is presence: it is in no document, and gone with the window. A pass ends with playback; its takes then come as
one step of the history. Whatever goes wrong is told in a sentence, and what was recorded stays on the disk.
"""

import importlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from maxbooster_desktop.actions.note_recording import NotePass
from maxbooster_desktop.actions.notices import Notice
from maxbooster_desktop.actions.ports import EnginePort, ProjectPort
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.frozen_edits import TrackFrozenError
from maxbooster_desktop.project.document.state import CLIP_HOSTS, ProjectState, Track, TrackId, TrackInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from maxbooster_desktop.engine.record.recorder import ArmedTrack, Growing, Recorder, Recording

_log = logging.getLogger(__name__)


class NothingArmedError(MaxBoosterError):
    """Recording needs a track."""


class InputMissingError(MaxBoosterError):
    """A track records a channel that the input device has not."""


class NothingToPunchError(MaxBoosterError):
    """Punching needs a loop range that is still to come."""


class Host(Protocol):
    """What recording needs of the studio."""

    engine: EnginePort

    @property
    def project(self) -> ProjectPort:
        """The open project."""
        ...

    @property
    def state(self) -> ProjectState:
        """Its state."""
        ...

    @property
    def playhead_tick(self) -> int:
        """Where playback stands."""
        ...

    def notify(self, sentence: str) -> None:
        """Tell the person something."""


class _PassFiles:
    """Takes go into the project's folder, and its journal knows each before its first sample."""

    def __init__(self, project: Any, tell: "Callable[[str], None]") -> None:
        self._project, self._journal, self.tell = project, _journal(), tell

    def new_path(self) -> Path:
        path: Path = self._journal.new_take_path(self._project)
        return path

    def announce(self, take: Any, sample_format: str) -> None:
        self._journal.note_take(self._project, take, sample_format)


def _journal() -> Any:
    return importlib.import_module("maxbooster_desktop.project.store.takes_journal")


class TakeDesk:
    """Arms tracks and records them. `changed` tells, on any thread, of arming and of a pass that began or ended."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.armed: frozenset[TrackId] = frozenset()
        #: Whether a bar is clicked before a pass, and whether it keeps only what lies within the loop range.
        self.is_counting_in, self.is_punching = False, False
        self.changed: Notice[[]] = Notice()
        #: Returns the round trip in frames that was measured for the open devices; None takes what they report.
        self.measured_round_trip: Callable[[], int | None] = lambda: None
        self._recorder: Recorder | None = None
        self._note_pass: NotePass | None = None
        #: Whether the newest pass is over: it may be before `begin` has heard of its recorder.
        self._is_over = True
        #: Why something of the last pass is missing, until the next one begins: sentences.
        self.problems: tuple[str, ...] = ()

    @property
    def is_recording(self) -> bool:
        """Whether a pass runs."""
        notes = self._note_pass
        return self._recorder is not None or (notes is not None and not notes.is_over)

    def growing(self) -> "tuple[Growing, ...]":
        """Return what is there of the takes that are being recorded at this moment."""
        recorder = self._recorder
        return () if recorder is None else recorder.growing()

    def arm(self, track: TrackId, *, is_armed: bool) -> None:
        """Let a track take part in the next pass, or no longer."""
        self.armed = self.armed | {track} if is_armed else self.armed - {track}
        self.changed.emit()

    def set_counting_in(self, *, is_on: bool) -> None:
        """Click a bar before a pass that begins from a standstill, or not."""
        self.is_counting_in = is_on
        self.changed.emit()

    def set_punching(self, *, is_on: bool) -> None:
        """Record only within the loop range from the next pass on, or everywhere."""
        self.is_punching = is_on
        self.changed.emit()

    def begin(self) -> None:
        """Record the armed tracks from here on.

        Raises:
            NothingArmedError: no audio or instrument track is armed.
            TrackFrozenError: an armed track is frozen, so that it can take no takes.
            NothingToPunchError: punching, and no loop range lies ahead.
            InputMissingError: a track records a channel that is not there.
            DeviceError: the input cannot be opened.
        """
        if self.is_recording:
            return
        audio, notes = self._tracks(), self._note_tracks()
        if not audio and not notes:
            raise NothingArmedError("No audio or instrument track is armed; arm one, then record.")
        punch, self.problems = self._punch_range(), ()
        if audio:
            self._begin_sound(punch)
        try:
            if notes:
                self._note_pass = NotePass(
                    self._host.project,
                    self._host.engine,
                    notes,
                    punch=punch,
                    tell=self._tell,
                    over=self.changed.emit,
                )
            engine = self._host.engine
            if not engine.transport.is_playing:
                (engine.count_in if self.is_counting_in else engine.play)()
        except BaseException:
            self._end_here()
            raise
        self.changed.emit()

    def _begin_sound(self, punch: tuple[int, int] | None) -> None:
        engine, project = self._host.engine, self._host.project
        engine.open_input()
        armed = self.armed_tracks()
        self._is_over = False
        recorder = engine.record(
            armed,
            _PassFiles(project, self._tell),
            lambda recording: self._keep(project, recording),
            round_trip_frames=self.measured_round_trip(),
            punch=punch,
        )
        self._recorder = recorder
        if self._is_over:
            self._recorder = None

    def _end_here(self) -> None:
        for each in (self._recorder, self._note_pass):
            if each is not None:
                each.end()

    def armed_tracks(self) -> "list[ArmedTrack]":
        """Return what each armed track records; raises InputMissingError, TrackFrozenError."""
        tracks = self._tracks()
        for track in tracks:
            if track.frozen is not None:
                raise TrackFrozenError(track.name)
        armed_track = importlib.import_module("maxbooster_desktop.engine.record.recorder").ArmedTrack
        return [armed_track(track.id, *self._input_of(track), track.record_format) for track in tracks]

    def _tracks(self) -> list[Track]:
        tracks = self._host.state.tracks.values()
        return [track for track in tracks if track.id in self.armed and track.kind == "audio"]

    def _note_tracks(self) -> list[TrackId]:
        """Return the armed tracks that hold notes; raises TrackFrozenError."""
        tracks = [track for track in self._host.state.tracks.values() if track.kind in CLIP_HOSTS["midi"]]
        armed = [track for track in tracks if track.id in self.armed]
        for track in armed:
            if track.frozen is not None:
                raise TrackFrozenError(track.name)
        return [track.id for track in armed]

    def end(self) -> None:
        """Stop recording and playback; the takes appear when they are stored."""
        if not self.is_recording:
            return
        if self._host.engine.transport.is_playing:
            self._host.engine.stop()
        else:
            self._end_here()

    def close(self) -> None:
        """End what runs, keep it, and disarm everything: the project closes."""
        passes = (self._recorder, self._note_pass)
        self._end_here()
        for each in passes:
            if each is not None:
                each.join()
        self._note_pass = None
        self.armed, self.problems = frozenset(), ()
        self.changed.emit()

    def _punch_range(self) -> tuple[int, int] | None:
        if not self.is_punching:
            return None
        state, rate = self._host.state, self._host.engine.sample_rate
        meta = state.meta
        if meta.loop_end_tick <= meta.loop_start_tick:
            raise NothingToPunchError(
                "Punching records within the loop range, and there is none; draw one in the ruler."
            )
        if not meta.loop_enabled and self._host.playhead_tick >= meta.loop_end_tick:
            raise NothingToPunchError(
                "The range to punch into lies before the playhead; move the playhead back, or switch punching off."
            )
        first, last = (state.tempo_map.seconds_at(tick) for tick in (meta.loop_start_tick, meta.loop_end_tick))
        return round(first * rate), round(last * rate)

    def _input_of(self, track: Track) -> TrackInput:
        inputs = self._host.engine.inputs
        wanted = track.input or TrackInput(0, min(2, inputs))
        last = wanted.first_channel + wanted.channels
        if last > inputs:
            raise InputMissingError(
                f"“{track.name}” records input {last}, and the input device has {inputs}; choose another input."
            )
        return wanted

    def _keep(self, project: Any, recording: "Recording") -> None:
        """Make takes of what was recorded. Runs on the recorder's thread."""
        if recording.problem and recording.problem not in self.problems:
            self._tell(recording.problem)
        if recording.lost_frames:
            self._tell(
                f"The disk was too slow: {recording.lost_frames:,} frames are silent in what was recorded; "
                "close other programs or record fewer tracks at once."
            )
        try:
            if recording.takes:
                importlib.import_module("maxbooster_desktop.project.exchange.recorded").keep_recording(
                    project, recording.takes
                )
        except MaxBoosterError as problem:
            self._tell(f"{problem} What was recorded stays on the disk and comes back at the next opening.")
        except Exception:  # noqa: BLE001 - the recorder's thread ends here, and the person must hear of it
            _log.exception("A recording was not kept")
            self._tell("What was recorded could not be added; it comes back when the project is opened again.")
        finally:
            self._is_over, self._recorder = True, None
        self.changed.emit()

    def _tell(self, problem: str) -> None:
        """Tell the person at once, and keep it for the list of what needs attention."""
        self.problems = (*self.problems, problem)
        self._host.notify(problem)
