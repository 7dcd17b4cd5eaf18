"""Measures the arranger as a person meets it: how long paints take, how much is repainted, how zooming feels.

Times are of the whole repaint through Qt into the window's backing store, on whatever platform Qt runs with
(offscreen by default in `bench window`). Each measure is named by its test id and stands beside its limit.
"""

import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.engine.media.peaks import PeakPyramid
from maxbooster_desktop.project.document.state import Asset, AssetId, Clip, ClipId, ProjectState, TrackId
from maxbooster_desktop.ui.arranger.backing import rects_of
from maxbooster_desktop.ui.arranger.desk import Keys, Pointer
from maxbooster_desktop.ui.arranger.geometry import MAX_PX_PER_TICK, TimeAxis
from maxbooster_desktop.ui.arranger.moving import MoveClips
from maxbooster_desktop.ui.arranger.synthetic import RATE, SyntheticPool, synthetic_state
from maxbooster_desktop.ui.arranger.view import ArrangerView
from maxbooster_desktop.ui.theme.style import apply_theme

SIZE = (1920, 1080)
_EIGHT_HOURS_S = 8 * 3600


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure beside its limit; `own_ms` is the part that the window's thread computed, on a busy machine too."""

    id: str
    what: str
    value: float
    limit: float
    unit: str
    own_ms: float = 0.0

    @property
    def is_met(self) -> bool:
        """Whether the value keeps its limit."""
        return self.value <= self.limit


class StillTransport:
    """A transport that stands where it is put."""

    is_playing = False
    position_tick = 0.0


class SilentEngine:
    """An engine without a device, for measuring the window alone."""

    def __init__(self) -> None:
        self.transport = StillTransport()

    def play(self) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Do nothing."""

    def toggle(self) -> None:
        """Do nothing."""

    def seek(self, tick: int) -> None:
        """Stand at `tick`."""
        self.transport.position_tick = float(tick)

    def set_metronome(self, on: bool) -> None:
        """Do nothing."""


class FixedProject:
    """A project that only shows a state."""

    def __init__(self, state: ProjectState) -> None:
        self.state = state

    def subscribe(self, _callback: Callable[..., None]) -> Callable[[], None]:
        """Never call back: nothing changes."""
        return lambda: None


class PaintLog(QObject):
    """The rectangles a widget is asked to repaint."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.rects: list[QRect] = []
        self._widget = widget
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note paint events."""
        if isinstance(event, QPaintEvent):
            self.rects.extend(rects_of(event.region()))
        return False

    @property
    def full_repaints(self) -> int:
        """How many repaints covered most of the widget."""
        area = self._widget.width() * self._widget.height()
        return sum(rect.width() * rect.height() > area // 2 for rect in self.rects)


class PaintCount(QObject):
    """Counts the paint events of every widget of an application from now on."""

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        self.count = 0
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count and let pass."""
        self.count += event.type() == QEvent.Type.Paint
        return False


def open_view(state: ProjectState, pool: Any) -> ArrangerView:
    """Show an arranger of 1920 x 1080 on `state`, with its tiles drawn."""
    application = QApplication.instance() or QApplication([])
    if isinstance(application, QApplication):
        apply_theme(application)
    engine: Any = SilentEngine()
    project: Any = FixedProject(state)
    studio = Studio(engine)
    studio.attach(project, pool)
    view = ArrangerView(studio)
    view.resize(*SIZE)
    view.show()
    settle(view)
    return view


def settle(view: ArrangerView, timeout_s: float = 60.0) -> float:
    """Run the event loop until every shown tile is drawn; return the seconds it took."""
    start = time.perf_counter()
    quiet_turns = 0
    # A turn that drew the last tile may still have left something to paint in the next one.
    while quiet_turns < 2 and time.perf_counter() - start < timeout_s:
        QCoreApplication.processEvents()
        quiet_turns = quiet_turns + 1 if view.sync.waveforms.is_settled else 0
        time.sleep(0.0005)
    return time.perf_counter() - start


