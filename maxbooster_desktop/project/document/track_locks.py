"""Locks of tracks: what is on a track that somebody else holds cannot be edited here.

The holder stands in the document (`lk`), so every copy of it knows. It is judged before an own edit is made, whoever
asks for it: a window, an undo, an import. What others made is merged whatever it is, as refusing it would lose it and
everything they made after it (docs/decisions/0017-track-locks.md).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from maxbooster_desktop.project.document.errors import EditError
from maxbooster_desktop.project.document.state import ProjectState, TrackId
from maxbooster_desktop.project.document.take_registers import RANGE
from sync.document.codec import Value
from sync.document.grammar import Address, key_of, split_key

if TYPE_CHECKING:
    # It brings the CRDT library, which the window's start does without.
    from sync.document.register_document import RegisterDocument

#: Who holds a track and who asks for it.
HOLDING = frozenset({"lk", "ask"})
#: Where a track stands, how high it is, what is heard of it, and the lock itself: nobody's work.
_FREE = HOLDING | {"p", "h", "m", "so", "sf"}
#: The register that says which track an entity of a root is on, and the place of the track in it.
_ON_TRACK = {"clips": ("p", 0), "auto": ("k", 0), "plug": ("k", 1), "takes": ("k", 0)}


class TrackLockedError(EditError):
    """Somebody else holds the track."""

    def __init__(self, track: str, holder: str) -> None:
        super().__init__(
            f"“{track}” is locked by {holder or 'somebody else'}: ask for it in the menu Together, or wait."
        )


def refuse_locked(
    changes: Mapping[Address, Value], state: ProjectState, registers: "RegisterDocument", account: str
) -> None:
    """Raise TrackLockedError when an edit of `account` changes what is on a track that somebody else holds."""
    held = {
        track.id: track for track in state.tracks.values() if track.lock is not None and track.lock.account != account
    }
    if not held:
        return
    for (root, key), value in changes.items():
        for track in tracks_about(root, key, value, registers):
            if track in held:
                lock = held[TrackId(track)].lock
                raise TrackLockedError(held[TrackId(track)].name, "" if lock is None else lock.name)


def tracks_about(root: str, key: str, value: Value, registers: "RegisterDocument") -> tuple[str, ...]:
    """Return the tracks that a register is about: where its entity is, and where it goes."""
    entity, facet = split_key(key)
    if root == "tracks":
        return () if facet in _FREE else (entity,)
    if root == "takes" and facet.startswith(RANGE):
        return (entity,)
    root = "clips" if root == "notes" else root
    if root not in _ON_TRACK:
        return ()
    where, index = _ON_TRACK[root]
    values = [registers.value(root, key_of(entity, where)), value if facet == where else None]
    return tuple(str(one[index]) for one in values if isinstance(one, tuple) and len(one) > index)
