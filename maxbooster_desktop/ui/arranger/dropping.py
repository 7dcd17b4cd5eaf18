"""Dropping audio onto the lanes: what was dropped, where it lands, and the ghost that shows it."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QMimeData

from maxbooster_desktop.actions.studio import verb_named
from maxbooster_desktop.project.document.state import AssetId, TrackId
from maxbooster_desktop.ui.arranger.desk import Desk, Keys
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.scene import Scene
from maxbooster_desktop.ui.widgets.dropped_files import local_files

#: One line per sound, UTF-8: "asset:<id>" for audio of the project, else the path of a file.
AUDIO_MIME = "application/x-maxbooster-audio"
ASSET_PREFIX = "asset:"
_GHOST_ROW_PX = 50


@dataclass(frozen=True, slots=True)
class Drop:
    """Sounds dropped at a tick on a track (None: below the last track, one new track each)."""

    sounds: tuple[str, ...]
    track: TrackId | None
    tick: int

    @property
    def assets(self) -> tuple[AssetId, ...]:
        """The dropped sounds that the project already holds."""
        prefixed = (sound for sound in self.sounds if sound.startswith(ASSET_PREFIX))
        return tuple(AssetId(sound.removeprefix(ASSET_PREFIX)) for sound in prefixed)

    @property
    def files(self) -> tuple[str, ...]:
        """The dropped files that are not in the project yet."""
        return tuple(sound for sound in self.sounds if not sound.startswith(ASSET_PREFIX))


def dropped_audio(data: QMimeData) -> list[str]:
    """Return the sounds and files in dragged data; empty when there are none."""
    if data.hasFormat(AUDIO_MIME):
        lines = data.data(AUDIO_MIME).toStdString().splitlines()
        return [line for line in lines if line]
    return local_files(data)


def place_of(desk: Desk, x: float, y: float, keys: Keys) -> tuple[TrackId | None, int]:
    """Return (audio track or None for new tracks, snapped tick) for a drop at a point."""
    tick = desk.snapper(keys).snap(desk.scene.axis.tick_at(x))
    row = desk.scene.row_at(y)
    if row is None or desk.scene.state.tracks[row.track].kind != "audio":
        return None, tick
    return row.track, tick


def ghosts_of(scene: Scene, drop: Drop) -> list[Rect]:
    """Return the rectangles that a drop would fill: its own length where known, else a bar."""
    state = scene.state
    x = scene.axis.x_of(drop.tick)
    row = scene.rows.by_track.get(drop.track) if drop.track is not None else None
    top = (row.top if row else scene.rows.height) - scene.scroll_y
    height = row.height if row else _GHOST_ROW_PX
    ghosts = []
    for sound in drop.sounds:
        asset = state.assets.get(AssetId(sound.removeprefix(ASSET_PREFIX)))
        end = drop.tick + state.tempo_map.signature_at(drop.tick).bar_ticks
        if asset is not None:
            end = state.tempo_map.tick_at(state.tempo_map.seconds_at(drop.tick) + asset.duration_s)
        width = scene.axis.x_of(end) - scene.axis.x_of(drop.tick)
        ghosts.append(Rect(x, top, width, height - 1))
        x, top = (x + width, top) if row else (x, top + height)
    return ghosts


def add_on_new_track(project: Any, asset_id: AssetId, tick: int) -> Any:
    """Put an asset onto a new audio track as one undo step."""
    add_track, add_clip = verb_named("tracks.add_track"), verb_named("clips.add_audio_clip")
    name = project.state.assets[asset_id].name
    with project.step(f"Add {name}"):
        track = next(iter(add_track(project, "audio", name).created))
        return add_clip(project, track, asset_id, tick)
