"""Frozen tracks: what was frozen, whether that is still so, and what sounds then.

A frozen track keeps its clips, takes and inserts; `as_heard` is the state in which it has its stored sound in their
place, so that whoever plays or renders knows nothing of freezing. docs/document.md has the rules.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import blake3

from maxbooster_desktop.project.document.audibility import output_of
from maxbooster_desktop.project.document.device_words import device_words, is_plugin_id
from maxbooster_desktop.project.document.heard import heard_clips
from maxbooster_desktop.project.document.state import (
    MASTER,
    Clip,
    ClipId,
    Frozen,
    Insert,
    Lane,
    ProjectState,
    Track,
    TrackId,
)
from maxbooster_desktop.project.document.zone_registers import zone_row

_INSERT = "insert."
_DIGEST_BYTES = 16
#: Tells which devices this program has, by their ids.
KnowsDevice = Callable[[str], bool]


def fingerprint_of(state: ProjectState, track_id: TrackId) -> str:
    """Return a hash of everything that a track's frozen sound is made from; the same on every computer."""
    track = state.tracks[track_id]
    inserts = [insert for insert in track.inserts if insert.enabled]
    places: dict[str, int] = {insert.id: place for place, insert in enumerate(inserts)}
    content = {
        "rate": state.meta.sample_rate,
        "clips": sorted(_clip_row(state, clip) for clip in heard_clips(state, track_id) if _can_sound(state, clip)),
        "inserts": [_insert_row(insert) for insert in inserts],
        "lanes": sorted(_lane_rows(_moving_inserts(state, track_id), places)),
        "tempos": [(event.tick, float(event.bpm), event.is_ramp) for event in state.tempo_map.tempos],
        "fed_by": sorted(fed_by(state, track_id)),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return str(blake3.blake3(text.encode()).hexdigest(_DIGEST_BYTES))


def _insert_row(insert: Insert) -> tuple[Any, ...]:
    zones = sorted(zone_row(zone) for zone in insert.zones)
    return (insert.device, sorted(insert.values.items()), *([zones] if zones else []))


def fed_by(state: ProjectState, track_id: TrackId) -> set[TrackId]:
    """Return the channels whose output or sends lead into a track."""
    return {
        other.id
        for other in state.tracks.values()
        if other.id != MASTER
        and (output_of(other, state) == track_id or any(send.target == track_id for send in other.sends))
    }


def unknown_devices(track: Track, knows: KnowsDevice) -> list[str]:
    """Return the devices of a track that are on and that a program does not have, in their order."""
    return [insert.device for insert in track.inserts if insert.enabled and not knows(insert.device)]


def missing_devices(state: ProjectState, knows: KnowsDevice) -> dict[TrackId, str]:
    """Return, for each track with devices that a program does not have, a sentence about what it plays instead."""
    sentences = {}
    for track in state.tracks.values():
        missing = unknown_devices(track, knows)
        if missing:
            titles = " and ".join(dict.fromkeys(device_words(device) for device in missing))
            are_plugins = all(is_plugin_id(device) for device in missing)
            about = f"“{track.name}” uses {titles}, which this {'computer' if are_plugins else 'program'} does not have"
            if track.frozen is not None and track.frozen.asset in state.assets:
                sentences[track.id] = f"{about}: it plays what {track.frozen.name or 'somebody'} froze."
            else:
                way_out = "ask somebody who has it to freeze the track"
                install = "install it and scan for plug-ins" if are_plugins else "install a newer version"
                sentences[track.id] = f"{about}, and sounds without it: {way_out}, or {install}."
    return sentences


def frozen_clip(state: ProjectState, track: Track, frozen: Frozen) -> Clip:
    """Return the clip that plays a track's frozen sound; its id is one that no clip has."""
    asset = state.assets[frozen.asset]
    return Clip(
        ClipId(f".{track.id}.frozen"),
        track.id,
        frozen.start_tick,
        "Frozen",
        asset=asset.id,
        length_frames=asset.frames,
    )


@dataclass(slots=True)
class Fingerprints:
    """Fingerprints of tracks, worked out anew only where something they depend on has changed."""

    _known: dict[TrackId, tuple[object, str]] = field(default_factory=dict)

    def of(self, state: ProjectState, track_id: TrackId) -> str:
        """Return `fingerprint_of` a track."""
        basis = _basis(state, track_id)
        known = self._known.get(track_id)
        if known is None or known[0] != basis:
            known = self._known[track_id] = basis, fingerprint_of(state, track_id)
        return known[1]

    def is_stale(self, state: ProjectState, track: Track) -> bool:
        """Return whether a frozen track has become another since it was frozen."""
        return track.frozen is not None and track.frozen.fingerprint != self.of(state, track.id)

    def played(self, state: ProjectState, knows: KnowsDevice) -> list[Track]:
        """Return the tracks whose frozen sound is played by a program that knows some devices."""
        return [
            track
            for track in state.tracks.values()
            if track.frozen is not None
            and track.frozen.asset in state.assets
            and (not self.is_stale(state, track) or unknown_devices(track, knows))
        ]


class Heard:
    """Turns states into what is heard of them; equal parts of two states stay the same objects where it can be."""

    def __init__(self, knows: KnowsDevice) -> None:
        self._knows = knows
        self._fingerprints = Fingerprints()
        self._last: tuple[object, ProjectState] | None = None

    def of(self, state: ProjectState) -> ProjectState:
        """Return the state in which every frozen track that plays its sound has nothing else on it."""
        played = self._fingerprints.played(state, self._knows)
        if not played:
            return state
        basis = _contents(state), [(track.id, track.frozen) for track in played]
        if self._last is None or self._last[0] != basis:
            self._last = basis, _replaced(state, played)
        last = self._last[1]
        return replace(
            state,
            tracks={**state.tracks, **{track.id: _without_inserts(track) for track in played}},
            clips=last.clips,
            clips_by_track=last.clips_by_track,
            takes=last.takes,
            comps=last.comps,
            lanes=last.lanes,
        )


def as_heard(state: ProjectState, knows: KnowsDevice) -> ProjectState:
    """Return what is heard of a state; see `Heard.of`. What was worked out is not kept."""
    return Heard(knows).of(state)


def _contents(state: ProjectState) -> tuple[object, ...]:
    return state.clips, state.clips_by_track, state.takes, state.comps, state.lanes, state.assets


def _replaced(state: ProjectState, played: Iterable[Track]) -> ProjectState:
    gone = {track.id for track in played}
    stood_in = [frozen_clip(state, track, track.frozen) for track in played if track.frozen is not None]
    clips = {clip.id: clip for clip in state.clips.values() if clip.track not in gone}
    by_track = {track: ids for track, ids in state.clips_by_track.items() if track not in gone}
    return replace(
        state,
        clips=clips | {clip.id: clip for clip in stood_in},
        clips_by_track=by_track | {clip.track: (clip.id,) for clip in stood_in},
        comps={track: comp for track, comp in state.comps.items() if track not in gone},
        lanes={
            lane.id: lane
            for lane in state.lanes.values()
            if lane.track not in gone or not lane.parameter.startswith(_INSERT)
        },
    )


def _without_inserts(track: Track) -> Track:
    return replace(track, inserts=(), frozen=None)


def _basis(state: ProjectState, track_id: TrackId) -> tuple[object, ...]:
    clips = tuple(state.clips[clip_id] for clip_id in state.clips_by_track.get(track_id, ()))
    comp = state.comps.get(track_id, ())
    return (
        clips,
        tuple(id(state.notes.get(clip.id)) for clip in clips if clip.kind == "midi"),
        comp,
        tuple(state.takes[part.take] for part in comp),
        tuple(clip.asset in state.assets for clip in clips),
        state.tracks[track_id].inserts,
        tuple(_moving_inserts(state, track_id)),
        state.tempo_map,
        state.meta.sample_rate,
        fed_by(state, track_id),
    )


def _can_sound(state: ProjectState, clip: Clip) -> bool:
    if clip.is_muted:
        return False
    return clip.kind == "midi" or clip.asset in state.assets


def _clip_row(state: ProjectState, clip: Clip) -> tuple[Any, ...]:
    notes = state.notes.get(clip.id) if clip.kind == "midi" else None
    digest = "" if notes is None else str(blake3.blake3(notes.tobytes()).hexdigest(_DIGEST_BYTES))
    return (
        clip.start_tick,
        clip.asset or "",
        clip.source_offset,
        clip.length_frames,
        clip.length_ticks if clip.kind == "midi" else 0,
        digest,
        float(clip.gain_db),
        # None and a length in milliseconds do not compare; -1 is no length.
        -1.0 if clip.fade_in_ms is None else float(clip.fade_in_ms),
        -1.0 if clip.fade_out_ms is None else float(clip.fade_out_ms),
        float(clip.fade_in_curve),
        float(clip.fade_out_curve),
    )


def _moving_inserts(state: ProjectState, track_id: TrackId) -> list[Lane]:
    return [
        lane
        for lane in state.lanes.values()
        if lane.track == track_id and lane.is_enabled and lane.points and lane.parameter.startswith(_INSERT)
    ]


def _lane_rows(lanes: Iterable[Lane], places: Mapping[str, int]) -> Iterable[tuple[Any, ...]]:
    for lane in lanes:
        owner, _, name = lane.parameter.removeprefix(_INSERT).rpartition(".")
        if owner in places:
            points = [(point.tick, float(point.value), repr(point.curve)) for point in lane.points]
            yield places[owner], name, points
