"""The others in a room, as they show themselves. What a peer sends is judged first: a wrong type counts as missing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.client.presence import Peer
from sync.client.server_text import shown

#: So many colours has the theme for people; the room itself chooses among as many.
COLOURS = 8
_MOST_ITEMS = 50


@dataclass(frozen=True, slots=True)
class DraggedClip:
    """A clip that somebody is moving: where it would come to lie."""

    clip: str
    track: str
    start_tick: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the room.

    Attributes:
        colour: index of their colour, the same for everybody.
        pointer: (tick, track) under their pointer.
        playhead_tick: where they play or would play.
        doing: what they do, as words after their name: "moves Lead vox".
    """

    client: int
    account: str
    name: str
    role: str
    colour: int
    pointer: tuple[int, str] | None = None
    playhead_tick: int | None = None
    is_playing: bool = False
    clips: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()
    dragged: tuple[DraggedClip, ...] = ()
    doing: str = ""

    @property
    def initials(self) -> str:
        """One or two letters that stand for the name."""
        return initials_of(self.name)


@dataclass(frozen=True, slots=True)
class OwnPresence:
    """What one shows of oneself."""

    pointer: tuple[int, str] | None = None
    playhead_tick: int = 0
    is_playing: bool = False
    clips: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()
    dragged: tuple[DraggedClip, ...] = ()
    doing: str = ""

    def state(self) -> dict[str, Any]:
        """Return it as the room passes it on."""
        dragged = [[one.clip, one.track, one.start_tick] for one in self.dragged[:_MOST_ITEMS]]
        return {
            "pointer": self.pointer,
            "play": [self.playhead_tick, self.is_playing],
            "clips": list(self.clips[:_MOST_ITEMS]),
            "tracks": list(self.tracks[:_MOST_ITEMS]),
            "drag": dragged,
            "doing": self.doing,
        }


def initials_of(name: str) -> str:
    """Return one or two letters that stand for a name."""
    return "".join(word[0] for word in name.split()[:2]).upper() or "?"


def colour_of(account: str) -> int:
    """Return the index of an account's colour: as the room chooses it."""
    return int.from_bytes(hashlib.sha256(account.encode()).digest()[:4], "big") % COLOURS


def person_of(peer: Peer) -> Person:
    """Return who a peer is and what they show."""
    state = peer.state
    said = state.get("user")
    user: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    account = _text(user.get("account"))
    play = _list(state.get("play"))
    return Person(
        peer.client,
        account,
        _text(user.get("name")) or "Somebody",
        _text(user.get("role")),
        colour_of(account),
        _place(state.get("pointer")),
        _tick(play[0]) if play else None,
        len(play) > 1 and play[1] is True,
        _ids(state.get("clips")),
        _ids(state.get("tracks")),
        _dragged(state.get("drag")),
        _text(state.get("doing")),
    )


def _text(value: object) -> str:
    return shown(value)[:100] if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value[:_MOST_ITEMS] if isinstance(value, list) else []


def _tick(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < 2**40 else None


def _ids(value: object) -> tuple[str, ...]:
    return tuple(item for item in _list(value) if isinstance(item, str))


def _place(value: object) -> tuple[int, str] | None:
    items = _list(value)
    tick = _tick(items[0]) if len(items) == 2 else None
    return None if tick is None else (tick, _text(items[1]))


def _dragged(value: object) -> tuple[DraggedClip, ...]:
    found = []
    for item in _list(value):
        parts = _list(item)
        tick = _tick(parts[2]) if len(parts) == 3 else None
        if tick is not None:
            found.append(DraggedClip(_text(parts[0]), _text(parts[1]), tick))
    return tuple(found)
