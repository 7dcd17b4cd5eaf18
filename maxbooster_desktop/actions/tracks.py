"""Track verbs: add, group, delete, mute, solo, rename."""

from collections.abc import Collection

from maxbooster_desktop.actions.action import Action, Condition
from maxbooster_desktop.actions.conditions import CAN_EDIT, CAN_EDIT_TRACKS, CLIPS_SELECTED, PROJECT_OPEN
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import CLIP_HOSTS, MASTER, RECORDABLE, TrackId, TrackKind

_ANYTHING_NAMED = Condition(
    "Neither a clip nor a track is selected.",
    lambda studio: CLIPS_SELECTED.holds(studio) or bool(studio.selection.tracks),
)


def _add_track(studio: Studio, kind: str) -> None:
    selected = studio.selection.tracks
    after = selected[-1] if selected and selected[-1] != MASTER else None
    parent = studio.state.tracks[after].parent if after in studio.state.tracks and after else None
    studio.do_and_select("tracks.add_track", kind, parent=parent, after=after)


def _selected(studio: Studio) -> tuple[TrackId, ...]:
    """Return the selected tracks without the master, which can be neither deleted nor grouped."""
    return tuple(track for track in studio.selection.tracks if track != MASTER and track in studio.state.tracks)


def _group(studio: Studio) -> None:
    studio.do_and_select("tracks.group_tracks", _selected(studio), "Group")


def _duplicate(studio: Studio) -> None:
    studio.do("tracks.duplicate_tracks", _selected(studio))


def _delete(studio: Studio) -> None:
    studio.do("tracks.delete_tracks", _selected(studio))


def _are_muted(studio: Studio) -> bool:
    tracks = [studio.state.tracks[track] for track in studio.selection.tracks if track in studio.state.tracks]
    return bool(tracks) and all(track.is_muted for track in tracks)


def _are_soloed(studio: Studio) -> bool:
    tracks = [studio.state.tracks[track] for track in studio.selection.tracks if track in studio.state.tracks]
    return bool(tracks) and all(track.is_soloed for track in tracks)


def _toggle_mute(studio: Studio) -> None:
    studio.do("channel.set_mute", studio.selection.tracks, not _are_muted(studio))


def _toggle_solo(studio: Studio) -> None:
    studio.do("channel.set_solo", studio.selection.tracks, not _are_soloed(studio))


def _of_kinds(studio: Studio, kinds: Collection[TrackKind]) -> list[TrackId]:
    tracks = studio.state.tracks if studio.has_project else {}
    return [track for track in studio.selection.tracks if track in tracks and tracks[track].kind in kinds]


def _with_input(studio: Studio) -> list[TrackId]:
    return _of_kinds(studio, CLIP_HOSTS["audio"])


def _recordable(studio: Studio) -> list[TrackId]:
    return _of_kinds(studio, RECORDABLE)


def _are_armed(studio: Studio) -> bool:
    tracks = _recordable(studio)
    return bool(tracks) and studio.takes.armed.issuperset(tracks)


def _toggle_armed(studio: Studio) -> None:
    is_armed = not _are_armed(studio)
    for track in _recordable(studio):
        studio.takes.arm(track, is_armed=is_armed)


def _are_monitored(studio: Studio) -> bool:
    tracks = _with_input(studio)
    return bool(tracks) and all(studio.state.tracks[track].monitoring == "on" for track in tracks)


def _toggle_monitored(studio: Studio) -> None:
    studio.do("channel.set_monitoring", _with_input(studio), "auto" if _are_monitored(studio) else "on")


_AUDIO_TRACK_SELECTED = Condition("No audio track is selected.", lambda studio: bool(_with_input(studio)))
_RECORDABLE_SELECTED = Condition("No audio or instrument track is selected.", lambda studio: bool(_recordable(studio)))
ADD_AUDIO = Action(
    id="track.add_audio",
    title="New audio track",
    family="tracks",
    shortcut="Ctrl+T",
    icon="plus",
    help="Adds an audio track below the selected one.",
    enabled=CAN_EDIT,
    run=lambda studio: _add_track(studio, "audio"),
    undo=True,
)
ADD_BUS = Action(
    id="track.add_bus",
    title="New bus",
    family="tracks",
    help="Adds a bus that tracks can send to, for a shared effect.",
    enabled=CAN_EDIT,
    run=lambda studio: _add_track(studio, "bus"),
    undo=True,
)
GROUP = Action(
    id="track.group",
    title="Group tracks",
    family="tracks",
    shortcut="Ctrl+G",
    icon="group",
    help="Puts the selected tracks into a new group with its own fader.",
    enabled=CAN_EDIT_TRACKS,
    run=_group,
    undo=True,
    group=1,
)
DUPLICATE = Action(
    id="track.duplicate",
    title="Duplicate tracks",
    family="tracks",
    shortcut="Ctrl+Shift+D",
    icon="copy",
    help="Copies the selected tracks with everything on them, each below itself.",
    enabled=CAN_EDIT_TRACKS,
    run=_duplicate,
    undo=True,
    group=1,
)
DELETE = Action(
    id="track.delete",
    title="Delete tracks",
    family="tracks",
    shortcut="Ctrl+Delete",
    icon="trash-2",
    help="Removes the selected tracks with their clips; undo brings all of it back.",
    enabled=CAN_EDIT_TRACKS,
    run=_delete,
    undo=True,
    group=1,
)
MUTE = Action(
    id="track.mute",
    title="Mute track",
    family="tracks",
    shortcut="Shift+M",
    icon="volume-x",
    help="Silences the selected tracks, or lets them sound again.",
    enabled=CAN_EDIT_TRACKS,
    run=_toggle_mute,
    checked=lambda studio: studio.has_project and _are_muted(studio),
    undo=True,
    group=2,
)
SOLO = Action(
    id="track.solo",
    title="Solo track",
    family="tracks",
    shortcut="Shift+S",
    icon="headphones",
    help="Plays only the soloed tracks and what they feed.",
    enabled=CAN_EDIT_TRACKS,
    run=_toggle_solo,
    checked=lambda studio: studio.has_project and _are_soloed(studio),
    undo=True,
    group=2,
)
ARM = Action(
    id="track.arm",
    title="Arm track",
    family="tracks",
    shortcut="Shift+R",
    icon="mic",
    help="Lets the selected tracks take part in the next recording, or no longer; MIDI plays armed instruments.",
    enabled=(*CAN_EDIT_TRACKS, _RECORDABLE_SELECTED),
    run=_toggle_armed,
    checked=lambda studio: studio.has_project and _are_armed(studio),
    group=2,
)
MONITOR = Action(
    id="track.monitor",
    title="Monitor input",
    family="tracks",
    icon="audio-lines",
    help="Lets the input of the selected audio tracks be heard always, or again only where it is recorded.",
    enabled=(*CAN_EDIT_TRACKS, _AUDIO_TRACK_SELECTED),
    run=_toggle_monitored,
    checked=lambda studio: studio.has_project and _are_monitored(studio),
    undo=True,
    group=2,
)
RENAME = Action(
    id="track.rename",
    title="Rename",
    family="edit",
    shortcut="F2",
    icon="pencil",
    help="Lets you type a new name for the selected clip or track.",
    enabled=(PROJECT_OPEN, _ANYTHING_NAMED),
    run=lambda studio: studio.ui.rename(),
    group=2,
)

ACTIONS = (ADD_AUDIO, ADD_BUS, GROUP, DUPLICATE, DELETE, MUTE, SOLO, ARM, MONITOR, RENAME)
