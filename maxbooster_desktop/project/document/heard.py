"""What sounds on a track: its clips, and over them its comp, all told as clips.

The engine plays these, the window draws them and flattening writes them, so the three cannot differ. The rules are in
docs/document.md under "Comps".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from maxbooster_desktop.project.document.clip_making import changed_clip
from maxbooster_desktop.project.document.comp_pieces import CompPlan, Cover, Grid, Piece
from maxbooster_desktop.project.document.state import (
    Clip,
    ClipId,
    CompRange,
    ProjectState,
    RangeId,
    TakeId,
    TrackId,
)

#: The bend of a clip's fade at which two of them in opposite directions add up to the power of one, within 0.2 dB:
#: a = 4^-curve = sqrt(2) - 1 makes t / (t + (1 - t) a) the half power at t = 1/2.
EQUAL_POWER_CURVE = 0.6357751


@dataclass(frozen=True, slots=True)
class _Under:
    """A clip that sounds beneath a comp, in project samples."""

    clip: Clip
    start: int
    end: int


def heard_clips(state: ProjectState, track_id: TrackId) -> list[Clip]:
    """Return what sounds on a track, as clips; those of its comp have ids of their own that no clip has."""
    clips = [state.clips[clip_id] for clip_id in state.clips_by_track.get(track_id, ())]
    return _Track(state, clips).with_comp(state.comps.get(track_id, ())) if track_id in state.comps else clips


def clip_behind(piece: ClipId) -> ClipId:
    """Return the id of the clip that a piece of `heard_clips` is cut from; of a comp's piece one that no clip has."""
    return ClipId(piece.partition(".")[0])


def everything_heard(state: ProjectState) -> Iterator[Clip]:
    """Yield what sounds on all tracks, as clips; muted ones and those without sound among them."""
    if not state.comps:
        yield from state.clips.values()
        return
    for track_id in {*state.clips_by_track, *state.comps}:
        yield from heard_clips(state, track_id)


def auditioned(state: ProjectState, takes: Mapping[TrackId, TakeId]) -> ProjectState:
    """Return the state in which each of some tracks plays one take instead of its comp; what is gone is left out."""
    comps = dict(state.comps)
    for track_id, take_id in takes.items():
        take = state.takes.get(take_id)
        if take is not None and take.track == track_id:
            end_tick = state.take_end_tick(take) + 1
            comps[track_id] = (CompRange(RangeId("audition"), take.start_tick, end_tick, take_id),)
    return replace(state, comps=comps) if comps != state.comps else state


class _Track:
    """The clips of one track, those that sound apart from those that do not."""

    def __init__(self, state: ProjectState, clips: Sequence[Clip]) -> None:
        self._grid = Grid(state)
        self._beneath = [self._under(clip) for clip in clips if self._can_sound(clip)]
        self._silent = [clip for clip in clips if not self._can_sound(clip)]

    def with_comp(self, comp: Iterable[CompRange]) -> list[Clip]:
        """Return the clips as far as the comp leaves them, and the comp's pieces."""
        plan = CompPlan(self._grid, comp, [(under.start, under.end) for under in self._beneath])
        clips = [clip for under in self._beneath for clip in _numbered(self._uncovered(under, plan.covers))]
        sounding = [*clips, *(self._clip_of(piece) for piece in plan.pieces)]
        # Between two ticks, or two frames of a slow sound, there may be nothing left.
        return [*self._silent, *(clip for clip in sounding if clip.length_frames > 0)]

    def _can_sound(self, clip: Clip) -> bool:
        return clip.kind == "audio" and clip.asset in self._grid.state.assets and not clip.is_muted

    def _under(self, clip: Clip) -> _Under:
        start = self._grid.sample_at(clip.start_tick)
        assert clip.asset is not None
        return _Under(clip, start, start + self._grid.samples(clip.length_frames, clip.asset))

    def _clip_of(self, piece: Piece) -> Clip:
        take, asset = piece.take, piece.take.asset
        skipped = self._grid.frames(piece.first - self._grid.sample_at(take.start_tick), asset)
        stop = min(self._grid.frames(piece.end - self._grid.sample_at(take.start_tick), asset), take.length_frames)
        clip = Clip(
            ClipId(f".{piece.part.id}.{piece.first_tick}"),
            take.track,
            piece.first_tick,
            take.name,
            asset=asset,
            source_offset=take.source_offset + skipped,
            length_frames=stop - skipped,
            colour=take.colour,
        )
        return changed_clip(clip, **self._faded_in(piece.fade_in), **self._faded_out(piece.fade_out))

    def _faded_in(self, frames: int | None) -> dict[str, float]:
        if frames is None:
            return {}
        return {"fade_in_ms": frames * 1000 / self._grid.rate, "fade_in_curve": EQUAL_POWER_CURVE}

    def _faded_out(self, frames: int | None) -> dict[str, float]:
        if frames is None:
            return {}
        return {"fade_out_ms": frames * 1000 / self._grid.rate, "fade_out_curve": EQUAL_POWER_CURVE}

    def _uncovered(self, under: _Under, covers: Iterable[Cover]) -> Iterator[Clip]:
        """Yield what of a clip sounds beside a comp, in order of time, all under the clip's id."""
        rest = under
        for cover in covers:
            if rest.end <= cover.first:
                break
            if rest.start >= cover.end:
                continue
            if rest.start < cover.first:
                yield self._until(rest, cover)
            if rest.end <= cover.end:
                return
            rest = self._since(rest, cover)
        yield rest.clip

    def _until(self, under: _Under, cover: Cover) -> Clip:
        if under.end <= cover.clips_end:
            return under.clip
        assert under.clip.asset is not None
        length = min(self._grid.frames(cover.clips_end - under.start, under.clip.asset), under.clip.length_frames)
        return changed_clip(under.clip, length_frames=length, **self._faded_out(cover.fade_out))

    def _since(self, under: _Under, cover: Cover) -> _Under:
        start = self._grid.sample_at(cover.resume_tick)
        if under.start >= start:
            return under
        clip = under.clip
        assert clip.asset is not None
        skipped = self._grid.frames(start - under.start, clip.asset)
        resumed = changed_clip(
            clip,
            start_tick=cover.resume_tick,
            source_offset=clip.source_offset + skipped,
            length_frames=clip.length_frames - skipped,
            parent=None,
            **self._faded_in(cover.fade_in),
        )
        return _Under(resumed, start, under.end)


def _numbered(pieces: Iterable[Clip]) -> Iterator[Clip]:
    """Give all pieces of a clip but the first an id of their own, which no entity can have."""
    for number, clip in enumerate(pieces):
        yield changed_clip(clip, id=ClipId(f"{clip.id}.{number}")) if number else clip
