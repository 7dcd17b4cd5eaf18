"""Verbs of holding tracks: lock, ask for, give, take away."""

from maxbooster_desktop.actions.action import Action, Condition
from maxbooster_desktop.actions.conditions import CAN_EDIT_TRACKS
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import Holder, Track

_SHARED = Condition("This project is not shared; share it first.", lambda studio: studio.company.is_shared)


def _selected(studio: Studio) -> list[Track]:
    return [studio.state.tracks[track] for track in studio.selection.tracks if track in studio.state.tracks]


def _of_others(studio: Studio) -> list[Track]:
    me = studio.company.author[0]
    return [track for track in _selected(studio) if track.lock is not None and track.lock.account != me]


def _is_mine(studio: Studio, track: Track) -> bool:
    return track.lock is not None and track.lock.account == studio.company.author[0]


def asked_of_me(studio: Studio) -> list[Track]:
    """Return the tracks that one holds and somebody asks for."""
    state = studio.state
    every = [state.tracks[track] for track in state.track_order]
    return [track for track in every if track.asked is not None and _is_mine(studio, track)]


def _are_mine(studio: Studio) -> bool:
    tracks = _selected(studio) if studio.has_project else []
    return bool(tracks) and all(_is_mine(studio, track) for track in tracks)


def _toggle(studio: Studio) -> None:
    tracks = [track.id for track in _selected(studio)]
    if _are_mine(studio):
        studio.do("tracks.unlock_tracks", tracks)
    else:
        studio.do("tracks.lock_tracks", tracks, Holder(*studio.company.author))


def _ask(studio: Studio) -> None:
    for track in _of_others(studio):
        studio.do("tracks.ask_for_track", track.id, Holder(*studio.company.author))


def _give(studio: Studio) -> None:
    asked = asked_of_me(studio)
    chosen = [track for track in asked if track.id in studio.selection.tracks]
    for track in chosen or asked:
        studio.do("tracks.give_track", track.id)


def _take(studio: Studio) -> None:
    studio.do("tracks.unlock_tracks", [track.id for track in _of_others(studio)])


_OTHERS_HOLD = Condition("Nobody else holds a selected track.", lambda studio: bool(_of_others(studio)))
_NOBODY_ELSE_HOLDS = Condition(
    "Somebody else holds a selected track; ask for it.", lambda studio: not _of_others(studio)
)
_ASKED = Condition(
    "Nobody asks for a track that you hold.", lambda studio: studio.has_project and bool(asked_of_me(studio))
)
_OWNER = Condition(
    "Only the project's owner can take a lock away; ask for the track.",
    lambda studio: studio.company.role == "owner",
)

LOCK = Action(
    id="together.lock",
    title="Lock tracks for yourself",
    family="together",
    shortcut="Ctrl+Alt+K",
    icon="lock",
    help="Lets nobody else edit the selected tracks and what is on them, until they are unlocked or given away.",
    enabled=(*CAN_EDIT_TRACKS, _SHARED, _NOBODY_ELSE_HOLDS),
    run=_toggle,
    checked=_are_mine,
    undo=True,
    group=4,
)
ASK = Action(
    id="together.ask_track",
    title="Ask for the track",
    family="together",
    help="Asks whoever holds the selected track for it; they are told where things need attention.",
    enabled=(*CAN_EDIT_TRACKS, _SHARED, _OTHERS_HOLD),
    run=_ask,
    group=4,
)
GIVE = Action(
    id="together.give_track",
    title="Give the track to who asks",
    family="together",
    help="Hands a track that you hold to whoever has asked for it: of the selected ones, else of all.",
    enabled=(*CAN_EDIT_TRACKS[:2], _SHARED, _ASKED),
    run=_give,
    group=4,
)
TAKE = Action(
    id="together.take_lock",
    title="Take the lock away",
    family="together",
    icon="lock-open",
    help="Unlocks selected tracks that somebody else holds; the project's owner can, for example when they are away.",
    enabled=(*CAN_EDIT_TRACKS, _SHARED, _OTHERS_HOLD, _OWNER),
    run=_take,
    group=4,
)

ACTIONS = (LOCK, ASK, GIVE, TAKE)
