"""Trim the edges of a clip and slip what it plays; the rest stays on its sample.

An edge cannot leave the source and a clip keeps at least one frame (a tick, for MIDI): beyond that the edge stops.
Where the source begins between two ticks, the start stops at the tick after it, so that the audio does not shift.
An edge that moves takes the default fade again when it had none, as the inner edges of a split have.
"""

from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.sample_grid import first_tick_from, last_tick_until
from maxbooster_desktop.project.document.state import Clip, ClipId, ProjectState
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.clip_time import (
    length_ms,
    samples_from_start,
    source_frames,
    source_rate,
)
from maxbooster_desktop.project.edits.fades import fitted_in, fitted_out
from maxbooster_desktop.project.edits.lookup import asset_of, clip_of
from maxbooster_desktop.project.edits.notes import notes_from


def trim_clip_start(project: ProjectDocument, clip_id: ClipId, tick: int) -> Change:
    """Move a clip's left edge to `tick`, as far as its source and its end allow.

    Notes of a MIDI clip that began before a later edge go with it.

    Raises ClipNotFound, AssetNotFound, ValueNotAllowed.
    """
    state = project.state
    clip = clip_of(state, clip_id)
    tick = allowed.tick(tick)
    if clip.kind == "midi":
        return _trim_midi_start(project, clip, tick)
    trimmed = _audio_from(state, clip, tick)
    with project.edit(f"Trim {clip.name}") as edit:
        edit.set(trimmed)
    return edit.change


def trim_clip_end(project: ProjectDocument, clip_id: ClipId, tick: int) -> Change:
    """Move a clip's right edge to `tick`, as far as its source and its start allow.

    Raises ClipNotFound, AssetNotFound, ValueNotAllowed.
    """
    state = project.state
    clip = clip_of(state, clip_id)
    tick = allowed.tick(tick)
    if clip.kind == "midi":
        trimmed = replace(clip, length_ticks=max(1, tick - clip.start_tick))
    else:
        trimmed = audio_until(state, clip, tick)
    with project.edit(f"Trim {clip.name}") as edit:
        edit.set(trimmed)
    return edit.change


def slip_clip(project: ProjectDocument, clip_id: ClipId, delta_frames: int) -> Change:
    """Play what comes `delta_frames` source frames later (negative: earlier) inside fixed edges, as far as it goes.

    Raises ClipNotFound, WrongClipKind, AssetNotFound, ValueNotAllowed.
    """
    state = project.state
    clip = clip_of(state, clip_id)
    source_rate(state, clip)
    delta = allowed.whole("A distance", delta_frames, -(2**53), 2**53)
    last = _source_length(state, clip) - clip.length_frames
    offset = max(0, min(clip.source_offset + delta, last))
    with project.edit(f"Slip {clip.name}") as edit:
        edit.set(replace(clip, source_offset=offset))
    return edit.change


def _trim_midi_start(project: ProjectDocument, clip: Clip, tick: int) -> Change:
    ticks = min(tick - clip.start_tick, clip.length_ticks - 1)
    notes = project.state.notes.get(clip.id)
    with project.edit(f"Trim {clip.name}") as edit:
        edit.set(replace(clip, start_tick=clip.start_tick + ticks, length_ticks=clip.length_ticks - ticks))
        if notes is not None and ticks:
            edit.set_notes(clip.id, notes_from(notes, ticks))
    return edit.change


def _audio_from(state: ProjectState, clip: Clip, tick: int) -> Clip:
    earliest = first_tick_from(state, samples_from_start(state, clip, -clip.source_offset))
    latest = last_tick_until(state, samples_from_start(state, clip, clip.length_frames - 1))
    tick = max(earliest, min(tick, latest))
    frames = max(-clip.source_offset, min(source_frames(state, clip, tick), clip.length_frames - 1))
    if tick == clip.start_tick:
        return clip
    trimmed = replace(
        clip,
        start_tick=tick,
        source_offset=clip.source_offset + frames,
        length_frames=clip.length_frames - frames,
        fade_in_ms=clip.fade_in_ms or None,
    )
    return fitted_in(trimmed, length_ms(state, trimmed))


def audio_until(state: ProjectState, clip: Clip, tick: int) -> Clip:
    """Return an audio clip that ends at `tick`, as far as its source and its start allow."""
    rest = _source_length(state, clip) - clip.source_offset
    frames = max(1, min(source_frames(state, clip, tick), rest))
    if frames == clip.length_frames:
        return clip
    trimmed = replace(clip, length_frames=frames, fade_out_ms=clip.fade_out_ms or None)
    return fitted_out(trimmed, length_ms(state, trimmed))


def _source_length(state: ProjectState, clip: Clip) -> int:
    """Return the frames of the clip's asset (never less than the clip plays, should the two disagree)."""
    if clip.asset is None:
        return clip.source_offset + clip.length_frames
    return max(asset_of(state, clip.asset).frames, clip.source_offset + clip.length_frames)
