"""Where the parts of the ruler are, and what a point of it means.

The ruler is 28 px high. Its upper half belongs to the loop: a drag draws one, and the brace that shows it can be
dragged by its ends and its middle. Its lower half belongs to the playhead and the zoom. Below lies the marker lane,
and below that, once tempo or signature change somewhere, the tempo lane.
"""

import math

from maxbooster_desktop.project.document.state import Marker
from maxbooster_desktop.ui.arranger.desk import Desk
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.hits import Hit, Zone
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.theme.fonts import mono_font, ui_font

RULER_HEIGHT = 28
LOOP_HEIGHT = 14
MARKER_HEIGHT = 20
TEMPO_HEIGHT = 20
TEMPO_TOP = RULER_HEIGHT + MARKER_HEIGHT
_BRACE_TOP = 2
_BRACE_HEIGHT = 10
_EDGE_PX = 5
_MARKER_MAX_PX = 140


class RulerLayout:
    """Places of everything in the ruler; `dragged_loop` and `dragged_marker` show a drag in progress."""

    def __init__(self, desk: Desk, texts: Texts) -> None:
        self._desk, self._texts = desk, texts
        self.dragged_loop: tuple[int, int] | None = None
        self.dragged_marker: tuple[str, int] | None = None

    def loop_rect(self) -> Rect:
        """Return the rectangle of the loop brace."""
        meta = self._desk.scene.state.meta
        start, end = self.dragged_loop or (meta.loop_start_tick, meta.loop_end_tick)
        axis = self._desk.scene.axis
        return Rect(axis.x_of(start), _BRACE_TOP, axis.x_of(end) - axis.x_of(start), _BRACE_HEIGHT)

    def marker_rect(self, marker: Marker) -> Rect:
        """Return the rectangle of a marker's flag."""
        tick = marker.tick
        if self.dragged_marker is not None and self.dragged_marker[0] == marker.id:
            tick = self.dragged_marker[1]
        width = self._texts.advance(marker.name, ui_font("hint", 500))
        shown = min(_MARKER_MAX_PX, max(28.0, math.ceil(width) + 16.0))
        return Rect(self._desk.scene.axis.x_of(tick), RULER_HEIGHT + 3, shown, MARKER_HEIGHT - 5)

    @property
    def has_tempo_lane(self) -> bool:
        """Whether tempo or signature change after the start."""
        tempo_map = self._desk.scene.state.tempo_map
        return len(tempo_map.tempos) + len(tempo_map.signatures) > len(("first tempo", "first signature"))

    @property
    def height(self) -> int:
        """The height of ruler and lanes."""
        return TEMPO_TOP + (TEMPO_HEIGHT if self.has_tempo_lane else 0)

    def changes(self) -> dict[int, str]:
        """Return what the tempo lane shows: "128 · 7/8" by tick, in order."""
        tempo_map = self._desk.scene.state.tempo_map
        words: dict[int, list[str]] = {}
        for event in tempo_map.tempos:
            words.setdefault(event.tick, []).append(f"{event.bpm:g}" + (" glide" if event.is_ramp else ""))
        for signature in tempo_map.signatures:
            words.setdefault(signature.tick, []).append(f"{signature.numerator}/{signature.denominator}")
        return {tick: " · ".join(words[tick]) for tick in sorted(words)}

    def change_rect(self, tick: int, text: str) -> Rect:
        """Return the rectangle of a tempo or signature change."""
        width = math.ceil(self._texts.advance(text, mono_font("scale"))) + 10.0
        return Rect(self._desk.scene.axis.x_of(tick), TEMPO_TOP + 3, width, TEMPO_HEIGHT - 5)

    def rect_of(self, entity_id: str) -> Rect | None:
        """Return the rectangle of a marker, a change (its tick) or a zone (`Zone.LOOP_END`); None for others."""
        marker = next((each for each in self._desk.scene.state.markers if each.id == entity_id), None)
        if marker is not None:
            return self.marker_rect(marker)
        text = self.changes().get(int(entity_id)) if self.has_tempo_lane and entity_id.isdecimal() else None
        return self.change_rect(int(entity_id), text) if text is not None else self._zones().get(entity_id)

    def _zones(self) -> dict[str, Rect]:
        width, loop = self._desk.scene.width, self.loop_rect()
        edge = min(2.0 * _EDGE_PX, loop.width)
        return {
            Zone.LOOP_LANE: Rect(0, 0, width, LOOP_HEIGHT),
            Zone.RULER: Rect(0, LOOP_HEIGHT, width, RULER_HEIGHT - LOOP_HEIGHT),
            Zone.MARKER_LANE: Rect(0, RULER_HEIGHT, width, MARKER_HEIGHT),
            Zone.TEMPO_LANE: Rect(0, TEMPO_TOP, width, self.height - TEMPO_TOP),
            Zone.LOOP: loop,
            Zone.LOOP_START: Rect(loop.x - _EDGE_PX, 0, edge, LOOP_HEIGHT),
            Zone.LOOP_END: Rect(loop.right + _EDGE_PX - edge, 0, edge, LOOP_HEIGHT),
        }

    def hit_test(self, x: float, y: float) -> Hit:
        """Return what a point means."""
        if y >= RULER_HEIGHT:
            return self._hit_lane(x, y)
        if y >= LOOP_HEIGHT:
            return Hit(Zone.RULER)
        loop = self.loop_rect()
        if abs(x - loop.right) <= _EDGE_PX:
            return Hit(Zone.LOOP_END)
        if abs(x - loop.x) <= _EDGE_PX:
            return Hit(Zone.LOOP_START)
        return Hit(Zone.LOOP if loop.x <= x < loop.right else Zone.LOOP_LANE)

    def _hit_lane(self, x: float, y: float) -> Hit:
        if y >= TEMPO_TOP:
            for tick, text in reversed(self.changes().items()):
                if self.change_rect(tick, text).contains(x, y):
                    return Hit(Zone.TEMPO_CHANGE, str(tick))
            return Hit(Zone.TEMPO_LANE)
        for marker in reversed(self._desk.scene.state.markers):
            if self.marker_rect(marker).contains(x, y):
                return Hit(Zone.MARKER, marker.id)
        return Hit(Zone.MARKER_LANE)
