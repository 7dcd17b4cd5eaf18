"""A comp as stretches of takes, and where one gives way to the next or to the clips beneath.

Places are project samples and the ticks they stand on. Changes begin on ticks, as clips do, and lie where both sides
have something to give, as near to the border as that allows. The rules are in docs/document.md under "Comps".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from maxbooster_desktop.project.document import sample_grid
from maxbooster_desktop.project.document.state import DEFAULT_FADE_MS, AssetId, CompRange, ProjectState, Take


@dataclass(frozen=True, slots=True)
class Grid:
    """The sample grid of a state, and frames of its sounds on it."""

    state: ProjectState

    @property
    def rate(self) -> int:
        """The project's rate in Hz."""
        return self.state.meta.sample_rate

    def sample_at(self, tick: int) -> int:
        """Return the sample at which something on `tick` begins."""
        return sample_grid.sample_at(self.state, tick)

    def first_tick_from(self, sample: int) -> int:
        """Return the first tick whose sample is `sample` or a later one."""
        return sample_grid.first_tick_from(self.state, sample)

    def last_tick_until(self, sample: int) -> int:
        """Return the last tick whose sample is `sample` or an earlier one."""
        return sample_grid.last_tick_until(self.state, sample)

    def samples(self, frames: int, asset: AssetId) -> int:
        """Return how many samples so many frames of a sound take."""
        return round(frames * self.rate / self.state.assets[asset].sample_rate)

    def frames(self, samples: int, asset: AssetId) -> int:
        """Return how many frames of a sound so many samples take."""
        return round(samples * self.state.assets[asset].sample_rate / self.rate)


@dataclass(slots=True)
class Piece:
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
class Cover:
    """What a comp covers of the clips beneath: they end at `clips_end` and go on at `resume_tick`."""

    first: int
    end: int
    clips_end: int
    resume_tick: int
    fade_out: int | None = None
    fade_in: int | None = None


class CompPlan:
    """The pieces of one track's comp with their changes, and what they cover of the clips beneath.

    `beneath` are the spans in which clips sound: (first sample, the one behind the last).
    """

    def __init__(self, grid: Grid, comp: Iterable[CompRange], beneath: Sequence[tuple[int, int]]) -> None:
        self._grid, self._beneath = grid, beneath
        self.pieces = self._pieces(comp)
        self.covers = [self._cover(group) for group in _groups(self.pieces)]

    def _pieces(self, comp: Iterable[CompRange]) -> list[Piece]:
        """Return the stretches of takes that have sound; ranges that go on in the same sound are one."""
        pieces: list[Piece] = []
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

    def _piece(self, part: CompRange) -> Piece | None:
        take = self._grid.state.takes[part.take]
        if take.asset not in self._grid.state.assets:
            return None
        start = self._grid.sample_at(take.start_tick)
        sound_end = start + self._grid.samples(take.length_frames, take.asset)
        first_tick = max(part.start_tick, take.start_tick)
        first, end = self._grid.sample_at(first_tick), self._grid.sample_at(part.end_tick)
        end_tick = part.end_tick
        if end > sound_end:
            end, end_tick = sound_end, self._grid.first_tick_from(sound_end)
        if end <= first:
            return None
        return Piece(part, take, start, sound_end, first_tick, end_tick, first, end)

    def _goes_on(self, one: Take, other: Take) -> bool:
        """Whether two takes give the same sound at the same time."""
        return one.asset == other.asset and self._origin(one) == self._origin(other)

    def _origin(self, take: Take) -> int:
        return self._grid.frames(self._grid.sample_at(take.start_tick), take.asset) - take.source_offset

    # Changes from one sound to another

    def _cover(self, group: Sequence[Piece]) -> Cover:
        """Place the changes inside a run of pieces and at its ends; returns what it covers of the clips."""
        for before, after in pairwise(group):
            self._change(before, after)
        head, tail = group[0], group[-1]
        cover = Cover(head.first, tail.end, head.first, tail.end_tick)
        ends = [end for start, end in self._beneath if start < cover.first < end]
        starts = [start for start, end in self._beneath if start < cover.end < end]
        if ends:
            self._enter(head, cover, max(ends))
        if starts:
            self._leave(tail, cover, min(starts))
        return cover

    def _change(self, before: Piece, after: Piece) -> None:
        """Let one take give way to the next; where they share no moment, both fade beside the border."""
        room = min(before.end - before.first, after.end - after.first) // 2
        span = after.sound_start, before.sound_end
        place = self._crossfade(after.part, span, after.first, room)
        if place is None:
            before.fade_out, after.fade_in = self._declick(before), self._declick(after)
            return
        tick, frames = place
        after.first_tick, after.first, after.fade_in = tick, self._grid.sample_at(tick), frames
        before.end, before.fade_out = after.first + frames, frames

    def _enter(self, head: Piece, cover: Cover, clips_end: int) -> None:
        place = self._crossfade(head.part, (head.sound_start, clips_end), head.first, (head.end - head.first) // 2)
        if place is None:
            head.fade_in = cover.fade_out = self._declick(head)
            return
        tick, frames = place
        head.first_tick, head.first, head.fade_in = tick, self._grid.sample_at(tick), frames
        cover.clips_end, cover.fade_out = head.first + frames, frames

    def _leave(self, tail: Piece, cover: Cover, clips_start: int) -> None:
        place = self._crossfade(tail.part, (clips_start, tail.sound_end), tail.end, (tail.end - tail.first) // 2)
        if place is None:
            tail.fade_out = cover.fade_in = self._declick(tail)
            return
        cover.resume_tick, cover.fade_in = place
        tail.end = self._grid.sample_at(cover.resume_tick) + place[1]
        tail.fade_out = place[1]

    def _crossfade(self, part: CompRange, span: tuple[int, int], border: int, room: int) -> tuple[int, int] | None:
        """Return (tick it begins on, samples) of a change inside `span`, in which both sides sound; None without room.

        `room` is how far it may reach to either side of `border`, all in project samples.
        """
        first, end = max(span[0], border - room), min(span[1], border + room)
        frames = min(round(part.crossfade_ms * self._grid.rate / 1000), room, end - first)
        if frames <= 0:
            return None
        wanted = min(max(border - frames // 2, first), end - frames)
        tick = self._grid.last_tick_until(wanted)
        # Between two ticks there may be none: then it begins on the one before, unless nothing sounds there yet.
        return (tick, frames) if self._grid.sample_at(tick) >= max(span[0], border - 2 * room) else None

    def _declick(self, piece: Piece) -> int:
        return min(round(DEFAULT_FADE_MS * self._grid.rate / 1000), (piece.end - piece.first) // 2)


def _longer(one: Take, other: Take) -> Take:
    """Return a take of the same sound that reaches as far as both: what is heard of it lies in one or the other."""
    first, last = sorted((one, other), key=lambda take: take.source_offset)
    end = max(first.source_offset + first.length_frames, last.source_offset + last.length_frames)
    return replace(first, length_frames=end - first.source_offset)


def _groups(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Yield runs of pieces that touch each other."""
    run: list[Piece] = []
    for piece in pieces:
        if run and run[-1].end_tick != piece.first_tick:
            yield run
            run = []
        run.append(piece)
    if run:
        yield run
