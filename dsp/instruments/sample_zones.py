"""Zones of a sampler as one array of float64 that its kernel reads: which keys and velocities play which sound.

A map begins with its number and the first place of each key in the list that follows; a key's zones stand there one
behind the other, then the zones as rows. Addresses are whole numbers below 2^53. A voice copies its zone's row, so a
map may go as soon as the next one has been seen; the sounds it names stay until no voice plays of it.

Loops: what lies around a loop's end is worked out beforehand, its seam. It holds the sound up to the end, faded over
into what comes before the loop's start, and behind the end what follows on the start. A window of taps near the end
reads the seam alone, so it never meets a step, at any speed, even where the loop's length is no whole number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from dsp.instruments.sample_reading import FASTEST, MOST_REACH, between

LoopMode = Literal["none", "forward", "sustain", "ping_pong"]
Sound = npt.NDArray[np.float32]

KEYS = 128
M_NUMBER, M_KEYS, M_LIST = 0, 1, 2 + KEYS
(
    Z_LEFT, Z_RIGHT, Z_READY,  # addresses
    Z_FIRST, Z_END,
    Z_LOOP_END, Z_LOOP_LENGTH,  # frames, length 0: no loop
    Z_SEAM_LEFT, Z_SEAM_RIGHT, Z_SEAM_FIRST, Z_SEAM_FROM,  # addresses; its first frame, the first that needs it
    Z_IS_SUSTAIN,
    Z_ROOT, Z_KEY_TRACK, Z_TUNE,  # semitones, share, semitones
    Z_LOW_VELOCITY, Z_HIGH_VELOCITY,
    Z_LEFT_GAIN, Z_RIGHT_GAIN,
    Z_DELAY_MS, Z_ATTACK_MS, Z_HOLD_MS, Z_DECAY_MS, Z_SUSTAIN, Z_RELEASE_MS,
    Z_IS_ONE_SHOT,
    Z_TURN, Z_TURNS, Z_COUNTED,  # whose turn it is: the kernel counts
    Z_CHOKE,
    Z_FIELDS,
) = range(31)  # fmt: skip
_SEAM_MARGIN = 2 * MOST_REACH + int(FASTEST) + 8


@dataclass(frozen=True)
class PlayedZone:
    """One zone, in frames of `samples` [channels, frames]; `ready` int64 [1] says how many of them can be read.

    `end` 0 is the sound's end. Gains are factors of each side; `turn` of `turns` counts from 1; `choke` 0 is no group.
    """

    samples: Sound
    ready: npt.NDArray[np.int64]
    root: float = 60.0
    low_key: int = 0
    high_key: int = KEYS - 1
    low_velocity: int = 1
    high_velocity: int = 127
    first: int = 0
    end: int = 0
    loop_mode: LoopMode = "none"
    loop_start: float = 0.0
    loop_end: float = 0.0
    crossfade: int = 0
    key_track: float = 1.0
    tune: float = 0.0
    gains: tuple[float, float] = (1.0, 1.0)
    envelope: tuple[float, float, float, float, float, float] = (0.0, 0.0, 0.0, 1.0, 1.0, 20.0)
    is_one_shot: bool = False
    turn: int = 1
    turns: int = 1
    choke: int = 0


@dataclass(frozen=True)
class ZoneMap:
    """A map for the kernel, and the arrays whose addresses it names."""

    cells: npt.NDArray[np.float64]
    kept: tuple[npt.NDArray[np.generic], ...]

    @property
    def address(self) -> int:
        """Where the kernel finds it."""
        return int(self.cells.ctypes.data)

    @property
    def number(self) -> int:
        """Which map it is; later ones have higher numbers."""
        return int(self.cells[M_NUMBER])


@dataclass(frozen=True)
class ZoneRow:
    """A zone as the kernel reads it, its keys, and the arrays whose addresses it names."""

    low_key: int
    high_key: int
    cells: npt.NDArray[np.float64]
    kept: tuple[npt.NDArray[np.generic], ...]


def zone_map(rows: Sequence[ZoneRow], number: int) -> ZoneMap:
    """Return the map of some zones; a later map has a higher `number`."""
    by_key = [[place for place, row in enumerate(rows) if row.low_key <= key <= row.high_key] for key in range(KEYS)]
    listed = [place for places in by_key for place in places]
    rows_at = M_LIST + len(listed)
    cells = np.zeros(rows_at + len(rows) * Z_FIELDS)
    cells[M_NUMBER] = number
    cells[M_KEYS : M_KEYS + KEYS + 1] = M_LIST + np.cumsum([0, *map(len, by_key)])
    cells[M_LIST:rows_at] = [rows_at + place * Z_FIELDS for place in listed]
    for place, row in enumerate(rows):
        at = rows_at + place * Z_FIELDS
        cells[at : at + Z_FIELDS] = row.cells
    return ZoneMap(cells, tuple(array for row in rows for array in row.kept))


def zone_row(zone: PlayedZone) -> ZoneRow:
    """Return a zone as the kernel reads it; works out what lies around its loop's end."""
    row = np.zeros(Z_FIELDS)
    samples, ready = zone.samples, zone.ready
    end = min(zone.end or samples.shape[1], samples.shape[1])
    loop = _Loop(zone, end) if _has_loop(zone, end) else None
    if loop is not None:
        samples, ready, end = loop.samples, loop.ready, loop.frames
        row[Z_LOOP_END], row[Z_LOOP_LENGTH] = loop.end, loop.length
        row[Z_SEAM_LEFT], row[Z_SEAM_RIGHT] = loop.seam[0].ctypes.data, loop.seam[-1].ctypes.data
        row[Z_SEAM_FIRST], row[Z_SEAM_FROM] = loop.seam_first, loop.seam_from
        row[Z_IS_SUSTAIN] = zone.loop_mode == "sustain"
    row[Z_LEFT], row[Z_RIGHT] = samples[0].ctypes.data, samples[-1].ctypes.data
    row[Z_READY], row[Z_FIRST], row[Z_END] = ready.ctypes.data, zone.first, end
    row[Z_ROOT], row[Z_KEY_TRACK], row[Z_TUNE] = zone.root, zone.key_track, zone.tune
    row[Z_LOW_VELOCITY], row[Z_HIGH_VELOCITY] = zone.low_velocity, zone.high_velocity
    row[Z_LEFT_GAIN], row[Z_RIGHT_GAIN] = zone.gains
    row[Z_DELAY_MS : Z_RELEASE_MS + 1] = zone.envelope
    row[Z_IS_ONE_SHOT], row[Z_CHOKE] = zone.is_one_shot, zone.choke
    row[Z_TURN], row[Z_TURNS] = zone.turn, max(1, zone.turns)
    seam = () if loop is None else (loop.seam,)
    return ZoneRow(zone.low_key, zone.high_key, row, (samples, ready, *seam))


