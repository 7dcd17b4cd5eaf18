"""Whether two states need different programs, or only different numbers in the same one."""

from dataclasses import dataclass
from typing import Any

from maxbooster_desktop.engine.graph.devices import device_of
from maxbooster_desktop.engine.graph.note_table import ClipNotes
from maxbooster_desktop.project.document.state import ProjectState, Track


@dataclass(frozen=True, slots=True)
class Structure:
    """What a program's layout depends on; two equal structures share a program."""

    tracks: tuple[Any, ...]
    clips: Any
    clips_by_track: Any
    notes: Any
    comps: Any
    takes: Any
    lanes: Any
    tempo_map: Any
    assets: Any


def structure_of(state: ProjectState, sample_rate: int) -> Structure:
    """Return the structure of a state at a session rate."""
    tracks = tuple(_track_structure(track, sample_rate) for track in state.tracks.values())
    takes = state.takes if state.comps else {}
    return Structure(
        tracks=tracks,
        clips=state.clips,
        clips_by_track=state.clips_by_track,
        notes=ClipNotes(state.notes),
        comps=state.comps,
        takes=takes,
        lanes=state.lanes,
        tempo_map=state.tempo_map,
        assets=state.assets,
    )


def _track_structure(track: Track, sample_rate: int) -> tuple[Any, ...]:
    sends = tuple((send.id, send.target, send.tap) for send in track.sends)
    inserts = []
    for insert in track.inserts:
        device = device_of(insert.device)
        latency = device.latency_frames(sample_rate, insert.values) if device else 0
        said = insert.id, insert.device, insert.order, insert.enabled, insert.zones
        inserts.append((*said, device is not None, latency))
    order = track.strip.get("order", 0.0)
    place = track.id, track.kind, track.order, track.parent, track.output
    return *place, track.delay_ms, track.midi_output is None, sends, tuple(inserts), order
