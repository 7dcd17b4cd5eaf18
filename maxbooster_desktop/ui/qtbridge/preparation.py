"""One long piece of work that cannot be stopped, such as compiling kernels: in a thread of its own.

Unlike a `Task` it holds up neither the worker pool nor the end of the program: the thread is a daemon.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from maxbooster_desktop.foundation.errors import MaxBoosterError

_log = logging.getLogger(__name__)


class Preparation(QObject):
    """Runs `work(tell)` once; `tell` takes sentences.

    Signals:
        told(sentence), done(result), failed(sentence): on the owner's thread.
    """

    told = Signal(str)
    done = Signal(object)
    failed = Signal(str)

    def __init__(self, work: Callable[[Callable[[str], None]], Any], owner: QObject) -> None:
        super().__init__(owner)
        self._work = work
        self._thread = threading.Thread(target=self._run, name="preparation", daemon=True)

    @property
    def is_started(self) -> bool:
        """Whether `start` was called."""
        return self._thread.ident is not None

    @property
    def is_running(self) -> bool:
        """Whether the work goes on."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def _run(self) -> None:
        try:
            result = self._work(self.told.emit)
        except MaxBoosterError as error:
            self._send(self.failed, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it was, the person must hear of it
            _log.exception("The preparation failed unexpectedly")
            self._send(self.failed, f"The sound engine could not be loaded ({error}); everything but listening works.")
        else:
            self._send(self.done, result)

    def _send(self, signal: Any, what: object) -> None:
        try:
            signal.emit(what)
        except RuntimeError:
            _log.debug("The window was gone before the preparation ended")
