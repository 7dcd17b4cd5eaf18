"""What PortAudio needs beside it where a JACK server may hang or die (PortAudio 19.6 and 19.7, pa_jack.c).

Ending a stream waits up to ten minutes for a server that hangs. Once the server has died, ending a stream or ending
PortAudio aborts the whole program, and that PortAudio never meets the next server. So

- a stream is ended only while its server calls back (`part_from`); one whose server has died is left as it is;
- another PortAudio then takes over: the library is loaded once more, from a copy in memory because the system loads
  one file once; libjack drops the lost client itself when the new one opens its own. The old library stays loaded,
  for libjack still calls into it;
- a PortAudio that holds a JACK client is not ended with the program either.
"""

import atexit
import functools
import os
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_HEARTBEAT_S = 0.02
#: Set when a server is known to have died.
_is_lost = threading.Event()
#: Streams of dead servers, and libraries with the files they came from, whose names must not be used again.
_kept: list[Any] = []


def holds_client(sd: Any) -> bool:
    """Return whether PortAudio is a client of a JACK server, living or dead."""
    return any("JACK" in host["name"] for host in sd.query_hostapis())


@functools.cache
def spare_at_exit(sd: Any) -> None:
    """See that sounddevice does not end a PortAudio with a JACK client; called later, it is asked earlier."""
    atexit.register(lambda: setattr(sd, "_initialized", 0) if holds_client(sd) else None)


def part_from(stream: Any, user_data: npt.NDArray[np.int64]) -> None:
    """Close a stream as soon as its server calls back; leave it when the server has died. Waits while it hangs.

    `user_data` is the callback's: without its first cell it ends the stream and counts in its last.
    """
    user_data[0], before = 0, int(user_data[-1])
    while int(user_data[-1]) == before:
        if not stream.active and int(user_data[-1]) == before:
            note_death(stream)
            return
        time.sleep(_HEARTBEAT_S)
    stream.close()


def note_death(*streams: Any) -> None:
    """Remember that the server has died, and keep its streams from harm."""
    _kept.extend(streams)
    _is_lost.set()


def is_lost() -> bool:
    """Return whether the server that PortAudio is a client of has died."""
    return _is_lost.is_set()


def begin_anew(sd: Any) -> None:
    """Have sounddevice speak to another PortAudio, which finds the servers that run now.

    Raises:
        OSError: the library cannot be loaded once more.
    """
    descriptor = os.memfd_create("portaudio")
    with open(descriptor, "wb", closefd=False) as copy:
        copy.write(_library_file().read_bytes())
    library = sd._ffi.dlopen(f"/proc/self/fd/{descriptor}")  # noqa: SLF001 - as sounddevice loads its own
    _kept.append((sd._lib, descriptor))  # noqa: SLF001 - it offers no public way to load anew
    sd._lib, sd._initialized = library, 0  # noqa: SLF001 - as above
    sd._initialize()  # noqa: SLF001 - as above
    _is_lost.clear()


def _library_file() -> Path:
    """Return the file that PortAudio was loaded from first."""
    mapped = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return next(Path(line.split(maxsplit=5)[5]) for line in mapped if "/libportaudio" in line)
