"""Clip time: fades and waveform spans in ticks and pixels, from seconds and frames of the clip's own audio.

A clip's audio runs in seconds while the axis runs in ticks, so under a tempo change one clip falls into spans of
different frames per pixel. Frames here are frames of the decoded audio (at the pool's rate), not of the asset.
"""

from dataclasses import replace
from typing import NamedTuple

from maxbooster_desktop.project.document.state import Clip, ProjectState
from maxbooster_desktop.project.document.tempo_map import TICKS_PER_QUARTER
from maxbooster_desktop.ui.arranger.geometry import TimeAxis

_RAMP_STEP_PX = 64.0


class Span(NamedTuple):
    """A stretch of a clip with one scale: `first_frame` plays at `x0`; runs to `x1` at `frames_per_px`."""

    x0: float
    x1: float
    first_frame: float
    frames_per_px: float


def asset_rate(state: ProjectState, clip: Clip) -> int:
    """Return the sample rate that `clip`'s frames count in, in Hz."""
    asset = state.assets.get(clip.asset) if clip.asset is not None else None
    return asset.sample_rate if asset else state.meta.sample_rate


def length_ms(state: ProjectState, clip: Clip) -> float:
    """Return how long an audio clip sounds, in milliseconds."""
    return clip.length_frames * 1000.0 / asset_rate(state, clip)


def tick_after_ms(state: ProjectState, tick: int, milliseconds: float) -> float:
    """Return the fractional tick `milliseconds` after `tick` (before it when negative)."""
    seconds = state.tempo_map.seconds_at(tick) + milliseconds / 1000.0
    return state.tempo_map.exact_tick_at(max(0.0, seconds))


def ms_between(state: ProjectState, start_tick: float, end_tick: float) -> float:
    """Return the milliseconds from one tick to another."""
    return (state.tempo_map.seconds_at(end_tick) - state.tempo_map.seconds_at(start_tick)) * 1000.0


def with_start_trimmed(state: ProjectState, clip: Clip, tick: int) -> Clip:
    """Return `clip` as it looks when its start is dragged to `tick`; audio cannot begin before its file does."""
    if clip.kind == "midi":
        tick = max(0, min(tick, clip.start_tick + clip.length_ticks - 1))
        return replace(clip, start_tick=tick, length_ticks=clip.length_ticks - (tick - clip.start_tick))
    rate = asset_rate(state, clip)
    frames = round(ms_between(state, clip.start_tick, max(0, tick)) * rate / 1000.0)
    frames = max(-clip.source_offset, min(frames, clip.length_frames - 1))
    start = round(tick_after_ms(state, clip.start_tick, frames * 1000.0 / rate))
    return replace(
        clip,
        start_tick=max(0, start),
        source_offset=clip.source_offset + frames,
        length_frames=clip.length_frames - frames,
    )


def with_end_trimmed(state: ProjectState, clip: Clip, tick: int) -> Clip:
    """Return `clip` as it looks when its end is dragged to `tick`; audio cannot outlast its file."""
    if clip.kind == "midi":
        return replace(clip, length_ticks=max(1, tick - clip.start_tick))
    frames = round(ms_between(state, clip.start_tick, tick) * asset_rate(state, clip) / 1000.0)
    asset = state.assets.get(clip.asset) if clip.asset is not None else None
    longest = asset.frames - clip.source_offset if asset else clip.length_frames
    return replace(clip, length_frames=max(1, min(frames, longest)))


def spans_of(
    state: ProjectState,
    clip: Clip,
    end_tick: int,
    axis: TimeAxis,
    *,
    left: float,
    right: float,
    rate: int | None = None,
) -> list[Span]:
    """Return the waveform spans of `clip` that show between x `left` and `right`.

    Frames count at `rate`, the rate the audio is decoded to in Hz; without one at the project's.
    """
    rate = rate or state.meta.sample_rate
    to_pool = rate / asset_rate(state, clip)
    if len(state.tempo_map.tempos) == 1:
        frames_per_px = rate * 60.0 / (TICKS_PER_QUARTER * state.tempo_map.tempos[0].bpm)
        x0, x1 = axis.x_of(clip.start_tick), axis.x_of(end_tick)
        return [Span(x0, x1, clip.source_offset * to_pool, frames_per_px / axis.px_per_tick)]
    origin_s = state.tempo_map.seconds_at(clip.start_tick)
    offset = clip.source_offset * to_pool
    first = max(axis.exact_tick_at(left), clip.start_tick)
    last = min(axis.exact_tick_at(right), end_tick)
    spans = []
    for start, end, is_steady in _pieces(state, clip.start_tick, end_tick, axis):
        if end <= first or start >= last:
            continue
        start_s = state.tempo_map.seconds_at(start)
        x0, x1 = axis.x_of(start), axis.x_of(end)
        if is_steady:
            seconds_per_tick = 60.0 / (TICKS_PER_QUARTER * state.tempo_map.bpm_at(int(start)))
        else:
            seconds_per_tick = (state.tempo_map.seconds_at(end) - start_s) / (end - start)
        frames_per_px = seconds_per_tick * rate / axis.px_per_tick
        spans.append(Span(x0, x1, offset + (start_s - origin_s) * rate, frames_per_px))
    return spans


def _pieces(state: ProjectState, start: int, end: int, axis: TimeAxis) -> list[tuple[float, float, bool]]:
    """Cut start..end at tempo events, and ramps into short pieces: (start, end, whether the tempo is steady)."""
    pieces: list[tuple[float, float, bool]] = []
    tempos = state.tempo_map.tempos
    for index, event in enumerate(tempos):
        until = tempos[index + 1].tick if index + 1 < len(tempos) else end
        here, there = max(start, event.tick), min(end, until)
        if here >= there:
            continue
        if not event.is_ramp or index + 1 == len(tempos):
            pieces.append((here, there, True))
            continue
        step = max(1.0, _RAMP_STEP_PX / axis.px_per_tick)
        cut: float = here
        while cut < there:
            pieces.append((cut, min(there, cut + step), False))
            cut += step
    return pieces
