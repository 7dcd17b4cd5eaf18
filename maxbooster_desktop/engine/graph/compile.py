"""Document state to the flat program that the callback runs.

`compile_program` builds every array, lets compiled code put all strips at their values, and returns a
`CompiledProgram` that knows where each channel, edge and value ended up. It runs off the audio thread; the arrays
belong to the callback once the program is published.
"""

import ctypes
import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.instruments.notes import NOTES_SIZE
from dsp.strips import strip
from dsp.strips.goals import GOALS, STAGES
from dsp.strips.layout import CELL, ROWS
from dsp.strips.parameters import PARAMETERS
from maxbooster_desktop.engine.graph.automation_table import AutomationTable, build_automation
from maxbooster_desktop.engine.graph.beats import beat_table
from maxbooster_desktop.engine.graph.clip_table import ClipTable, Unsettled, build_clip_table, has_better
from maxbooster_desktop.engine.graph.devices import DeviceMemory
from maxbooster_desktop.engine.graph.network import EdgeKey, Network, build_network
from maxbooster_desktop.engine.graph.note_table import NoteMemory, NoteTable
from maxbooster_desktop.engine.graph.packing import LaneGroup, pack_groups
from maxbooster_desktop.engine.graph.routing_table import (
    FIRST_BUS,
    PFL_BUS,
    DelayMemory,
    Routing,
    RoutingBuilder,
)
from maxbooster_desktop.engine.graph.values import channel_row
from maxbooster_desktop.engine.graph.zone_table import Heard, ZoneMemory, has_more
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.realtime import callback, cell_start, groups, live_notes, notes
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.realtime.arrays import header_of, program_of
from maxbooster_desktop.project.document.audibility import Audibility, audibility_of
from maxbooster_desktop.project.document.state import AssetId, ProjectState, Track, TrackId

_prime = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_double)(callback.prime.address)


@dataclass
class EngineMemory:
    """What outlives programs: device states, delay lines, and the tables of tracks that did not change."""

    devices: DeviceMemory
    delays: DelayMemory = field(default_factory=DelayMemory)
    tables: dict[TrackId, tuple[object, ClipTable]] = field(default_factory=dict)
    notes: NoteMemory = field(default_factory=NoteMemory)
    zones: ZoneMemory = field(default_factory=ZoneMemory)
    beats: tuple[object, npt.NDArray[np.int64]] = ((), np.zeros((0, at.B_FIELDS), np.int64))
    names: dict[object, int] = field(default_factory=dict)
    #: Rooms for the notes that tracks give out to MIDI ports; a renderer sends none.
    sent: dict[TrackId, npt.NDArray[np.float64]] = field(default_factory=dict)
    is_live: bool = False
    _naming: threading.Lock = field(default_factory=threading.Lock)

    def sent_room(self, track: Track) -> int:
        """Return the address of the room for what a track gives out to a MIDI port, 0 when it gives out nothing."""
        if not self.is_live or track.midi_output is None:
            return 0
        return int(self.sent.setdefault(track.id, np.zeros(NOTES_SIZE, np.float64)).ctypes.data)

    def name(self, of: object) -> int:
        """Return the number by which programs recognise a channel or an edge; any thread may ask."""
        with self._naming:
            return self.names.setdefault(of, len(self.names))


@dataclass
class CompiledProgram:
    """A program with the names of its parts."""

    serial: int
    arrays: Any
    header: npt.NDArray[np.int64]
    channels: dict[TrackId, int]
    edges: dict[EdgeKey, int]
    owned: set[int]
    latency_frames: int
    clip_assets: tuple[AssetId, ...]
    unsettled: Unsettled
    lacking: Heard
    kept: list[object]

    def can_hear_more(self, pool: MediaPool) -> bool:
        """Whether sound that was not there when this was compiled, or only its preview, is there now."""
        return has_better(self.unsettled, pool) or has_more(self.lacking, pool)

    @property
    def address(self) -> int:
        """The header's address, as the callback takes it."""
        return int(self.header.ctypes.data)

    def value_index(self, edge: EdgeKey, field_number: int) -> int:
        """Return the index in `values` of an edge's value."""
        return len(self.channels) * PARAMETERS + self.edges[edge] * at.EDGE_VALUES + field_number


@dataclass
class _Parts:
    """Everything that has been laid out, on its way into arrays."""

    state: ProjectState
    network: Network
    groups: list[LaneGroup]
    routing: Routing
    members: list[TrackId]
    audibility: Audibility
    clips: list[ClipTable]
    notes: list[NoteTable]
    automation: AutomationTable


