"""Loading a project, or many modules, makes objects that stay: the collector need not walk them again and again."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Keep the garbage collector out of the block, then count what is alive as lasting.

    Measured on 360,000 registers: collections take a third of loading otherwise, and one full collection while
    somebody plays takes half a second.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
