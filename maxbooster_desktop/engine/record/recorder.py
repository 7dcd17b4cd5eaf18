"""The recorder: a thread that carries captured sound of the armed tracks into files while it is played.

One pass at a time. A pass ends when time stands still after it has rolled, when its count-in is called off, or when it
is asked to; what was played last arrives a round trip later, and only then is it over. A take's file is closed as soon
as its round is whole, so a loop may go round for hours. A disk that refuses ends that take with what is there; the
others and playback go on.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.record.capture_ring import CaptureRing
from maxbooster_desktop.engine.record.live_peaks import LivePeaks
from maxbooster_desktop.engine.record.spans import Span, Spans
from maxbooster_desktop.engine.record.take_file import TakeFile
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import RecordFormat, TrackId
from maxbooster_desktop.project.store.takes_journal import OpenTake

_STEP_S = 0.02
#: A round that is shorter is a slip of the hand.
_SHORTEST_S = 0.05
#: How long the input may stay away after the end before the rest is given up.
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class ArmedTrack:
    """What one track records: `channels` (1 or 2) of the device's inputs from `first_channel` on, counted from 0."""

    track: TrackId
    first_channel: int
    channels: int
    sample_format: RecordFormat = "FLOAT"


@dataclass(frozen=True, slots=True)
class Recording:
    """What one pass left: its takes in order, frames that came too late for the ring, why something is missing."""

    takes: tuple[OpenTake, ...]
    lost_frames: int = 0
    problem: str = ""


class Growing(NamedTuple):
    """What is there of a take that is being recorded: `frames` from `position` on the timeline."""

    track: TrackId
    position: int
    frames: int
    peaks: LivePeaks


@dataclass(slots=True)
class _Growing:
    """One track's file of one span."""

    take: OpenTake
    span: Span
    file: TakeFile
    peaks: LivePeaks = field(default_factory=LivePeaks)

    @property
    def next_frame(self) -> int:
        return self.span.first + self.file.frames


class PassFiles(Protocol):
    """Where the takes of a pass go."""

    def new_path(self) -> Path:
        """Return a path that nothing has yet; raises OSError."""
        ...

    def announce(self, take: OpenTake, sample_format: RecordFormat) -> None:
        """Write down durably, before its first sample, which take comes; raises MaxBoosterError."""

    def tell(self, problem: str) -> None:
        """Hear at once why a take ends here while the pass goes on."""


