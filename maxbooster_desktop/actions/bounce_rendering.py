"""Freezing, flattening and bouncing from end to end: render, keep the sound in the project, make the edit.

Slow, for a worker. A sound is in the project whole or not at all; when the edit is refused, nothing refers to it and
the next opening removes it. Nothing else may happen to the project meanwhile, or the edit says that it did.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.track_sound import (
    TrackSound,
    clips_alone,
    render_alone,
    sound_end,
    track_alone,
)
from maxbooster_desktop.project.document.change import Change, joined
from maxbooster_desktop.project.document.freezing import fingerprint_of
from maxbooster_desktop.project.document.frozen_edits import TrackFrozenError
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.sample_grid import sample_at
from maxbooster_desktop.project.document.state import Asset, Clip, ClipId, ProjectState, TrackId
from maxbooster_desktop.project.edits.bouncing import (
    Bounced,
    bounce_in_place,
    bounce_to_new_tracks,
    require_bounceable,
)
from maxbooster_desktop.project.edits.freezing import Rendered, flatten_tracks, freeze_tracks, require_freezable
from maxbooster_desktop.project.edits.lookup import clips_of, track_of
from maxbooster_desktop.project.exchange.storing import keep_sound
from maxbooster_desktop.project.store.project import Project


@dataclass(frozen=True, slots=True)
class Bouncer:
    """Renders tracks and clips of one project; `pool` has the project's own rate, `who` is (account, name)."""

    project: Project
    pool: MediaPool
    told: Callable[[float], None]
    cancel: threading.Event
    who: tuple[str, str] = ("", "")

    def freeze(self, track_ids: Sequence[TrackId]) -> Change:
        """Freeze tracks; those that are frozen already are frozen anew. Raises MaxBoosterError."""
        return self.project.do(freeze_tracks, self._tracks(track_ids), *self.who)

    def flatten(self, track_ids: Sequence[TrackId]) -> Change:
        """Make what tracks sound like before their strips their only clip, in one step. Raises MaxBoosterError."""
        return self.project.do(_freeze_and_flatten, self._tracks(track_ids))

    def to_new_tracks(self, track_ids: Sequence[TrackId]) -> Change:
        """Put what tracks sound like on new tracks beside them. Raises MaxBoosterError."""
        return self.project.do(bounce_to_new_tracks, self._tracks(track_ids))

    def clips(self, clip_ids: Iterable[ClipId]) -> Change:
        """Make the clips of each track one. Raises MaxBoosterError."""
        clips = [clip for clip in clips_of(self.project.state, clip_ids) if not clip.is_muted]
        tracks = dict.fromkeys(clip.track for clip in clips)
        return self._in_place([[clip for clip in clips if clip.track == track] for track in tracks], None)

    def range(self, track_ids: Iterable[TrackId], start_tick: int, end_tick: int) -> Change:
        """Make what lies in a range of time one clip on each track. Raises MaxBoosterError."""
        state = self.project.state
        across = [_clips_across(state, track_id, start_tick, end_tick) for track_id in track_ids]
        return self._in_place([clips for clips in across if clips], (start_tick, end_tick))

    def _tracks(self, track_ids: Sequence[TrackId]) -> list[Rendered]:
        state = self.project.state
        tracks = [require_freezable(state, track_id) for track_id in dict.fromkeys(track_ids)]
        sounds = []
        with self.project.audio.workshop() as folder:
            for number, track in enumerate(tracks):
                share = self._share(number, len(tracks))
                alone = track_alone(state, track.id)
                made = render_alone(alone, self.pool, folder / f"{number}.wav", progress=share, cancel=self.cancel)
                asset = self._kept(made, f"{track.name} frozen")
                fingerprint = fingerprint_of(state, track.id)
                sounds.append(Rendered(track.id, asset, made.start_tick, made.tail_frames, fingerprint))
        self.told(1.0)
        return sounds

    def _in_place(self, groups: Sequence[Sequence[Clip]], span: tuple[int, int] | None) -> Change:
        state = self.project.state
        require_bounceable(state, [clip for clips in groups for clip in clips])
        for clips in groups:
            track = track_of(state, clips[0].track)
            if track.frozen is not None:
                raise TrackFrozenError(track.name)
        with self.project.audio.workshop() as folder:
            sounds = [
                self._bounced(state, clips, span, (number, len(groups)), folder) for number, clips in enumerate(groups)
            ]
        self.told(1.0)
        return self.project.do(bounce_in_place, sounds)

    def _bounced(
        self,
        state: ProjectState,
        clips: Sequence[Clip],
        span: tuple[int, int] | None,
        place: tuple[int, int],
        folder: Path,
    ) -> Bounced:
        track_id = clips[0].track
        alone = clips_alone(state, track_id, {clip.id for clip in clips})
        start_tick = min(clip.start_tick for clip in clips)
        end = sound_end(alone, self.pool.sample_rate)
        if span is not None:
            start_tick, end = max(start_tick, span[0]), min(end, sample_at(state, span[1]))
        frames = sample_at(state, start_tick), end
        share = self._share(*place)
        made = render_alone(
            alone, self.pool, folder / f"{place[0]}.wav", span=frames, progress=share, cancel=self.cancel
        )
        asset = self._kept(made, clips[0].name)
        return Bounced(track_id, asset, start_tick, None if span is None else span[1], tuple(clips))

    def _kept(self, made: TrackSound, name: str) -> Asset:
        """Take a sound into the project under a name that people know."""
        asset = keep_sound(made.path, self.project)
        return asset if asset.id in self.project.state.assets else replace(asset, name=name)

    def _share(self, number: int, count: int) -> Callable[[float], None]:
        # What is left is for storing the sound.
        return lambda done: self.told((number + 0.9 * done) / count)


def _freeze_and_flatten(document: ProjectDocument, sounds: Sequence[Rendered]) -> Change:
    """Freeze and flatten as one step. Runs on the document thread."""
    tracks = [sound.track for sound in sounds]
    with document.step("Flatten"):
        frozen = freeze_tracks(document, sounds)
        flat = flatten_tracks(document, tracks)
    return joined(flat.name, [frozen, flat])


def _clips_across(state: ProjectState, track_id: TrackId, start_tick: int, end_tick: int) -> list[Clip]:
    clips = [state.clips[clip_id] for clip_id in state.clips_by_track.get(track_id, ())]
    return [
        clip
        for clip in clips
        if not clip.is_muted and clip.start_tick < end_tick and state.clip_end_tick(clip) > start_tick
    ]
