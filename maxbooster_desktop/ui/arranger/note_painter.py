"""Paints the notes of a clip from pictures that are drawn once for every look."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from maxbooster_desktop.ui.arranger.geometry import Rect, pixel_of
from maxbooster_desktop.ui.arranger.scene import Placed, Scene
from maxbooster_desktop.ui.arranger.screen import on_screen
from maxbooster_desktop.ui.arranger.shades import Shades
from maxbooster_desktop.ui.arranger.tiles import Tile, tile_of

_KEPT_NOTE_PICTURES = 512
_NOTES_TOLD_APART = 400
_NOTES_PX = 2048


class NotePainter:
    """Paints notes; keeps their pictures."""

    def __init__(self) -> None:
        # The notes are kept beside their picture, so that their identity stays theirs.
        self._kept: dict[tuple[Any, ...], tuple[npt.NDArray[np.void], Tile]] = {}

    def paint(  # noqa: PLR0917 - one clip, where it is and how it looks
        self, painter: QPainter, scene: Scene, placed: Placed, inside: Rect, shades: Shades, ratio: float
    ) -> None:
        """Draw the notes from pictures that begin at the clip's start, so that scrolling makes no new ones."""
        notes = scene.state.notes.get(placed.clip.id)
        if notes is None or len(notes) == 0 or inside.height < 4:
            painter.fillRect(QRectF(inside.x, inside.y, inside.width, inside.height), shades.body)
            return
        start = pixel_of(placed.rect.x)
        end = max(start + 1, pixel_of(placed.rect.right) - 1)
        for part in range(max(0, round(inside.x) - start) // _NOTES_PX, math.ceil((inside.right - start) / _NOTES_PX)):
            left = part * _NOTES_PX
            width = min(_NOTES_PX, end - start - left)
            key = (id(notes), shades.wave_argb, scene.axis.px_per_tick, width, inside.height, left, ratio)
            if key not in self._kept:
                if len(self._kept) >= _KEPT_NOTE_PICTURES:
                    self._kept.clear()
                size = (width, inside.height)
                picture = note_picture(notes, scene.axis.px_per_tick, size, left=left, shades=shades, ratio=ratio)
                self._kept[key] = (notes, picture)
            corner = QPointF(on_screen(start + left, ratio), on_screen(inside.y, ratio))
            painter.drawImage(corner, self._kept[key][1].image)


def note_picture(
    notes: npt.NDArray[np.void],
    px_per_tick: float,
    size: tuple[int, float],
    *,
    left: float,
    shades: Shades,
    ratio: float,
) -> Tile:
    """Draw the notes of a clip that show `left` px from its start into a picture of `size`, all in pixels at 1x."""
    width, height = max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))
    pixels = np.full((height, width), shades.body_argb, dtype=np.uint32)
    for x, y, long, high in note_rects(notes, px_per_tick * ratio, width, height, left * ratio):
        pixels[y : y + high, x : x + long] = shades.wave_argb
    tile = tile_of(pixels)
    tile.image.setDevicePixelRatio(ratio)
    return tile


def note_rects(
    notes: npt.NDArray[np.void], px_per_tick: float, width: int, height: int, left: float
) -> list[tuple[int, int, int, int]]:
    """Return (x, y, width, height) of the notes that show; of many, one per pixel column and pitch."""
    starts = notes["start"].astype(np.float64) * px_per_tick - left
    ends = starts + np.maximum(2.0, notes["length"].astype(np.float64) * px_per_tick - 1.0)
    shown = (ends > 0) & (starts < width)
    low, high = float(notes["pitch"].min()) - 2, float(notes["pitch"].max()) + 2
    thick = max(2, min(5, int(height / (high - low + 1))))
    y = (high - notes["pitch"][shown].astype(np.float64)) / (high - low) * (height - thick)
    x0 = np.maximum(starts[shown], 0)
    long = np.maximum(2, np.minimum(ends[shown], width) - x0)
    table = np.round(np.stack([x0, y, long], axis=1)).astype(np.int64)
    if len(table) > _NOTES_TOLD_APART:
        table = table[np.unique(table[:, :2], axis=0, return_index=True)[1]]
    return [(x, top, wide, thick) for x, top, wide in table.tolist()]
