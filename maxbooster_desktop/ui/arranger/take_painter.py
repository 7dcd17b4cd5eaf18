"""Paints the lanes of takes with the painter of clips; what is not heard of a take is dimmed."""

from collections.abc import Iterator

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from maxbooster_desktop.project.document.clip_making import changed_clip
from maxbooster_desktop.project.document.state import Clip, ClipId, ProjectState, Take, TakeId
from maxbooster_desktop.ui.arranger.clip_painter import ClipPainter
from maxbooster_desktop.ui.arranger.geometry import Rect, Row, pixel_of
from maxbooster_desktop.ui.arranger.scene import Placed, Scene
from maxbooster_desktop.ui.arranger.take_lanes import TakeLane, lanes_of
from maxbooster_desktop.ui.theme.tokens import theme


class TakeLanePainter:
    """Paints lanes of takes with the painter of clips."""

    def __init__(self, clips: ClipPainter) -> None:
        self._clips = clips
        # A take as the clip it would be: the same object as long as the take is.
        self._shown: dict[TakeId, tuple[Take, Clip]] = {}

    def paint(self, painter: QPainter, scene: Scene, row: Row, dirty: QRect) -> None:
        """Draw the lanes below a row as far as `dirty` shows them."""
        shown = Rect(dirty.x(), dirty.y(), dirty.width(), dirty.height())
        for lane in lanes_of(scene, row):
            if not lane.rect.meets(Rect(shown.x, shown.y, max(1.0, shown.width), shown.height)):
                continue
            top, height = round(lane.rect.y), round(lane.rect.height)
            painter.fillRect(dirty.x(), top, dirty.width(), height - 1, theme().colour("bg.input"))
            painter.fillRect(dirty.x(), top + height - 1, dirty.width(), 1, theme().colour("bg.app"))
            self._paint_take(painter, scene, lane, shown)

    def _paint_take(self, painter: QPainter, scene: Scene, lane: TakeLane, shown: Rect) -> None:
        take, state = lane.take, scene.state
        first, end = scene.axis.x_of(take.start_tick), scene.axis.x_of(state.take_end_tick(take))
        rect = Rect(first, lane.rect.y, max(1.0, end - first), lane.rect.height - 1)
        if not rect.meets(shown):
            return
        placed = Placed(self._clip_of(take), rect, state.take_end_tick(take))
        self._clips.paint(painter, scene, placed, shown, selected=False, hot=False)
        for left, right in _unheard(state, take):
            x0 = pixel_of(max(scene.axis.x_of(left), rect.x, shown.x))
            x1 = pixel_of(min(scene.axis.x_of(right), rect.right, shown.right))
            if x1 > x0:
                painter.fillRect(x0, round(rect.y), x1 - x0, round(rect.height), theme().colour("scrim"))

    def _clip_of(self, take: Take) -> Clip:
        known = self._shown.get(take.id)
        if known is not None and known[0] is take:
            return known[1]
        clip = Clip(ClipId(f".take.{take.id}"), take.track, take.start_tick, take.name, asset=take.asset)
        clip = changed_clip(
            clip,
            source_offset=take.source_offset,
            length_frames=take.length_frames,
            fade_in_ms=0.0,
            fade_out_ms=0.0,
            colour=take.colour,
        )
        self._shown[take.id] = take, clip
        return clip


def _unheard(state: ProjectState, take: Take) -> Iterator[tuple[int, int]]:
    """Yield the spans of a take, in ticks, that its track's comp leaves out."""
    bare, end = take.start_tick, state.take_end_tick(take)
    for part in state.comps.get(take.track, ()):
        if part.take == take.id:
            if part.start_tick > bare:
                yield bare, part.start_tick
            bare = max(bare, part.end_tick)
    if bare < end:
        yield bare, end
