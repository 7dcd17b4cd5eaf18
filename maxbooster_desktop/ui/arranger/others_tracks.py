"""Who works on which track: what the track headers show of the others. No Qt."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from maxbooster_desktop.project.document.state import ClipId, ProjectState, TrackId

if TYPE_CHECKING:
    from maxbooster_desktop.cloudlink.people import Person


class Mark(NamedTuple):
    """One person on one track; `doing` is "drags" while they drag clips of it, else ""."""

    name: str
    colour: int
    doing: str = ""


def marks_of(people: "Iterable[Person]", state: ProjectState) -> Mapping[TrackId, tuple[Mark, ...]]:
    """Return who works on each track: has it or clips of it selected, or drags clips from it or to it."""
    found: dict[TrackId, list[Mark]] = {}
    for person in people:
        dragged = {one.track for one in person.dragged} | _tracks_of((one.clip for one in person.dragged), state)
        worked_on = {*person.tracks, *_tracks_of(person.clips, state), *dragged}
        for track in worked_on & state.tracks.keys():
            mark = Mark(person.name, person.colour, "drags" if track in dragged else "")
            found.setdefault(TrackId(track), []).append(mark)
    return {track: tuple(marks) for track, marks in found.items()}


def _tracks_of(clips: Iterable[str], state: ProjectState) -> set[str]:
    return {str(state.clips[ClipId(clip)].track) for clip in clips if clip in state.clips}


def marks_text(marks: Iterable[Mark]) -> str:
    """Write what a screen reader says: ", Mara Lind drags here, Deniz Aksoy works here"."""
    return "".join(f", {mark.name} {mark.doing or 'works'} here" for mark in marks)
