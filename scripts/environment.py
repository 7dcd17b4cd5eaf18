"""The two commands' first half: make `.venv` fit the locks, then start the studio or the checks.

Runs on whatever Python (3.8 or newer) the machine has, with the standard library only. It writes into the checkout
(`.venv`, `.venv-tools`) and, as root on Debian or Ubuntu, installs missing system packages; it never touches the
Python it runs on. A stamp in `.venv` names the lock, the Python and the checkout it was made from: while it fits,
nothing is installed and the commands start at once. A development environment also serves `start`, so `start`
never takes away what `check` installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import ssl
import subprocess
import sys
from pathlib import Path

import foreign_client
import plugins_for_tests
import system_packages
import uv_program
from setup_problem import SetupProblem

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = {False: ROOT / "requirements.lock", True: ROOT / "requirements-dev.lock"}
_STAMP = VENV / "maxbooster-environment.json"
_WINDOWS = sys.platform == "win32"
_SUPPORTED = {("Linux", "x86_64"), ("Windows", "AMD64"), ("Darwin", "arm64")}
_SERVED_PYTHONS = ((3, 11), (3, 12))
#: What uv is asked for where the Python that runs this is not one of them; uv fetches it when the machine has none.
_FETCHED_PYTHON = "3.12"


def main(arguments: list[str]) -> int:
    """Prepare the environment, then run `start` or `check` with the remaining arguments."""
    verb, rest = arguments[0], arguments[1:]
    try:
        check_system()
        system_packages.require(development=verb == "check")
        prepare(is_development=verb == "check")
        if verb == "check":
            foreign_client.install()
            plugins_for_tests.build()
            return _run([str(venv_python()), str(ROOT / "scripts" / "checks.py"), *rest])
        return start(rest)
    except SetupProblem as problem:
        print(problem, file=sys.stderr)
        return 2


def check_system() -> None:
    """Raise SetupProblem on a machine that no locked wheel serves."""
    system = (platform.system(), platform.machine())
    if system not in _SUPPORTED:
        raise SetupProblem(
            "Max Booster Desktop runs on Linux and Windows (x86-64) and on macOS (Apple silicon); "
            f"this is {' '.join(system)}.",
        )


def prepare(*, is_development: bool) -> None:
    """Create or update `.venv` so that it holds the lock's packages and the `maxbooster` command."""
    stamp = _read_stamp()
    is_development = is_development or stamp.get("development") is True
    if stamp == _wanted_stamp(is_development=is_development) and venv_python().exists():
        return
    print(f"Setting up {VENV.name} from {LOCKS[is_development].name} ...", file=sys.stderr)
    uv = uv_program.find(ROOT)
    _STAMP.unlink(missing_ok=True)
    if not _has_served_python():
        _must(uv, "venv", "--clear", "--python", _python_request(), str(VENV))
    lock = str(LOCKS[is_development])
    _must(uv, "pip", "install", "--python", str(venv_python()), "--require-hashes", "-r", lock)
    install_project()
    made = _wanted_stamp(is_development=is_development)
    _STAMP.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


def install_project() -> None:
    """Put the checkout on the environment's path and write the `maxbooster` command.

    Written by hand, not by a build back end: it needs nothing that the locks do not hold, and an edited file runs.
    """
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    found = subprocess.run([str(venv_python()), "-c", code], check=True, capture_output=True, text=True)
    site = Path(found.stdout.strip())
    (site / "maxbooster-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    command = venv_command()
    if _WINDOWS:
        command.write_text('@"%~dp0python.exe" -m maxbooster_desktop %*\r\n', encoding="utf-8")
    else:
        # Through sh: a first line that names the interpreter breaks on paths with spaces or of 128 characters.
        command.write_text('#!/bin/sh\nexec "$(dirname -- "$0")/python" -m maxbooster_desktop "$@"\n', encoding="utf-8")
        command.chmod(0o755)


def start(arguments: list[str]) -> int:
    """Run `maxbooster`; without arguments and without a display, its main job headless."""
    if not arguments and not _has_display():
        print("No display here: running the demo song headless (maxbooster demo --out demo-out).", file=sys.stderr)
        print("The first run compiles the sound engine, which takes a minute or more.", file=sys.stderr)
        arguments = ["demo", "--out", "demo-out"]
    return _run([str(venv_command()), *arguments])


def venv_python() -> Path:
    """Return the path of the environment's Python."""
    return VENV / ("Scripts/python.exe" if _WINDOWS else "bin/python")


def venv_command() -> Path:
    """Return the path of the `maxbooster` command."""
    return VENV / ("Scripts/maxbooster.cmd" if _WINDOWS else "bin/maxbooster")


def _has_display() -> bool:
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def _read_stamp() -> dict[str, object]:
    try:
        stamp = json.loads(_STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # no environment yet, or one whose making was cut off: make it
    return stamp if isinstance(stamp, dict) else {}


def _wanted_stamp(*, is_development: bool) -> dict[str, object]:
    return {
        "development": is_development,
        "lock": hashlib.sha256(LOCKS[is_development].read_bytes()).hexdigest(),
        "python": _venv_version(),
        "checkout": str(ROOT),
        "setup": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
    }


def _venv_version() -> str:
    """Return the version that `.venv` was made with, "" without one; reading a file keeps the second run instant."""
    try:
        lines = (VENV / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    values = dict(line.split(" = ", 1) for line in lines if " = " in line)
    return values.get("version_info", values.get("version", ""))


def _uv_environment() -> dict[str, str]:
    """Let uv trust what pip and the browser here trust (a company's own proxy, say), where such a store exists."""
    trusted = ssl.get_default_verify_paths()
    has_store = _WINDOWS or sys.platform == "darwin" or trusted.cafile is not None
    return {**({"UV_SYSTEM_CERTS": "true", "UV_NATIVE_TLS": "true"} if has_store else {}), **os.environ}


def _has_served_python() -> bool:
    parts = _venv_version().split(".")[:2]
    return venv_python().exists() and parts in [[str(major), str(minor)] for major, minor in _SERVED_PYTHONS]


def _python_request() -> str:
    return sys.executable if sys.version_info[:2] in _SERVED_PYTHONS else _FETCHED_PYTHON


def _must(*command: str) -> None:
    if subprocess.run(command, check=False, cwd=ROOT, env=_uv_environment()).returncode != 0:
        raise SetupProblem(f"Setting up stopped at: {' '.join(command)} (the lines above say why).")


def _run(command: list[str]) -> int:
    """Become `command`, so that signals and the exit status are its own; Windows can only wait for it."""
    sys.stderr.flush()
    if not _WINDOWS:
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the program was told as well and ends in its own way


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