class Timing:
    """How long calls took, in milliseconds: on the clock, and of this thread's own computing."""

    def __init__(self) -> None:
        self.clock_ms: list[float] = []
        self.own_ms: list[float] = []

    def time(self, call: Callable[[], object]) -> None:
        """Call and note the time it takes."""
        start, own = time.perf_counter(), time.thread_time()
        call()
        self.clock_ms.append((time.perf_counter() - start) * 1000.0)
        self.own_ms.append((time.thread_time() - own) * 1000.0)

    def measure(self, test_id: str, what: str, limit_ms: float, percentile: float) -> Measure:
        """Return one figure of these times; percentile 50 is the median, 100 the slowest."""
        own_ms = float(np.percentile(self.own_ms, percentile))
        return Measure(test_id, what, float(np.percentile(self.clock_ms, percentile)), limit_ms, "ms", own_ms)


def measure_repaint(view: ArrangerView, repeats: int = 120) -> Iterable[Measure]:
    """T-PERF-1: full repaints with tiles cached."""
    settle(view)

    def paint_anew() -> None:
        view.canvas.backing.invalidate()
        view.canvas.repaint()

    def scroll() -> None:
        view.viewport.set_axis(view.scene.axis.scrolled_to(view.scene.axis.scroll_px + 7))
        view.canvas.repaint()

    paint_anew()
    whole, scrolled = Timing(), Timing()
    for _ in range(repeats):
        whole.time(paint_anew)
    for _ in range(repeats):
        scrolled.time(scroll)
    yield whole.measure("T-PERF-1", "everything painted anew, median", 6.0, 50)
    yield whole.measure("T-PERF-1", "everything painted anew, p95", 12.0, 95)
    yield scrolled.measure("T-PERF-1", "scrolling 7 px a frame, p95", 12.0, 95)
    view.viewport.set_axis(view.scene.axis.scrolled_to(0))


def measure_playhead(view: ArrangerView, frames: int = 240) -> Iterable[Measure]:
    """T-PERF-2: the playhead's frames while it crosses the view."""
    settle(view)
    log = PaintLog(view.canvas)
    times = Timing()

    def move_playhead() -> None:
        view.following.place()
        QCoreApplication.processEvents()

    for frame in range(frames):
        view.studio.engine.transport.position_tick = view.scene.axis.exact_tick_at(40 + frame * 2)  # type: ignore[misc]
        times.time(move_playhead)
    view.canvas.removeEventFilter(log)
    widest = max((rect.width() for rect in log.rects), default=0)
    yield times.measure("T-PERF-2", "playhead frame, median", 1.0, 50)
    yield Measure("T-PERF-2", "playhead repaint width", float(widest), 12.0, "px")


def measure_zoom(view: ArrangerView, steps: int = 24) -> Iterable[Measure]:
    """T-PERF-3: zooming in and out in frames of 16 ms, then the wait for sharp tiles."""
    settle(view)
    times = Timing()
    for step in range(steps):
        factor = 1.25 if step < steps // 2 else 0.8
        view.viewport.set_axis(view.scene.axis.zoomed(factor, 900.0))
        times.time(QCoreApplication.processEvents)
        time.sleep(0.004)
    view.viewport.set_axis(view.scene.axis.zoomed(1.13, 900.0))
    sharp_ms = settle(view) * 1000.0
    yield times.measure("T-PERF-3", "slowest zoom frame", 33.0, 100)
    yield Measure("T-PERF-3", "final tiles after a zoom", sharp_ms, 300.0, "ms")


def measure_moving(view: ArrangerView) -> Iterable[Measure]:
    """T-PERF-4: a drag of 1,000 clips against one of 250: four times the clips may cost about four times."""
    clips = [clip for clip in view.scene.state.clips.values() if clip.kind == "audio"]
    timings = {250: Timing(), 1000: Timing()}
    for count, timing in timings.items():
        view.studio.selection.set_clips(clip.id for clip in clips[:count])
        gesture = MoveClips(view.desk, clips[0], Pointer(500.0, 20.0, Keys(alt=True)))
        for step in range(12):
            pointer = Pointer(503.0 + step * 7, 20.0, Keys(alt=True))
            timing.time(partial(_drag_frame, view, gesture, pointer))
        gesture.cancel()
    view.studio.selection.clear()
    ratio = float(np.median(timings[1000].own_ms) / np.median(timings[250].own_ms))
    yield timings[1000].measure("T-PERF-4", "frame while dragging 1,000 clips, median", 33.0, 50)
    yield Measure("T-PERF-4", "cost of 1,000 clips over cost of 250", ratio, 5.0, "x")


