"""Workers as processes: how one is started with its first order, and ended."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence


def start_worker(order: Mapping[str, object], descriptors: Sequence[int] = ()) -> "subprocess.Popen[bytes]":
    """Start a worker with its first order. Raises OSError.

    Never a fork of this process: it would inherit threads that are not there, and locks that they hold.
    """
    # -P: the folder the studio was started in, full of other people's files, is no place for modules.
    command = [sys.executable, "-P", "-m", "plugins_host.worker"]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=tuple(descriptors),
    )
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()
    except OSError:
        end_worker(process)
        raise
    return process


def end_worker(process: "subprocess.Popen[bytes]") -> None:
    """End a worker at once: a plug-in that hangs hears nothing gentler."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
