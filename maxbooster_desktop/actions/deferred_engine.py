"""The engine of a window: standing in from the first moment, the real one once a worker has loaded it.

`load` is slow (it compiles every kernel the first time) and belongs in a worker; `adopt` and everything else belong
to the window's thread. An engine has one sample rate for life, so another rate makes another engine.
"""

import contextlib
import importlib
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from maxbooster_desktop.actions.kernels import COMPILING, are_compiled, compile_all
from maxbooster_desktop.actions.standing_engine import StandingEngine
from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.foundation.errors import MaxBoosterError

PREPARING = "Preparing sound…"
#: What the window draws and decodes with comes first, so that waveforms do not wait for the whole engine.
_FIRST_KERNELS = ("dsp.peaks.raster", "maxbooster_desktop.engine.media.pool")
#: A filter as the window asks for it (kind, Hz, dB, Q, rate).
_A_FILTER = (0, 1_000.0, 0.0, 1.0, 48_000.0)

#: A start marks the cache it uses, so another version that is still in use keeps its own.
_STALE_AFTER_S = 30 * 86_400.0


def _make_session(choice: DeviceChoice) -> Any:
    module = importlib.import_module("maxbooster_desktop.engine.session")
    return module.EngineSession(sample_rate=choice.sample_rate, block_frames=choice.block_frames)


def drop_stale_kernels(folders: Iterable[str], now_s: float) -> None:
    """Delete caches of compiled kernels that no start has used for a month; one that cannot be deleted stays."""
    for folder in map(Path, folders):
        with contextlib.suppress(OSError):  # another program has it open, or has deleted it first
            if now_s - folder.stat().st_mtime > _STALE_AFTER_S:
                shutil.rmtree(folder)


class DeferredEngine:
    """Passes everything on to the engine of the moment.

    Args:
        choice: the devices to open when the engine is there.
        make_session: makes an engine for a choice; slow at its first call.
    """

    def __init__(self, choice: DeviceChoice, make_session: Callable[[DeviceChoice], Any] = _make_session) -> None:
        self._current: Any = StandingEngine(choice)
        self._choice, self._make_session = choice, make_session

    @property
    def is_made(self) -> bool:
        """Whether the real engine has taken over."""
        return not isinstance(self._current, StandingEngine)

    def load(self, tell: Callable[[str], None]) -> Any:
        """Load kernels and engine and open the device; returns the engine for `adopt`. Slow: call it in a worker.

        `tell` gets a sentence for the status bar. A device that cannot be opened is a `device_problem`, not an error.
        """
        tell(PREPARING)
        compiled = importlib.import_module("dsp.core.compiled")
        is_first = not are_compiled()
        if is_first:
            tell(COMPILING)
        for module in _FIRST_KERNELS:
            importlib.import_module(module)
        # Equaliser curves: the compiler serves one at a time, and the window would wait behind the whole engine.
        importlib.import_module("dsp.filters.biquad").design(*_A_FILTER)
        if is_first:
            compile_all(lambda done: tell(f"{COMPILING}  {round(done * 100)} %"))
        standing = self._current
        self._choice = standing.choice
        session = self._make_session(self._choice)
        _open(session, self._choice)
        standing.prepare(session)
        drop_stale_kernels(compiled.stale_caches(), time.time())
        return session

    def adopt(self, session: Any) -> None:
        """Play with a loaded engine from now on, taking up what was asked for meanwhile."""
        standing, self._current = self._current, session
        standing.hand_over(session)
        if standing.choice != self._choice:
            with contextlib.suppress(MaxBoosterError):  # `device_problem` says it
                self.open_device(standing.choice)

    def open_device(self, choice: DeviceChoice) -> None:
        """Play through these devices from now on; raises a MaxBoosterError when they cannot be opened.

        With another sample rate the engine is another one: it plays nothing until it is shown the project.
        """
        if self.is_made and choice.sample_rate != self._current.sample_rate:
            self._change_rate(choice)
        else:
            self._current.open_device(choice)
        self._choice = choice

    def _change_rate(self, choice: DeviceChoice) -> None:
        before = self._current
        before.close_device()
        session = self._make_session(choice)
        try:
            session.open_device(choice)
        except MaxBoosterError:
            session.close()
            _open(before, self._choice)
            raise
        self._current = session
        before.close()

    def forget(self) -> None:
        """Let go of the project that closes, as far as nothing plays it yet."""
        if isinstance(self._current, StandingEngine):
            self._current.forget()

    def __getattr__(self, name: str) -> Any:
        """Pass everything else on."""
        return getattr(self._current, name)


def _open(session: Any, choice: DeviceChoice) -> None:
    """Open a device; one that refuses is named by the engine's `device_problem`."""
    with contextlib.suppress(MaxBoosterError):
        session.open_device(choice)
