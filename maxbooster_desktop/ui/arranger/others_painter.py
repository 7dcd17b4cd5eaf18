"""How the others look in the arranger: pointer with name, playhead, selection, and what they are dragging."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from maxbooster_desktop.project.document.state import ClipId, ProjectState, TrackId
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.scene import Scene
from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.tokens import theme

if TYPE_CHECKING:
    from maxbooster_desktop.cloudlink.people import Person

_ARROW = QPolygonF([QPointF(0, 0), QPointF(11, 4), QPointF(6, 6.5), QPointF(4, 12)])
_TAG_HEIGHT = 18.0


class OthersPainter:
    """Paints people over the lanes and over the ruler; `colour_of` gives a person's colour."""

    def __init__(self, scene: Scene, colour_of: Callable[[int], QColor]) -> None:
        self._scene, self._colour_of = scene, colour_of

    def paint_lanes(self, painter: QPainter, people: "Iterable[Person]") -> None:
        """Paint what lies over the lanes."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for person in people:
            colour = self._colour_of(person.colour)
            self._paint_playhead(painter, person)
            self._paint_selection(painter, person, colour)
            self._paint_drag(painter, person, colour)
            self._paint_pointer(painter, person, colour)

    def paint_ruler(self, painter: QPainter, people: "Iterable[Person]") -> None:
        """Paint a flag with the name where each person's playhead stands, and its line down to the lanes."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for person in people:
            if person.playhead_tick is not None:
                x = self._scene.axis.x_of(person.playhead_tick)
                if -100 <= x <= self._scene.width:
                    self._draw_line(painter, person, x, _TAG_HEIGHT)
                    _paint_tag(painter, QPointF(x, 0), person.name, self._colour_of(person.colour))

    def _paint_playhead(self, painter: QPainter, person: "Person") -> None:
        if person.playhead_tick is None:
            return
        x = self._scene.axis.x_of(person.playhead_tick)
        if 0 <= x <= self._scene.width:
            self._draw_line(painter, person, x, 0.0)

    def _draw_line(self, painter: QPainter, person: "Person", x: float, top: float) -> None:
        """Draw a playhead down to the painter's foot, dashed while it stands."""
        style = Qt.PenStyle.SolidLine if person.is_playing else Qt.PenStyle.DashLine
        painter.setPen(QPen(self._colour_of(person.colour), 1.0, style))
        painter.drawLine(QPointF(x + 0.5, top), QPointF(x + 0.5, painter.window().height()))

    def _paint_selection(self, painter: QPainter, person: "Person", colour: QColor) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.5))
        for clip in person.clips:
            box = self._clip_box(clip)
            if box is not None:
                painter.drawRect(box.adjusted(0.75, 0.75, -0.75, -0.75))

    def _paint_drag(self, painter: QPainter, person: "Person", colour: QColor) -> None:
        """Paint each dragged clip at its old place, dashed, and at the new one with what is done to it."""
        for number, dragged in enumerate(person.dragged):
            clip = self._scene.state.clips.get(ClipId(dragged.clip))
            row = self._scene.rows.by_track.get(TrackId(dragged.track))
            old = self._clip_box(dragged.clip)
            if clip is None or row is None:
                continue
            if old is not None:
                _paint_left_place(painter, old, clip.name, colour)
            length = self._scene.state.clip_end_tick(clip) - clip.start_tick
            x0 = self._scene.axis.x_of(dragged.start_tick)
            x1 = self._scene.axis.x_of(dragged.start_tick + length)
            box = self._visible(Rect(x0, row.top - self._scene.scroll_y, max(1.0, x1 - x0), row.height - 1))
            if box is None:
                continue
            fill = QColor(colour)
            fill.setAlphaF(0.35)
            painter.setBrush(fill)
            painter.setPen(QPen(colour, 1.5))
            painter.drawRect(box)
            _paint_name(painter, box, clip.name)
            if number == 0:
                text = f"{person.name}: {moved_text(self._scene.state, clip.start_tick, dragged.start_tick)}"
                left = max(box.left() + 4, box.right() - _tag_width(text) - 4)
                _paint_tag(painter, QPointF(left, box.bottom() - _TAG_HEIGHT - 2), text, colour)

    def _paint_pointer(self, painter: QPainter, person: "Person", colour: QColor) -> None:
        if person.pointer is None:
            return
        tick, track = person.pointer
        row = self._scene.rows.by_track.get(TrackId(track))
        x = self._scene.axis.x_of(tick)
        if row is None or not 0 <= x <= self._scene.width:
            return
        at = QPointF(x, row.top - self._scene.scroll_y + row.height / 2)
        painter.setPen(QPen(theme().colour("text.on_state"), 1.0))
        painter.setBrush(colour)
        painter.drawPolygon(_ARROW.translated(at))
        _paint_tag(painter, at + QPointF(10, 12), person.name, colour)

    def _clip_box(self, clip: str) -> QRectF | None:
        rect = self._scene.rect_of(clip)
        return None if rect is None else self._visible(rect)

    def _visible(self, rect: Rect) -> QRectF | None:
        """Return a rectangle cut to a little more than the view: clips may be wider than what Qt can draw."""
        left, right = max(-8.0, rect.x), min(self._scene.width + 8.0, rect.right)
        return QRectF(left, rect.y, right - left, rect.height) if right > left else None


def moved_text(state: ProjectState, old_tick: int, new_tick: int) -> str:
    """Write how far something would go, and where to: "+1 bar, 4.1.1"."""
    tempo_map = state.tempo_map
    place, signature = tempo_map.position_at(new_tick), tempo_map.signature_at(old_tick)
    here = f"{place.bar}.{place.beat}.{place.sixteenth}"
    for ticks, unit in ((signature.bar_ticks, "bar"), (signature.beat_ticks, "beat")):
        count, rest = divmod(abs(new_tick - old_tick), ticks)
        if count and not rest:
            sign = "+" if new_tick > old_tick else "\N{MINUS SIGN}"
            return f"{sign}{count} {unit}{'s' if count > 1 else ''}, {here}"
    return here


def _paint_left_place(painter: QPainter, box: QRectF, name: str, colour: QColor) -> None:
    """Paint where a dragged clip still lies: darkened and dashed, with its name."""
    painter.setBrush(theme().colour("scrim"))
    painter.setPen(QPen(colour, 1.0, Qt.PenStyle.DashLine))
    painter.drawRect(box)
    _paint_name(painter, box, name)


def _paint_name(painter: QPainter, box: QRectF, name: str) -> None:
    font = ui_font("hint", 500)
    painter.setFont(font)
    shown = QFontMetricsF(font).elidedText(name, Qt.TextElideMode.ElideRight, box.width() - 8)
    painter.setPen(theme().colour("text.1"))
    painter.drawText(box.adjusted(4, 1, -4, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)


def _paint_tag(painter: QPainter, at: QPointF, text: str, colour: QColor) -> None:
    font = ui_font("hint", 600)
    painter.setFont(font)
    box = QRectF(at.x(), at.y(), _tag_width(text), _TAG_HEIGHT)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(theme().colour("text.on_state"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _tag_width(text: str) -> float:
    return QFontMetricsF(ui_font("hint", 600)).horizontalAdvance(text) + 12
