"""Where a channel's sound goes: its output and its sends.

A channel may feed any channel but a MIDI track (which has no sound) and, directly or through others, itself.
"""

from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import MASTER, ProjectState, Send, SendId, SendTap, Track, TrackId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.automated import lanes_below
from maxbooster_desktop.project.edits.errors import MasterProtected, ValueNotAllowed, WrongTrackKind
from maxbooster_desktop.project.edits.lookup import send_of, track_of
from maxbooster_desktop.project.edits.signal_flow import require_no_cycle

_TAPS = ("pre", "post")


def route_track(project: ProjectDocument, track_id: TrackId, output: TrackId | None) -> Change:
    """Send a channel's output to another channel; None means its group, or the master.

    Raises TrackNotFound, MasterProtected, WrongTrackKind, RoutingCycle.
    """
    state = project.state
    track = track_of(state, track_id)
    if track.id == MASTER:
        raise MasterProtected("be routed elsewhere")
    target = None if output is None else _audible(track_of(state, output))
    routed = replace(track, output=output)
    require_no_cycle(state, [routed])
    name = f"Route {track.name} to {target.name if target else 'its default output'}"
    with project.edit(name) as edit:
        edit.set(routed)
    return edit.change


def add_send(
    project: ProjectDocument, track_id: TrackId, target: TrackId, tap: SendTap = "post", gain_db: float = 0.0
) -> Change:
    """Send a channel to `target` as well, before ("pre") or after ("post") its fader, at `gain_db`.

    Raises TrackNotFound, WrongTrackKind, RoutingCycle, ValueNotAllowed.
    """
    state = project.state
    track = _audible(track_of(state, track_id))
    goal = _audible(track_of(state, target))
    send = Send(SendId(project.new_id()), target, gain_db=allowed.gain_db(gain_db), tap=_tap(tap))
    changed = _with_sends(state, track, (*track.sends, send))
    with project.edit(f"Send {track.name} to {goal.name}") as edit:
        edit.set(changed)
    return edit.change


def change_send(
    project: ProjectDocument,
    track_id: TrackId,
    send_id: SendId,
    *,
    target: TrackId | None = None,
    gain_db: float | None = None,
    pan: float | None = None,
    tap: SendTap | None = None,
    enabled: bool | None = None,
) -> Change:
    """Change what is named of a send: target, level in dB, pan (-1 to +1), tap, on or off.

    Raises TrackNotFound, SendNotFound, WrongTrackKind, RoutingCycle, ValueNotAllowed.
    """
    state = project.state
    track = track_of(state, track_id)
    send = send_of(track, send_id)
    changed = replace(
        send,
        target=send.target if target is None else _audible(track_of(state, target)).id,
        gain_db=send.gain_db if gain_db is None else allowed.gain_db(gain_db),
        pan=send.pan if pan is None else allowed.pan(pan),
        tap=send.tap if tap is None else _tap(tap),
        enabled=send.enabled if enabled is None else bool(enabled),
    )
    sender = _with_sends(state, track, tuple(changed if one.id == send_id else one for one in track.sends))
    with project.edit(f"Change the send of {track.name} to {track_of(state, changed.target).name}") as edit:
        edit.set(sender)
    return edit.change


def remove_send(project: ProjectDocument, track_id: TrackId, send_id: SendId) -> Change:
    """Remove a send and its automation. Raises TrackNotFound, SendNotFound."""
    state = project.state
    track = track_of(state, track_id)
    send = send_of(track, send_id)
    with project.edit(f"Remove the send of {track.name} to {track_of(state, send.target).name}") as edit:
        for lane_id in lanes_below(state, track_id, f"send.{send_id}."):
            edit.delete(lane_id)
        edit.set(replace(track, sends=tuple(one for one in track.sends if one.id != send_id)))
    return edit.change


def _with_sends(state: ProjectState, track: Track, sends: tuple[Send, ...]) -> Track:
    changed = replace(track, sends=sends)
    require_no_cycle(state, [changed])
    return changed


def _audible(track: Track) -> Track:
    if track.kind == "midi":
        raise WrongTrackKind(f"{track.name} is a MIDI track and has no sound to route; choose another track.")
    return track


def _tap(tap: SendTap) -> SendTap:
    if tap not in _TAPS:
        raise ValueNotAllowed(f"A send taps {' or '.join(_TAPS)} the fader; {tap!r} is neither.")
    return tap
