"""Finished pictures of clips, so that painting a clip again is one copy.

A clip earns its picture the second time it is painted with the same look (a zoom paints each look once), only when
every waveform tile was there, and while it is narrow enough. Pictures hold neither selection nor hover.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtGui import QPainter, QPixmap

from maxbooster_desktop.project.document.state import Clip
from maxbooster_desktop.ui.arranger.shades import Shades

MAX_WIDTH_PX = 1600
_BUDGET_BYTES = 64 * 1024 * 1024
_KEPT_LOOKS = 20_000


class Look(NamedTuple):
    """Everything a clip's picture depends on besides the clip; compared by value."""

    px_per_tick: float
    width: int
    height: int
    ratio: float
    is_missing: bool
    shades: Shades


class Sprites:
    """Pictures by clip, least recently drawn dropped first."""

    def __init__(self) -> None:
        self._pictures: OrderedDict[str, tuple[Clip, Look, QPixmap]] = OrderedDict()
        self._looks: dict[str, tuple[Clip, Look]] = {}
        self._bytes = 0

    def clear(self) -> None:
        """Forget every picture: tiles or audio have changed."""
        self._pictures.clear()
        self._looks.clear()
        self._bytes = 0

    def get(self, clip: Clip, look: Look) -> QPixmap | None:
        """Return the clip's picture in this look, or None."""
        found = self._pictures.get(clip.id)
        if found is None or found[0] is not clip or found[1] != look:
            return None
        self._pictures.move_to_end(clip.id)
        return found[2]

    def is_due(self, clip: Clip, look: Look) -> bool:
        """Return whether the clip was painted in this look before, so that a picture will pay."""
        known = self._looks.get(clip.id)
        if known is not None and known[0] is clip and known[1] == look:
            return True
        if len(self._looks) >= _KEPT_LOOKS:
            self._looks.clear()
        self._looks[clip.id] = (clip, look)
        return False

    def make(self, clip: Clip, look: Look, paint: Callable[[QPainter], bool]) -> QPixmap:
        """Make the clip's picture; `paint` draws it with its corner at the origin and returns whether to keep it."""
        picture = QPixmap(round(look.width * look.ratio), round(look.height * look.ratio))
        picture.setDevicePixelRatio(look.ratio)
        painter = QPainter(picture)
        is_finished = paint(painter)
        painter.end()
        if not is_finished:
            return picture
        self._forget(clip.id)
        self._pictures[clip.id] = (clip, look, picture)
        self._bytes += _bytes_of(picture)
        while self._bytes > _BUDGET_BYTES and len(self._pictures) > 1:
            self._forget(next(iter(self._pictures)))
        return picture

    def _forget(self, clip_id: str) -> None:
        found = self._pictures.pop(clip_id, None)
        if found is not None:
            self._bytes -= _bytes_of(found[2])


def _bytes_of(picture: QPixmap) -> int:
    return picture.width() * picture.height() * 4