def _has_loop(zone: PlayedZone, end: int) -> bool:
    """Return whether a zone loops; a sound that is not all there yet plays on without."""
    return (
        zone.loop_mode != "none"
        and zone.loop_start >= 0
        # Of a converted sound the loop's end may lie a fraction behind the last frame.
        and zone.loop_start + 1.0 <= zone.loop_end < end + 1.0
        and int(zone.ready[0]) >= end
    )


class _Loop:
    """A zone's loop, always forward: one that turns back is written out once."""

    def __init__(self, zone: PlayedZone, end: int) -> None:
        self.samples, self.ready, self.frames = zone.samples, zone.ready, end
        start, self.end = zone.loop_start, zone.loop_end
        if zone.loop_mode == "ping_pong":
            start, self.end = self._write_out(round(start), min(round(self.end), end - 1))
        self.length = self.end - start
        fade = int(min(zone.crossfade, start, self.length)) if zone.loop_mode != "ping_pong" else 0
        self.seam_from = int(np.floor(self.end)) - fade
        self.seam_first = self.seam_from - _SEAM_MARGIN
        self.seam = self._seam(start, fade)

    def _write_out(self, start: int, last: int) -> tuple[float, float]:
        """Put the way back behind the way there; returns (start, end) of both."""
        last = max(last, start + 1)
        there, back = self.samples[:, : last + 1], self.samples[:, start + 1 : last][:, ::-1]
        self.samples = np.ascontiguousarray(np.concatenate((there, back), axis=1))
        self.frames = self.samples.shape[1]
        self.ready = np.array([self.frames], np.int64)
        return float(start), float(self.frames)

    def _seam(self, start: float, fade: int) -> Sound:
        frames = np.arange(self.seam_first, int(np.ceil(self.end)) + _SEAM_MARGIN, dtype=np.float64)
        # What is behind the end has come round, perhaps more than once where the loop is short.
        is_behind = frames >= min(self.end, self.samples.shape[1])
        rounds = np.maximum(1.0, np.floor((frames - start) / self.length)) * is_behind
        inside = frames - rounds * self.length
        seam = [self._faded(side, inside, fade) for side in self.samples]
        return np.ascontiguousarray(seam, np.float32)

    def _faded(self, side: Sound, places: npt.NDArray[np.float64], fade: int) -> npt.NDArray[np.float64]:
        """Return one side at `places` before the loop's end, where it fades over into what comes before its start."""
        sound = _at(side, places)
        if fade:
            share = np.clip((places - (self.end - fade)) / fade, 0.0, 1.0)
            weight = 0.5 - 0.5 * np.cos(np.pi * share)
            sound = sound + weight * (_at(side, places - self.length) - sound)
        return sound


def _at(side: Sound, places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return a side at whole frames as it is, between them interpolated."""
    low, high = int(places.min()) - 64, int(places.max()) + 65
    first, last = max(0, low), min(len(side), max(0, high))
    return between(np.asarray(side[first:last]), places - first)
