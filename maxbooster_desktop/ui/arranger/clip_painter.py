"""Paints one clip: chrome, waveform or notes, fades, gain line, name, badges and selection.

Every number is clipped to the visible part before Qt sees it. Chrome is drawn without antialiasing; only the lines
of fades are smooth.
"""

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap, QPolygonF

from maxbooster_desktop.project.document.state import Clip
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.hits import CLIP_HEADER_PX, ClipShape, fade_level, header_of
from maxbooster_desktop.ui.arranger.note_painter import NotePainter
from maxbooster_desktop.ui.arranger.scene import Placed, Scene
from maxbooster_desktop.ui.arranger.shades import Shades, clip_shades
from maxbooster_desktop.ui.arranger.sprites import MAX_WIDTH_PX, Look, Sprites
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.arranger.waveforms import Waveforms
from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.tokens import theme

#: So long may a frame draw pictures that are to be kept; the rest is drawn in the next one.
_MAKE_S = 0.005
_NAME_FROM_PX = 24
_NAME_FROM_HEADER_PX = 10
_LONGEST_NAME_PX = 4000
_FAR_PX = 1_000_000
_OUTLINE_PX = 2
_FADE_FROM_PX = 2.0
_FADE_STEPS = 12
_FADE_LINE_PX = 1.2
_HANDLE_PX = 3.0


def pixel_size(rect: Rect) -> tuple[int, int]:
    """Return width and height of a clip in whole pixels, without the gap before the next one."""
    return max(1, round(rect.x + rect.width) - round(rect.x) - 1), round(rect.height)


