"""What is frozen stays as it is: edits of what a frozen track's sound was made from are refused, whoever asks for them.

An edit that also thaws the track, freezes it anew or deletes it may change what it likes. What others made is merged
whatever it is; then the freeze is stale (`freezing`).
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from maxbooster_desktop.project.document.errors import EditError
from maxbooster_desktop.project.document.state import ProjectState, TrackId
from maxbooster_desktop.project.document.track_locks import tracks_about
from sync.document.codec import Value
from sync.document.grammar import Address, key_of, split_key

if TYPE_CHECKING:
    # It brings the CRDT library, which the window's start does without.
    from sync.document.register_document import RegisterDocument

#: What a track is frozen as, and its tombstone.
_THAWING = ("fz", "x")
#: How clips and takes look is not heard.
_LOOKS = frozenset({"n", "c"})
_ON_TRACK = frozenset({"clips", "notes", "takes"})


class TrackFrozenError(EditError):
    """What is to be changed is frozen."""

    def __init__(self, track: str) -> None:
        super().__init__(f"“{track}” is frozen: unfreeze it to change what is on it (menu Tracks, or its header).")


def refuse_frozen(changes: Mapping[Address, Value], state: ProjectState, registers: "RegisterDocument") -> None:
    """Raise TrackFrozenError when an edit changes what a frozen track's sound was made from."""
    frozen = {
        track.id: track
        for track in state.tracks.values()
        if track.frozen is not None and not any(("tracks", key_of(track.id, facet)) in changes for facet in _THAWING)
    }
    if not frozen:
        return
    for (root, key), value in changes.items():
        for track in _heard_on(root, key, value, registers):
            if track in frozen:
                raise TrackFrozenError(frozen[TrackId(track)].name)


def _heard_on(root: str, key: str, value: Value, registers: "RegisterDocument") -> Iterator[str]:
    """Yield the tracks whose frozen part a register belongs to."""
    entity, facet = split_key(key)
    if root in _ON_TRACK and not (facet in _LOOKS and root != "notes"):
        yield from tracks_about(root, key, value, registers)
    elif root in {"plug", "auto"}:
        about = value if facet == "k" else registers.value(root, key_of(entity, "k"))
        if isinstance(about, tuple) and len(about) > 1 and _is_of_insert(root, about):
            yield from tracks_about(root, key, value, registers)


def _is_of_insert(root: str, about: tuple[Value, ...]) -> bool:
    """Return whether a `plug` entity is an insert, or an automation lane one of an insert's parameter."""
    return about[0] == "insert" if root == "plug" else str(about[1]).startswith("insert.")
