"""Borders of a comp: where they lie and how long the change takes."""

from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.limits import HIGHEST_TICK, LONGEST_CROSSFADE_MS
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import CompRange, ProjectState, TrackId
from maxbooster_desktop.project.document.take_places import sounding_ticks
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.errors import BorderNotFound
from maxbooster_desktop.project.edits.lookup import track_of
from maxbooster_desktop.project.edits.takes.laying import Comp

_Sides = tuple[CompRange | None, CompRange | None]


def move_boundary(project: ProjectDocument, track_id: TrackId, tick: int, to_tick: int) -> Change:
    """Move the border that a comp has on `tick`, as far as the ranges beside it and their takes reach.

    Raises TrackNotFound, BorderNotFound, ValueNotAllowed.
    """
    state = project.state
    track = track_of(state, track_id)
    sides = _sides_of(state, track_id, allowed.tick(tick))
    low, high = _room(state, track_id, tick, sides)
    target = min(max(allowed.tick(to_tick), low), high)
    grows = sides[0] if target > tick else sides[1]
    span = min(tick, target), max(tick, target)
    with project.edit(f"Move a border of the comp of {track.name}") as edit:
        comp = Comp(edit, track_id, state.takes, project.ids)
        if target != tick and grows is None:
            comp.clear(*span)
        elif target != tick and grows is not None:
            comp.lay(*span, grows.take, grows.crossfade_ms)
    return edit.change


def set_crossfade(project: ProjectDocument, track_id: TrackId, tick: int, crossfade_ms: float) -> Change:
    """Set how long the change takes at the border on `tick`, 0 to 1,000 ms; it lies around the border.

    Raises TrackNotFound, BorderNotFound, ValueNotAllowed.
    """
    state = project.state
    track = track_of(state, track_id)
    before, after = _sides_of(state, track_id, allowed.tick(tick))
    part = after or before
    assert part is not None  # `_sides_of` found one of them
    length_ms = allowed.in_range("A crossfade", crossfade_ms, 0.0, LONGEST_CROSSFADE_MS, "ms")
    with project.edit(f"Set a crossfade of {track.name} to {length_ms:g} ms") as edit:
        own = next(one for one in edit.comp_of(track_id) if one.id == part.id)
        edit.set_range(track_id, replace(own, crossfade_ms=length_ms))
    return edit.change


def _sides_of(state: ProjectState, track_id: TrackId, tick: int) -> _Sides:
    comp = state.comps.get(track_id, ())
    before = next((part for part in comp if part.end_tick == tick), None)
    after = next((part for part in comp if part.start_tick == tick), None)
    if before is None and after is None:
        raise BorderNotFound(tick)
    return before, after


def _room(state: ProjectState, track_id: TrackId, tick: int, sides: _Sides) -> tuple[int, int]:
    """Return how far a border may go: each side keeps a tick, and grows no farther than its take or a neighbour."""
    comp = state.comps[track_id]
    before, after = sides
    low = 0 if before is None else before.start_tick + 1
    high = HIGHEST_TICK if after is None else after.end_tick - 1
    if after is not None:
        low = max(low, min(tick, sounding_ticks(state, state.takes[after.take])[0]))
        low = max([low, *(part.end_tick for part in comp if part.end_tick <= tick and part is not before)])
    if before is not None:
        high = min(high, max(tick, sounding_ticks(state, state.takes[before.take])[1]))
        high = min([high, *(part.start_tick for part in comp if part.start_tick >= tick and part is not after)])
    return low, high
