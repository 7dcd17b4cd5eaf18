"""Runs one PostgreSQL server and ends it when its owner is gone, however the owner died.

    watchdog.py SPEC        SPEC is JSON: command, stop, log, socket_folder, account

The owner holds the other end of this program's standard input and never writes to it: the operating system closes it
when the owner ends, kill -9 included, and then the server is stopped. Standard library only, run as a file: it starts
in a few milliseconds and costs little memory.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from typing import Any


def main(spec: dict[str, Any]) -> None:
    """Start the server, wait for the owner's end or the server's, and leave nothing behind."""
    account = spec["account"]
    options = {} if account is None else {"user": account[0], "group": account[1], "extra_groups": []}
    with open(spec["log"], "ab") as log:
        options |= {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "cwd": spec["cwd"]}
        server = subprocess.Popen(spec["command"], **options)
        threading.Thread(target=_end_with, args=(server, spec["socket_folder"]), daemon=True).start()
        sys.stdin.buffer.read()
        subprocess.run(spec["stop"], check=False, **options)
        server.wait()
    _leave(server, spec["socket_folder"])


def _end_with(server: "subprocess.Popen[bytes]", socket_folder: str) -> None:
    server.wait()
    _leave(server, socket_folder)


def _leave(server: "subprocess.Popen[bytes]", socket_folder: str) -> None:
    shutil.rmtree(socket_folder, ignore_errors=True)
    os._exit(0 if server.returncode == 0 else 1)  # the other thread is in a read that nothing ends


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