def compile_program(state: ProjectState, pool: MediaPool, memory: EngineMemory, serial: int) -> CompiledProgram:
    """Compile `state` for the rate of `pool`; what it shares with earlier programs is found in `memory`."""
    network = build_network(state, memory.devices, pool.sample_rate)
    memory.devices.keep_only(
        {insert.id for track in state.tracks.values() for insert in track.inserts if insert.enabled}
    )
    zones = memory.zones.show(state, network.chains, pool)
    packed = pack_groups(state, network)
    audibility = audibility_of(state)
    routing = RoutingBuilder(network, audibility, memory.delays).build(packed)
    members = [track_id for group in packed for track_id in group.members]
    channels = {track_id: number for number, track_id in enumerate(members)}
    clips = [_clip_table(state, track_id, pool, memory) for track_id in members]
    played = [memory.notes.table(state, track_id, pool.sample_rate) for track_id in members]
    automation = build_automation(state, network, channels, routing.index, pool.sample_rate)
    parts = _Parts(state, network, packed, routing, members, audibility, clips, played, automation)
    arrays = program_of(**_arrays(parts, serial, memory, pool.sample_rate))
    header = header_of(arrays)
    _prime(int(header.ctypes.data), float(pool.sample_rate))
    kept = [clips, routing.kept, network.chains, zones.kept]
    unsettled = {asset_id: read for table in clips for asset_id, read in table.unsettled.items()}
    memory.devices.automated = frozenset(automation.owned_cells)
    return CompiledProgram(
        serial,
        arrays,
        header,
        channels,
        routing.index,
        automation.owned,
        network.latency_frames,
        tuple(asset_id for table in clips for asset_id in table.assets),
        unsettled,
        zones.lacking,
        kept,
    )


def _clip_table(state: ProjectState, track_id: TrackId, pool: MediaPool, memory: EngineMemory) -> ClipTable:
    """Build a track's rows, or take the ones of before when nothing they depend on has changed."""
    clips = tuple(state.clips[clip_id] for clip_id in state.clips_by_track.get(track_id, ()))
    comp = state.comps.get(track_id, ())
    basis = (clips, comp, tuple(state.takes[part.take] for part in comp), state.tempo_map, pool)
    known = memory.tables.get(track_id)
    if known is not None and known[0] == basis and not has_better(known[1].unsettled, pool):
        return known[1]
    table = build_clip_table(state, track_id, pool)
    memory.tables[track_id] = basis, table
    return table


def _arrays(parts: _Parts, serial: int, memory: EngineMemory, rate: int) -> dict[str, npt.NDArray[Any]]:
    count, edges = len(parts.members), len(parts.routing.index)
    units = count * STAGES + edges
    rows, points = parts.automation.arrays()
    channels, inserts = _channel_rows(parts, memory)
    for key, number in parts.routing.index.items():
        parts.routing.edges[number, at.E_NAME] = memory.name(key)
    lanes = sum(group.lanes for group in parts.groups)
    buses = FIRST_BUS + len(parts.routing.buses)
    return {
        "info": _info(parts.network, serial),
        "groups": _group_rows(parts, channels),
        "channels": channels,
        "clips": np.concatenate([table.rows for table in parts.clips]),
        "clip_shapes": np.concatenate([table.shapes for table in parts.clips]),
        "ends": np.concatenate([table.ends for table in parts.clips]),
        "matrix": parts.routing.matrix,
        "edges": parts.routing.edges,
        "delayed": parts.routing.delayed,
        "inserts": inserts,
        "automation": rows,
        "points": points,
        "beats": _beats(parts.state, memory, rate),
        "values": _values(parts),
        "goals": np.zeros(count * GOALS + 2 * edges, np.float32),
        "left": np.zeros(units, np.int64),
        "active": np.zeros(units + 1, np.int64),
        "dirty": np.zeros(units + 1, np.int64),
        "rows": np.zeros(ROWS * lanes, np.float32),
        "weights": np.zeros(parts.routing.weights, np.float32),
        "buses": np.zeros(buses * 2 * CELL, np.float32),
        "places": np.full(len(memory.names) + 1, -1, np.int64),
        "wanted": np.full(units, -1, np.int64),
        "scratch": np.zeros(at.SCRATCH, np.float32),
        "notes": np.concatenate([table.rows for table in parts.notes]),
    }


