"""One program at a time on this computer: held while a sign-in is renewed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maxbooster_desktop.foundation.file_lock import try_lock
from sync.credentials.errors import StoreUnavailableError

_LOOK_S = 0.02
#: A renewal is one request; who holds the lock longer than its timeouts hangs.
_PATIENCE_S = 45.0


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Hold the lock file for the block.

    Raises:
        StoreUnavailableError: another program does not let go of it.
    """
    until = time.monotonic() + _PATIENCE_S
    with path.open("ab") as file:
        while not try_lock(file):
            if time.monotonic() > until:
                raise StoreUnavailableError("Another Max Booster is signing in and does not end; close it.")
            time.sleep(_LOOK_S)
        yield
