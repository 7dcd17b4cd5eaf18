"""A thread that reads ahead: it touches the pages of memory-mapped sound before the audio callback needs them."""

import queue
import threading
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.peaks.pages import touch_pages

_PIECE_FRAMES = 1 << 18
_MOST_WAITING = 4_096


@dataclass(frozen=True, slots=True)
class _Stretch:
    samples: npt.NDArray[np.float32]
    start_frame: int
    end_frame: int


class Prefetcher:
    """Touches stretches in the order they were asked for. A request beyond 4,096 waiting ones is dropped."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[_Stretch | None] = queue.Queue(_MOST_WAITING)
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="media-prefetch", daemon=True)
        self._thread.start()

    def ask(self, samples: npt.NDArray[np.float32], start_frame: int, end_frame: int) -> bool:
        """Ask for frames of samples [channels, frames]; False when too much is waiting."""
        start, end = max(0, start_frame), min(end_frame, samples.shape[1])
        if end <= start or self._is_closed.is_set():
            return True
        try:
            self._waiting.put_nowait(_Stretch(samples, start, end))
        except queue.Full:
            return False
        return True

    def wait(self) -> None:
        """Wait until everything asked for so far has been touched."""
        self._waiting.join()

    def close(self) -> None:
        """Stop after the stretch in hand."""
        self._is_closed.set()
        while True:
            try:
                self._waiting.get_nowait()
                self._waiting.task_done()
            except queue.Empty:
                break
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (stretch := self._waiting.get()) is not None:
            for start in range(stretch.start_frame, stretch.end_frame, _PIECE_FRAMES):
                if self._is_closed.is_set():
                    break
                touch_pages(stretch.samples, start, min(start + _PIECE_FRAMES, stretch.end_frame))
            self._waiting.task_done()
        self._waiting.task_done()