class Recorder:
    """Records one pass from a runtime's ring.

    Args:
        runtime: the engine's.
        sample_rate: of the session.
        spans: where sound belongs, see `Spans`.
        armed: the tracks that record.
        files: where the takes go.
        done: gets the recording when the pass is over, on the recorder's thread.
    """

    def __init__(
        self,
        runtime: Any,
        sample_rate: int,
        spans: Spans,
        armed: Sequence[ArmedTrack],
        *,
        files: PassFiles,
        done: Callable[[Recording], None],
    ) -> None:
        self._ring, self._rate, self._spans, self._armed = CaptureRing(runtime), sample_rate, spans, tuple(armed)
        self._cells = runtime.cells
        #: Whether a count-in was heard of.
        self.is_counted_in = False
        self._files, self._done = files, done
        self._growing: dict[tuple[int, TrackId], _Growing] = {}
        self._takes: list[OpenTake] = []
        #: Spans before this one are whole on disk.
        self._carried = 0
        self._refused: set[tuple[int, TrackId]] = set()
        self._problem = ""
        self._asked = threading.Event()
        self._asked_at: int | None = None
        self._spans.begin(self._ring.now(), self._ring.written)
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """End the pass here; what was played until now is still waited for."""
        self._asked_at = self._ring.written
        self._asked.set()

    @property
    def rounds(self) -> int:
        """How many stretches of time without a jump have been recorded, the present one included."""
        return len(self._spans.all)

    def growing(self) -> tuple[Growing, ...]:
        """Return what is being recorded at this moment; any thread may ask."""
        # Copied in one step of the interpreter: the recorder's thread begins and closes takes meanwhile.
        now = tuple(self._growing.values())
        return tuple(Growing(each.take.track, each.span.position, each.file.frames, each.peaks) for each in now)

    def join(self) -> None:
        """Wait until the pass is over and told."""
        self._thread.join()

    def _work(self) -> None:
        try:
            self._follow()
        finally:  # whatever happened: who waits for the pass hears that it is over, and gets what there is
            self._close(tuple(self._growing))
            self._done(Recording(tuple(self._takes), self._ring.lost_frames, self._problem))

    def _follow(self) -> None:
        """Carry what arrives until the pass is over and all of it is there."""
        waited_from: float | None = None
        while True:
            self._asked.wait(_STEP_S)
            # Frames before marks: a mark is written before the frames behind it, so no frame goes to the wrong span.
            written = self._ring.written
            self._spans.hear(self._ring.new_marks())
            if self._asked_at is not None:
                self._spans.end(self._asked_at)
            is_over = self._spans.is_over or self._asked_at is not None or self._is_called_off()
            self._carry(written)
            if is_over and self._carried == len(self._spans.all):
                return
            if is_over:
                waited_from = waited_from or time.monotonic()
                if time.monotonic() - waited_from > _PATIENCE_S:
                    return
                time.sleep(_STEP_S)

    def _is_called_off(self) -> bool:
        """Whether there was a count-in, and it ended without anything rolling."""
        if self._cells[at.ROLLS_BEHIND_PREVIEW]:
            self.is_counted_in = True
            return False
        # The callback lets time roll before it marks that, so a pass that begins is not mistaken for one called off.
        return self.is_counted_in and not self._cells[at.IS_PLAYING] and not self._spans.has_rolled

    def _carry(self, written: int) -> None:
        """Write what of the spans has arrived by captured frame `written`; close the files of those that are whole."""
        for number, span in enumerate(self._spans.all[self._carried :], self._carried):
            limit = self._spans.limit(span)
            for armed in self._armed:
                self._carry_track((number, armed.track), span, armed, min(written, limit))
            if written >= limit:
                self._close([(number, armed.track) for armed in self._armed])
                self._carried = number + 1

    def _carry_track(self, key: tuple[int, TrackId], span: Span, armed: ArmedTrack, until: int) -> None:
        if key in self._refused or until <= span.first:
            return
        try:
            self._write(key, span, armed, until)
        except (OSError, MaxBoosterError) as problem:
            self._refuse(key, problem)

    def _write(self, key: tuple[int, TrackId], span: Span, armed: ArmedTrack, until: int) -> None:
        growing = self._growing.get(key)
        if growing is None:
            growing = self._growing[key] = self._begin(span, armed)
        if until > growing.next_frame:
            samples = self._ring.read(growing.next_frame, until, armed.first_channel, armed.channels)
            growing.file.write(samples)
            growing.peaks.add(samples)

    def _begin(self, span: Span, armed: ArmedTrack) -> _Growing:
        take = OpenTake(self._files.new_path(), armed.track, span.position, round(time.time() * 1_000))
        self._files.announce(take, armed.sample_format)
        return _Growing(take, span, TakeFile(take.path, self._rate, armed.channels, armed.sample_format))

    def _refuse(self, key: tuple[int, TrackId], problem: Exception) -> None:
        self._refused.add(key)
        kept = key in self._growing
        self._problem = (
            f"A take could not be written to its end ({getattr(problem, 'strerror', None) or problem}); "
            f"{'what was recorded until then is kept' if kept else 'nothing of it is kept'}: free some space on the "
            "project's disk and record it again."
        )
        self._files.tell(self._problem)

    def _close(self, keys: Sequence[tuple[int, TrackId]]) -> None:
        """Close files; what is shorter than a slip of the hand goes, the rest are takes."""
        for growing in [self._growing.pop(key) for key in keys if key in self._growing]:
            try:
                growing.file.close()
                if growing.file.frames >= _SHORTEST_S * self._rate:
                    self._takes.append(growing.take)
                else:
                    growing.file.path.unlink(missing_ok=True)
            except OSError as problem:
                closing = f"A take could not be closed ({problem.strerror}); it comes back at the next opening."
                self._problem = self._problem or closing
