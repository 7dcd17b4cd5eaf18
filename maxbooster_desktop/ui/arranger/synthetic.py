"""A large made-up project for measuring the window: 200 tracks, 5,000 clips, and audio that is computed."""

import functools

import numpy as np
import numpy.typing as npt

from dsp.peaks.pyramid import add_frames
from maxbooster_desktop.engine.media.peaks import PeakPyramid
from maxbooster_desktop.project.document.state import (
    NOTE,
    Asset,
    AssetId,
    Clip,
    ClipId,
    ClipKind,
    Marker,
    MarkerId,
    Meta,
    ProjectState,
    Track,
    TrackId,
)
from maxbooster_desktop.project.document.tempo_map import TempoEvent, TempoMap

RATE = 48_000
BAR = 4 * 960
_NAMES = ("Drums", "Kick", "Snare", "Hats", "808", "Keys", "Pluck", "Lead vox", "Vox dbl", "FX")
_STARTS, _START_FRAMES = 41, RATE // 2
_MARKERS = ("Intro", "Verse 1", "Hook", "Break", "Outro")


def synthetic_level(frames: npt.NDArray[np.float64], seed: int) -> npt.NDArray[np.float64]:
    """Return an envelope 0..1 for frames at 48 kHz."""
    beat = frames / (RATE / 4)
    noise = np.modf(np.sin(frames * 0.001 + seed) * 43758.5453)[0] ** 2
    hit = np.modf(np.sin(np.floor(beat) * 12.9898 + seed) * 43758.5453)[0] ** 2
    envelope: npt.NDArray[np.float64] = (0.15 + 0.85 * hit) * np.exp(-4.0 * np.modf(beat)[0]) * (0.35 + 0.65 * noise)
    return envelope


@functools.cache
def _sound(frames: int) -> npt.NDArray[np.float32]:
    clock = np.arange(frames, dtype=np.float64)
    return (synthetic_level(clock, 1) * np.sin(clock * (2 * np.pi * 110 / RATE))).astype(np.float32)


class SyntheticPool:
    """A media pool as after decoding: samples that are there at once, and the peaks of them that the program reads.

    All assets are cut from one sound, each from a start of its own, so that 40 of them take little memory.
    """

    def __init__(self, frames: int = 60 * RATE) -> None:
        self._frames = frames
        self._peaks: dict[str, PeakPyramid] = {}

    def peaks(self, asset_id: str) -> PeakPyramid:
        """Return the peaks of an asset."""
        if asset_id not in self._peaks:
            pyramid = PeakPyramid(self._frames, 2)
            add_frames(np.ascontiguousarray(self.samples(asset_id)), 0, pyramid.peaks, pyramid.starts)
            pyramid.ready_frames = self._frames
            self._peaks[asset_id] = pyramid
        return self._peaks[asset_id]

    def samples(self, asset_id: str) -> npt.NDArray[np.float32]:
        """Return planar stereo samples of an asset."""
        start = sum(asset_id.encode()) % _STARTS * _START_FRAMES
        sound = _sound(self._frames + _STARTS * _START_FRAMES)[start : start + self._frames]
        return np.broadcast_to(sound, (2, self._frames))


def _clips(track: int, count: int, assets: int, state_bpm: float) -> list[Clip]:
    """Return `count` clips of 1 to 6 bars on one track; every sixth track holds notes."""
    kind: ClipKind = "midi" if track % 6 == 5 else "audio"
    rng = np.random.default_rng(track)
    clips, bar = [], int(rng.integers(0, 3))
    frames_per_bar = int(BAR / 960 * 60 / state_bpm * RATE)
    for number in range(count):
        bars = int(rng.integers(1, 7))
        clips.append(
            Clip(
                ClipId(f"clip-{track}-{number}"),
                TrackId(f"track-{track}"),
                bar * BAR,
                f"{_NAMES[track % len(_NAMES)]} {number + 1}",
                kind,
                asset=AssetId(f"asset-{(track * 7 + number) % assets}") if kind == "audio" else None,
                source_offset=int(rng.integers(0, 4)) * frames_per_bar if kind == "audio" else 0,
                length_frames=bars * frames_per_bar if kind == "audio" else 0,
                length_ticks=bars * BAR if kind == "midi" else 0,
                gain_db=float(rng.choice([0.0, 0.0, 0.0, 1.5])),
                fade_in_ms=420.0 if number % 5 == 2 else None,
                is_muted=number % 17 == 11,
            )
        )
        bar += bars + int(rng.integers(0, 2))
    return clips


def synthetic_state(tracks: int = 200, clips: int = 5_000, bpm: float = 128.0) -> ProjectState:
    """Return a project of `tracks` tracks that share `clips` clips evenly."""
    assets = {
        AssetId(f"asset-{n}"): Asset(AssetId(f"asset-{n}"), f"Sound {n}", RATE, 2, 60 * RATE, "PCM_24", "", "wav")
        for n in range(40)
    }
    order = tuple(TrackId(f"track-{n}") for n in range(tracks))
    by_track: dict[TrackId, tuple[ClipId, ...]] = {}
    found: dict[ClipId, Clip] = {}
    for number, track in enumerate(order):
        made = _clips(number, clips // tracks, len(assets), bpm)
        by_track[track] = tuple(clip.id for clip in made)
        found |= {clip.id: clip for clip in made}
    master = Track(TrackId("master"), "master", "Master", "")
    listed = {track: _track(number, track) for number, track in enumerate(order)}
    markers = tuple(Marker(MarkerId(f"marker-{n}"), n * 4 * BAR, name, n * 3) for n, name in enumerate(_MARKERS))
    return ProjectState(
        Meta("synthetic", "Midnight Drive", RATE, loop_start_tick=4 * BAR, loop_end_tick=12 * BAR, loop_enabled=True),
        TempoMap((TempoEvent(0, bpm),)),
        {**listed, master.id: master},
        order,
        found,
        by_track,
        {clip.id: _notes(clip) for clip in found.values() if clip.kind == "midi"},
        markers,
        assets=assets,
    )


def _track(number: int, track: TrackId) -> Track:
    return Track(
        track,
        "instrument" if number % 6 == 5 else "audio",
        _NAMES[number % len(_NAMES)],
        f"{number:04d}",
        colour=number % 12,
        gain_db=-3.0 - (number * 7 % 60) / 10.0,
        is_muted=number == 9,
    )


def _notes(clip: Clip) -> npt.NDArray[np.void]:
    count = clip.length_ticks // 480
    notes = np.zeros(count, dtype=NOTE)
    notes["start"] = np.arange(count) * 480
    notes["length"] = 420
    notes["pitch"] = 60 + (np.arange(count) * 5) % 12
    notes["velocity"] = 96
    return notes
