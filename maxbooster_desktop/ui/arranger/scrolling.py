"""A window that scrolls without end, offscreen: what the interpreter is busy with while sound plays."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication

from maxbooster_desktop.ui.arranger.measuring import open_view
from maxbooster_desktop.ui.arranger.synthetic import SyntheticPool, synthetic_state

_FRAME_S = 1 / 60
_STEP_PX = 7


class ScrollingWindow:
    """The arranger with 200 tracks and 5,000 clips; it scrolls while `run` runs. `frames` counts what it painted."""

    def __init__(self) -> None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        self._view = open_view(synthetic_state(), SyntheticPool())
        self.frames = 0

    def run(self, seconds: float) -> None:
        """Scroll 60 times a second, from the start of the song again when its end is reached."""
        viewport, end = self._view.viewport, time.monotonic() + seconds
        last_px = self._view.scene.state.end_tick() * self._view.scene.axis.px_per_tick
        while (now := time.monotonic()) < end:
            scroll_px = self._view.scene.axis.scroll_px + _STEP_PX
            viewport.set_axis(self._view.scene.axis.scrolled_to(scroll_px if scroll_px < last_px else 0.0))
            QCoreApplication.processEvents()
            self.frames += 1
            time.sleep(max(0.0, now + _FRAME_S - time.monotonic()))

    def close(self) -> None:
        """Close the window."""
        self._view.close_project()
        self._view.close()


@contextmanager
def scrolling_window() -> Iterator[ScrollingWindow]:
    """Show a window for a while, with the interpreter handed over as often as in the program."""
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    window = ScrollingWindow()
    try:
        yield window
    finally:
        window.close()
        sys.setswitchinterval(interval_s)