def _drag_frame(view: ArrangerView, gesture: MoveClips, pointer: Pointer) -> None:
    gesture.move(pointer)
    view.canvas.repaint()


def measure_hover(view: ArrangerView, moves: int = 200) -> Iterable[Measure]:
    """T-PERF-5: the pointer crosses the timeline without a button."""
    settle(view)
    log = PaintLog(view.canvas)
    for move in range(moves):
        hover(view.canvas, QPoint(20 + move * 9, 20 + move * 4))
        QCoreApplication.processEvents()
    view.canvas.removeEventFilter(log)
    yield Measure("T-PERF-5", "full repaints while hovering", float(log.full_repaints), 0.0, "")


def hover(widget: QWidget, where: QPoint) -> None:
    """Move the pointer over a widget with no button held."""
    place, none = QPointF(where), Qt.MouseButton.NoButton
    keys = Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, place, widget.mapToGlobal(place), none, none, keys)
    QCoreApplication.sendEvent(widget, event)


def eight_hour_state() -> ProjectState:
    """Return a project whose only clip is an eight-hour file."""
    state = synthetic_state(1, 1)
    frames = _EIGHT_HOURS_S * RATE
    asset = Asset(AssetId("long"), "Long", RATE, 1, frames, "FLOAT", "", "wav")
    clip = Clip(ClipId("long"), TrackId("track-0"), 0, "Long", asset=asset.id, length_frames=frames)
    return replace(
        state, clips={clip.id: clip}, clips_by_track={clip.track: (clip.id,)}, assets={asset.id: asset}, notes={}
    )


class SparsePool(SyntheticPool):
    """Eight silent hours of samples without the memory, with a tone in the last second."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        path = os.path.join(folder, "eight-hours.f32")
        self._long = np.memmap(path, np.float32, "w+", shape=(1, _EIGHT_HOURS_S * RATE))
        self._long[0, -RATE:] = 0.8 * np.sin(np.arange(RATE) * (2 * np.pi * 440 / RATE))

    def peaks(self, asset_id: str) -> PeakPyramid:
        """Return the peaks of eight silent hours: at the zoom that is measured samples are read."""
        return PeakPyramid(_EIGHT_HOURS_S * RATE, 1)

    def samples(self, asset_id: str) -> Any:
        """Return the samples, mapped."""
        return self._long


def measure_far_right(folder: str) -> Iterable[Measure]:
    """T-PERF-6: the end of an eight-hour file at the deepest zoom; counts columns without a waveform."""
    view = open_view(eight_hour_state(), SparsePool(folder))
    end = view.scene.state.end_tick()
    view.viewport.set_axis(TimeAxis(MAX_PX_PER_TICK, end * MAX_PX_PER_TICK - view.scene.width / 2))
    settle(view)
    view.canvas.backing.invalidate()
    timing = Timing()
    timing.time(view.canvas.repaint)
    empty = empty_columns(view, round(view.scene.width / 2) - 600, round(view.scene.width / 2) - 8)
    view.close_project()
    view.close()
    yield timing.measure("T-PERF-6", "8 h at the deepest zoom: repaint", 6.0, 50)
    yield Measure("T-PERF-6", "8 h at the deepest zoom: columns without waveform", float(empty), 0.0, "")


def empty_columns(view: ArrangerView, left: int, right: int) -> int:
    """Return how many pixel columns of the first row's clip body show no waveform."""
    image = view.canvas.grab().toImage()
    found = 0
    for x in range(left, right):
        column = {image.pixel(x, y) for y in range(18, 46)}
        found += len(column) < 2
    return found


def measure_window(folder: str) -> list[Measure]:
    """Run every measure; `folder` is for a sparse scratch file."""
    # As the application does: the drawing thread hands the interpreter back soon.
    sys.setswitchinterval(0.0005)
    view = open_view(synthetic_state(), SyntheticPool())
    found: list[Measure] = []
    for measure in (measure_repaint, measure_playhead, measure_zoom, measure_moving, measure_hover):
        found += measure(view)
    view.close_project()
    view.close()
    return [*found, *measure_far_right(folder)]
