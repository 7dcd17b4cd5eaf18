"""Playing an instrument track with the computer's keyboard: which key is which note, and which are held.

The row from A on is a piano's white keys from C, the row above it the black ones; Z and X move it by an octave. The
notes go to the last selected instrument track. A key that is held ends the note it began, on the track it began it
on, whatever was selected or switched since.
"""

from collections.abc import Callable

from maxbooster_desktop.actions.ports import EnginePort
from maxbooster_desktop.project.document.state import TrackId

#: Semitones from C by the letter on the key.
_KEYS = {letter: semitones for semitones, letter in enumerate("AWSEDFTGYHUJKOLP")}
_OCTAVE_DOWN, _OCTAVE_UP = "Z", "X"
_SEMITONES = 12
_LOWEST_C, _FIRST_C, _HIGHEST_C = 0, 60, 108
#: How hard a key is that does not tell.
VELOCITY = 100 / 127


class TypedNotes:
    """Turns keys into notes while it is on; `engine` and `target` give who plays and on which track."""

    def __init__(self, engine: Callable[[], EnginePort], target: Callable[[], TrackId | None]) -> None:
        self._engine, self._target = engine, target
        self._held: dict[str, tuple[TrackId, int]] = {}
        self._lowest_pitch = _FIRST_C
        self.is_on = False

    def switch(self, is_on: bool) -> None:
        """Let keys be notes, or no longer; what is held ends."""
        self.is_on = is_on
        self.let_go()

    def takes(self, key: str) -> bool:
        """Return whether a key is one of the keyboard's now, and no shortcut."""
        is_ours = key in _KEYS or key in {_OCTAVE_DOWN, _OCTAVE_UP}
        return self.is_on and is_ours and (key in self._held or self._target() is not None)

    def press(self, key: str) -> None:
        """Begin the note of a key, or move by an octave."""
        track = self._target()
        if key in {_OCTAVE_DOWN, _OCTAVE_UP}:
            step = _SEMITONES if key == _OCTAVE_UP else -_SEMITONES
            self._lowest_pitch = min(max(self._lowest_pitch + step, _LOWEST_C), _HIGHEST_C)
        elif key in _KEYS and key not in self._held and track is not None:
            pitch = self._lowest_pitch + _KEYS[key]
            self._held[key] = track, pitch
            self._engine().play_note(track, pitch, VELOCITY)

    def release(self, key: str) -> None:
        """End the note that a key began."""
        if key in self._held:
            self._engine().end_note(*self._held.pop(key))

    def let_go(self) -> None:
        """End all notes: nobody would tell when their keys are released."""
        for key in list(self._held):
            self.release(key)
