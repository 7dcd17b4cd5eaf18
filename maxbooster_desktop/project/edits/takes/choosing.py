"""What of which take is heard."""

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.limits import LONGEST_CROSSFADE_MS
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import DEFAULT_CROSSFADE_MS, TakeId, TrackId
from maxbooster_desktop.project.document.take_places import piece_at, sounding_ticks, takes_at
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.errors import ValueNotAllowed
from maxbooster_desktop.project.edits.lookup import take_of, track_of
from maxbooster_desktop.project.edits.takes.laying import Comp
from maxbooster_desktop.project.edits.takes.ranges import range_of, require_own_track


def choose_range(
    project: ProjectDocument,
    take_id: TakeId,
    start_tick: int,
    end_tick: int,
    *,
    crossfade_ms: float = DEFAULT_CROSSFADE_MS,
) -> Change:
    """Let a take be heard from `start_tick` up to `end_tick`, as far as it sounds: the other takes give way there.

    Raises TakeNotFound, WrongTrackKind (its track is gone), ValueNotAllowed.
    """
    state = project.state
    take = take_of(state, take_id)
    require_own_track(take)
    start, end = range_of(start_tick, end_tick)
    first, last = sounding_ticks(state, take)
    start, end = max(start, first), min(end, last)
    if end <= start:
        raise ValueNotAllowed(f"{take.name} has no sound there; choose a range inside it.")
    length_ms = allowed.in_range("A crossfade", crossfade_ms, 0.0, LONGEST_CROSSFADE_MS, "ms")
    with project.edit(f"Choose {take.name}") as edit:
        Comp(edit, take.track, state.takes, project.ids).lay(start, end, take.id, length_ms)
    return edit.change


def choose_take(project: ProjectDocument, take_id: TakeId) -> Change:
    """Let a take be heard wherever it sounds. Raises TakeNotFound, WrongTrackKind."""
    take = take_of(project.state, take_id)
    return choose_range(project, take_id, *sounding_ticks(project.state, take))


def clear_range(project: ProjectDocument, track_id: TrackId, start_tick: int, end_tick: int) -> Change:
    """Let no take of a track be heard from `start_tick` up to `end_tick`: the clips beneath are.

    Raises TrackNotFound, ValueNotAllowed.
    """
    state = project.state
    track = track_of(state, track_id)
    start, end = range_of(start_tick, end_tick)
    with project.edit(f"Clear the comp of {track.name}") as edit:
        Comp(edit, track.id, state.takes, project.ids).clear(start, end)
    return edit.change


def use_next_take(
    project: ProjectDocument, track_id: TrackId, tick: int, step: int = 1, *, end_tick: int | None = None
) -> Change:
    """Let the next of the takes that sound at `tick` be heard instead (`step` -1: the one before), round and round.

    It takes over until `end_tick`; without one the range in which `tick` lies, and where no take was heard, all of its
    own.

    Raises TrackNotFound, ValueNotAllowed.
    """
    state = project.state
    track = track_of(state, track_id)
    lanes = takes_at(state, track_id, allowed.tick(tick))
    if not lanes:
        raise ValueNotAllowed(f"No take of {track.name} sounds there; move the playhead into one.")
    piece = piece_at(state, track_id, tick)
    heard = [number for number, take in enumerate(lanes) if piece is not None and take.id == piece.take]
    chosen = lanes[(heard[0] + step) % len(lanes)] if heard else lanes[-1 if step > 0 else 0]
    if end_tick is not None:
        return choose_range(project, chosen.id, tick, end_tick)
    if piece is None:
        return choose_take(project, chosen.id)
    return choose_range(project, chosen.id, piece.start_tick, piece.end_tick, crossfade_ms=piece.crossfade_ms)
