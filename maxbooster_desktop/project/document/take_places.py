"""Where takes sound, in ticks, and what is heard of them at a moment: questions to a state, no edits."""

from maxbooster_desktop.project.document.sample_grid import first_tick_from, sample_at
from maxbooster_desktop.project.document.state import CompRange, ProjectState, Take, TrackId


def sounding_ticks(state: ProjectState, take: Take) -> tuple[int, int]:
    """Return the tick on which a take begins and the first one on which it has ended."""
    asset = state.assets.get(take.asset)
    rate = state.meta.sample_rate if asset is None else asset.sample_rate
    end = sample_at(state, take.start_tick) + take.length_frames * state.meta.sample_rate / rate
    return take.start_tick, max(take.start_tick + 1, first_tick_from(state, end))


def piece_at(state: ProjectState, track_id: TrackId, tick: int) -> CompRange | None:
    """Return the range of a track's comp that `tick` lies in."""
    comp = state.comps.get(track_id, ())
    return next((piece for piece in comp if piece.start_tick <= tick < piece.end_tick), None)


def takes_at(state: ProjectState, track_id: TrackId, tick: int) -> list[Take]:
    """Return the takes of a track that sound at `tick`, in the order of their lanes."""
    takes = [state.takes[take_id] for take_id in state.takes_by_track.get(track_id, ())]
    spans = [(take, *sounding_ticks(state, take)) for take in takes]
    return [take for take, first, end in spans if first <= tick < end]
