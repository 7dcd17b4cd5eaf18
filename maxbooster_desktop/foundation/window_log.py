"""The window's log: `window.log` in the log folder, begun anew when it is large, with the last few kept beside it.

It holds warnings and errors of everything, and what our own code finds worth noting; never what people name or make.
"""

import logging
import platform
from logging.handlers import RotatingFileHandler

from maxbooster_desktop.foundation.paths import logs_folder
from maxbooster_desktop.foundation.version import VERSION

NAME = "window.log"
_LARGEST_BYTES = 1_000_000
_KEPT = 3
_log = logging.getLogger(__name__)


class _LogFile(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:
        """Do without the record: on a full disk the window goes on, and says so where it matters."""


def begin_log() -> logging.Handler | None:
    """Send log records and Python's warnings to the file from now on; None where no log can be written."""
    try:
        path = logs_folder() / NAME
        handler = _LogFile(
            path, maxBytes=_LARGEST_BYTES, backupCount=_KEPT, encoding="utf-8", errors="backslashreplace"
        )
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or record.name.startswith("maxbooster_desktop"))
    logging.captureWarnings(capture=True)
    logging.getLogger().addHandler(handler)
    logging.getLogger("maxbooster_desktop").setLevel(logging.INFO)
    _log.info("Max Booster %s begins, Python %s, %s", VERSION, platform.python_version(), platform.platform())
    return handler


def end_log(handler: logging.Handler | None) -> None:
    """Note the end, and let go of the file."""
    if handler is not None:
        _log.info("Max Booster ends")
        logging.getLogger().removeHandler(handler)
        logging.getLogger("maxbooster_desktop").setLevel(logging.NOTSET)
        logging.captureWarnings(capture=False)
        handler.close()
