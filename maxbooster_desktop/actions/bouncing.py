"""Freezing and bouncing as verbs: freeze, unfreeze, flatten, bounce in place, bounce to a new track.

Freezing and bouncing render first, which takes its time: the window does it off its own thread, with progress and a
cancel (`bounce_rendering` is what runs there). They go by the selected tracks, a group for all that is inside it.
"""

import importlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from maxbooster_desktop.actions.action import Action, Condition
from maxbooster_desktop.actions.conditions import CAN_EDIT, CAN_EDIT_TRACKS, RANGE_OR_CLIPS
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.project.document.state import ClipId, ProjectState, TrackId
from maxbooster_desktop.project.edits.placing import inside_of
from maxbooster_desktop.project.edits.wording import several

Deed = Literal["freeze", "flatten", "bounce", "bounce_new"]
_TITLES: dict[Deed, str] = {
    "freeze": "Freezing {}",
    "flatten": "Flattening {}",
    "bounce": "Bouncing in place",
    "bounce_new": "Bouncing {} to new tracks",
}
DEEDS: tuple[Deed, ...] = tuple(_TITLES)
_WITH_CLIPS = ("audio", "instrument")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be rendered, as it was selected when it was asked for."""

    deed: Deed
    tracks: tuple[TrackId, ...]
    clips: tuple[ClipId, ...]
    time_range: tuple[int, int] | None
    title: str


def tracks_with_clips(state: ProjectState, selected: tuple[TrackId, ...]) -> tuple[TrackId, ...]:
    """Return the selected tracks that hold clips, and those in selected groups, in display order."""
    wanted = {*selected, *inside_of(state, set(selected))}
    return tuple(each for each in state.track_order if each in wanted and state.tracks[each].kind in _WITH_CLIPS)


def order_of(studio: Studio, deed: Deed) -> Order:
    """Return what a deed is about to render."""
    selection, state = studio.selection, studio.state
    tracks = tracks_with_clips(state, selection.tracks)
    clips = tuple(clip for clip in selection.clips if clip in state.clips)
    # Clips that are selected say more than time does: time is selected with them.
    span = None if clips else selection.time_range
    if span is not None and not tracks:
        tracks = tracks_with_clips(state, state.track_order)
    title = _TITLES[deed].format(several([state.tracks[track] for track in tracks], "track"))
    return Order(deed, tracks, clips, span, title)


def carry_out(workspace: Workspace, order: Order, told: Callable[[float], None], cancel: threading.Event) -> Any:
    """Render what was ordered and make the edit; returns its change. Slow, for a worker; raises MaxBoosterError."""
    rendering = importlib.import_module("maxbooster_desktop.actions.bounce_rendering")
    company = workspace.studio.company
    who = company.author if company.is_shared else ("", "")
    with workspace.own_pool() as pool:
        bouncer = rendering.Bouncer(workspace.studio.project, pool, told, cancel, who)
        if order.deed == "bounce":
            return (
                bouncer.clips(order.clips)
                if order.clips
                else bouncer.range(order.tracks, *(order.time_range or (0, 0)))
            )
        made = {"freeze": bouncer.freeze, "flatten": bouncer.flatten, "bounce_new": bouncer.to_new_tracks}
        return made[order.deed](order.tracks)


def _frozen(studio: Studio) -> tuple[TrackId, ...]:
    if not studio.has_project:
        return ()
    state = studio.state
    chosen = tracks_with_clips(state, studio.selection.tracks)
    return tuple(track for track in chosen if state.tracks[track].frozen is not None)


def _unfreeze(studio: Studio) -> None:
    studio.do("freezing.unfreeze_tracks", _frozen(studio))


_HAS_CLIPS = Condition(
    "No selected track holds clips.",
    lambda studio: bool(tracks_with_clips(studio.state, studio.selection.tracks)),
)
_ANY_FROZEN = Condition("No selected track is frozen.", lambda studio: bool(_frozen(studio)))
_CAN_RENDER = (*CAN_EDIT_TRACKS, _HAS_CLIPS)

FREEZE = Action(
    id="track.freeze",
    title="Freeze tracks",
    family="tracks",
    shortcut="Ctrl+Alt+Shift+F",
    icon="snowflake",
    help="Plays the selected tracks' sound up to the strip from a file: devices rest, fader and sends stay live.",
    enabled=_CAN_RENDER,
    run=lambda studio: studio.ui.open_dialog("freeze"),
    undo=True,
    group=4,
)
UNFREEZE = Action(
    id="track.unfreeze",
    title="Unfreeze tracks",
    family="tracks",
    shortcut="Ctrl+Alt+Shift+U",
    help="Lets the selected tracks play their clips and devices again; all of it is as it was.",
    enabled=(*CAN_EDIT_TRACKS, _ANY_FROZEN),
    run=_unfreeze,
    undo=True,
    group=4,
)
FLATTEN = Action(
    id="track.flatten",
    title="Flatten tracks",
    family="tracks",
    help="Makes the selected tracks' sound up to the strip their only clip, and takes their devices out.",
    enabled=_CAN_RENDER,
    run=lambda studio: studio.ui.open_dialog("flatten"),
    undo=True,
    group=4,
)
BOUNCE_NEW = Action(
    id="track.bounce_new",
    title="Bounce to new tracks",
    family="tracks",
    shortcut="Ctrl+Alt+B",
    help="Puts the selected tracks' sound on new tracks below them with the same strip, and mutes the old ones.",
    enabled=_CAN_RENDER,
    run=lambda studio: studio.ui.open_dialog("bounce_new"),
    undo=True,
    group=4,
)
BOUNCE = Action(
    id="clip.bounce",
    title="Bounce in place",
    family="clips",
    shortcut="Ctrl+B",
    help="Makes the selected clips, or what lies in the selected time, one clip per track that sounds the same.",
    enabled=(*CAN_EDIT, RANGE_OR_CLIPS),
    run=lambda studio: studio.ui.open_dialog("bounce"),
    undo=True,
    group=1,
)

ACTIONS = (BOUNCE, FREEZE, UNFREEZE, FLATTEN, BOUNCE_NEW)
