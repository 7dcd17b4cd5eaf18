"""Time without a device: runs the engine's block in step with the clock and throws the sound away.

So the playhead moves, meters show and commands are obeyed on a machine that cannot make a sound.
"""

import threading
import time
from collections.abc import Callable

_STEP_S = 0.01
_MOST_S = 0.1


class SilentClock:
    """Calls `run(frames)` from a thread of its own at the sample rate's pace until it is closed."""

    def __init__(self, run: Callable[[int], None], sample_rate: int) -> None:
        self._run, self._rate = run, sample_rate
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="silent-clock", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        last = time.monotonic()
        while not self._stop.wait(_STEP_S):
            now = time.monotonic()
            # A machine that slept does not have to catch up.
            self._run(round(min(now - last, _MOST_S) * self._rate))
            last = now

    def close(self) -> None:
        """Stop and wait for the thread."""
        self._stop.set()
        self._thread.join()
