"""Draws one strip but for its meter: card, slots, sends, pan, fader, buttons, name.

Positions come from the layout alone; the meter, which moves, is `meter_painter`'s.
"""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from maxbooster_desktop.project.document.state import MASTER, Track, TrackId
from maxbooster_desktop.ui.mixer.desk import Desk
from maxbooster_desktop.ui.mixer.geometry import Rect, StripLayout
from maxbooster_desktop.ui.mixer.inserts import short_name
from maxbooster_desktop.ui.mixer.painting import CENTRE, RIGHT, draw_box, draw_lamp, draw_ring, draw_text, qrect
from maxbooster_desktop.ui.mixer.parts import NO_VALUE, Control, Part, Pointing
from maxbooster_desktop.ui.mixer.settings import insert_of, send_of
from maxbooster_desktop.ui.mixer.slots import is_lit
from maxbooster_desktop.ui.theme.fonts import mono_font, ui_font
from maxbooster_desktop.ui.theme.icons import icon_pixmap
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.decibel_scale import MARKS, format_db, fraction_of

_FLAKE_PX = 10
_START_DEG, _SWEEP_DEG = 225.0, 270.0
_BUTTONS = ((Part.MUTE, "M", "mute"), (Part.SOLO, "S", "solo"), (Part.PFL, "P", "ok"))


class _Strip(NamedTuple):
    painter: QPainter
    layout: StripLayout
    track: Track
    is_selected: bool
    is_silent: bool


