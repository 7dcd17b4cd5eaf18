"""Hearing the input: which tracks do, as the document and arming say, and the input open as long as somebody needs it.

"on" is always heard, "off" never; "auto" is heard while its track is armed, and time stands or a pass is recorded, so
that takes are heard while they are played. Opening takes a device its time, so it happens on a thread of its own.
"""

import threading
from collections.abc import Callable
from typing import Any

from maxbooster_desktop.actions.standing_engine import EngineNotReadyError
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.engine.listener import Listener
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import Track, TrackId, TrackInput

_USUAL = TrackInput(0, 2)


class Monitoring:
    """Keeps the engine of `studio` listening. `look` may be called on any thread, as often as one likes."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._lock = threading.Lock()
        #: Who needed the input when it was tried to be opened last: only others make it be tried again.
        self._tried: frozenset[TrackId] = frozenset()
        #: What the thread at work does next; the newest wish counts.
        self._next: Callable[[], Any] | None = None
        self._at_work: threading.Thread | None = None
        studio.takes.changed.subscribe(self.look)
        studio.project_changed.subscribe(lambda _change, _state: self.look())
        studio.project_opened.subscribe(self.look)

    def look(self) -> None:
        """Let the tracks hear the input that should, and open or close it."""
        studio, tracks = self._studio, self._tracks()
        armed, engine = studio.takes.armed, studio.engine
        engine.listen([listener for track in tracks if (listener := self._listener(track)) is not None])
        needed = frozenset(track.id for track in tracks if track.id in armed or track.monitoring == "on")
        with self._lock:
            if needed and not engine.inputs and needed != self._tried:
                self._tried = needed
                self._begin(self._open)
            elif not needed and not engine.transport.is_playing and not studio.takes.is_recording:
                self._tried = needed
                if engine.inputs:
                    self._begin(engine.close_input)

    def join(self) -> None:
        """Wait until the input is open or closed, if it is about to be."""
        with self._lock:
            at_work = self._at_work
        if at_work is not None:
            at_work.join()

    def _tracks(self) -> list[Track]:
        if not self._studio.has_project:
            return []
        return [track for track in self._studio.state.tracks.values() if track.kind == "audio"]

    def _listener(self, track: Track) -> Listener | None:
        takes = self._studio.takes
        is_wanted = track.monitoring == "on" or (track.monitoring == "auto" and track.id in takes.armed)
        if not is_wanted:
            return None
        source = track.input or _USUAL
        only_stopped = track.monitoring == "auto" and not takes.is_recording
        return Listener(track.id, source.first_channel, source.channels, only_stopped)

    def _begin(self, work: Callable[[], Any]) -> None:
        self._next = work
        if self._at_work is None or not self._at_work.is_alive():
            self._at_work = threading.Thread(target=self._work, name="input-opener", daemon=True)
            self._at_work.start()

    def _work(self) -> None:
        while (work := self._taken()) is not None:
            work()

    def _taken(self) -> Callable[[], Any] | None:
        with self._lock:
            work, self._next = self._next, None
            if work is None:
                self._at_work = None
            return work

    def _open(self) -> None:
        try:
            self._studio.engine.open_input()
        except EngineNotReadyError:
            self._tried = frozenset()  # whoever looks next tries again
        except MaxBoosterError as problem:
            self._studio.notify(str(problem))
        else:
            # Nobody may need it any more, after the time that it took.
            self.look()
            # The fields that offer inputs know now how many there are.
            self._studio.options_changed.emit()
