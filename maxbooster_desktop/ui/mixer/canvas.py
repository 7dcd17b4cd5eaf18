"""The painted strips: shows the scene, hands pointer and wheel to the tool and keys to `keys`."""

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.engine.readings import MasterMeter
from maxbooster_desktop.project.document.state import MASTER, TrackId
from maxbooster_desktop.ui.mixer import keys
from maxbooster_desktop.ui.mixer.desk import Desk
from maxbooster_desktop.ui.mixer.fields import InlineField
from maxbooster_desktop.ui.mixer.geometry import PITCH, Rect, StripLayout
from maxbooster_desktop.ui.mixer.levels import MixerLevels, Moved, loudness_rows
from maxbooster_desktop.ui.mixer.meter_painter import draw_meter, draw_read_out
from maxbooster_desktop.ui.mixer.painting import qrect
from maxbooster_desktop.ui.mixer.parts import BUTTONS, MENUS, NUMBERS, SLOTS, Control, Part, Pointing
from maxbooster_desktop.ui.mixer.pointer_tool import PointerTool
from maxbooster_desktop.ui.mixer.strip_painter import StripPainter, ground_role
from maxbooster_desktop.ui.mixer.strip_pictures import StripPictures
from maxbooster_desktop.ui.theme.fonts import mono_font, ui_font
from maxbooster_desktop.ui.theme.tokens import theme