class StripPainter:
    """Draws the strips of one mixer, without their meters."""

    def __init__(self, desk: Desk, pointing: Pointing) -> None:
        self._desk, self._pointing = desk, pointing

    def paint(self, painter: QPainter, track_id: TrackId, layout: StripLayout, *, is_silent: bool) -> None:
        """Draw a strip without its meter; `is_silent` says that mute or another's solo silences it."""
        track = self._desk.track(track_id)
        strip = _Strip(painter, layout, track, track_id in self._desk.studio.selection.tracks, is_silent)
        self._card(strip)
        self._slots(strip)
        self._rows(strip)
        self._pan(strip)
        self._fader(strip)
        self._buttons(strip)
        self._focus(strip)

    def _card(self, strip: _Strip) -> None:
        whole = strip.layout.whole
        draw_box(strip.painter, whole, ground_role(is_selected=strip.is_selected), 4.0)
        if strip.is_selected:
            draw_box(strip.painter, Rect(whole.x, whole.bottom - 3, whole.width, 3), "text.1", 1.5)
        painter, bar = strip.painter, Rect(whole.x, whole.y, whole.width, 3)
        colour = theme().colour("text.1") if strip.track.id == MASTER else theme().track_colour(strip.track.colour)
        painter.fillRect(qrect(bar), _dimmed(colour) if strip.is_silent else colour)
        name = strip.layout.fixed(Part.NAME)
        role = "text.2" if strip.is_silent else "text.1"
        if name is not None:
            if strip.track.frozen is not None:
                ratio = painter.device().devicePixelRatio()
                picture = icon_pixmap("snowflake", _FLAKE_PX, theme().colour("accent"), ratio)
                painter.drawPixmap(round(name.x), round(name.y + (name.height - _FLAKE_PX) / 2), picture)
            draw_text(
                painter, name, strip.track.name, ui_font("hint", 600 if strip.is_selected else 500), role, flags=CENTRE
            )

    def _slots(self, strip: _Strip) -> None:
        for part, text in ((Part.EQ, "EQ"), (Part.COMP, "Comp")):
            box = strip.layout.fixed(part)
            if box is not None:
                self._slot(strip, Control(part, strip.track.id), box, text, is_on=is_lit(strip.track.strip, part))

    def _slot(self, strip: _Strip, control: Control, box: Rect, text: str, *, is_on: bool) -> None:
        is_hot = self._pointing.hot == control
        draw_box(strip.painter, box, "bg.input", edge="line.control" if is_hot else "")
        lamp = Rect(box.x + 3, box.y + box.height // 2 - 2, 4, 4)
        draw_lamp(strip.painter, lamp, is_on=is_on)
        inside = Rect(box.x + 9, box.y, box.width - 9, box.height)
        draw_text(strip.painter, inside, text, ui_font("scale"), "text.1" if is_on else "text.3")

    def _rows(self, strip: _Strip) -> None:
        desk, track = self._desk, strip.track
        for control, box in desk.scene.rows(track.id, strip.layout):
            if control.part is Part.INSERT:
                insert = insert_of(track, control.entity)
                if insert is not None:
                    is_on = insert.enabled and track.frozen is None
                    self._slot(strip, control, box, short_name(insert.device), is_on=is_on)
            elif control.part is Part.SEND:
                self._send(strip, control, box)
            else:
                self._empty_row(strip, control, box)

    def _empty_row(self, strip: _Strip, control: Control, box: Rect) -> None:
        is_hot = self._pointing.hot == control
        draw_box(strip.painter, box, "bg.input", edge="line.control" if is_hot else "")
        words = {Part.INSERT_ADD: "+ Insert", Part.SEND_ADD: "+ Send"}
        if control.part in words:
            text = words[control.part] if is_hot or self._has_focus(control) else NO_VALUE
        else:
            text = self._rest(strip, control.part)
        draw_text(strip.painter, Rect(box.x + 5, box.y, box.width - 8, box.height), text, ui_font("scale"), "text.3")

    @staticmethod
    def _rest(strip: _Strip, part: Part) -> str:
        """Return how many inserts or sends have no row of their own."""
        is_send, plan = part is Part.SEND_MORE, strip.layout.plan
        count = len(strip.track.sends if is_send else strip.track.inserts)
        rows = plan.send_rows if is_send else plan.insert_rows
        return f"{count - rows + 1} more" if rows > 1 else f"{count} {'sends' if is_send else 'inserts'}"

    def _send(self, strip: _Strip, control: Control, box: Rect) -> None:
        send = send_of(strip.track, control.entity)
        if send is None:
            return
        tracks = self._desk.scene.state.tracks
        gain_db = self._desk.shown(strip.track.id, f"send.{send.id}.gain_db", send.gain_db)
        draw_box(strip.painter, box, "bg.input", edge="line.control" if self._pointing.hot == control else "")
        filled = Rect(box.x + 1, box.bottom - 3, round((box.width - 2) * fraction_of(gain_db)), 2)
        strip.painter.fillRect(qrect(filled), theme().colour("accent" if send.enabled else "line.control"))
        role = "text.1" if send.enabled else "text.3"
        level = "off" if not send.enabled else _short_db(gain_db)
        draw_text(
            strip.painter,
            Rect(box.x, box.y - 1, box.width - 3, box.height),
            level,
            mono_font("scale"),
            role,
            flags=RIGHT,
        )
        name = tracks[send.target].name if send.target in tracks else NO_VALUE
        x = box.x + 4
        if send.tap == "pre":
            draw_text(strip.painter, Rect(x, box.y - 1, 9, box.height), "p", mono_font("scale", 500), "accent")
            x += 8
        room = Rect(x, box.y - 1, box.right - 6 - len(level) * 6 - x, box.height)
        draw_text(strip.painter, room, name, ui_font("scale"), role)

    def _pan(self, strip: _Strip) -> None:
        box, value_box = strip.layout.fixed(Part.PAN), strip.layout.fixed(Part.GAIN_VALUE)
        if box is None or value_box is None:
            return
        pan = self._desk.shown(strip.track.id, "pan", strip.track.pan)
        draw_knob(strip.painter, box, (pan + 1.0) / 2.0)
        is_hot = self._pointing.hot.track == strip.track.id and self._pointing.hot.part in (Part.GAIN_VALUE, Part.FADER)
        draw_box(strip.painter, value_box, "bg.input", edge="line.control" if is_hot else "")
        gain = self._desk.shown(strip.track.id, "gain_db", strip.track.gain_db)
        inside = Rect(value_box.x, value_box.y, value_box.width - 4, value_box.height)
        draw_text(strip.painter, inside, format_db(gain, unit=False), mono_font("scale"), "text.1", flags=RIGHT)

    def _fader(self, strip: _Strip) -> None:
        painter, layout, plan = strip.painter, strip.layout, strip.layout.plan
        for mark in MARKS:
            box = Rect(layout.x + 1, plan.y_of(mark) - 6, 16, 12)
            draw_text(painter, box, str(abs(mark)), mono_font("scale"), "text.3", flags=RIGHT)
        top, bottom = plan.travel
        painter.fillRect(QRect(layout.fader_x - 1, top, 3, bottom - top), theme().colour("bg.input"))
        cap = layout.cap(self._desk.shown(strip.track.id, "gain_db", strip.track.gain_db))
        is_hot = self._pointing.hot == Control(Part.FADER, strip.track.id)
        draw_box(painter, cap, "text.1" if is_hot else "knob.cap", 4.0, edge="bg.app")
        middle = cap.y + cap.height // 2
        painter.fillRect(QRect(cap.x + 3, middle - 1, cap.width - 6, 2), theme().colour("knob.mark"))

    def _buttons(self, strip: _Strip) -> None:
        track = strip.track
        lit = {Part.MUTE: track.is_muted, Part.SOLO: track.is_soloed, Part.PFL: track.id in self._desk.listened}
        for part, letter, role in _BUTTONS:
            box = strip.layout.fixed(part)
            if box is not None:
                is_hot = self._pointing.hot == Control(part, track.id)
                draw_box(strip.painter, box, role if lit[part] else "bg.hover" if is_hot else "bg.app", 3.0)
                ink = "text.on_state" if lit[part] else "text.1" if is_hot else "text.2"
                draw_text(strip.painter, box, letter, ui_font("scale", 600), ink, flags=CENTRE)

    def _has_focus(self, control: Control) -> bool:
        return self._pointing.has_focus and self._pointing.focus == control

    def _focus(self, strip: _Strip) -> None:
        focus = self._pointing.focus
        if not self._pointing.has_focus or focus.track != strip.track.id:
            return
        box = strip.layout.fixed(focus.part)
        for control, row in self._desk.scene.rows(focus.track, strip.layout):
            box = row if control == focus else box
        if focus.part is Part.FADER:
            box = strip.layout.cap(self._desk.shown(focus.track, "gain_db", strip.track.gain_db)).grown(2)
        if box is not None:
            draw_ring(strip.painter, box, 13.0 if focus.part is Part.PAN else 4.0)


def ground_role(*, is_selected: bool) -> str:
    """Return the token colour of a strip's card."""
    return "bg.hover" if is_selected else "bg.raised"


def draw_knob(painter: QPainter, box: Rect, fraction: float) -> None:
    """Draw the 22 px pan knob: its arc runs from the middle to the value."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = 22.0
    circle = QRectF(box.x + (box.width - side) / 2 + 1.5, box.y + (box.height - side) / 2 + 1.5, side - 3, side - 3)
    cap = Qt.PenCapStyle.RoundCap
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme().colour("line.control"), 2.5, Qt.PenStyle.SolidLine, cap))
    painter.drawArc(circle, round((_START_DEG - _SWEEP_DEG) * 16), round(_SWEEP_DEG * 16))
    angle = _START_DEG - _SWEEP_DEG * fraction
    painter.setPen(QPen(theme().colour("accent"), 2.5, Qt.PenStyle.SolidLine, cap))
    painter.drawArc(circle, round(angle * 16), round((fraction - 0.5) * _SWEEP_DEG * 16))
    painter.save()
    painter.translate(circle.center())
    painter.rotate(-angle)
    painter.setPen(QPen(theme().colour("text.1"), 2.0, Qt.PenStyle.SolidLine, cap))
    painter.drawLine(QPointF(side * 0.18, 0), QPointF(side * 0.36, 0))
    painter.restore()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _short_db(gain_db: float) -> str:
    return (
        format_db(gain_db, unit=False)
        if abs(gain_db) < 9.95
        else format_db(round(gain_db), unit=False).removesuffix(".0")
    )


def _dimmed(colour: QColor) -> QColor:
    made = QColor(colour)
    made.setAlphaF(0.4)
    return made
