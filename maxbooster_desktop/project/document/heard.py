"""What sounds on a track: its clips, and over them its comp, all told as clips.

The engine plays these, the window draws them and flattening writes them, so the three cannot differ. A comp's pieces
begin on ticks, as clips do; a change from one sound to another lies where both have something to give, as near to the
border as that allows. The rules are in docs/document.md under "Comps".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from maxbooster_desktop.project.document.clip_making import changed_clip
from maxbooster_desktop.project.document.sample_grid import first_tick_from, last_tick_until, sample_at
from maxbooster_desktop.project.document.state import (
    DEFAULT_FADE_MS,
    AssetId,
    Clip,
    ClipId,
    CompRange,
    ProjectState,
    RangeId,
    Take,
    TakeId,
    TrackId,
)

#: The bend of a clip's fade at which two of them in opposite directions add up to the power of one, within 0.2 dB:
#: a = 4^-curve = sqrt(2) - 1 makes t / (t + (1 - t) a) the half power at t = 1/2.
EQUAL_POWER_CURVE = 0.6357751


@dataclass(slots=True)
class _Piece:
    """A stretch of a take, in project samples and the ticks they stand on; fades are None where none was asked for."""

    part: CompRange
    take: Take
    sound_start: int
    sound_end: int
    first_tick: int
    end_tick: int
    first: int
    end: int
    fade_in: int | None = None
    fade_out: int | None = None


@dataclass(slots=True)
class _Cover:
    """What a comp covers of the clips beneath: they end at `clips_end` and go on at `resume_tick`."""

    first: int
    end: int
    clips_end: int
    resume_tick: int
    fade_out: int | None = None
    fade_in: int | None = None


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
    """The clips of one track and the sample grid they stand on."""

    def __init__(self, state: ProjectState, clips: Sequence[Clip]) -> None:
        self._state, self._rate = state, state.meta.sample_rate
        self._beneath = [self._under(clip) for clip in clips if self._can_sound(clip)]
        self._silent = [clip for clip in clips if not self._can_sound(clip)]

    def with_comp(self, comp: Iterable[CompRange]) -> list[Clip]:
        """Return the clips as far as the comp leaves them, and the comp's pieces."""
        pieces = self._pieces(comp)
        covers = [self._cover(group) for group in _groups(pieces)]
        clips = [clip for under in self._beneath for clip in _numbered(self._uncovered(under, covers))]
        return [*self._silent, *clips, *(self._clip_of(piece) for piece in pieces if piece.end > piece.first)]

    # Where things lie

    def _can_sound(self, clip: Clip) -> bool:
        return clip.kind == "audio" and clip.asset in self._state.assets and not clip.is_muted

    def _under(self, clip: Clip) -> _Under:
        start = sample_at(self._state, clip.start_tick)
        assert clip.asset is not None
        return _Under(clip, start, start + self._samples(clip.length_frames, clip.asset))

    def _samples(self, frames: int, asset: AssetId) -> int:
        return round(frames * self._rate / self._state.assets[asset].sample_rate)

    def _frames(self, samples: int, asset: AssetId) -> int:
        return round(samples * self._state.assets[asset].sample_rate / self._rate)

    def _pieces(self, comp: Iterable[CompRange]) -> list[_Piece]:
        """Return the stretches of takes that have sound; ranges that go on in the same sound are one."""
        pieces: list[_Piece] = []
        for part in comp:
            piece = self._piece(part)
            if piece is None:
                continue
            if pieces and pieces[-1].end_tick == piece.first_tick and self._goes_on(pieces[-1].take, piece.take):
                last = pieces[-1]
                last.end_tick, last.end, last.sound_end = piece.end_tick, piece.end, piece.sound_end
                last.take = _longer(last.take, piece.take)
            else:
                pieces.append(piece)
        return pieces

    def _piece(self, part: CompRange) -> _Piece | None:
        state, take = self._state, self._state.takes[part.take]
        if take.asset not in state.assets:
            return None
        start = sample_at(state, take.start_tick)
        sound_end = start + self._samples(take.length_frames, take.asset)
        first_tick = max(part.start_tick, take.start_tick)
        first, end = sample_at(state, first_tick), sample_at(state, part.end_tick)
        end_tick = part.end_tick
        if end > sound_end:
            end, end_tick = sound_end, first_tick_from(state, sound_end)
        if end <= first:
            return None
        return _Piece(part, take, start, sound_end, first_tick, end_tick, first, end)

    def _goes_on(self, one: Take, other: Take) -> bool:
        """Whether two takes give the same sound at the same time."""
        return one.asset == other.asset and self._origin(one) == self._origin(other)

    def _origin(self, take: Take) -> int:
        return self._frames(sample_at(self._state, take.start_tick), take.asset) - take.source_offset

    # Changes from one sound to another

    def _cover(self, group: Sequence[_Piece]) -> _Cover:
        """Place the changes inside a run of pieces and at its ends; returns what it covers of the clips."""
        for before, after in pairwise(group):
            self._change(before, after)
        head, tail = group[0], group[-1]
        cover = _Cover(head.first, tail.end, head.first, tail.end_tick)
        ends = [under.end for under in self._beneath if under.start < cover.first < under.end]
        starts = [under.start for under in self._beneath if under.start < cover.end < under.end]
        if ends:
            self._enter(head, cover, max(ends))
        if starts:
            self._leave(tail, cover, min(starts))
        return cover

    def _change(self, before: _Piece, after: _Piece) -> None:
        """Let one take give way to the next; where they share no moment, both fade beside the border."""
        room = min(before.end - before.first, after.end - after.first) // 2
        span = after.sound_start, before.sound_end
        place = self._crossfade(after.part, span, after.first, room)
        if place is None:
            before.fade_out, after.fade_in = self._declick(before), self._declick(after)
            return
        tick, frames = place
        after.first_tick, after.first, after.fade_in = tick, sample_at(self._state, tick), frames
        before.end, before.fade_out = after.first + frames, frames

    def _enter(self, head: _Piece, cover: _Cover, clips_end: int) -> None:
        place = self._crossfade(head.part, (head.sound_start, clips_end), head.first, (head.end - head.first) // 2)
        if place is None:
            head.fade_in = cover.fade_out = self._declick(head)
            return
        tick, frames = place
        head.first_tick, head.first, head.fade_in = tick, sample_at(self._state, tick), frames
        cover.clips_end, cover.fade_out = head.first + frames, frames

    def _leave(self, tail: _Piece, cover: _Cover, clips_start: int) -> None:
        place = self._crossfade(tail.part, (clips_start, tail.sound_end), tail.end, (tail.end - tail.first) // 2)
        if place is None:
            tail.fade_out = cover.fade_in = self._declick(tail)
            return
        cover.resume_tick, cover.fade_in = place
        tail.end = sample_at(self._state, cover.resume_tick) + place[1]
        tail.fade_out = place[1]

    def _crossfade(self, part: CompRange, span: tuple[int, int], border: int, room: int) -> tuple[int, int] | None:
        """Return (tick it begins on, samples) of a change inside `span`, in which both sides sound; None without room.

        `room` is how far it may reach to either side of `border`, all in project samples.
        """
        first, end = max(span[0], border - room), min(span[1], border + room)
        frames = min(round(part.crossfade_ms * self._rate / 1000), room, end - first)
        if frames <= 0:
            return None
        wanted = min(max(border - frames // 2, first), end - frames)
        tick = last_tick_until(self._state, wanted)
        # Between two ticks there may be none: then it begins on the one before, unless nothing sounds there yet.
        return (tick, frames) if sample_at(self._state, tick) >= max(span[0], border - 2 * room) else None

    def _declick(self, piece: _Piece) -> int:
        return min(round(DEFAULT_FADE_MS * self._rate / 1000), (piece.end - piece.first) // 2)

    # Back to clips

    def _clip_of(self, piece: _Piece) -> Clip:
        take, asset = piece.take, piece.take.asset
        skipped = self._frames(piece.first - sample_at(self._state, take.start_tick), asset)
        stop = min(self._frames(piece.end - sample_at(self._state, take.start_tick), asset), take.length_frames)
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
        return {"fade_in_ms": frames * 1000 / self._rate, "fade_in_curve": EQUAL_POWER_CURVE}

    def _faded_out(self, frames: int | None) -> dict[str, float]:
        if frames is None:
            return {}
        return {"fade_out_ms": frames * 1000 / self._rate, "fade_out_curve": EQUAL_POWER_CURVE}

    def _uncovered(self, under: _Under, covers: Iterable[_Cover]) -> Iterator[Clip]:
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

    def _until(self, under: _Under, cover: _Cover) -> Clip:
        if under.end <= cover.clips_end:
            return under.clip
        assert under.clip.asset is not None
        length = min(self._frames(cover.clips_end - under.start, under.clip.asset), under.clip.length_frames)
        return changed_clip(under.clip, length_frames=length, **self._faded_out(cover.fade_out))

    def _since(self, under: _Under, cover: _Cover) -> _Under:
        start = sample_at(self._state, cover.resume_tick)
        if under.start >= start:
            return under
        clip = under.clip
        assert clip.asset is not None
        skipped = self._frames(start - under.start, clip.asset)
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


def _longer(one: Take, other: Take) -> Take:
    """Return a take of the same sound that reaches as far as both: what is heard of it lies in one or the other."""
    first, last = sorted((one, other), key=lambda take: take.source_offset)
    end = max(first.source_offset + first.length_frames, last.source_offset + last.length_frames)
    return replace(first, length_frames=end - first.source_offset)


def _groups(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    """Yield runs of pieces that touch each other."""
    run: list[_Piece] = []
    for piece in pieces:
        if run and run[-1].end_tick != piece.first_tick:
            yield run
            run = []
        run.append(piece)
    if run:
        yield run
