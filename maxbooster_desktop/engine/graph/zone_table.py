"""A sampler's zones as its kernel reads them: the project's sounds, decoded, over keys and velocities.

A sampler plays its newest map from the next note on. What earlier ones name stays until the kernel says that no voice
plays of it. A zone whose sound is not there is silent; when it comes, or is decoded to its end and can loop, the map is
made anew.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from dsp.instruments import sampler
from dsp.instruments.sample_zones import PlayedZone, ZoneMap, ZoneRow, zone_map, zone_row
from dsp.mixing.pan import balance
from maxbooster_desktop.engine.graph.devices import DeviceInstance
from maxbooster_desktop.engine.graph.network import Chain
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.project.document.state import Asset, AssetId, Insert, ProjectState, SampleZone, TrackId

#: What there was of a sound when it was read, and whether that was all.
Read = tuple[npt.NDArray[np.float32] | None, bool]
Heard = Mapping[AssetId, Read]


def read_sound(asset_id: AssetId, pool: MediaPool) -> Read:
    """Return what there is of a sound, and whether nothing more comes."""
    return pool.samples(asset_id), pool.is_done(asset_id)


def has_more(heard: Heard, pool: MediaPool) -> bool:
    """Return whether there is more of a sound now, or another."""
    return any(_differs(read_sound(asset_id, pool), before) for asset_id, before in heard.items())


def _differs(now: Read, before: Read) -> bool:
    return now[0] is not before[0] or now[1] != before[1]


@dataclass
class _Shown:
    """What one sampler plays: its maps, the newest last, and what they were made from."""

    state: npt.NDArray[np.float64]
    zones: tuple[SampleZone, ...] = ()
    heard: Heard = field(default_factory=dict)
    maps: list[ZoneMap] = field(default_factory=list)
    rows: dict[SampleZone, tuple[Read, ZoneRow]] = field(default_factory=dict)

    def let_go(self) -> None:
        """Forget the maps that no voice plays of."""
        oldest = self.state[sampler.OLDEST_MAP_AT]
        self.maps = [each for each in self.maps[:-1] if each.number >= oldest] + self.maps[-1:]


@dataclass(frozen=True)
class ShownZones:
    """What the samplers of a state play: what was read of sounds that are not all there, and the maps."""

    lacking: Heard
    kept: tuple[ZoneMap, ...]


class ZoneMemory:
    """The maps of all samplers of one engine."""

    def __init__(self) -> None:
        self._shown: dict[str, _Shown] = {}
        self._numbers = itertools.count(1)

    def show(self, state: ProjectState, chains: Mapping[TrackId, Chain], pool: MediaPool) -> ShownZones:
        """Let every sampler that is on play its zones, as far as their sounds are there."""
        instances = {one.insert_id: one for chain in chains.values() for one in (*chain.pre, *chain.post)}
        lacking: dict[AssetId, Read] = {}
        on = [one for track in state.tracks.values() for one in track.inserts if one.device == sampler.DEVICE.id]
        on = [insert for insert in on if insert.id in instances]
        for insert in on:
            lacking.update(self._show(instances[insert.id], insert, state.assets, pool))
        for gone in self._shown.keys() - {insert.id for insert in on}:
            del self._shown[gone]
        return ShownZones(lacking, tuple(each for shown in self._shown.values() for each in shown.maps))

    def _show(
        self, instance: DeviceInstance, insert: Insert, assets: Mapping[AssetId, Asset], pool: MediaPool
    ) -> Heard:
        """Let one sampler play its zones; returns what was read of sounds that are not all there."""
        shown = self._shown.get(insert.id)
        if shown is None or shown.state is not instance.state:
            shown = self._shown[insert.id] = _Shown(instance.state)
        shown.let_go()
        known = {zone.asset for zone in insert.zones if zone.asset in assets}
        heard = {asset_id: read_sound(asset_id, pool) for asset_id in known}
        if insert.zones != shown.zones or has_more(shown.heard, pool) or heard.keys() != shown.heard.keys():
            self._make(shown, insert.zones, heard, assets, pool)
        return {asset_id: read for asset_id, read in heard.items() if not pool.is_settled(asset_id) or not read[1]}

    def _make(
        self,
        shown: _Shown,
        zones: tuple[SampleZone, ...],
        heard: Heard,
        assets: Mapping[AssetId, Asset],
        pool: MediaPool,
    ) -> None:
        rows: dict[SampleZone, tuple[Read, ZoneRow]] = {}
        for zone in zones:
            read = heard.get(zone.asset, (None, True))
            known = shown.rows.get(zone)
            if known is not None and not _differs(read, known[0]):
                rows[zone] = known
            elif read[0] is not None:
                rows[zone] = read, _row(zone, assets[zone.asset], read[0], pool)
        address = sampler.own_tone(pool.sample_rate).address
        if zones:
            shown.maps.append(zone_map([row for _, row in rows.values()], next(self._numbers)))
            address = shown.maps[-1].address
        # An aligned store is whole on every processor we support; the kernel reads it at its next block.
        shown.state.view(np.int64)[sampler.MAP_AT] = address
        shown.zones, shown.heard, shown.rows = zones, heard, rows


def _row(zone: SampleZone, asset: Asset, samples: npt.NDArray[np.float32], pool: MediaPool) -> ZoneRow:
    """Return a zone in frames of the session's rate."""
    mark = pool.ready_mark(zone.asset)
    per_frame, rate = pool.sample_rate / asset.sample_rate, pool.sample_rate
    gain = 10.0 ** (zone.gain_db / 20.0)
    left, right = balance.py_func(zone.pan)
    envelope = zone.delay_ms, zone.attack_ms, zone.hold_ms, zone.decay_ms, zone.sustain_percent * 0.01, zone.release_ms
    return zone_row(
        PlayedZone(
            samples,
            np.zeros(1, np.int64) if mark is None else mark,
            root=float(zone.root_key),
            low_key=zone.low_key,
            high_key=zone.high_key,
            low_velocity=zone.low_velocity,
            high_velocity=zone.high_velocity,
            first=round(zone.start_frame * per_frame),
            end=round(zone.end_frame * per_frame),
            loop_mode=zone.loop_mode,
            loop_start=zone.loop_start * per_frame,
            loop_end=(zone.loop_end or asset.frames) * per_frame,
            crossfade=round(zone.crossfade_ms * 0.001 * rate),
            key_track=zone.key_track_percent * 0.01,
            tune=zone.tune_cents * 0.01,
            gains=(gain * left, gain * right),
            envelope=envelope,
            is_one_shot=zone.is_one_shot,
            turn=zone.turn,
            turns=zone.turns,
            choke=zone.choke,
        )
    )
