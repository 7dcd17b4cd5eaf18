"""What a studio needs from outside: the project handle, the engine, decoded audio and the window's view verbs.

They are protocols so that actions run without a window or a sound device; `bootstrap` hands in the real ones and
the type checker proves that these fit.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol

from maxbooster_desktop.engine.devices.choice import DeviceChoice, HostInfo
from maxbooster_desktop.engine.readings import PluginReading
from maxbooster_desktop.project.document.state import CommentId, ProjectState, TrackId

PANELS = ("browser", "inspector", "mixer", "history")


class Durability(Protocol):
    """Whether every acknowledged edit is on disk, and if not, why."""

    @property
    def is_durable(self) -> bool:
        """Whether everything acknowledged is on disk."""
        ...

    @property
    def reason(self) -> str:
        """Why not, as a sentence; empty when durable."""
        ...


class Step(Protocol):
    """One entry of the undo history."""

    @property
    def number(self) -> int:
        """Counts from 1 through the project's life."""
        ...

    @property
    def name(self) -> str:
        """What the edit did, such as "Move 3 clips"."""
        ...

    @property
    def is_undone(self) -> bool:
        """Whether it is taken back at the moment."""
        ...


class ProjectPort(Protocol):
    """The thread-safe project handle (`project.store.project.Project`)."""

    @property
    def state(self) -> ProjectState:
        """The latest projected state."""
        ...

    @property
    def folder(self) -> Path:
        """The project's folder."""
        ...

    @property
    def durability(self) -> Durability:
        """Whether edits reach the disk."""
        ...

    @property
    def read_only_reason(self) -> str | None:
        """Why the project cannot be edited, or None."""
        ...

    def submit(self, verb: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a verb on the document thread; the future resolves when it is durable."""
        ...

    def undo(self) -> Future[Any]:
        """Take the last edit back."""
        ...

    def redo(self) -> Future[Any]:
        """Do the last undone edit again."""
        ...

    def jump_to(self, step: int) -> Future[Any]:
        """Undo or redo until history step `step` is the last one done; 0 undoes all."""
        ...

    def history(self) -> Iterable[Step]:
        """Every step, oldest first."""
        ...

    def subscribe(self, callback: Callable[[Any, ProjectState], None]) -> Callable[[], None]:
        """Call back with (change, state) after every edit, on the document thread."""
        ...

    def versions(self) -> Iterable[Any]:
        """What can be gone back to, newest first: (id, name, made_at)."""
        ...

    def stored(self, future: Any) -> Any:
        """Return what a future of this project brings when it is durable; raises when the disk takes nothing."""
        ...

    def save_version(self, name: str) -> Future[Any]:
        """Keep the project as it is now under a name."""
        ...

    def restore_version(self, version: int) -> Future[Any]:
        """Make the project what it was in a version, as an undoable step."""
        ...

    def copy_to(self, folder: Path) -> Any:
        """Make a whole copy, with the edits that wait, in a new folder; returns (folder, missing). Slow."""
        ...

    def close(self, *, discard_unstored: bool = False) -> None:
        """Finish writing and let go of the folder; raises when something could not be stored, unless told."""
        ...


class Transport(Protocol):
    """Where the engine plays."""

    @property
    def is_playing(self) -> bool:
        """Whether it rolls."""
        ...

    @property
    def position_tick(self) -> float:
        """The playhead in ticks."""
        ...


class AudioDevices(Protocol):
    """The sound systems of this computer (`engine.devices`)."""

    def list(self) -> Sequence[HostInfo]:
        """Look anew for systems and devices; raises a MaxBoosterError when none can be asked."""
        ...


class MidiPorts(Protocol):
    """The MIDI ports of this computer (`engine.devices.midi_inputs.MidiInputs`)."""

    def names(self) -> tuple[str, ...]:
        """Look which ports can be listened to; raises a MaxBoosterError when none can be asked. Slow."""
        ...

    @property
    def open_names(self) -> frozenset[str]:
        """The ports that are listened to at this moment."""
        ...

    def choose(self, names: Iterable[str]) -> None:
        """Listen to exactly these from now on, those that are missing as soon as they are there."""
        ...

    def close(self) -> None:
        """Stop listening for good."""
        ...


class EnginePort(Protocol):
    """The engine session (`engine.session.EngineSession`)."""

    @property
    def transport(self) -> Transport:
        """Where it plays."""
        ...

    def play(self) -> None:
        """Roll from the playhead."""
        ...

    def stop(self) -> None:
        """Stop where it is."""
        ...

    def toggle(self) -> None:
        """Play when stopped, stop when playing."""
        ...

    def seek(self, tick: int) -> None:
        """Move the playhead."""
        ...

    @property
    def stats(self) -> tuple[float, int, int]:
        """Load of the callback from 0 to 1, late blocks and dropouts so far."""
        ...

    @property
    def device_problem(self) -> str:
        """Why nothing can be heard, or empty."""
        ...

    def meters(self) -> Any:
        """Levels by channel id, and the master's loudness."""
        ...

    def open_device(self, settings: DeviceChoice) -> None:
        """Play through these devices from now on; raises a MaxBoosterError when they cannot be opened."""
        ...

    def close_device(self) -> None:
        """Let go of the devices."""
        ...

    def touch(self, track_id: str, parameter: str, value: float) -> None:
        """Hear a fader that is being dragged, before it is an edit."""
        ...

    def preview(self, samples: Any | None) -> None:
        """Play decoded samples beside the song; None stops."""
        ...

    def play_note(self, track_id: TrackId, pitch: int, velocity: float) -> None:
        """Begin a note on a track's instruments, `velocity` 0..1."""
        ...

    def end_note(self, track_id: TrackId, pitch: int) -> None:
        """End a note that was begun by hand."""
        ...

    def play_midi(self, port: str, message: Sequence[int], at_s: float, tracks: Sequence[TrackId]) -> None:
        """Play a MIDI message that a port received at `at_s` (of `time.monotonic`) on the instruments of tracks."""
        ...

    def let_go_of_midi(self, port: str | None = None) -> None:
        """End every note of a port that is gone, or of all."""
        ...

    def settle_midi(self) -> int:
        """End what could not be ended before; returns how many MIDI events have found no room so far."""
        ...

    def hear_of_midi(self, tell: Callable[[str], None]) -> None:
        """Let `tell` get the sentences about MIDI ports that notes are sent to, on any thread."""
        ...

    def send_clock(self, ports: Sequence[str]) -> None:
        """Send the song's time as MIDI clock to exactly these ports from now on."""
        ...

    def plugins(self) -> tuple[PluginReading, ...]:
        """How every hosted plug-in is doing."""
        ...

    def reload_plugins(self) -> None:
        """Load the plug-ins that crashed or hung again."""
        ...

    def set_metronome(self, on: bool, gain_db: float = -6.0, accent_db: float = 4.0) -> None:
        """Switch the click; accented beats are `accent_db` louder."""
        ...

    def set_metronome_output(self, left: int, right: int) -> None:
        """Send the click to device channels of its own, counted from 1."""
        ...

    @property
    def sample_rate(self) -> int:
        """The session's rate in Hz, to which audio is decoded."""
        ...

    @property
    def latency_ms(self) -> float:
        """The open device's output latency in milliseconds, 0 without one."""
        ...

    def show(self, state: ProjectState, pool: Any) -> None:
        """Play this state from now on; any thread."""
        ...

    @property
    def inputs(self) -> int:
        """How many input channels are open."""
        ...

    def open_input(self) -> None:
        """Open the input beside the output; raises a MaxBoosterError when that cannot be."""
        ...

    def close_input(self) -> None:
        """Let go of the input."""
        ...

    def listen(self, listeners: Any) -> None:
        """Let exactly these tracks (`engine.listener.Listener`) hear the input, each in place of its clips."""
        ...

    def count_in(self) -> None:
        """Click for a bar, then roll."""
        ...

    def record(
        self,
        armed: Any,
        pass_files: Any,
        done: Callable[[Any], None],
        *,
        round_trip_frames: int | None = None,
        punch: tuple[int, int] | None = None,
    ) -> Any:
        """Record the armed tracks from now on, within `punch` samples; `done` gets the recording when it is over."""
        ...

    def record_notes(
        self, tracks: Sequence[TrackId], done: Callable[[Any], None], *, punch: tuple[int, int] | None = None
    ) -> Any:
        """Record the notes played live on tracks from now on; `done` gets them when the pass is over."""
        ...


class StudioView(Protocol):
    """What actions ask of the window; without one they are disabled with a reason."""

    def zoom_to_selection(self) -> None:
        """Show the selected clips or time across the whole arranger."""

    def zoom_back(self) -> None:
        """Return to the view before the last zoom."""

    def zoom(self, factor: float) -> None:
        """Zoom in time around the playhead: above 1 shows less time in more detail."""

    def zoom_fit(self) -> None:
        """Show the whole song."""

    def show_place(self, tick: int, tracks: Iterable[TrackId] = ()) -> None:
        """Scroll so that a moment, and these tracks, can be seen; the zoom stays."""

    def show_panel(self, name: str, is_shown: bool) -> None:
        """Show or hide one of `PANELS`."""

    def is_panel_shown(self, name: str) -> bool:
        """Return whether one of `PANELS` is shown."""

    def open_dialog(self, name: str) -> None:
        """Open a dialog by the name that `ui/shell/dialogs.py` lists; "close" and "quit" close project and window."""

    def show_thread(self, thread: CommentId) -> None:
        """Open a thread of comments at its place."""

    def write_comment(self, tick: int, end_tick: int | None, track: TrackId | None) -> None:
        """Let a comment be written at a place."""

    def copy_text(self, text: str) -> None:
        """Put a text on the clipboard."""

    def rename(self) -> None:
        """Let the selected clip's or track's name be typed."""

    def go_to_region(self, step: int) -> None:
        """Give the keyboard to the next (1) or previous (-1) region of the window."""
