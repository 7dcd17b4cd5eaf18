"""Selecting: a rubber band over the lanes takes the clips it touches and the time it spans. No Qt."""

from maxbooster_desktop.project.document.state import ClipId
from maxbooster_desktop.ui.arranger.desk import Desk, Gesture, Pointer
from maxbooster_desktop.ui.arranger.geometry import spanning


class RubberBand(Gesture):
    """Selects the clips under the band; Ctrl or Shift keeps what was selected before."""

    hint = "Drag over clips and time to select · Alt: ignore snap · Esc: cancel"

    def __init__(self, desk: Desk, pointer: Pointer) -> None:
        self._desk, self._start = desk, pointer
        self._anchor_tick = desk.scene.axis.exact_tick_at(pointer.x)
        self._anchor_y = pointer.y + desk.scene.scroll_y
        selection = desk.studio.selection
        self._before = (selection.clips, selection.time_range)
        self._kept: tuple[ClipId, ...] = selection.clips if pointer.keys.ctrl or pointer.keys.shift else ()

    def move(self, pointer: Pointer) -> None:
        """Select what the band touches now."""
        scene, selection = self._desk.scene, self._desk.studio.selection
        x, y = scene.axis.x_of(self._anchor_tick), self._anchor_y - scene.scroll_y
        band = spanning(x, y, pointer.x, pointer.y)
        selection.set_clips((*self._kept, *scene.clips_touched(band)))
        snapper = self._desk.snapper(pointer.keys)
        first = snapper.snap(max(0, round(self._anchor_tick)))
        selection.set_time_range(first, snapper.snap(scene.axis.tick_at(pointer.x)))
        self._desk.show_band(band)

    def release(self, pointer: Pointer) -> None:
        """Keep the selection and take the band away."""
        self._desk.show_band(None)

    def cancel(self) -> None:
        """Select what was selected before."""
        clips, time_range = self._before
        selection = self._desk.studio.selection
        selection.set_clips(clips)
        if time_range is None:
            selection.clear_time_range()
        else:
            selection.set_time_range(*time_range)
        self._desk.show_band(None)


def clips_between(desk: Desk, first: ClipId, last: ClipId) -> list[ClipId]:
    """Return the clips in the block of time and tracks that two clips span, for Shift+click."""
    scene = desk.scene
    a, b = scene.rect_of(first), scene.rect_of(last)
    if a is None or b is None:
        return [last]
    block = spanning(min(a.x, b.x), min(a.y, b.y), max(a.right, b.right), max(a.bottom, b.bottom))
    return scene.clips_touched(block)