class Canvas(QWidget):
    """All strips in one widget.

    Signals:
        hint(text): what the pointer would do.
        scrolled(): the first visible strip changed.
        slot_opened(control): a strip's EQ, compressor or insert wants its controls shown.
        menu_wanted(control, global position): a context menu, or the menu of an empty row.
    """

    hint = Signal(str)
    scrolled = Signal()
    slot_opened = Signal(object)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, desk: Desk, levels: MixerLevels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk, self.levels = desk, levels
        self.pointing = Pointing()
        self.loudness = loudness_rows(MasterMeter())
        self.tool = PointerTool(self)
        self._pictures = StripPictures(desk, StripPainter(desk, self.pointing), self.pointing)
        self.painted_strips = 0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Mixer"))

    # What is drawn again when.

    def update_strip(self, track: str) -> None:
        """Repaint one strip."""
        self.update_rect(self.desk.scene.rect_of(track))

    def update_levels(self, moved: list[Moved]) -> None:
        """Repaint what moved of the meters that can be seen."""
        scene = self.desk.scene
        shown = set(scene.visible_tracks()) if moved else set()
        for track, channel, high_db, low_db in moved:
            layout = scene.strip(track) if track in shown else None
            if layout is None:
                continue
            if channel < 0:
                self.update_rect(layout.fixed(Part.CLIP))
            else:
                bar, top = layout.meter_bar(channel), scene.plan.y_of(high_db) - 1
                bottom = min(bar.bottom, scene.plan.y_of(low_db) + 2)
                self.update_rect(Rect(bar.x, max(bar.y, top), bar.width, bottom - max(bar.y, top)))

    def clear_clip(self, track: TrackId) -> None:
        """Put a strip's clip lamp out, and the engine's."""
        self.levels.clear_clip(track)
        clear = getattr(self.desk.studio.engine, "clear_clip", None)
        if clear is not None:
            clear(track)
        self.update_rect(self.desk.scene.rect_of(track, Part.CLIP))

    def show_loudness(self, rows: tuple[tuple[str, str, str], ...]) -> None:
        """Show new read-outs of the master; nothing is drawn while they say the same."""
        if rows != self.loudness:
            self.loudness = rows
            self.update_rect(self.desk.scene.rect_of(MASTER, Part.READ_OUT))

    def update_rect(self, rect: Rect | None) -> None:
        """Repaint a rectangle, if it can be seen."""
        if rect is not None and rect.right > 0 and rect.x < self.width():
            self.update(qrect(rect))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is exposed: of a strip whose meter alone is exposed, only the meter."""
        scene, region = self.desk.scene, event.region()
        painter = QPainter(self)
        lane = QRect(0, 0, scene.lane_width, self.height())
        for track in scene.visible_tracks():
            layout = scene.strip(track)
            if layout is None:
                continue
            painter.setClipRegion(region if track == MASTER else region.intersected(lane))
            self._paint_strip(painter, region, track, layout, scene.silent)
        painter.setClipRegion(region)
        self._paint_ground(painter, region)
        painter.end()

    def _paint_strip(
        self, painter: QPainter, region: QRegion, track: TrackId, layout: StripLayout, silent: frozenset[TrackId]
    ) -> None:
        whole, read_out = layout.whole, layout.fixed(Part.READ_OUT)
        if read_out is not None and region.intersects(qrect(read_out)):
            draw_read_out(painter, read_out, self.loudness)
        exposed = region.intersected(qrect(whole))
        if exposed.isEmpty():
            return
        meter, lamp = layout.fixed(Part.METER), layout.fixed(Part.CLIP)
        if meter is not None and lamp is not None and (exposed - qrect(meter) - qrect(lamp)).isEmpty():
            self._paint_meter(painter, layout, track)
            return
        self.painted_strips += 1
        picture = self._pictures.picture(track, layout, self.devicePixelRatioF(), is_silent=track in silent)
        painter.drawPixmap(whole.x, whole.y, picture)
        self._paint_meter(painter, layout, track)

    def _paint_meter(self, painter: QPainter, layout: StripLayout, track: TrackId) -> None:
        ground = ground_role(is_selected=track in self.desk.studio.selection.tracks)
        draw_meter(painter, layout, self.levels.of(track), ground)

    def _paint_ground(self, painter: QPainter, region: QRegion) -> None:
        scene, rest = self.desk.scene, region
        lane = QRect(0, 0, scene.lane_width, self.height())
        for track in scene.visible_tracks():
            layout = scene.strip(track)
            if layout is not None:
                card = qrect(layout.whole)
                rest = rest - (card if track == MASTER else card.intersected(lane))
                read_out = layout.fixed(Part.READ_OUT)
                rest = rest - qrect(read_out) if read_out is not None else rest
        painter.setClipRegion(rest)
        painter.fillRect(rest.boundingRect(), theme().colour("bg.panel"))
        painter.setClipRegion(region)
        painter.fillRect(QRect(scene.lane_width, 0, 1, self.height()), theme().colour("line.hair"))

    # Focus.

    def focus_on(self, control: Control) -> None:
        """Give the keyboard to a control and bring its strip into view."""
        before, self.pointing.focus = self.pointing.focus, control
        for track in {before.track, control.track}:
            self.update_strip(track)
        self.reveal(control.track)

    def reveal(self, track: TrackId) -> None:
        """Scroll until a strip can be seen whole."""
        scene = self.desk.scene
        index = scene.index.get(track)
        if index is None:
            return
        left, right = index * PITCH, (index + 1) * PITCH + 4 - scene.lane_width
        wanted = min(left, max(right, scene.scroll_x))
        if wanted != scene.scroll_x:
            self.scroll_to(wanted)

    def scroll_to(self, x: int) -> None:
        """Show the strips from pixel `x`."""
        scene = self.desk.scene
        x = max(0, min(x, scene.content_width - scene.lane_width))
        if x != scene.scroll_x:
            scene.scroll_x = x
            self.scrolled.emit()
            self.update()

    def cancel(self) -> bool:
        """Give a drag or a burst of steps up; return whether there was one."""
        return self.tool.cancel() or self.desk.cancel_steps()

    def activate(self, control: Control) -> None:
        """Do what Return and a click mean on a control."""
        if control.part in NUMBERS:
            self.edit_value(control)
        elif control.part in BUTTONS:
            self.desk.toggle(control)
        elif control.part in SLOTS:
            self.slot_opened.emit(control)
        elif control.part in MENUS:
            rect = self.desk.scene.rect_of(control.track, control.part)
            if rect is not None:
                self.menu_wanted.emit(control, self.mapToGlobal(QPoint(rect.x, rect.bottom)))

    def edit_value(self, control: Control, typed: str = "") -> None:
        """Let a number be typed; `typed` is what was typed already."""
        setting, name = self.desk.setting(control), self.desk.track(control.track).name
        part = Part.GAIN_VALUE if control.part is Part.FADER else control.part
        rect = self.desk.scene.rect_of(control.track, part, control.entity) or self.desk.scene.rect_of(
            control.track, control.part
        )
        if setting is None or rect is None:
            return
        self.desk.flush()

        def take(text: str) -> None:
            value = setting.scale.parse(text)
            if value is not None:
                self.desk.commit(setting, round(value, 2))

        text = typed or setting.scale.shown(setting.value).removesuffix(" dB")
        box = QRect(min(rect.x, self.width() - 56), rect.y + rect.height // 2 - 10, 54, 20)
        field = InlineField(self, box, text, mono_font("hint"), take, is_fresh=bool(typed))
        field.setAccessibleName(f"{name} {setting.title}")

    def rename(self, track: TrackId) -> None:
        """Let a track's name be typed in place."""
        rect, name = self.desk.scene.rect_of(track, Part.NAME), self.desk.track(track).name
        if rect is None:
            return

        def take(text: str) -> None:
            if text and text != name:
                self.desk.do("tracks.rename_track", track, text)

        field = InlineField(self, qrect(rect.grown(2)), name, ui_font("hint", 500), take)
        field.setAccessibleName(self.tr("Track name"))

    # Qt's events.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select, switch, or begin a drag."""
        self.tool.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag, or the pointer."""
        self.tool.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Finish a drag with one edit."""
        self.tool.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Restore a default, or open an editor on the value or the name."""
        self.tool.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step the number under the pointer, or scroll."""
        self.tool.wheel(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is under the pointer, or of the focused control when a key asked."""
        control, where = self.desk.scene.hit_test(event.pos().x(), event.pos().y()), event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            control = self.pointing.focus
            rect = self.desk.scene.rect_of(control.track, control.part, control.entity)
            where = self.mapToGlobal(QPoint(rect.x, rect.bottom)) if rect is not None else where
        if control.part is not Part.NOTHING:
            self.tool.select(control.track, Qt.KeyboardModifier.NoModifier)
            self.menu_wanted.emit(control, where)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a key means here, or pass it on."""
        if not keys.press(self, event):
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep the keys the mixer uses from the window's shortcuts while it has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_escape = event.key() == Qt.Key.Key_Escape and self.tool.is_dragging
            if is_escape or keys.wants(self, event):
                event.accept()
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring, at the selected strip at first."""
        self.pointing.has_focus = True
        scene = self.desk.scene
        if self.pointing.focus.track not in scene.state.tracks:
            self.pointing.focus = keys.first_control(scene.all_tracks(), self.desk.studio.selection.tracks)
        self.update_strip(self.pointing.focus.track)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus ring and write a burst of steps."""
        self.pointing.has_focus = False
        self.desk.flush()
        self.update_strip(self.pointing.focus.track)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was under the pointer."""
        self.tool.leave()
