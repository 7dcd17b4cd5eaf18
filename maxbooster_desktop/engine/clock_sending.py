"""The song's time as MIDI clock: what a port is told while time rolls, and by which frame.

Twenty-four clocks a quarter note by the tempo map (MIDI 1.0, M1 v4.2.1, system real-time messages). Time that begins
to roll at the song's start is a start; anywhere else it is a song position, in sixteenths from the next one on, and a
continue right before that sixteenth's clock. A jump while time rolls is a stop and a beginning elsewhere. Clocks are
worked out only up to what the callback has counted, so none is ever ahead of a stop.
"""

from collections.abc import Iterator

from maxbooster_desktop.project.document.tempo_map import TICKS_PER_QUARTER, TempoMap

CLOCK, START, CONTINUE, STOP, SONG_POSITION = 0xF8, 0xFA, 0xFB, 0xFC, 0xF2
_CLOCK_TICKS = TICKS_PER_QUARTER // 24
_CLOCKS_A_SIXTEENTH = 6
#: The farthest song position that two bytes of seven bits hold.
_FARTHEST = (1 << 14) - 1

Timed = tuple[float, tuple[int, ...]]


class SongClock:
    """Turns where time rolls into (frame of the callback's count, message)."""

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._tempo_map = TempoMap()
        #: Since which frame time rolls, from where on the timeline; None while it stands.
        self._rolls: tuple[float, float] | None = None
        self._next, self._begins_at, self._is_begun = 0, 0, False
        self._is_start = False

    def follow(self, tempo_map: TempoMap, frame: float) -> None:
        """Go by another tempo map from a frame on."""
        if tempo_map is self._tempo_map or tempo_map == self._tempo_map:
            return
        self._tempo_map = tempo_map
        if self._rolls is not None:
            since, position = self._rolls
            self._next = self._first_clock_from(position + max(0.0, frame - since))

    def jump(self, frame: float, position: float, *, is_rolling: bool) -> Iterator[Timed]:
        """Tell that from `frame` on time rolls from `position` on (in samples), or stands."""
        if self._rolls is not None:
            yield frame, (STOP,)
        self._rolls = (frame, position) if is_rolling else None
        if not is_rolling:
            return
        self._next = self._first_clock_from(position)
        sixteenth = -(-self._next // _CLOCKS_A_SIXTEENTH)
        self._begins_at, self._is_begun = sixteenth * _CLOCKS_A_SIXTEENTH, False
        self._is_start = sixteenth == 0
        if not self._is_start:
            told = min(sixteenth, _FARTHEST)
            yield frame, (SONG_POSITION, told & 127, told >> 7)

    def clocks_until(self, frame: float) -> Iterator[Timed]:
        """Return what is said before `frame`, which the callback has counted."""
        while self._rolls is not None:
            since, position = self._rolls
            due = since + self._sample_of(self._next) - position
            if due >= frame:
                return
            if not self._is_begun and self._next >= self._begins_at:
                self._is_begun = True
                yield due, (START if self._is_start else CONTINUE,)
            yield due, (CLOCK,)
            self._next += 1

    def _sample_of(self, clock: int) -> float:
        return self._tempo_map.seconds_at(clock * _CLOCK_TICKS) * self._rate

    def _first_clock_from(self, position: float) -> int:
        """Return the first clock at a place, which may have been rounded to its sample, or behind it."""
        clock = max(0, int(self._tempo_map.exact_tick_at(position / self._rate) / _CLOCK_TICKS) - 1)
        while self._sample_of(clock) < position - 0.5:
            clock += 1
        return clock
