"""Where tracks stand among their siblings: the keys that put tracks below a neighbour.

Siblings share a parent and are sorted by (order, id). Usually only the tracks that move get new keys; when two
neighbours hold the same key (two people inserted at one place), every sibling gets a fresh one.
"""

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from maxbooster_desktop.project.document.ids import IdSource
from maxbooster_desktop.project.document.order_keys import key_between, keys_for, needs_new_keys
from maxbooster_desktop.project.document.state import MASTER, ProjectState, Track, TrackId
from maxbooster_desktop.project.edits.errors import NotAGroup, NotSiblings
from maxbooster_desktop.project.edits.lookup import track_of


def siblings_of(state: ProjectState, parent: TrackId | None) -> list[Track]:
    """Return the tracks of one group (None: of the top level) in display order; the master is none of them."""
    return [track for track in _in_order(state) if track.parent == parent]


def in_display_order(state: ProjectState, tracks: Iterable[Track]) -> list[Track]:
    """Return `tracks` sorted as the window lists them."""
    wanted = {track.id for track in tracks}
    return [track for track in _in_order(state) if track.id in wanted]


def checked_parent(state: ProjectState, parent: TrackId | None) -> TrackId | None:
    """Return `parent` when it can hold tracks. Raises TrackNotFound, NotAGroup."""
    if parent is not None:
        group = track_of(state, parent)
        if group.kind != "group":
            raise NotAGroup(group.name)
    return parent


def below(siblings: Sequence[Track], after: Track | None) -> int:
    """Return the index just below `after` (None: 0, the top). Raises NotSiblings when it is not among them."""
    if after is None:
        return 0
    for index, sibling in enumerate(siblings):
        if sibling.id == after.id:
            return index + 1
    raise NotSiblings(after.name)


def placed(sequence: Sequence[Track], arrivals: Collection[TrackId], source: IdSource) -> list[Track]:
    """Give keys so that the siblings stand as in `sequence`; return the tracks whose key must be written.

    Those are the `arrivals`, and everyone when the list has to be keyed anew. `source` gives the keys' random tails.
    """
    keyed: list[Track] = []
    for is_arriving, run in itertools.groupby(enumerate(sequence), lambda item: item[1].id in arrivals):
        members = list(run)
        if is_arriving:
            first, following = members[0][0], members[-1][0] + 1
            low = sequence[first - 1].order if first else None
            high = sequence[following].order if following < len(sequence) else None
            keys = _keys_between(low, high, len(members), source)
            keyed += _with_keys([track for _, track in members], keys)
    chosen = {track.id: track.order for track in keyed}
    keys = [chosen.get(track.id, track.order) for track in sequence]
    if needs_new_keys(keys) or keys != sorted(keys):
        return _with_keys(sequence, keys_for(len(sequence), source))
    return keyed


def _keys_between(low: str | None, high: str | None, count: int, source: IdSource) -> list[str]:
    """Return `count` ascending keys; halving the list each time keeps them short."""
    if count == 0:
        return []
    middle = key_between(low, high, source)
    before = _keys_between(low, middle, count // 2, source)
    return [*before, middle, *_keys_between(middle, high, count - 1 - count // 2, source)]


def _with_keys(tracks: Sequence[Track], keys: Sequence[str]) -> list[Track]:
    return [replace(track, order=key) for track, key in zip(tracks, keys, strict=True)]


def inside_of(state: ProjectState, track_ids: Collection[TrackId]) -> set[TrackId]:
    """Return every track that lies inside one of the named ones, at any depth."""
    inside = set[TrackId]()
    for track in _in_order(state):  # depth first: a parent comes before its children
        if track.parent in track_ids or track.parent in inside:
            inside.add(track.id)
    return inside


def outermost(state: ProjectState, tracks: Iterable[Track]) -> list[Track]:
    """Return those of `tracks` that are not inside another one of them, in display order."""
    listed = in_display_order(state, tracks)
    inside = inside_of(state, {track.id for track in listed})
    return [track for track in listed if track.id not in inside]


def _in_order(state: ProjectState) -> list[Track]:
    return [state.tracks[track_id] for track_id in state.track_order if track_id != MASTER]
