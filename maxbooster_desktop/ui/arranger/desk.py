"""What gestures work on: the scene, the studio, and the way an edit is committed. No Qt.

A gesture previews by changing `scene.preview` and commits through `commit`. The preview stays on screen until the
edit comes back as a new state (`edit_arrived`) or fails (`edit_failed`), so nothing jumps back meanwhile.
"""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, NamedTuple

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import ClipId
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.grid import NO_SNAP_MAGNETS, Snapper, grid_for, magnets_of
from maxbooster_desktop.ui.arranger.scene import NO_PREVIEW, Preview, Scene

if TYPE_CHECKING:
    from concurrent.futures import Future


class Keys(NamedTuple):
    """Modifier keys that are held."""

    shift: bool = False
    ctrl: bool = False
    alt: bool = False


class Pointer(NamedTuple):
    """Where the pointer is, in the pixels of the view that owns the gesture."""

    x: float
    y: float
    keys: Keys = Keys()


class Gesture:
    """One drag, from press to release. Subclasses preview in `move`, edit in `release`, and undo it in `cancel`."""

    hint = ""

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""

    def release(self, pointer: Pointer) -> None:
        """Make it so."""

    def cancel(self) -> None:
        """Restore everything; nothing was edited."""


class Desk:
    """Scene and studio together, for gestures."""

    def __init__(
        self,
        scene: Scene,
        studio: Studio,
        changed: Callable[[], None],
        done: Callable[["Future[Any]"], None] = lambda _future: None,
    ) -> None:
        """`changed` is called when the preview changes; `done`, on any thread, when a committed edit is durable."""
        self.scene, self.studio = scene, studio
        self._changed, self._done = changed, done
        self.band: Rect | None = None
        self.pending: Future[Any] | None = None

    def preview(self, preview: Preview) -> None:
        """Show clips as they would become, and repaint."""
        self.scene.preview = preview
        self._changed()

    def show_band(self, band: Rect | None) -> None:
        """Show a rubber band, and repaint."""
        self.band = band
        self._changed()

    def commit(self, verb: str | Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Submit one edit; the preview stays until it comes back."""
        self.pending = self.studio.do(verb, *args, **kwargs)
        if self.pending is None:
            self.preview(NO_PREVIEW)
        else:
            self.pending.add_done_callback(self._done)

    def settle(self) -> None:
        """Take the preview away: its edit came back as a new state, or failed."""
        if self.pending is not None:
            self.pending = None
            self.preview(NO_PREVIEW)

    def snapper(self, keys: Keys, moving: Collection[ClipId] = ()) -> Snapper:
        """Return the snapping in force: grid and magnets, or nothing while Alt is held."""
        scene = self.scene
        if keys.alt or not self.studio.snap.is_on:
            return Snapper(None, NO_SNAP_MAGNETS, scene.axis.px_per_tick)
        first, last = scene.visible_range()
        grid = grid_for(self.studio.snap, scene.state.tempo_map, first, scene.axis.px_per_tick)
        meta = scene.state.meta
        magnets = [meta.loop_start_tick, meta.loop_end_tick, self.studio.playhead_tick]
        magnets += [marker.tick for marker in scene.state.markers]
        for row in scene.visible_rows():
            for clip, start, end in scene.index.of(row.track).between(first, last):
                if clip.id not in moving:
                    magnets += (start, end)
        return Snapper(grid, magnets_of(magnets), scene.axis.px_per_tick)

    def touch(self, track: str, parameter: str, value: float) -> None:
        """Let the engine play a value that is still being dragged and is not in the document."""
        touch = getattr(self.studio.engine, "touch", None)
        if touch is not None:
            touch(track, parameter, value)

    def ms_per_px(self) -> float:
        """Return the milliseconds of one pixel at the left edge of the view."""
        first = max(0, self.scene.visible_range()[0])
        bpm = self.scene.state.tempo_map.bpm_at(first)
        return 60_000.0 / (960 * bpm) / self.scene.axis.px_per_tick
