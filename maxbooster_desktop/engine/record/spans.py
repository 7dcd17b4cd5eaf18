"""From marks to takes: which captured frames belong to which place on the timeline.

What is played at a moment comes back `round_trip` frames later, so the performance to timeline [s, e) is captured that
much after the callback was there. Each stretch in which time rolls on without a jump gives one span: a round of the
loop, or the whole of a take. A punch range cuts it to the sample.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from maxbooster_desktop.engine.record.capture_ring import Mark

_FOR_EVER = 1 << 62


@dataclass(slots=True)
class Span:
    """Captured frames [first, last) whose first lies at `position` on the timeline; `last` is None while it runs."""

    first: int
    position: int
    last: int | None = None


class Spans:
    """The spans of one pass.

    Args:
        round_trip: frames from a frame's output to its arrival at the input.
        punch: timeline positions [in, out) outside which nothing is recorded; None for everywhere.
    """

    def __init__(self, round_trip: int, punch: tuple[int, int] | None = None) -> None:
        self._round_trip = round_trip
        self._in, self._out = punch or (0, _FOR_EVER)
        self._open: Span | None = None
        self.has_rolled = False
        self.all: list[Span] = []

    @property
    def is_over(self) -> bool:
        """Whether time has rolled and stands again."""
        return self.has_rolled and self._open is None

    def begin(self, now: Mark, frame: int) -> None:
        """Begin in the middle of what rolls: from captured frame `frame` on."""
        if now.rolls:
            self.hear([Mark(frame, now.position + frame - now.frame, rolls=True)])

    def hear(self, marks: Iterable[Mark]) -> None:
        """Take notice of jumps, starts and stops."""
        for mark in marks:
            self.end(mark.frame)
            if mark.rolls:
                self._start(mark)

    def end(self, frame: int) -> None:
        """End what runs with captured frame `frame`."""
        if self._open is not None and self._open.last is None:
            self._open.last = max(self._open.first, frame + self._round_trip)
        self._open = None

    def _start(self, mark: Mark) -> None:
        self.has_rolled = True
        skipped = max(0, self._in - mark.position)
        first, position = mark.frame + skipped + self._round_trip, mark.position + skipped
        self._open = Span(first, position)
        if position >= self._out:
            self._open.last = first
        self.all.append(self._open)

    def limit(self, span: Span) -> int:
        """Return the captured frame at which a span ends at the latest, by its end or by the punch range."""
        by_punch = span.first + max(0, self._out - span.position)
        return by_punch if span.last is None else min(by_punch, span.last)
