"""Paints the names of clips: in their headers where they begin, and pinned at the left edge of the lanes.

A name is laid out from its clip's own start to its own end, so that what is scrolled in continues what is there.
"""

import math
from typing import NamedTuple

from PySide6.QtGui import QPainter, QPixmap

from maxbooster_desktop.project.document.state import Clip
from maxbooster_desktop.ui.arranger.geometry import Rect, pixel_of
from maxbooster_desktop.ui.arranger.hits import header_of
from maxbooster_desktop.ui.arranger.screen import copy_picture
from maxbooster_desktop.ui.arranger.shades import Shades
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.tokens import theme

#: What stands in the header of a clip whose sound cannot be had, or still comes from the cloud.
MISSING, ARRIVING = "offline", "arriving"
_NAME_FROM_PX = 24
_NAME_FROM_HEADER_PX = 10
_INDENT_PX = 5
_AFTER_NAME_PX = 8
_REMARK_FROM_PX = 120
_REMARK_PX = 50
_FAR_PX = 1_000_000
_KEPT_PINNED = 512


class Pinned(NamedTuple):
    """The picture of a clip's name at the left edge, what it was drawn for, and the room it takes."""

    clip: Clip
    height: float
    shades: Shades
    ratio: float
    width: int
    picture: QPixmap | None


class ClipNames:
    """Paints names; keeps the pictures of those that are pinned, which every frame of a scroll shows again."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._pinned: dict[str, Pinned] = {}

    def paint(self, painter: QPainter, name: str, rect: Rect, shown: Rect, *, remark: str) -> None:
        """Draw a name into the header of a clip, as far as it is `shown`, with a remark at the end."""
        if not _has_name(rect):
            return
        start, end = max(pixel_of(rect.x), -_FAR_PX), min(pixel_of(rect.right), _FAR_PX)
        # A glyph may reach a little beyond its box.
        begins, ends = start + _INDENT_PX - 2, start + _INDENT_PX + 2 + self._texts.advance(name, ui_font("hint", 600))
        if remark or (ends > shown.x and begins < shown.right):
            self._write(painter, name, start, end, round(rect.y), remark=remark)

    def paint_pinned(  # noqa: PLR0917 - one clip, where its name goes and how it looks
        self, painter: QPainter, clip: Clip, rect: Rect, limit: int, shades: Shades, ratio: float
    ) -> None:
        """Draw the name of a clip that began before the left edge at that edge, up to x `limit`."""
        left, right, top = pixel_of(rect.x), min(pixel_of(rect.right), limit), round(rect.y)
        known = self._pinned.get(clip.id)
        if known is None or known.clip is not clip or known[1:4] != (rect.height, shades, ratio):
            known = self._draw_pinned(clip, rect, shades, ratio)
        if right - left > _NAME_FROM_PX and known.width < right and known.picture is not None:
            copy_picture(painter, 0, top, known.picture)
        else:
            self.write_pinned(painter, clip.name, rect, limit, shades)

    def write_pinned(  # noqa: PLR0917 - as above
        self,
        painter: QPainter,
        name: str,
        rect: Rect,
        limit: int,
        shades: Shades,
        border: int = 0,
        *,
        remark: str = "",
    ) -> None:
        """Draw a pinned name that is no longer kept whole, inside a border."""
        if _has_name(rect):
            left, right, top = pixel_of(rect.x), min(pixel_of(rect.right), limit), round(rect.y)
            start, end = max(0, left + border), min(right - 1 - border, self._width(name))
            height = round(header_of(rect.height)) - border
            painter.fillRect(start, top + border, end - start, height, shades.header)
            self._write(painter, name, 0, right, top, remark=remark)

    def _draw_pinned(self, clip: Clip, rect: Rect, shades: Shades, ratio: float) -> Pinned:
        """Draw a whole name on its ground, and keep it."""
        width, height, picture = self._width(clip.name), round(header_of(rect.height)), None
        if height >= _NAME_FROM_HEADER_PX:
            picture = QPixmap(math.ceil(width * ratio), math.ceil(height * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(shades.header)
            painter = QPainter(picture)
            self._write(painter, clip.name, 0, width + _AFTER_NAME_PX, 0, remark="")
            painter.end()
        if len(self._pinned) >= _KEPT_PINNED:
            self._pinned.clear()
        found = self._pinned[clip.id] = Pinned(clip, rect.height, shades, ratio, width, picture)
        return found

    def _width(self, name: str) -> int:
        """Return how much of a header a name covers at the left edge."""
        return round(self._texts.advance(name, ui_font("hint", 600))) + _AFTER_NAME_PX

    def _write(self, painter: QPainter, name: str, left: int, right: int, top: int, *, remark: str) -> None:
        baseline, width = top + 11.5, right - left - 8
        painter.setPen(theme().colour("text.on_state"))
        if remark and width > _REMARK_FROM_PX:
            self._texts.draw_right(painter, right - 4, baseline, remark, font=ui_font("scale", 600))
            width -= _REMARK_PX
        self._texts.draw(painter, left + _INDENT_PX, baseline, name, font=ui_font("hint", 600), width=width)


def _has_name(rect: Rect) -> bool:
    """Return whether a clip is large enough for a name."""
    is_wide = pixel_of(rect.right) - pixel_of(rect.x) - 1 >= _NAME_FROM_PX
    return is_wide and round(header_of(rect.height)) >= _NAME_FROM_HEADER_PX
