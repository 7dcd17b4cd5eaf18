"""Where uv comes from: the PATH, or a private `.venv-tools` that pip fills from `requirements-tools.lock`.

Three ways are tried, because no single one works everywhere: a virtual environment (Debian without python3-venv
cannot make one), pip's --target (allowed on Pythons that are managed by the system), and, as root on Debian and
Ubuntu, a virtual environment once more after python3-venv was installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import system_packages
from setup_problem import SetupProblem

_OLDEST = (0, 8)  # `uv venv --clear`
_EXECUTABLE = "uv.exe" if sys.platform == "win32" else "uv"


def find(root: Path) -> str:
    """Return the path of a working uv; raise SetupProblem where none can be had."""
    tools = root / ".venv-tools"
    lock = root / "requirements-tools.lock"
    on_path = shutil.which("uv")
    for candidate in (on_path, *map(str, _places(tools))):
        if candidate and _works(candidate):
            return candidate
    for way in (_by_environment, _by_target, _by_system_package):
        if way(tools, lock):
            return next(str(place) for place in _places(tools) if _works(str(place)))
    raise SetupProblem(
        "uv could not be installed: install it yourself (pip install uv), or give this Python pip and venv "
        "(on Debian and Ubuntu: apt-get install python3-venv), then run this again.",
    )


def _places(tools: Path) -> tuple[Path, ...]:
    scripts = "Scripts" if sys.platform == "win32" else "bin"
    return tools / scripts / _EXECUTABLE, tools / "target" / "bin" / _EXECUTABLE


def _works(executable: str) -> bool:
    """Return whether `executable` runs (a pyenv shim may not) and is new enough."""
    try:
        found = subprocess.run([executable, "--version"], check=False, capture_output=True, text=True)
    except OSError:
        return False
    words = found.stdout.split()
    if found.returncode != 0 or len(words) < 2:
        return False
    numbers = words[1].split(".")
    return all(part.isdigit() for part in numbers[:2]) and tuple(map(int, numbers[:2])) >= _OLDEST


def _by_environment(tools: Path, lock: Path) -> bool:
    shutil.rmtree(tools, ignore_errors=True)
    if not _quietly(sys.executable, "-m", "venv", str(tools)):
        return False
    python = tools / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    return _installs(str(python), "--require-hashes", "-r", str(lock))


def _by_target(tools: Path, lock: Path) -> bool:
    shutil.rmtree(tools, ignore_errors=True)
    return _installs(sys.executable, "--require-hashes", "--target", str(tools / "target"), "-r", str(lock))


def _by_system_package(tools: Path, lock: Path) -> bool:
    return system_packages.install(["python3-venv"]) and _by_environment(tools, lock)


def _installs(python: str, *arguments: str) -> bool:
    return _quietly(python, "-m", "pip", "install", "--disable-pip-version-check", *arguments)


def _quietly(*command: str) -> bool:
    """Run a way that may fail; its words are shown only when it did, as a note."""
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    if ran.returncode != 0:
        last = (ran.stderr.strip() or ran.stdout.strip()).splitlines()[-1:]
        print(f"note: {' '.join(command[:5])} ... did not work: {''.join(last)}", file=sys.stderr)
    return ran.returncode == 0
