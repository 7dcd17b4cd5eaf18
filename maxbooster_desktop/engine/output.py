"""Where the sound goes: an open device, or the silent clock while there is none.

A device that stops calling back is given up with a sentence, the clock takes over, and the device is tried again
every few seconds until it is back.
"""

import contextlib
import ctypes
import threading
import time
from typing import Any

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.engine.devices.portaudio import DeviceError, DeviceStream, refresh
from maxbooster_desktop.engine.devices.silent_clock import SilentClock
from maxbooster_desktop.engine.realtime import callback
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.realtime.arrays import runtime_header_of

_WATCH_S = 0.25
#: How long a device may go without asking for sound, and how often one that is gone is looked for, in seconds.
PATIENCE_S, RETRY_S = 1.5, 3.0

_run_block = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)(
    callback.block.address
)


class Output:
    """Runs the callback of one runtime, on a device or without one."""

    def __init__(
        self, runtime: Any, sample_rate: int, *, patience_s: float = PATIENCE_S, retry_s: float = RETRY_S
    ) -> None:
        self._patience_s, self._retry_s = patience_s, retry_s
        self._user = np.zeros(5, np.int64)
        self._has_input = False
        self._runtime, self._rate = runtime, sample_rate
        self._header = runtime_header_of(runtime)
        self._scratch = np.zeros((sample_rate // 5, 2), np.float32)
        self._stream: DeviceStream | None = None
        self._wanted: DeviceChoice | None = None
        self._lock = threading.RLock()
        self._problem = "No sound device is open; choose one in the audio settings."
        self._clock: SilentClock | None = SilentClock(self._run_silently, sample_rate)
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._watch_device, name="device-watch", daemon=True)
        self._watch.start()

    @property
    def problem(self) -> str:
        """Why nothing can be heard, or empty."""
        return self._problem

    @property
    def load(self) -> float:
        """Share of a block's time that the callback takes, 0 without a device."""
        stream = self._stream
        return stream.load if stream is not None else 0.0

    @property
    def latency_ms(self) -> float:
        """The open device's output latency in milliseconds, 0 without one."""
        stream = self._stream
        return stream.latency_s * 1000.0 if stream is not None else 0.0

    def open(self, choice: DeviceChoice) -> None:
        """Play through `choice` from now on; raises DeviceError, and then the silent clock goes on."""
        with self._lock:
            self._wanted = choice
            self._close_stream()
            try:
                self._open(choice)
            except DeviceError as error:
                self._problem = str(error)
                self._start_clock()
                raise

    def open_input(self) -> None:
        """Open the chosen input beside the output, which is interrupted for that; raises DeviceError.

        Not before somebody wants to record: an open microphone is something people see, and some headsets sound worse.
        """
        with self._lock:
            if self.inputs:
                return
            if self._wanted is None:
                raise DeviceError(self._problem)
            self._has_input = True
            try:
                self.open(self._wanted)
            except DeviceError:
                self._has_input = False
                with contextlib.suppress(DeviceError):  # `problem` says it
                    self.open(self._wanted)
                raise

    def close_input(self) -> None:
        """Let go of the input, so that nobody sees an open microphone; the output is interrupted for that."""
        with self._lock:
            if not self._has_input:
                return
            self._has_input = False
            if self._stream is not None and self._wanted is not None:
                with contextlib.suppress(DeviceError):  # `problem` says it
                    self.open(self._wanted)

    @property
    def inputs(self) -> int:
        """How many input channels are open."""
        stream = self._stream
        return 0 if stream is None else stream.inputs

    @property
    def round_trip_frames(self) -> int:
        """From a frame's output to its arrival at the input, in frames, as the device reports it."""
        stream = self._stream
        return 0 if stream is None else round((stream.latency_s + stream.input_latency_s) * self._rate)

    def route_click(self, left: int, right: int) -> None:
        """Send the click to channels counted from 1, kept among the open ones: the callback checks no bounds."""
        with self._lock:
            channels = 2 if self._stream is None else int(self._user[1])
            cells = self._runtime.cells
            cells[at.CLICK_LEFT], cells[at.CLICK_RIGHT] = (min(max(side, 1), channels) - 1 for side in (left, right))

    def close_device(self) -> None:
        """Let go of the device; time goes on without sound."""
        with self._lock:
            self._wanted = None
            self._close_stream()
            self._problem = "No sound device is open; choose one in the audio settings."
            self._start_clock()

    def close(self) -> None:
        """Stop everything."""
        self._stop.set()
        self._watch.join()
        with self._lock:
            self._close_stream()
            self._stop_clock()

    def _open(self, choice: DeviceChoice) -> None:
        self._stop_clock()
        cells = self._runtime.cells
        left, right = (*choice.output_channels, *choice.output_channels)[:2]
        most_inputs = at.MOST_INPUTS if self._has_input else 0
        self._stream = DeviceStream(choice, callback.stream_callback.address, self._user_data, most_inputs=most_inputs)
        channels = int(self._user[1])
        cells[at.OUTPUT_LEFT], cells[at.OUTPUT_RIGHT] = min(left, channels) - 1, min(right, channels) - 1
        cells[at.CLICK_LEFT], cells[at.CLICK_RIGHT] = cells[at.OUTPUT_LEFT], cells[at.OUTPUT_RIGHT]
        self._problem = ""

    def _user_data(self, channels: int, inputs: int) -> npt.NDArray[np.int64]:
        cells = self._runtime.cells
        # Until the chosen channels are set, nothing may point past the ones that are open.
        cells[at.OUTPUT_LEFT] = cells[at.CLICK_LEFT] = 0
        cells[at.OUTPUT_RIGHT] = cells[at.CLICK_RIGHT] = min(1, channels - 1)
        self._user = np.array([self._header.ctypes.data, channels, callback.block.address, inputs, 0], np.int64)
        return self._user

    def _run_silently(self, frames: int) -> None:
        count = min(frames, self._scratch.shape[0])
        if count:
            _run_block(int(self._header.ctypes.data), int(self._scratch.ctypes.data), 2, count)

    def _start_clock(self) -> None:
        if self._clock is None:
            cells = self._runtime.cells
            cells[at.OUTPUT_LEFT] = cells[at.CLICK_LEFT] = 0
            cells[at.OUTPUT_RIGHT] = cells[at.CLICK_RIGHT] = 1
            self._clock = SilentClock(self._run_silently, self._rate)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.close()
            self._clock = None

    def _close_stream(self) -> None:
        if self._stream is not None:
            # Whoever looks at the load must not meet a stream that is being closed.
            stream, self._stream = self._stream, None
            stream.close()

    def _watch_device(self) -> None:
        seen, since, tried = -1, time.monotonic(), 0.0
        while not self._stop.wait(_WATCH_S):
            now, blocks = time.monotonic(), int(self._runtime.cells[at.BLOCKS])
            if self._stream is None or blocks != seen:
                seen, since = blocks, now
            if self._stream is not None and now - since > self._patience_s:
                self._give_up()
                tried = now
            elif self._stream is None and self._wanted is not None and now - tried > self._retry_s:
                tried = now
                self._try_again()

    def _give_up(self) -> None:
        with self._lock:
            stream = self._stream
            if stream is None:
                return
            self._close_stream()
            self._problem = f"{stream.name} has stopped; playback goes on in silence until it is back."
            self._start_clock()

    def _try_again(self) -> None:
        with self._lock:
            if self._stream is not None or self._wanted is None:
                return
            try:
                refresh()
                self._open_again(self._wanted)
            except DeviceError as error:
                self._problem = str(error)
                self._start_clock()

    def _open_again(self, choice: DeviceChoice) -> None:
        """Open what was lost; when its input does not come back, playback does without it."""
        try:
            self._open(choice)
        except DeviceError:
            if not self._has_input:
                raise
            self._has_input = False
            self._open(choice)
