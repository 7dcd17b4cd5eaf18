"""Small projects made of sound files, for tests of decoding and rendering."""

from dataclasses import dataclass, field
from pathlib import Path

from maxbooster_desktop.project.document.state import (
    MASTER,
    Asset,
    AssetId,
    Clip,
    ClipId,
    Meta,
    ProjectState,
    Track,
    TrackId,
)
from maxbooster_desktop.project.document.tempo_map import TempoMap
from maxbooster_desktop.project.exchange.probe import examine_audio


def asset_of(path: Path) -> Asset:
    """Return the asset that importing `path` would register."""
    heard = examine_audio(path)
    facts = heard.facts
    return Asset(
        id=AssetId(heard.asset_id),
        name=path.stem,
        sample_rate=facts.sample_rate,
        channels=facts.channels,
        frames=facts.frames,
        subtype=facts.subtype,
        file_hash=heard.file_hash,
        extension=path.suffix.lstrip("."),
    )


@dataclass
class SoundsWhereTheyLie:
    """Finds each asset's file where it was made."""

    paths: dict[AssetId, Path] = field(default_factory=dict)

    def asset(self, path: Path) -> Asset:
        """Register the file at `path`."""
        asset = asset_of(path)
        self.paths[asset.id] = path
        return asset

    def path_of(self, asset: Asset) -> Path:
        """Return where the file lies."""
        return self.paths[asset.id]


def project_of(assets: list[tuple[str, Asset, int]], sample_rate: int = 48_000) -> ProjectState:
    """Return a project with one track per (name, asset, start tick), each with one whole clip."""
    tracks = {MASTER: Track(MASTER, "master", "Master", "zz")}
    clips = {}
    for number, (name, asset, start_tick) in enumerate(assets):
        track_id, clip_id = TrackId(f"t{number}"), ClipId(f"c{number}")
        tracks[track_id] = Track(track_id, "audio", name, f"a{number:03d}")
        clips[clip_id] = Clip(clip_id, track_id, start_tick, name, asset=asset.id, length_frames=asset.frames)
    return ProjectState(
        meta=Meta("p", "Test", sample_rate),
        tempo_map=TempoMap(),
        tracks=tracks,
        track_order=tuple(track for track in tracks if track != MASTER),
        clips=clips,
        clips_by_track={clip.track: (clip.id,) for clip in clips.values()},
        assets={asset.id: asset for _, asset, _ in assets},
    )
