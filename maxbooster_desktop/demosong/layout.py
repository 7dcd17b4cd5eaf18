"""The edits that turn rendered clips and the mix's data into tracks, clips, routing, automation and markers."""

from collections.abc import Mapping

from maxbooster_desktop.demosong import mix
from maxbooster_desktop.demosong.clips import RenderedClip
from maxbooster_desktop.demosong.score import BPM, KEY, SECTIONS, TICKS_PER_BAR, tick_of_bar
from maxbooster_desktop.project.document.change import Change, joined
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import MASTER, Asset, LaneId, TrackId
from maxbooster_desktop.project.edits.assets import register_asset
from maxbooster_desktop.project.edits.automation import add_lane, set_points
from maxbooster_desktop.project.edits.channel import add_insert, add_send, route_track, set_gain, set_pan, set_strip
from maxbooster_desktop.project.edits.clips import add_audio_clip
from maxbooster_desktop.project.edits.markers import add_marker
from maxbooster_desktop.project.edits.meta import set_key, set_loop
from maxbooster_desktop.project.edits.tempo import set_tempo
from maxbooster_desktop.project.edits.tracks import add_track

_STEP = "Lay out the demo song"


def lay_out(document: ProjectDocument, stems: Mapping[str, list[RenderedClip]], assets: Mapping[int, Asset]) -> Change:
    """Lay out the whole song as one step of the history; `assets` by the identity of each clip's array."""
    with document.step(_STEP):
        changes = _frame(document)
        tracks = _channels(document, changes)
        _clips(document, stems, assets, tracks, changes)
        _routing(document, tracks, changes)
        _automation(document, tracks, changes)
    return joined(_STEP, changes)


def _frame(document: ProjectDocument) -> list[Change]:
    hook = next(section for section in SECTIONS if section.name == "Hook")
    changes = [
        set_tempo(document, 0, BPM),
        set_key(document, KEY),
        set_loop(document, tick_of_bar(hook.start_bar), tick_of_bar(hook.end_bar), enabled=False),
    ]
    changes += [add_marker(document, tick_of_bar(s.start_bar), s.name, s.colour) for s in SECTIONS]
    return changes


def _only(created: frozenset[str]) -> str:
    (identity,) = created
    return identity


def _channels(document: ProjectDocument, changes: list[Change]) -> dict[str, TrackId]:
    tracks: dict[str, TrackId] = {"master": MASTER}
    for channel in mix.CHANNELS:
        parent = None if channel.parent is None else tracks[channel.parent]
        added = add_track(document, channel.kind, channel.name, parent, None, channel.colour)
        track = tracks[channel.name] = TrackId(_only(added.created))
        changes += [added, set_gain(document, track, channel.gain_db)]
        if channel.pan:
            changes.append(set_pan(document, track, channel.pan))
        if channel.strip:
            changes.append(set_strip(document, track, channel.strip))
    changes.append(set_strip(document, MASTER, mix.MASTER_STRIP))
    changes.append(set_gain(document, MASTER, mix.MASTER_GAIN_DB))
    changes.append(add_insert(document, MASTER, mix.LIMITER, mix.LIMITER_VALUES))
    return tracks


def _clips(
    document: ProjectDocument,
    stems: Mapping[str, list[RenderedClip]],
    assets: Mapping[int, Asset],
    tracks: Mapping[str, TrackId],
    changes: list[Change],
) -> None:
    changes += [register_asset(document, asset) for asset in assets.values()]
    for name, clips in stems.items():
        for clip in clips:
            asset = assets[id(clip.samples)]
            changes.append(add_audio_clip(document, tracks[name], asset.id, clip.start_tick, name=clip.name))


def _routing(document: ProjectDocument, tracks: Mapping[str, TrackId], changes: list[Change]) -> None:
    for channel in mix.CHANNELS:
        if channel.output is not None:
            changes.append(route_track(document, tracks[channel.name], tracks[channel.output]))
        for send in channel.sends:
            target = tracks[send.target]
            changes.append(add_send(document, tracks[channel.name], target, "post", send.gain_db))


def _automation(document: ProjectDocument, tracks: Mapping[str, TrackId], changes: list[Change]) -> None:
    for move in mix.MOVES:
        track = tracks[move.track]
        parameter = move.parameter
        if move.target:
            goal = tracks[move.target]
            send = next(send for send in document.state.tracks[track].sends if send.target == goal)
            parameter = f"send.{send.id}.gain_db"
        added = add_lane(document, track, parameter)
        points = [(round(bar * TICKS_PER_BAR), value, 0.0) for bar, value in move.points]
        changes += [added, set_points(document, LaneId(_only(added.created)), points)]
