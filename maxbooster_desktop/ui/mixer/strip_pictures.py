"""Pictures of strips without their meters, drawn once and kept while they would come out the same.

Each picture carries what it was made from; a picture made from anything else is drawn anew, so nothing has to be
invalidated. Scrolling and meter frames then cost one blit a strip.
"""

from collections import OrderedDict
from typing import Any

from PySide6.QtGui import QPainter, QPixmap

from maxbooster_desktop.project.document.state import TrackId
from maxbooster_desktop.ui.mixer.desk import Desk
from maxbooster_desktop.ui.mixer.geometry import MARGIN, STRIP_WIDTH, StripLayout
from maxbooster_desktop.ui.mixer.parts import Pointing
from maxbooster_desktop.ui.mixer.strip_painter import StripPainter
from maxbooster_desktop.ui.theme.tokens import theme

_KEPT = 96


class StripPictures:
    """The pictures of one mixer; `drawn` counts how often one had to be drawn."""

    def __init__(self, desk: Desk, painter: StripPainter, pointing: Pointing) -> None:
        self._desk, self._painter, self._pointing = desk, painter, pointing
        self._kept: OrderedDict[TrackId, tuple[tuple[Any, ...], QPixmap]] = OrderedDict()
        self.drawn = 0

    def picture(self, track: TrackId, layout: StripLayout, ratio: float, *, is_silent: bool) -> QPixmap:
        """Return a strip's picture at a pixel ratio."""
        source = self._source(track, layout, ratio, is_silent=is_silent)
        kept = self._kept.get(track)
        if kept is not None and kept[0] == source:
            self._kept.move_to_end(track)
            return kept[1]
        made = self._draw(track, layout, ratio, is_silent=is_silent)
        self._kept[track] = (source, made)
        self._kept.move_to_end(track)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return made

    def _source(self, track: TrackId, layout: StripLayout, ratio: float, *, is_silent: bool) -> tuple[Any, ...]:
        desk, pointing = self._desk, self._pointing
        found = desk.track(track)
        focus = pointing.focus if pointing.has_focus and pointing.focus.track == track else None
        return (
            found,
            layout.plan,
            id(theme()),
            ratio,
            is_silent,
            track in desk.studio.selection.tracks,
            track in desk.listened,
            pointing.hot if pointing.hot.track == track else None,
            focus,
            desk.held(track),
            desk.scene.target_names(found),
        )

    def _draw(self, track: TrackId, layout: StripLayout, ratio: float, *, is_silent: bool) -> QPixmap:
        self.drawn += 1
        height = layout.whole.height
        made = QPixmap(round(STRIP_WIDTH * ratio), round(height * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(theme().colour("bg.panel"))
        painter = QPainter(made)
        painter.translate(0, -MARGIN)
        self._painter.paint(painter, track, StripLayout(0, layout.plan, layout.is_master), is_silent=is_silent)
        painter.end()
        return made
