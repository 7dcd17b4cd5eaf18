"""Memory that two processes share without a name: it is gone when both have let go of it, however they end.

A name would have to be removed by somebody: Python's own shared memory lets the child that ends first remove it.
"""

import mmap
import os
import sys
import tempfile

from plugins_host.errors import PluginError


def new_memory(size: int) -> tuple[mmap.mmap, int]:
    """Return a mapping and the descriptor a child opens it by; the caller closes that. Raises PluginError."""
    if sys.platform == "win32":
        raise PluginError("Plug-ins cannot be hosted on Windows yet; open the project on Linux or macOS to hear them.")
    try:
        descriptor = _descriptor()
        os.ftruncate(descriptor, size)
        return mmap.mmap(descriptor, size), descriptor
    except OSError as error:
        raise PluginError(f"There is no memory for a plug-in ({error.strerror}); close something.") from error


def _descriptor() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("maxbooster-plugin")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
