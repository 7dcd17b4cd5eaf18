"""Make tracks, and groups around tracks."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import MASTER, ProjectState, Track, TrackId, TrackKind
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.channel.inserts import new_insert
from maxbooster_desktop.project.edits.errors import MasterProtected, ValueNotAllowed
from maxbooster_desktop.project.edits.lookup import movable_tracks_of, track_of
from maxbooster_desktop.project.edits.placing import below, checked_parent, outermost, placed, siblings_of
from maxbooster_desktop.project.edits.signal_flow import require_no_cycle

_TITLES: dict[TrackKind, str] = {
    "audio": "Audio",
    "instrument": "Instrument",
    "midi": "MIDI",
    "group": "Group",
    "bus": "Bus",
}


def add_track(  # noqa: PLR0917  # all but the kind are usually named
    project: ProjectDocument,
    kind: TrackKind,
    name: str | None = None,
    parent: TrackId | None = None,
    after: TrackId | None = None,
    colour: int | None = None,
) -> Change:
    """Add a track; its id is in the change's `created`.

    It goes directly below `after` (and into that track's group when no `parent` is named), or to the end of
    `parent`, or to the end of the list. Without a name it is called "Audio 3"; without a colour it takes the
    palette's least used one.

    Raises MasterProtected, TrackNotFound, NotAGroup, NotSiblings, ValueNotAllowed.
    """
    if kind == "master":
        raise MasterProtected("be added twice")
    if kind not in _TITLES:
        raise ValueNotAllowed(f"{kind!r} is not a kind of track; choose one of {', '.join(_TITLES)}.")
    neighbour, parent = _place(project.state, parent, after)
    return _add(project, _new_track(project, kind, name, colour, parent), neighbour)


def _place(state: ProjectState, parent: TrackId | None, after: TrackId | None) -> tuple[Track | None, TrackId | None]:
    """Return (the track to go below, the group to go into)."""
    neighbour = None if after is None else track_of(state, after)
    return neighbour, neighbour.parent if neighbour and parent is None else checked_parent(state, parent)


def _add(project: ProjectDocument, track: Track, neighbour: Track | None) -> Change:
    """Add a track to its parent, below `neighbour` or at the end."""
    siblings = siblings_of(project.state, track.parent)
    index = below(siblings, neighbour) if neighbour else len(siblings)
    placements = placed([*siblings[:index], track, *siblings[index:]], {track.id}, project.ids)
    with project.edit(f"Add {track.name}") as edit:
        for placement in placements:
            (edit.create if placement.id == track.id else edit.set)(placement)
    return edit.change


def add_instrument_track(
    project: ProjectDocument, device: str, parent: TrackId | None = None, after: TrackId | None = None
) -> Change:
    """Add an instrument track with an instrument ("instruments.subtractive") in place; see `add_track`.

    Raises MasterProtected, TrackNotFound, NotAGroup, NotSiblings, ValueNotAllowed.
    """
    neighbour, parent = _place(project.state, parent, after)
    track = _new_track(project, "instrument", None, None, parent)
    return _add(project, replace(track, inserts=(new_insert(project, track, device, {}),)), neighbour)


def group_tracks(project: ProjectDocument, track_ids: Iterable[TrackId], name: str | None = None) -> Change:
    """Put tracks into a new group, which takes the place of the topmost; the group's id is in `created`.

    Tracks inside a listed group stay inside it. What plays through the default output now plays through the group.

    Raises TrackNotFound, MasterProtected, RoutingCycle, ValueNotAllowed (no tracks, or the name).
    """
    state = project.state
    members = outermost(state, movable_tracks_of(state, track_ids, "be put into a group"))
    if not members:
        raise ValueNotAllowed("A group needs at least one track; select the tracks first.")
    group = _new_track(project, "group", name, None, members[0].parent)
    moving = {track.id for track in members}
    siblings = siblings_of(state, group.parent)
    sequence = [group if track.id == members[0].id else track for track in siblings]
    placements = placed([track for track in sequence if track.id not in moving], {group.id}, project.ids)
    arrivals = [replace(track, parent=group.id) for track in members]
    placements += placed(arrivals, moving, project.ids)
    require_no_cycle(state, placements)
    with project.edit(f"Group {len(members)} tracks" if len(members) > 1 else f"Group {members[0].name}") as edit:
        for placement in placements:
            (edit.create if placement.id == group.id else edit.set)(placement)
    return edit.change


def _new_track(
    project: ProjectDocument, kind: TrackKind, name: str | None, colour: int | None, parent: TrackId | None
) -> Track:
    state = project.state
    title = _free_name(state, _TITLES[kind]) if name is None else allowed.name(name, "track")
    chosen = _least_used_colour(state) if colour is None else allowed.colour(colour)
    return Track(TrackId(project.new_id()), kind, title, "", colour=chosen, parent=parent)


def _free_name(state: ProjectState, title: str) -> str:
    """Return "Audio 3" when the highest number in use is 2."""
    numbers = [0]
    for track in state.tracks.values():
        word, _, number = track.name.rpartition(" ")
        if word == title and number.isascii() and number.isdecimal():
            numbers.append(int(number))
    return f"{title} {max(numbers) + 1}"


def _least_used_colour(state: ProjectState) -> int:
    uses = Counter(track.colour for track in state.tracks.values() if track.id != MASTER)
    return min(range(allowed.COLOUR_COUNT), key=lambda colour: (uses[colour], colour))
