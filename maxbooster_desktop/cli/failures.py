"""How a command ends when it cannot do what was asked: one sentence on stderr and an exit code, never a traceback.

2: it could not be done, for a reason the sentence names. 130 and 143: interrupted or told to end; whatever was being
written was removed. Anything nobody expected goes to the log with its traceback, and the sentence names the log.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from maxbooster_desktop.foundation.errors import MaxBoosterError

FAILED, INTERRUPTED, TERMINATED = 2, 130, 143
_LARGEST_LOG_BYTES = 1 << 20
_log = logging.getLogger(__name__)


class _TerminatedError(BaseException):
    """SIGTERM came: unwinds like Ctrl+C, so that everything cleans up behind itself."""


def say(sentence: str) -> None:
    """Print one sentence on stderr, whatever it holds, in one line."""
    text = " ".join(sentence.split())
    print(text if text.endswith((".", "!", "?")) else f"{text}.", file=sys.stderr)


def guarded(work: Callable[[], int]) -> int:
    """Run a command and return its exit code; every failure becomes its sentence."""
    try:
        return work()
    except MaxBoosterError as failure:
        say(str(failure))
    except KeyboardInterrupt:
        say("Interrupted; nothing half-written was left behind.")
        return INTERRUPTED
    except _TerminatedError:
        say("Ended from outside; nothing half-written was left behind.")
        return TERMINATED
    except BrokenPipeError:
        # Whoever read our output has enough of it; Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except OSError as failure:
        _log.exception("The system refused something")
        place = f"{failure.filename}: " if failure.filename else ""
        say(f"{place}{failure.strerror or failure}; make room or choose a place that can be written.")
    except MemoryError:
        say("There is not enough memory for this; close other programs and try again.")
    except Exception as failure:  # noqa: BLE001 - whatever it is, a person reads a sentence and the log has the rest
        _log.exception("Unexpected error")
        say(f"Something unexpected happened ({type(failure).__name__}); the details are in {log_place()}.")
    return FAILED


def quiet_surroundings() -> None:
    """Send warnings, log records and what other threads do not catch to the log; let SIGTERM unwind."""
    logging.captureWarnings(capture=True)
    logging.getLogger().addHandler(_LogFile())
    threading.excepthook = lambda about: _log.error(
        "Unexpected error in a thread",
        exc_info=(about.exc_type, about.exc_value or about.exc_type(), about.exc_traceback),
    )
    sys.unraisablehook = _note_unraisable
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        # A name that is no text must not end a command that has done its work.
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def quiet_libraries() -> None:
    """Send what compiled libraries print on stderr (decoders, sound drivers) to the log; our own sentences stay there.

    Only for a process that is ours alone: it moves file descriptor 2.
    """
    path = _log_path()
    try:
        target = os.open(os.devnull if path is None else path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    except OSError:
        target = os.open(os.devnull, os.O_WRONLY)
    ours = os.dup(2)
    sys.stderr.flush()
    os.dup2(target, 2)
    os.close(target)
    sys.stderr = open(ours, "w", encoding="utf-8", errors="backslashreplace", buffering=1)  # noqa: SIM115 - for good


def log_place() -> str:
    """Return where the log is, in words."""
    path = _log_path()
    return str(path) if path is not None and path.is_file() else "no log, because none could be written"


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise _TerminatedError


def _note_unraisable(about: Any) -> None:
    _log.error("Unexpected error while tidying up: %r", about.object, exc_info=about.exc_value)


def _log_path() -> Path | None:
    # Loaded when something is logged: the folder names cost more than all the rest of a short command.
    from maxbooster_desktop.foundation.paths import logs_folder  # noqa: PLC0415 - see above

    try:
        return logs_folder() / "commands.log"
    except OSError:
        return None


class _LogFile(logging.Handler):
    """Appends to the log, which is made with the first record and starts anew when it is large."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Append one record; where no log can be written there is none."""
        path = _log_path()
        if path is None:
            return
        try:
            is_large = path.is_file() and path.stat().st_size > _LARGEST_LOG_BYTES
            with open(path, "w" if is_large else "a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(self.format(record) + "\n")
        except OSError:
            # A full disk: what the person reads does not depend on the log.
            return
