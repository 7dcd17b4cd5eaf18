"""Paints one clip: chrome, waveform or notes, fades, gain line, name, badges and selection.

Every number is clipped to the visible part before Qt sees it. Chrome is drawn without antialiasing; only the lines
of fades are smooth.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from maxbooster_desktop.project.document.state import Clip
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.hits import ClipShape, body_of
from maxbooster_desktop.ui.arranger.scene import Placed, Scene
from maxbooster_desktop.ui.arranger.shades import Shades, clip_shades
from maxbooster_desktop.ui.arranger.sprites import MAX_WIDTH_PX, Look, Sprites
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.arranger.tiles import Tile, tile_of
from maxbooster_desktop.ui.arranger.waveforms import Waveforms
from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.tokens import theme

_NAME_FROM_PX = 24
_LONGEST_NAME_PX = 4000
_FADE_FROM_PX = 2.0
_FADE_STEPS = 12
_KEPT_NOTE_PICTURES = 512
_NOTES_TOLD_APART = 400


def fade_level(position: float, curve: float) -> float:
    """Return the level (0..1) at `position` (0..1) of a fade; curve -1 starts slowly, +1 fast."""
    t = max(0.0, min(1.0, position))
    # The same law as the engine's clip reader: t / (t + (1 - t) a), a = 4^-curve.
    return t / (t + (1.0 - t) * math.pow(4.0, -max(-1.0, min(1.0, curve))))


class ClipPainter:
    """Paints clips into the lanes."""

    def __init__(self, waveforms: Waveforms, texts: Texts, is_missing: Callable[[Clip], bool]) -> None:
        self.waveforms, self._texts, self._is_missing = waveforms, texts, is_missing
        self._sprites = Sprites()
        # The notes are kept beside their picture, so that their identity stays theirs.
        self._notes: dict[tuple[Any, ...], tuple[npt.NDArray[np.void], Tile]] = {}

    def paint(self, painter: QPainter, scene: Scene, placed: Placed, shown: Rect, *, selected: bool, hot: bool) -> None:
        """Draw `placed`, of which only `shown` can be seen; `hot` is the clip under the pointer."""
        clip, rect = placed.clip, placed.rect
        shades = clip_shades(scene.state, clip)
        left, top = round(rect.x), round(rect.y)
        width, height = max(1, round(rect.right) - left - 1), round(rect.height)
        is_narrow = width <= MAX_WIDTH_PX
        if hot or placed.is_preview or (selected and clip.kind == "audio") or not is_narrow:
            self._paint_live(painter, scene, placed, shown, shades, hot=hot or selected)
        else:
            look = Look(scene.axis.px_per_tick, width, height, self.waveforms.ratio, self._is_missing(clip), shades)
            picture = self._sprites.get(clip, look)
            if picture is None and self._sprites.is_due(clip, look) and self.waveforms.is_complete(clip.id):
                picture = self._sprites.make(
                    clip, look, lambda inner: self._paint_at_origin(inner, scene, placed, shades)
                )
            if picture is not None:
                painter.drawPixmap(left, top, picture)
                if left < 0:
                    self._keep_name_in_view(painter, clip, look, left, top)
            else:
                self._paint_live(painter, scene, placed, shown, shades, hot=False)
        if selected:
            left, right = max(left, -8), min(left + width, round(scene.width) + 8)
            _outline(painter, QRect(left, top, max(1, right - left), height), theme().colour("selection"))

    def _keep_name_in_view(self, painter: QPainter, clip: Clip, look: Look, left: int, top: int) -> None:
        """Draw the name of a clip that began before the left edge at that edge, over the one in its picture."""
        header = look.height - round(body_of(Rect(0, 0, look.width, look.height)).height)
        right = left + look.width
        font = ui_font("hint", 600)
        covered = min(right, round(self._texts.advance(clip.name, font)) + 8)
        if header >= 10 and look.width >= _NAME_FROM_PX and covered > 0:
            painter.fillRect(0, top, covered, header, look.shades.header)
            whole = QRect(left, top, look.width, look.height)
            self._paint_name(painter, clip.name, whole, whole.right(), 0.0, is_missing=look.is_missing)

    def _paint_at_origin(self, painter: QPainter, scene: Scene, placed: Placed, shades: Shades) -> bool:
        """Draw the whole clip, also what is outside the view; return whether all its audio was there."""
        rect = placed.rect
        painter.translate(-round(rect.x), -round(rect.y))
        self._paint_live(painter, scene, placed, rect, shades, hot=False)
        return self.waveforms.is_complete(placed.clip.id)

    def audio_changed(self) -> None:
        """Draw every clip again from its tiles."""
        self._sprites.clear()

    def _paint_live(
        self, painter: QPainter, scene: Scene, placed: Placed, shown: Rect, shades: Shades, *, hot: bool
    ) -> None:
        clip, rect = placed.clip, placed.rect
        # Far outside the view nothing is drawn, so that no number exceeds what Qt can take.
        left = round(max(rect.x, min(-8.0, shown.x)))
        right = round(min(rect.right, max(scene.width + 8.0, shown.right)))
        whole = QRect(left, round(rect.y), max(1, right - left - 1), round(rect.height))
        body = body_of(rect)
        header = round(body.y) - whole.y()
        painter.fillRect(left, whole.y(), whole.width(), header, shades.header)
        inside = Rect(left, body.y, whole.width(), body.height)
        is_missing = self._is_missing(clip)
        if clip.kind == "midi":
            self._paint_notes(painter, scene, placed, inside, shades)
        elif is_missing:
            self._paint_missing(painter, inside, shades)
        else:
            self.waveforms.paint(painter, scene, placed, body=inside, shades=shades, shown=shown)
            if hot or clip.gain_db or clip.fade_in_ms or clip.fade_out_ms or scene.shows_declick:
                self._paint_shape(painter, clip, scene.shape_of(placed), inside, hot=hot)
        if clip.is_muted:
            painter.setBrushOrigin(round(rect.x) % 8, whole.y())
            painter.fillRect(
                whole.adjusted(0, header, 0, 0), QBrush(theme().colour("fade"), Qt.BrushStyle.BDiagPattern)
            )
        if header >= 10 and whole.width() >= _NAME_FROM_PX:
            # To the clip's own end, not to the view's: what is scrolled in must continue what is there.
            right = round(min(rect.right, whole.x() + _LONGEST_NAME_PX))
            self._paint_name(painter, clip.name, whole, right, min(0.0, shown.x), is_missing=is_missing)

    def _paint_name(
        self, painter: QPainter, name: str, whole: QRect, right: int, leftmost: float, *, is_missing: bool
    ) -> None:
        x = max(whole.x(), leftmost) + 5
        width = round(right - x - 3)
        painter.setPen(theme().colour("text.on_state"))
        if is_missing and width > 120:
            self._texts.draw_right(painter, right - 4, whole.y() + 11.5, "offline", font=ui_font("scale", 600))
            width -= 50
        self._texts.draw(painter, x, whole.y() + 11.5, name, font=ui_font("hint", 600), width=width)

    def _paint_missing(self, painter: QPainter, inside: Rect, shades: Shades) -> None:
        rect = QRect(round(inside.x), round(inside.y), round(inside.width), round(inside.height))
        painter.fillRect(rect, shades.body)
        painter.fillRect(rect, QBrush(theme().colour("danger"), Qt.BrushStyle.BDiagPattern))
        if rect.height() >= 16:
            painter.fillRect(
                rect.adjusted(0, rect.height() // 2 - 8, 0, -(rect.height() // 2 - 8)), theme().colour("scrim")
            )
            painter.setPen(theme().colour("danger"))
            baseline = rect.y() + rect.height() / 2 + 4
            self._texts.draw(
                painter,
                max(0, rect.x()) + 6,
                baseline,
                "Audio missing",
                font=ui_font("hint"),
                width=rect.width() - 10,
            )

    def _paint_shape(self, painter: QPainter, clip: Clip, shape: ClipShape, inside: Rect, *, hot: bool) -> None:
        """Draw fades, and the gain line while it matters."""
        if shape.fade_in_x - shape.rect.x >= _FADE_FROM_PX:
            self._paint_fade(painter, shape.rect.x, shape.fade_in_x, clip.fade_in_curve, inside)
        if shape.rect.right - shape.fade_out_x >= _FADE_FROM_PX:
            self._paint_fade(painter, shape.rect.right - 1, shape.fade_out_x, clip.fade_out_curve, inside)
        if shape.gain_y is None or not (hot or clip.gain_db) or inside.width < 40:
            return
        painter.setPen(QPen(theme().colour("gain.hot" if hot else "gain"), 1))
        painter.drawLine(round(inside.x), round(shape.gain_y), round(inside.right), round(shape.gain_y))

    def _paint_fade(self, painter: QPainter, silent_x: float, full_x: float, curve: float, inside: Rect) -> None:
        """Darken what a fade takes away and draw its line; `silent_x` is the clip's edge."""
        if max(silent_x, full_x) < inside.x or min(silent_x, full_x) > inside.right:
            return
        points = []
        steps = _FADE_STEPS if curve else 1
        for step in range(steps + 1):
            part = step / steps
            x = min(max(silent_x + (full_x - silent_x) * part, -1e6), 1e6)
            points.append(QPointF(x, inside.bottom - inside.height * fade_level(part, curve)))
        corner = QPointF(points[0].x(), inside.y)
        painter.save()
        painter.setClipRect(QRectF(inside.x, inside.y, inside.width, inside.height), Qt.ClipOperation.IntersectClip)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("fade"))
        painter.drawPolygon(QPolygonF([corner, *points]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(_fade_pen(theme().colour("selection").rgba()))
        painter.drawPolyline(QPolygonF(points))
        painter.restore()

    def _paint_notes(self, painter: QPainter, scene: Scene, placed: Placed, inside: Rect, shades: Shades) -> None:
        notes = scene.state.notes.get(placed.clip.id)
        if notes is None or len(notes) == 0 or inside.height < 4:
            painter.fillRect(QRectF(inside.x, inside.y, inside.width, inside.height), shades.body)
            return
        ratio = self.waveforms.ratio
        left = inside.x - placed.rect.x
        key = (id(notes), shades.wave_argb, scene.axis.px_per_tick, inside.width, inside.height, left, ratio)
        if key not in self._notes:
            if len(self._notes) >= _KEPT_NOTE_PICTURES:
                self._notes.clear()
            self._notes[key] = (
                notes,
                note_picture(notes, scene.axis.px_per_tick * ratio, inside, left=left, shades=shades, ratio=ratio),
            )
        painter.drawImage(QPointF(inside.x, inside.y), self._notes[key][1].image)


@functools.lru_cache(maxsize=4)
def _fade_pen(argb: int) -> QPen:
    return QPen(QColor.fromRgba(argb), 1.2)


def note_picture(
    notes: npt.NDArray[np.void], px_per_tick: float, inside: Rect, *, left: float, shades: Shades, ratio: float
) -> Tile:
    """Draw the notes of a clip that show into a picture of the size of `inside`, of which `left` px are hidden."""
    width, height = max(1, round(inside.width * ratio)), max(1, round(inside.height * ratio))
    pixels = np.full((height, width), shades.body_argb, dtype=np.uint32)
    for x, y, long, high in note_rects(notes, px_per_tick, width, height, left * ratio):
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


def _outline(painter: QPainter, rect: QRect, colour: QColor, width: int = 2) -> None:
    painter.fillRect(rect.x(), rect.y(), rect.width(), width, colour)
    painter.fillRect(rect.x(), rect.bottom() + 1 - width, rect.width(), width, colour)
    painter.fillRect(rect.x(), rect.y(), width, rect.height(), colour)
    painter.fillRect(rect.right() + 1 - width, rect.y(), width, rect.height(), colour)


def dashed_line(painter: QPainter, x: float, top: float, bottom: float, colour: QColor) -> None:
    """Draw a vertical dashed line, for drop positions."""
    painter.setPen(QPen(colour, 1, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(x, top, x, bottom))
