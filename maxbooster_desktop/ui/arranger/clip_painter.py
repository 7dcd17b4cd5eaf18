"""Paints one clip: chrome, waveform or notes, what shapes its sound, name, badges and selection.

Every number is clipped to the visible part before Qt sees it. Chrome is drawn without antialiasing; only the lines
of fades are smooth.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QLineF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from maxbooster_desktop.project.document.state import Clip, ProjectState
from maxbooster_desktop.ui.arranger.clip_names import MISSING, ClipNames
from maxbooster_desktop.ui.arranger.geometry import Rect, pixel_of
from maxbooster_desktop.ui.arranger.hits import CLIP_HEADER_PX, header_of
from maxbooster_desktop.ui.arranger.note_painter import NotePainter
from maxbooster_desktop.ui.arranger.scene import Placed, Scene
from maxbooster_desktop.ui.arranger.screen import copy_picture, on_screen
from maxbooster_desktop.ui.arranger.shades import Shades, clip_shades
from maxbooster_desktop.ui.arranger.shape_painter import paint_shape
from maxbooster_desktop.ui.arranger.sprites import MAX_WIDTH_PX, Look, Sprite, Sprites
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.arranger.waveforms import Waveforms
from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.tokens import Theme, theme

#: So long may a frame draw pictures that are to be kept; the rest is drawn in the next one.
_MAKE_S = 0.005
_FAR_PX = 1_000_000
_OUTLINE_PX = 2


class Setting(NamedTuple):
    """What the pictures of all clips depend on."""

    state: ProjectState
    px_per_tick: float
    ratio: float
    theme: Theme


def pixel_size(rect: Rect) -> tuple[int, int]:
    """Return width and height of a clip in whole pixels, without the gap before the next one."""
    return max(1, pixel_of(rect.x + rect.width) - pixel_of(rect.x) - 1), round(rect.height)


class ClipPainter:
    """Paints clips into the lanes."""

    def __init__(self, waveforms: Waveforms, texts: Texts, lack: Callable[[Clip], str]) -> None:
        self.waveforms, self._texts, self._lack = waveforms, texts, lack
        self._names = ClipNames(texts)
        self._sprites = Sprites()
        self._setting: Setting | None = None
        self._mark = object()
        # Clips whose waveform was not whole, each with when and how that was found.
        self._unready: dict[str, tuple[Clip, float, int]] = {}
        # In this frame: the time it took to draw pictures, and the last clip whose picture was put off.
        self._made_s, self._postponed = 0.0, ""
        self._notes = NotePainter()

    def begin_frame(self, scene: Scene, ratio: float) -> None:
        """Start a paint on a screen of `ratio` device pixels to a pixel."""
        self._made_s, self._postponed = 0.0, ""
        known, looks = self._setting, (scene.axis.px_per_tick, ratio)
        if known is None or known.state is not scene.state or known[1:3] != looks or known.theme is not theme():
            # Pictures keep the mark and not the state, which would live on with them.
            self._mark = object()
            self._setting = Setting(scene.state, *looks, theme())
            self._unready.clear()
        self.waveforms.begin_frame(ratio)

    def end_frame(self) -> None:
        """Ask for what was missing."""
        self.waveforms.end_frame()

    def audio_changed(self) -> None:
        """Draw every clip again from its tiles, or as missing: call it whenever either changes."""
        self._sprites.clear()

    def paint(self, painter: QPainter, scene: Scene, placed: Placed, shown: Rect, *, selected: bool, hot: bool) -> None:
        """Draw `placed`, of which only `shown` can be seen; `hot` is the clip under the pointer."""
        clip = placed.clip
        # What a gesture may change at the next move, or cannot be kept whole, is drawn as it is.
        is_kept = not (hot or placed.is_preview or (selected and clip.kind == "audio"))
        if not (is_kept and self._paint_kept(painter, scene, placed, shown)):
            self._paint_live(painter, scene, placed, shown, hot=hot or selected)
        if selected:
            left, top, (width, height) = pixel_of(placed.rect.x), round(placed.rect.y), pixel_size(placed.rect)
            low, right = max(left, -8), min(left + width, scene.width + 8)
            _outline(painter, QRect(low, top, max(1, right - low), height), theme().colour("selection"))

    def kept_picture(self, clip: Clip, height: float) -> QPixmap | None:
        """Return the finished picture of a clip at its present look, None where that is not certain."""
        sprite = self._sprites.get(clip)
        return (
            None if sprite is None or sprite.mark is not self._mark or sprite.look.height != height else sprite.picture
        )

    def _paint_kept(self, painter: QPainter, scene: Scene, placed: Placed, shown: Rect) -> bool:
        """Copy the clip's finished picture, or stretch the one of another zoom until it is; return whether it could."""
        clip, lack = placed.clip, self._lack(placed.clip)
        picture = self.kept_picture(clip, placed.rect.height)
        if picture is not None:
            copy_picture(painter, pixel_of(placed.rect.x), round(placed.rect.y), picture)
            return True
        sprite = self._sprites.get(clip)
        if sprite is None and self._is_unready(placed):
            return False
        width, height = pixel_size(placed.rect)
        if width > MAX_WIDTH_PX and not self.waveforms.is_zooming:
            # Its tiles are shown, which from now on stand in better than a picture of the whole.
            self._sprites.forget(clip.id)
            return False
        shades = clip_shades(scene.state, clip)
        fades = scene.neighbours_fades_ms(clip) if clip.kind == "audio" else ()
        look = Look(scene.axis.px_per_tick, width, height, self.waveforms.ratio, lack, shades, fades)
        fresh = sprite if sprite is not None and sprite.look == look else self._make_picture(scene, placed, look)
        if fresh is not None:
            fresh.mark = self._mark
            copy_picture(painter, pixel_of(placed.rect.x), round(placed.rect.y), fresh.picture)
        elif sprite is not None and look.is_stretched(sprite.look):
            self._paint_stretched(painter, placed, shown, look, sprite.picture)
        elif self._postponed == clip.id:
            self._paint_plain(painter, placed, shown, look)
        else:
            return False
        return True

    def _is_whole(self, scene: Scene, placed: Placed, look: Look) -> bool:
        """Return whether a clip's waveform is there; what was not is not looked for again before tiles have come."""
        if self._is_unready(placed):
            return False
        is_whole = self.waveforms.is_whole(scene, placed, look.shades)
        if not is_whole:
            self._unready[placed.clip.id] = placed.clip, placed.rect.height, self.waveforms.changes
        return is_whole

    def _is_unready(self, placed: Placed) -> bool:
        found = self._unready.get(placed.clip.id)
        return (
            found is not None
            and found[0] is placed.clip
            and found[1] == placed.rect.height
            and found[2] == self.waveforms.changes
        )

    def _make_picture(self, scene: Scene, placed: Placed, look: Look) -> Sprite | None:
        """Draw the whole clip, also what is outside the view; None while that is not possible."""
        waveforms, is_audio = self.waveforms, placed.clip.kind == "audio" and look.lack != MISSING
        if waveforms.is_zooming or (is_audio and not self._is_whole(scene, placed, look)):
            return None
        if self._made_s >= _MAKE_S:
            rect = placed.rect
            self._postponed = placed.clip.id
            place = QRect(max(-8, pixel_of(rect.x)), round(rect.y), look.width + 8, look.height)
            waveforms.postpone(placed.clip.id, place)
            return None
        begun = time.thread_time()
        # No pixel that is only partly the clip's: nothing would be drawn into it.
        picture = QPixmap(max(1, int(look.width * look.ratio)), int(look.height * look.ratio))
        picture.setDevicePixelRatio(look.ratio)
        painter = QPainter(picture)
        corner = pixel_of(placed.rect.x), round(placed.rect.y)
        painter.translate(-on_screen(corner[0], look.ratio), -on_screen(corner[1], look.ratio))
        self._paint_live(painter, scene, placed, placed.rect, hot=False)
        painter.end()
        sprite = Sprite(placed.clip, look, picture)
        self._sprites.put(sprite)
        self._made_s += time.thread_time() - begun
        return sprite

    def _paint_stretched(self, painter: QPainter, placed: Placed, shown: Rect, look: Look, picture: QPixmap) -> None:
        """Draw a clip from its picture at another zoom: everything but header and name grows with the zoom."""
        start, top, header = pixel_of(placed.rect.x), round(placed.rect.y), round(header_of(look.height))
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
        left, right = (
            max(pixel_of(placed.rect.x), round(shown.x)),
            round(min(pixel_of(placed.rect.right) - 1, shown.right)),
        )
        top, header = round(placed.rect.y), round(header_of(look.height))
        painter.fillRect(left, top, right - left, header, look.shades.header)
        painter.fillRect(left, top + header, right - left, look.height - header, look.shades.body)

    def _paint_header(self, painter: QPainter, placed: Placed, shown: Rect, look: Look) -> None:
        start, top, header = pixel_of(placed.rect.x), round(placed.rect.y), round(header_of(look.height))
        left, right = max(start, round(shown.x)), min(start + look.width, round(shown.right))
        painter.fillRect(left, top, right - left, header, look.shades.header)
        self._names.paint(painter, placed.clip.name, placed.rect, shown, remark=look.lack)

    def _paint_live(self, painter: QPainter, scene: Scene, placed: Placed, shown: Rect, *, hot: bool) -> None:
        clip, (x, y, wide, high) = placed.clip, placed.rect
        shades = clip_shades(scene.state, clip)
        # Far outside the view nothing is drawn, so that no number exceeds what Qt can take.
        left = pixel_of(max(x, min(-8.0, shown.x)))
        right = pixel_of(min(x + wide, max(scene.width + 8.0, shown.x + shown.width)))
        top, width = round(y), max(1, right - left - 1)
        header = round(header_of(high))
        painter.fillRect(left, top, width, header, shades.header)
        inside = Rect(left, top + header, width, high - header)
        lack = self._lack(clip)
        if clip.kind == "midi":
            self._notes.paint(painter, scene, placed, inside, shades, self.waveforms.ratio)
        elif lack == MISSING:
            self._paint_missing(painter, pixel_of(max(x, -_FAR_PX)), inside, shades)
        else:
            self.waveforms.paint(painter, scene, placed, shades, shown, is_wished=self._is_unready(placed))
            if hot or clip.gain_db or clip.fade_in_ms or clip.fade_out_ms or scene.neighbours_fades_ms(clip):
                paint_shape(painter, clip, scene.shape_of(placed), inside, shown, hot=hot)
        if clip.is_muted:
            self._paint_muted(painter, pixel_of(x), inside)
        self._names.paint(painter, clip.name, placed.rect, shown, remark=lack)

    def _paint_muted(self, painter: QPainter, start: int, inside: Rect) -> None:
        painter.setBrushOrigin(start % 8, round(inside.y) - CLIP_HEADER_PX)
        place = QRect(round(inside.x), round(inside.y), round(inside.width), round(inside.height))
        painter.fillRect(place, QBrush(theme().colour("fade"), Qt.BrushStyle.BDiagPattern))

    def paint_pinned_name(self, painter: QPainter, scene: Scene, placed: Placed, limit: int, *, selected: bool) -> None:
        """Draw the name of a clip that began before the left edge at that edge, up to x `limit`."""
        clip, rect, shades = placed.clip, placed.rect, clip_shades(scene.state, placed.clip)
        lack = self._lack(clip)
        if selected or lack:
            border = _OUTLINE_PX if selected else 0
            self._names.write_pinned(painter, clip.name, rect, limit, shades, border, remark=lack)
        else:
            self._names.paint_pinned(painter, clip, rect, limit, shades, self.waveforms.ratio)

    def _paint_missing(self, painter: QPainter, start: int, inside: Rect, shades: Shades) -> None:
        painter.setBrushOrigin(start % 8, round(inside.y) - CLIP_HEADER_PX)
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
                start + 6,
                baseline,
                "Audio missing",
                font=ui_font("hint"),
                width=rect.width() - 10,
            )


def _outline(painter: QPainter, rect: QRect, colour: QColor, width: int = _OUTLINE_PX) -> None:
    painter.fillRect(rect.x(), rect.y(), rect.width(), width, colour)
    painter.fillRect(rect.x(), rect.bottom() + 1 - width, rect.width(), width, colour)
    painter.fillRect(rect.x(), rect.y(), width, rect.height(), colour)
    painter.fillRect(rect.right() + 1 - width, rect.y(), width, rect.height(), colour)


def dashed_line(painter: QPainter, x: float, top: float, bottom: float, colour: QColor) -> None:
    """Draw a vertical dashed line, for drop positions."""
    painter.setPen(QPen(colour, 1, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(x, top, x, bottom))
