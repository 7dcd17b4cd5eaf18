"""Tempo and signature map: ticks to seconds and back, bars and beats, exactly and fast.

Ticks are integers, 960 to a quarter note. A tempo event holds until the next one, or ramps to it linearly in
tempo over ticks (`is_ramp`): bpm(t) = b0 + (b1 - b0) * t / n. Time over a ramp is the integral of 60 / (960 bpm):
    seconds(t) = 60 n / (960 (b1 - b0)) * ln(1 + (b1 - b0) t / (n b0)).
"""

import bisect
import math
from dataclasses import dataclass, field
from functools import cached_property

TICKS_PER_QUARTER = 960


@dataclass(frozen=True, slots=True)
class TempoEvent:
    """A tempo from `tick` on, in quarter notes per minute; `is_ramp` glides to the next event's tempo."""

    tick: int
    bpm: float
    is_ramp: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class SignatureEvent:
    """A time signature from the bar line at `tick` on."""

    tick: int
    numerator: int
    denominator: int
    id: str = ""

    @property
    def beat_ticks(self) -> int:
        """Ticks of one beat (the denominator's note)."""
        return TICKS_PER_QUARTER * 4 // self.denominator

    @property
    def bar_ticks(self) -> int:
        """Ticks of one bar."""
        return self.beat_ticks * self.numerator


@dataclass(frozen=True, slots=True)
class BarPosition:
    """A musical position: bar and beat count from 1, sixteenth from 1, ticks from 0."""

    bar: int
    beat: int
    sixteenth: int
    tick: int

    def __str__(self) -> str:
        """Format as the transport's clock shows it: 017.3.2.060."""
        return f"{self.bar:03d}.{self.beat}.{self.sixteenth}.{self.tick:03d}"


@dataclass(frozen=True)
class TempoMap:
    """Sorted tempo and signature events; both lists start at tick 0."""

    tempos: tuple[TempoEvent, ...] = (TempoEvent(0, 120.0),)
    signatures: tuple[SignatureEvent, ...] = (SignatureEvent(0, 4, 4),)
    _tempo_ticks: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the order once, so that every lookup may rely on it."""
        for events in (self.tempos, self.signatures):
            ticks = [event.tick for event in events]
            if not ticks or ticks[0] != 0 or ticks != sorted(set(ticks)):
                raise ValueError("tempo and signature events must start at tick 0 and be sorted, one per tick")
        object.__setattr__(self, "_tempo_ticks", tuple(event.tick for event in self.tempos))

    @cached_property
    def _tempo_seconds(self) -> tuple[float, ...]:
        seconds = [0.0]
        for index in range(len(self.tempos) - 1):
            span = self.tempos[index + 1].tick - self.tempos[index].tick
            seconds.append(seconds[-1] + self._span_seconds(index, span))
        return tuple(seconds)

    @cached_property
    def _signature_ticks(self) -> tuple[int, ...]:
        return tuple(event.tick for event in self.signatures)

    @cached_property
    def _signature_bars(self) -> tuple[int, ...]:
        bars = [1]
        for here, following in zip(self.signatures, self.signatures[1:], strict=False):
            bars.append(bars[-1] + -(-(following.tick - here.tick) // here.bar_ticks))
        return tuple(bars)

    def _ramp_end(self, index: int) -> tuple[float, int] | None:
        """Return (end bpm, ticks) when event `index` ramps to another tempo."""
        here = self.tempos[index]
        if not here.is_ramp or index + 1 == len(self.tempos):
            return None
        following = self.tempos[index + 1]
        if math.isclose(following.bpm, here.bpm):
            return None
        return following.bpm, following.tick - here.tick

    def slope_at(self, index: int) -> float:
        """Return by how many bpm the tempo changes per tick behind tempo event `index`; 0 where it does not ramp."""
        ramp = self._ramp_end(index)
        return 0.0 if ramp is None else (ramp[0] - self.tempos[index].bpm) / ramp[1]

    def _span_seconds(self, index: int, ticks: float) -> float:
        bpm = self.tempos[index].bpm
        ramp = self._ramp_end(index)
        if ramp is None:
            return ticks * 60.0 / (TICKS_PER_QUARTER * bpm)
        end_bpm, length = ramp
        slope = (end_bpm - bpm) / length
        return 60.0 / (TICKS_PER_QUARTER * slope) * math.log1p(slope * ticks / bpm)

    def seconds_at(self, tick: float) -> float:
        """Return the time of `tick` in seconds from the project's start."""
        index = max(0, bisect.bisect_right(self._tempo_ticks, tick) - 1)
        return self._tempo_seconds[index] + self._span_seconds(index, tick - self.tempos[index].tick)

    def exact_tick_at(self, seconds: float) -> float:
        """Return the (fractional) tick at a time in seconds."""
        index = max(0, bisect.bisect_right(self._tempo_seconds, seconds) - 1)
        here = self.tempos[index]
        elapsed = seconds - self._tempo_seconds[index]
        ramp = self._ramp_end(index)
        if ramp is None:
            return here.tick + elapsed * TICKS_PER_QUARTER * here.bpm / 60.0
        slope = (ramp[0] - here.bpm) / ramp[1]
        return here.tick + here.bpm / slope * math.expm1(elapsed * TICKS_PER_QUARTER * slope / 60.0)

    def tick_at(self, seconds: float) -> int:
        """Return the nearest tick to a time in seconds."""
        return round(self.exact_tick_at(seconds))

    def bpm_at(self, tick: int) -> float:
        """Return the tempo at `tick` in quarter notes per minute, inside ramps too."""
        index = max(0, bisect.bisect_right(self._tempo_ticks, tick) - 1)
        here, ramp = self.tempos[index], self._ramp_end(index)
        if ramp is None:
            return here.bpm
        return here.bpm + (ramp[0] - here.bpm) * (tick - here.tick) / ramp[1]

    def signature_at(self, tick: int) -> SignatureEvent:
        """Return the signature in force at `tick`."""
        return self.signatures[self._signature_index(tick)]

    def _signature_index(self, tick: int) -> int:
        return max(0, bisect.bisect_right(self._signature_ticks, tick) - 1)

    def position_at(self, tick: int) -> BarPosition:
        """Return bar, beat, sixteenth and ticks of `tick` (negative ticks clamp to the start)."""
        tick = max(0, tick)
        index = self._signature_index(tick)
        signature = self.signatures[index]
        bars, rest = divmod(tick - signature.tick, signature.bar_ticks)
        beat, rest = divmod(rest, signature.beat_ticks)
        sixteenth, rest = divmod(rest, TICKS_PER_QUARTER // 4)
        return BarPosition(self._signature_bars[index] + bars, beat + 1, sixteenth + 1, rest)

    def bar_start(self, bar: int) -> int:
        """Return the tick at which bar `bar` (from 1) starts."""
        index = max(0, bisect.bisect_right(self._signature_bars, bar) - 1)
        signature = self.signatures[index]
        return signature.tick + (bar - self._signature_bars[index]) * signature.bar_ticks

    def tick_of(self, position: BarPosition) -> int:
        """Return the tick of a bar position; the inverse of `position_at`."""
        start = self.bar_start(position.bar)
        signature = self.signature_at(start)
        beats = (position.beat - 1) * signature.beat_ticks
        return start + beats + (position.sixteenth - 1) * (TICKS_PER_QUARTER // 4) + position.tick