def _info(network: Network, serial: int) -> npt.NDArray[np.int64]:
    info = np.zeros(at.N_FIELDS, np.int64)
    info[at.N_SERIAL], info[at.N_PFL_BUS] = serial, PFL_BUS
    info[at.N_SETTLE] = network.settle_frames
    info[at.N_BEGIN_CELL], info[at.N_RUN_GROUP] = cell_start.begin_cell.address, groups.run_group.address
    info[at.N_PLAY_NOTES], info[at.N_PLAY_LIVE] = notes.play_notes.address, live_notes.play_live.address
    return info


def _beats(state: ProjectState, memory: EngineMemory, rate: int) -> npt.NDArray[np.int64]:
    """Return the metronome's beats; made anew when the tempo changes or the song grows by another hour."""
    hours = int(state.tempo_map.seconds_at(state.end_tick()) // 3_600) + 1
    basis = (state.tempo_map, hours, rate)
    if memory.beats[0] != basis:
        end_tick = state.tempo_map.tick_at(3_600.0 * hours)
        memory.beats = basis, beat_table(state.tempo_map, end_tick, rate)
    return memory.beats[1]


def _values(parts: _Parts) -> npt.NDArray[np.float32]:
    tracks, heard = parts.state.tracks, parts.audibility.heard
    rows = [channel_row(tracks[track_id], is_heard=track_id in heard) for track_id in parts.members]
    return np.concatenate([*rows, parts.routing.values])


def _group_rows(parts: _Parts, channels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    table = np.zeros((len(parts.groups), at.G_FIELDS), np.int64)
    first, rows = 0, 0
    for number, group in enumerate(parts.groups):
        row = table[number]
        row[at.G_LANES], row[at.G_FIRST], row[at.G_COUNT] = group.lanes, first, len(group.members)
        row[at.G_ROWS], row[at.G_ORDER] = rows, group.order
        row[at.G_MATRIX], row[at.G_MATRIX_COUNT] = parts.routing.first_matrix[number]
        row[at.G_DELAYED], row[at.G_DELAYED_COUNT] = parts.routing.first_delayed[number]
        row[at.G_PROCESS], row[at.G_FADE] = strip.process.address, strip.fade.address
        row[at.G_METER], row[at.G_MIX] = strip.meter.address, strip.mix.address
        chains = (parts.network.chains[track_id] for track_id in group.members)
        has_instrument = any(device.notes_address for chain in chains for device in chain.pre)
        is_sent = channels[first : first + len(group.members), at.C_SENT].any()
        row[at.G_IS_PLAYED] = has_instrument or is_sent
        first += len(group.members)
        rows += ROWS * group.lanes
    return table


def _channel_rows(parts: _Parts, memory: EngineMemory) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    table = np.zeros((len(parts.members), at.C_FIELDS), np.int64)
    inserts: list[list[int]] = []
    channel, clip, note = 0, 0, 0
    for number, group in enumerate(parts.groups):
        for slot, track_id in enumerate(group.members):
            row, chain = table[channel], parts.network.chains[track_id]
            row[at.C_GROUP], row[at.C_SLOT] = number, slot
            row[at.C_CLIPS], row[at.C_CLIP_COUNT] = clip, len(parts.clips[channel].rows)
            row[at.C_BUS] = parts.routing.buses.get(track_id, -1)
            row[at.C_PRE], row[at.C_PRE_COUNT] = len(inserts), len(chain.pre)
            row[at.C_POST], row[at.C_POST_COUNT] = len(inserts) + len(chain.pre), len(chain.post)
            devices = (*chain.pre, *chain.post)
            inserts.extend([device.kernel, device.state.ctypes.data, device.notes_address] for device in devices)
            row[at.C_NAME], row[at.C_TIMING] = memory.name(track_id), hash(chain.timing)
            row[at.C_TABLE], row[at.C_BEFORE] = parts.clips[channel].number, at.NO_CHANNEL
            table_of_notes = parts.notes[channel]
            row[at.C_NOTES], row[at.C_NOTE_COUNT] = note, len(table_of_notes.rows)
            row[at.C_NOTE_TABLE] = table_of_notes.number
            row[at.C_SENT] = memory.sent_room(parts.state.tracks[track_id])
            clip += len(parts.clips[channel].rows)
            note += len(table_of_notes.rows)
            channel += 1
    return table, np.array(inserts, np.int64).reshape(len(inserts), at.I_FIELDS)
