"""Debian and Ubuntu packages that wheels cannot bring: Qt's libraries, PortAudio, and what the tests drive.

As root they are installed; otherwise the exact command is printed and the program goes on (it may not need them:
a headless render needs none of Qt's). Elsewhere nothing is done.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: PortAudio, and the libraries Qt loads: offscreen, then on X11.
RUNTIME = (
    "libportaudio2",
    *("libegl1", "libgl1", "libxkbcommon0", "libfontconfig1", "libdbus-1-3", "libglib2.0-0"),
    *("libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxcb-xkb1", "libxkbcommon-x11-0"),
)
#: A JACK server, a meter not ours, a display with a mouse, a browser, the accessibility bus, what builds plug-ins.
DEVELOPMENT = (
    *("jackd2", "ffmpeg", "xvfb", "xauth", "xdotool", "chromium"),
    *("at-spi2-core", "dbus", "dbus-bin", "python3-gi", "gir1.2-atspi-2.0"),
    *("make", "g++", "pkg-config"),
)
#: For the client that tests of rooms drive, where no other node is there.
NODE = ("nodejs", "npm")
_LISTS = Path("/var/lib/apt/lists")


def require(*, development: bool) -> None:
    """Install what is missing, or say how to."""
    if not shutil.which("dpkg-query") or not shutil.which("apt-get"):
        return
    present = installed()
    wanted = (*RUNTIME, *DEVELOPMENT, *_node()) if development else RUNTIME
    missing = [name for name in wanted if name not in present]
    if missing and not install(missing):
        print(f"Missing system packages; install them with:\n  sudo {' '.join(_command(missing))}", file=sys.stderr)


def _node() -> tuple[str, ...]:
    return () if shutil.which("node") and shutil.which("npm") else NODE


def installed() -> set[str]:
    """Return the names of installed packages and what they provide (libglib2.0-0 is libglib2.0-0t64 on Ubuntu)."""
    form = "${db:Status-Abbrev}|${Package}|${Provides}\n"
    listed = subprocess.run(["dpkg-query", "-W", "-f", form], check=False, capture_output=True, text=True)
    names: set[str] = set()
    for line in listed.stdout.splitlines():
        status, package, provides = line.split("|", 2)
        if status.startswith("ii"):
            names.add(package)
            names.update(part.split()[0] for part in provides.split(",") if part.strip())
    return names


def install(names: list[str]) -> bool:
    """Install packages without a question asked; return whether it was possible and worked."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    print(f"Installing system packages: {' '.join(names)}", file=sys.stderr)
    has_lists = any(_LISTS.glob("*_Packages*"))
    if has_lists and _apt(*_command(names)):
        return True
    # No lists, or lists that name versions which are gone: fetch them, then try once more.
    return _apt("apt-get", "update") and _apt(*_command(names))


def _command(names: list[str]) -> list[str]:
    return ["apt-get", "install", "-y", "--no-install-recommends", *names]


def _apt(*command: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    ran = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
    if ran.returncode != 0:
        print(ran.stdout[-2000:] + ran.stderr[-2000:], file=sys.stderr)
    return ran.returncode == 0
