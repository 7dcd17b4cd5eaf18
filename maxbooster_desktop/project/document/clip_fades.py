"""Where clips are cut out of their sounds and how long they fade: the engine plays it and the window shows it.

Positions: a clip starts at round(seconds(start_tick) x rate); its source is cut at frames of `rate` rounded from
source frames, so two halves of a split share one frame border. A half whose start lands a frame beside the end of
the half before it (ticks are coarser than frames) is moved onto it: the seam nulls against the unsplit clip. Such a
seam has no default fades; a half that is moved away or changes its gain gets them back, and so does an edge whose
neighbour fades to or from silence. A fade that is longer than its clip runs on over such a seam into the next half,
so a split inside a fade nulls as well; where there is no seam, the clip's edge cuts it off.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from maxbooster_desktop.project.document.heard import heard_clips
from maxbooster_desktop.project.document.state import (
    DEFAULT_FADE_MS,
    Asset,
    Clip,
    ClipId,
    ProjectState,
    TrackId,
)

_SEAM_FRAMES = 4


@dataclass(frozen=True, slots=True)
class Fade:
    """A line between silence and unity, in frames; it begins so many frames `outside` the clip, in its neighbours."""

    frames: int = 0
    outside: int = 0
    curve: float = 0.0


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a clip lies on the timeline and in its source, in frames; a sealed edge goes on in its neighbour.

    Where both sides of a seam are sealed, the two share their outer fades.
    """

    clip: Clip
    asset: Asset
    start: int
    source: int
    length: int
    is_sealed_in: bool = False
    is_sealed_out: bool = False
    fade_in: Fade = Fade()
    fade_out: Fade = Fade()

    @property
    def fades_ms(self) -> tuple[float, float]:
        """The fade-in and fade-out that sound, in milliseconds: those that were set, else the default.

        The default is DEFAULT_FADE_MS at an edge that cuts into its source and is not sealed, else nothing.
        """
        clip = self.clip
        cuts_in = clip.source_offset > 0 and not self.is_sealed_in
        cuts_out = clip.source_offset + clip.length_frames < self.asset.frames and not self.is_sealed_out
        fade_in = clip.fade_in_ms if clip.fade_in_ms is not None else DEFAULT_FADE_MS * cuts_in
        fade_out = clip.fade_out_ms if clip.fade_out_ms is not None else DEFAULT_FADE_MS * cuts_out
        return fade_in, fade_out


def cuts_of(state: ProjectState, track_id: TrackId, rate: int) -> list[Cut]:
    """Return a track's audible audio clips sorted by start, in frames at `rate` Hz, with their seams sealed."""
    return _cuts(state, [state.clips[clip_id] for clip_id in state.clips_by_track.get(track_id, ())], rate)


def heard_cuts(state: ProjectState, track_id: TrackId, rate: int) -> list[Cut]:
    """Return what sounds on a track, its comp over its clips, as `cuts_of` returns the clips alone."""
    return _cuts(state, heard_clips(state, track_id), rate)


def _cuts(state: ProjectState, clips: Sequence[Clip], rate: int) -> list[Cut]:
    cuts = [_cut_of(state, clip, rate) for clip in clips if clip.asset in state.assets and not clip.is_muted]
    return sorted(_faded(*_sealed([cut for cut in cuts if cut.length > 0]), rate), key=_place)


def track_fades_ms(state: ProjectState, track_id: TrackId) -> dict[ClipId, tuple[float, float]]:
    """Return the fades that sound, in milliseconds, of a track's audible audio clips (`Cut.fades_ms`)."""
    return {cut.clip.id: cut.fades_ms for cut in cuts_of(state, track_id, state.meta.sample_rate)}


def lone_fades_ms(state: ProjectState, clip: Clip) -> tuple[float, float]:
    """Return the fades of a clip without regard to its neighbours, as of one that is muted or still being dragged."""
    if clip.asset not in state.assets:
        return clip.fade_in_ms or 0.0, clip.fade_out_ms or 0.0
    return _cut_of(state, clip, state.meta.sample_rate).fades_ms


def _cut_of(state: ProjectState, clip: Clip, rate: int) -> Cut:
    asset = state.assets[clip.asset]  # type: ignore[index]  # only clips with an asset come here
    ratio = rate / asset.sample_rate
    source = round(clip.source_offset * ratio)
    length = round((clip.source_offset + clip.length_frames) * ratio) - source
    return Cut(clip, asset, round(state.tempo_map.seconds_at(clip.start_tick) * rate), source, length)


def _sealed(cuts: Sequence[Cut]) -> tuple[list[Cut], dict[int, int]]:
    """Close the seam between clips that go on where the one before stops, in source and (nearly) in time.

    Returns the cuts by start and, for each whose seam is sealed on both sides, the number of the one before it.
    """
    ended: dict[tuple[str, int], int] = {}
    found: list[Cut] = []
    joined: dict[int, int] = {}
    for placed in sorted(cuts, key=_place):
        cut = placed
        number = ended.get((cut.asset.id, cut.source))
        before = None if number is None else found[number]
        if number is not None and before is not None and abs(before.start + before.length - cut.start) <= _SEAM_FRAMES:
            is_level = before.clip.gain_db == cut.clip.gain_db
            is_faded_out, is_faded_in = bool(before.clip.fade_out_ms), bool(cut.clip.fade_in_ms)
            start, is_sealed_in = before.start + before.length, is_level and not is_faded_out
            found[number] = replace(before, is_sealed_out=is_level and not is_faded_in)
            cut = replace(placed, start=start, is_sealed_in=is_sealed_in)
            if is_sealed_in and not is_faded_in:
                joined[len(found)] = number
        ended[cut.asset.id, cut.source + cut.length] = len(found)
        found.append(cut)
    return found, joined


def _faded(cuts: Sequence[Cut], joined: dict[int, int], rate: int) -> list[Cut]:
    """Give each cut its fades: its own, or those of the piece it is joined to, which began outside of it."""
    ins: list[Fade] = []
    for number, cut in enumerate(cuts):
        own = Fade(round(cut.fades_ms[0] * rate / 1000), 0, cut.clip.fade_in_curve)
        before = joined.get(number)
        ins.append(own if before is None else _farther(ins[before], cuts[before].length))
    outs = [Fade(round(cut.fades_ms[1] * rate / 1000), 0, cut.clip.fade_out_curve) for cut in cuts]
    for number, before in reversed(joined.items()):
        outs[before] = _farther(outs[number], cuts[number].length)
    return [replace(cut, fade_in=ins[number], fade_out=outs[number]) for number, cut in enumerate(cuts)]


def _farther(fade: Fade, frames: int) -> Fade:
    return replace(fade, outside=fade.outside + frames)


def _place(cut: Cut) -> tuple[int, str]:
    return cut.start, cut.clip.id
