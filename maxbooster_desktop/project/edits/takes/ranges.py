"""Where takes sound, in ticks, and which of their tracks' comps can be edited."""

from maxbooster_desktop.project.document.clip_projection import RECOVERED
from maxbooster_desktop.project.document.sample_grid import first_tick_from, sample_at
from maxbooster_desktop.project.document.state import CompRange, ProjectState, Take, TrackId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.errors import ValueNotAllowed, WrongTrackKind


def sounding_ticks(state: ProjectState, take: Take) -> tuple[int, int]:
    """Return the tick on which a take begins and the first one on which it has ended."""
    asset = state.assets.get(take.asset)
    rate = state.meta.sample_rate if asset is None else asset.sample_rate
    end = sample_at(state, take.start_tick) + take.length_frames * state.meta.sample_rate / rate
    return take.start_tick, max(take.start_tick + 1, first_tick_from(state, end))


def range_of(start_tick: int, end_tick: int) -> tuple[int, int]:
    """Return a range that has a length. Raises ValueNotAllowed."""
    start, end = allowed.tick(start_tick, "The range's start"), allowed.tick(end_tick, "The range's end")
    if end <= start:
        raise ValueNotAllowed("A range of a comp must end after it starts; draw it to the right.")
    return start, end


def piece_at(state: ProjectState, track_id: TrackId, tick: int) -> CompRange | None:
    """Return the range of a track's comp that `tick` lies in."""
    comp = state.comps.get(track_id, ())
    return next((piece for piece in comp if piece.start_tick <= tick < piece.end_tick), None)


def takes_at(state: ProjectState, track_id: TrackId, tick: int) -> list[Take]:
    """Return the takes of a track that sound at `tick`, in the order of their lanes."""
    takes = [state.takes[take_id] for take_id in state.takes_by_track.get(track_id, ())]
    spans = [(take, *sounding_ticks(state, take)) for take in takes]
    return [take for take, first, end in spans if first <= tick < end]


def require_own_track(take: Take) -> None:
    """Check that the track of a take is there. Raises WrongTrackKind."""
    if take.track == RECOVERED:
        raise WrongTrackKind(f"The track of {take.name} is gone; move the take to another track first.")