class ClipPainter:
    """Paints clips into the lanes."""

    def __init__(self, waveforms: Waveforms, texts: Texts, is_missing: Callable[[Clip], bool]) -> None:
        self.waveforms, self._texts, self._is_missing = waveforms, texts, is_missing
        self._sprites = Sprites()
        # In this frame: the time it took to draw pictures, and the last clip whose picture was put off.
        self._made_s, self._postponed = 0.0, ""
        self._notes = NotePainter()

    def begin_frame(self, ratio: float) -> None:
        """Start a paint on a screen of `ratio` device pixels to a pixel."""
        self._made_s, self._postponed = 0.0, ""
        self.waveforms.begin_frame(ratio)

    def end_frame(self) -> None:
        """Ask for what was missing."""
        self.waveforms.end_frame()

    def audio_changed(self) -> None:
        """Draw every clip again from its tiles."""
        self._sprites.clear()

    def paint(self, painter: QPainter, scene: Scene, placed: Placed, shown: Rect, *, selected: bool, hot: bool) -> None:
        """Draw `placed`, of which only `shown` can be seen; `hot` is the clip under the pointer."""
        clip, left, top = placed.clip, round(placed.rect.x), round(placed.rect.y)
        width, height = pixel_size(placed.rect)
        # What a gesture may change at the next move, or cannot be kept whole, is drawn as it is.
        is_kept = not (hot or placed.is_preview or (selected and clip.kind == "audio"))
        if not (is_kept and self._paint_kept(painter, scene, placed, shown)):
            self._paint_live(painter, scene, placed, shown, hot=hot or selected)
        if selected:
            low, right = max(left, -8), min(left + width, scene.width + 8)
            _outline(painter, QRect(low, top, max(1, right - low), height), theme().colour("selection"))

    def _paint_kept(self, painter: QPainter, scene: Scene, placed: Placed, shown: Rect) -> bool:
        """Copy the clip's finished picture, or stretch the one of another zoom until it is; return whether it could."""
        clip, is_missing = placed.clip, self._is_missing(placed.clip)
        width, height = pixel_size(placed.rect)
        if width > MAX_WIDTH_PX and not self.waveforms.is_zooming:
            # Its tiles are shown, which from now on stand in better than a picture of the whole.
            self._sprites.forget(clip.id)
            return False
        shades = clip_shades(scene.state, clip)
        look = Look(scene.axis.px_per_tick, width, height, self.waveforms.ratio, is_missing, shades)
        known = self._sprites.get(clip)
        picture = known[1] if known and known[0] == look else self._make_picture(scene, placed, look)
        if picture is not None:
            painter.drawPixmap(round(placed.rect.x), round(placed.rect.y), picture)
        elif known and look.is_stretched(known[0]):
            self._paint_stretched(painter, placed, shown, look, known[1])
        elif self._postponed == clip.id:
            self._paint_plain(painter, placed, shown, look)
        else:
            return False
        return True

    def _make_picture(self, scene: Scene, placed: Placed, look: Look) -> QPixmap | None:
        """Draw the whole clip, also what is outside the view; None while that is not possible."""
        waveforms, is_audio = self.waveforms, placed.clip.kind == "audio" and not look.is_missing
        if waveforms.is_zooming or (is_audio and not waveforms.is_whole(scene, placed, look.shades)):
            return None
        if self._made_s >= _MAKE_S:
            rect = placed.rect
            self._postponed = placed.clip.id
            waveforms.postpone(QRect(max(-8, round(rect.x)), round(rect.y), look.width + 8, look.height))
            return None
        begun = time.thread_time()
        picture = QPixmap(math.ceil(look.width * look.ratio), math.ceil(look.height * look.ratio))
        picture.setDevicePixelRatio(look.ratio)
        painter = QPainter(picture)
        painter.translate(-round(placed.rect.x), -round(placed.rect.y))
        self._paint_live(painter, scene, placed, placed.rect, hot=False)
        painter.end()
        self._sprites.put(placed.clip, look, picture)
        self._made_s += time.thread_time() - begun
        return picture

    def _paint_stretched(self, painter: QPainter, placed: Placed, shown: Rect, look: Look, picture: QPixmap) -> None:
        """Draw a clip from its picture at another zoom: everything but header and name grows with the zoom."""
        start, top, header = round(placed.rect.x), round(placed.rect.y), round(header_of(look.height))
        left, right = max(start, round(shown.x)), min(start + look.width, round(shown.right))
        if right <= left:
            return
        scale, ratio = picture.width() / look.width, look.ratio
        hidden = header * ratio
        source = QRectF((left - start) * scale, hidden, (right - left) * scale, picture.height() - hidden)
        painter.drawPixmap(QRectF(left, top + header, right - left, look.height - header), picture, source)
        self._paint_header(painter, placed, shown, look)

    def _paint_plain(self, painter: QPainter, placed: Placed, shown: Rect, look: Look) -> None:
        """Draw a clip without its content and name, which follow at once."""
        left, right = max(round(placed.rect.x), round(shown.x)), round(min(placed.rect.right - 1, shown.right))
        top, header = round(placed.rect.y), round(header_of(look.height))
        painter.fillRect(left, top, right - left, header, look.shades.header)
        painter.fillRect(left, top + header, right - left, look.height - header, look.shades.body)

    def _paint_header(self, painter: QPainter, placed: Placed, shown: Rect, look: Look) -> None:
        start, top, header = round(placed.rect.x), round(placed.rect.y), round(header_of(look.height))
        left, right = max(start, round(shown.x)), min(start + look.width, round(shown.right))
        painter.fillRect(left, top, right - left, header, look.shades.header)
        if header >= _NAME_FROM_HEADER_PX and look.width >= _NAME_FROM_PX:
            end = round(min(placed.rect.right, shown.x + _LONGEST_NAME_PX))
            name = placed.clip.name
            self._paint_name(painter, name, max(start, -_FAR_PX), end, top, is_missing=look.is_missing)

    def _paint_live(self, painter: QPainter, scene: Scene, placed: Placed, shown: Rect, *, hot: bool) -> None:
        clip, (x, y, wide, high) = placed.clip, placed.rect
        shades = clip_shades(scene.state, clip)
        # Far outside the view nothing is drawn, so that no number exceeds what Qt can take.
        left = round(max(x, min(-8.0, shown.x)))
        right = round(min(x + wide, max(scene.width + 8.0, shown.x + shown.width)))
        top, width = round(y), max(1, right - left - 1)
        header = round(header_of(high))
        painter.fillRect(left, top, width, header, shades.header)
        inside = Rect(left, top + header, width, high - header)
        is_missing = self._is_missing(clip)
        if clip.kind == "midi":
            self._notes.paint(painter, scene, placed, inside, shades, self.waveforms.ratio)
        elif is_missing:
            self._paint_missing(painter, inside, shades)
        else:
            self.waveforms.paint(painter, scene, placed, shades, shown)
            if hot or clip.gain_db or clip.fade_in_ms or clip.fade_out_ms or scene.shows_declick:
                self._paint_shape(painter, clip, scene.shape_of(placed), inside, hot=hot)
        if clip.is_muted:
            self._paint_muted(painter, round(x), inside)
        if header >= _NAME_FROM_HEADER_PX and width >= _NAME_FROM_PX:
            # From the clip's own start to its own end: what is scrolled in must continue what is there.
            start, end = round(max(x, -_FAR_PX)), round(min(x + wide, shown.x + _LONGEST_NAME_PX))
            self._paint_name(painter, clip.name, start, end, top, is_missing=is_missing)

    def _paint_muted(self, painter: QPainter, start: int, inside: Rect) -> None:
        painter.setBrushOrigin(start % 8, round(inside.y) - CLIP_HEADER_PX)
        place = QRect(round(inside.x), round(inside.y), round(inside.width), round(inside.height))
        painter.fillRect(place, QBrush(theme().colour("fade"), Qt.BrushStyle.BDiagPattern))

    def paint_pinned_name(self, painter: QPainter, scene: Scene, placed: Placed, limit: int, *, selected: bool) -> None:
        """Draw the name of a clip that began before the left edge at that edge, up to x `limit`."""
        clip, rect = placed.clip, placed.rect
        left, right, top = round(rect.x), min(round(rect.right), limit), round(rect.y)
        header = round(header_of(rect.height))
        if header < _NAME_FROM_HEADER_PX or round(rect.right) - left - 1 < _NAME_FROM_PX:
            return
        border = _OUTLINE_PX if selected else 0
        start = max(0, left + border)
        end = min(right - 1 - border, round(self._texts.advance(clip.name, ui_font("hint", 600))) + 8)
        shades = clip_shades(scene.state, clip)
        painter.fillRect(start, top + border, end - start, header - border, shades.header)
        self._paint_name(painter, clip.name, 0, right, top, is_missing=self._is_missing(clip))

    def _paint_name(self, painter: QPainter, name: str, left: int, right: int, top: int, *, is_missing: bool) -> None:
        baseline, width = top + 11.5, right - left - 8
        painter.setPen(theme().colour("text.on_state"))
        if is_missing and width > 120:
            self._texts.draw_right(painter, right - 4, baseline, "offline", font=ui_font("scale", 600))
            width -= 50
        self._texts.draw(painter, left + 5, baseline, name, font=ui_font("hint", 600), width=width)

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
        if hot:
            for middle in shape.fade_middles().values():
                _handle(painter, QPointF(*middle))
        if shape.gain_y is None or not (hot or clip.gain_db) or inside.width < 40:
            return
        colour = theme().colour("gain.hot" if hot else "gain")
        left, right = round(inside.x), round(min(inside.right + 1, shape.rect.right - 1))
        painter.fillRect(left, round(shape.gain_y), right - left, 1, colour)

    def _paint_fade(self, painter: QPainter, silent_x: float, full_x: float, curve: float, inside: Rect) -> None:
        """Darken what a fade takes away and draw its line; `silent_x` is the clip's edge."""
        if max(silent_x, full_x) < inside.x or min(silent_x, full_x) > inside.right:
            return
        points = []
        steps = _FADE_STEPS if curve else 1
        for step in range(steps + 1):
            part = step / steps
            x = min(max(silent_x + (full_x - silent_x) * part, -_FAR_PX), _FAR_PX)
            points.append(QPointF(x, inside.bottom - inside.height * fade_level(part, curve)))
        painter.save()
        painter.setClipRect(QRectF(inside.x, inside.y, inside.width, inside.height), Qt.ClipOperation.IntersectClip)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("fade"))
        painter.drawPolygon(QPolygonF([QPointF(points[0].x(), inside.y), *points]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(QPen(theme().colour("selection"), _FADE_LINE_PX))
        painter.drawPolyline(QPolygonF(points))
        painter.restore()


def _handle(painter: QPainter, middle: QPointF) -> None:
    """Draw the dot by which a fade is bent."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour("selection"))
    painter.drawEllipse(middle, _HANDLE_PX, _HANDLE_PX)
    painter.restore()


def _outline(painter: QPainter, rect: QRect, colour: QColor, width: int = _OUTLINE_PX) -> None:
    painter.fillRect(rect.x(), rect.y(), rect.width(), width, colour)
    painter.fillRect(rect.x(), rect.bottom() + 1 - width, rect.width(), width, colour)
    painter.fillRect(rect.x(), rect.y(), width, rect.height(), colour)
    painter.fillRect(rect.right() + 1 - width, rect.y(), width, rect.height(), colour)


def dashed_line(painter: QPainter, x: float, top: float, bottom: float, colour: QColor) -> None:
    """Draw a vertical dashed line, for drop positions."""
    painter.setPen(QPen(colour, 1, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(x, top, x, bottom))
