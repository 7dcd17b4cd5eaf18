"""One pass of notes: what is played live on armed instrument tracks becomes clips, in one step of the history."""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from maxbooster_desktop.actions.ports import EnginePort, ProjectPort
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import TrackId

if TYPE_CHECKING:
    from maxbooster_desktop.engine.record.note_recorder import PlayedNotes

_log = logging.getLogger(__name__)


class NotePass:
    """Records from its making until the engine says that the pass is over.

    Args:
        project: where the clips go.
        engine: who plays.
        tracks: the armed tracks that hold notes.
        punch: timeline positions [in, out) in samples, or None.
        tell: gets a sentence when the clips could not be made.
        over: called when the pass is over and its clips are there, on the recorder's thread.
    """

    def __init__(
        self,
        project: ProjectPort,
        engine: EnginePort,
        tracks: Sequence[TrackId],
        *,
        punch: tuple[int, int] | None,
        tell: Callable[[str], None],
        over: Callable[[], None],
    ) -> None:
        self._project, self._rate, self._tell, self._over = project, engine.sample_rate, tell, over
        #: Whether the pass is over: it may be before whoever made it knows it.
        self.is_over = False
        self._recorder: Any = engine.record_notes(tracks, self._keep, punch=punch)

    def end(self) -> None:
        """End it here."""
        self._recorder.end()

    def join(self) -> None:
        """Wait until its clips are there."""
        self._recorder.join()

    def _keep(self, played: "PlayedNotes") -> None:
        """Make clips of what was played. Runs on the recorder's thread."""
        try:
            if any(played.notes.values()):
                self._lay(played)
        except MaxBoosterError as problem:
            self._tell(f"The notes that were played could not be kept: {problem}")
        except Exception:  # noqa: BLE001 - the recorder's thread ends here, and the person must hear of it
            _log.exception("Recorded notes were not kept")
            self._tell("The notes that were played could not be kept; record them again.")
        finally:
            self.is_over = True
        self._over()

    def _lay(self, played: "PlayedNotes") -> None:
        # The document's library loads with the first project, not with the window.
        from maxbooster_desktop.project.edits import clips  # noqa: PLC0415 - see above

        rate = self._rate
        recorded = {
            track: [
                clips.RecordedNote(note.start / rate, note.end / rate, note.pitch, max(1, round(note.velocity * 127)))
                for note in notes
            ]
            for track, notes in played.notes.items()
        }
        self._project.submit(clips.add_recorded_notes, recorded, played.start / rate, played.end / rate).result()
