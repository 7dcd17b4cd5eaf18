"""`maxbooster doctor`: what works on this machine, and the way out where something does not.

Each check is independent of the others: one that fails says so and the rest goes on.
"""

import argparse
import importlib
import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from maxbooster_desktop.engine.known_plugins import catalogue, known_plugins
from maxbooster_desktop.foundation import paths

_LEAST_FREE_BYTES = 2 << 30
_NEEDED = (
    "numpy",
    "numba",
    "llvmlite",
    "pyside6-essentials",
    "sounddevice",
    "soundfile",
    "soxr",
    "pycrdt",
    "sqlalchemy",
)
_SUPPORTED = {("Linux", "x86_64"), ("Windows", "AMD64"), ("Darwin", "arm64")}
_FORMATS = {"WAV": "wav", "AIFF": "aiff", "FLAC": "flac", "OGG": "ogg and opus", "MP3": "mp3"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `way_out` says what to do when it is not ok."""

    what: str
    is_ok: bool
    found: str
    way_out: str = ""


def run(_arguments: argparse.Namespace) -> dict[str, Any]:
    """Look at everything."""
    findings = [finding for check in _CHECKS for finding in _looked_at(check)]
    shown = [asdict(finding) | ({"way_out": ""} if finding.is_ok else {}) for finding in findings]
    return {"is_ok": all(finding.is_ok for finding in findings), "findings": shown}


def lines(report: dict[str, Any]) -> Iterator[str]:
    """One line per finding, with the way out below where there is one."""
    for finding in report["findings"]:
        yield f"{'ok       ' if finding['is_ok'] else 'attention'}  {finding['what']}: {finding['found']}"
        if not finding["is_ok"] and finding["way_out"]:
            yield f"           -> {finding['way_out']}"


def _looked_at(check: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return check()
    except (OSError, ImportError, RuntimeError, ValueError) as problem:
        name = check.__name__.strip("_").replace("_", " ").capitalize()
        return [
            Finding(name, is_ok=False, found=f"could not be looked at ({problem})", way_out="run ./start once more")
        ]


def _python() -> list[Finding]:
    version = platform.python_version()
    is_known = (3, 11) <= sys.version_info[:2] < (3, 13)
    machine = (platform.system(), platform.machine())
    return [
        Finding("Python", is_known, version, "./start makes an environment with Python 3.12"),
        Finding(
            "System",
            machine in _SUPPORTED,
            f"{platform.system()} {platform.release()} {platform.machine()}",
            "Linux and Windows on x86-64 and macOS on Apple silicon are supported",
        ),
    ]


def _versions() -> list[Finding]:
    found, lacking = [], []
    for name in _NEEDED:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            lacking.append(name)
    shown = ", ".join(found) + (f"; missing: {', '.join(lacking)}" if lacking else "")
    return [Finding("Packages", not lacking, shown, "./start installs what is missing")]


def _processor() -> list[Finding]:
    binding = importlib.import_module("llvmlite.binding")
    features = binding.get_host_cpu_features()
    wide = [name for name in ("avx512f", "avx2", "neon") if features.get(name)]
    cores = f"{os.cpu_count()} cores, {binding.get_host_cpu_name()}"
    slow = "the engine runs, with fewer tracks than on a processor with AVX2 or NEON"
    return [Finding("Processor", bool(wide), f"{cores}, {wide[0] if wide else 'no wide SIMD'}", slow)]


def _kernels() -> list[Finding]:
    started = time.perf_counter()
    importlib.import_module("maxbooster_desktop.engine.graph.compile")
    compiled = importlib.import_module("dsp.core.compiled")
    seconds = time.perf_counter() - started
    return [Finding("Kernels", is_ok=True, found=f"ready in {seconds:.1f} s, cached in {compiled.CACHE_FOLDER}")]


def _sound_devices() -> list[Finding]:
    way_out = "everything but live sound works; install PortAudio (Debian: apt-get install libportaudio2)"
    with _muted_drivers():
        try:
            sounddevice = importlib.import_module("sounddevice")
            hosts, devices = sounddevice.query_hostapis(), sounddevice.query_devices()
        except (OSError, ImportError) as problem:
            return [Finding("PortAudio", is_ok=False, found=f"none ({problem})", way_out=way_out)]
        except sounddevice.PortAudioError as problem:
            return [Finding("PortAudio", is_ok=False, found=f"does not start ({problem})", way_out=way_out)]
    findings = [
        Finding("PortAudio", is_ok=True, found=", ".join(host["name"] for host in hosts) or "no sound system answers")
    ]
    names = [device["name"] for device in devices if device["max_output_channels"] >= 2]
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    nothing = "everything but live sound works; connect a device or start a sound server"
    return [*findings, Finding("Sound devices", bool(names), shown or "none: everything but live sound works", nothing)]


@contextmanager
def _muted_drivers() -> Iterator[None]:
    """Keep what sound drivers print on stderr while they are asked out of the report."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _jack() -> list[Finding]:
    if platform.system() != "Linux":
        return []
    server = shutil.which("jackd") or shutil.which("jackdbus") or shutil.which("pw-jack")
    return [Finding("JACK", is_ok=True, found=server or "not installed; only wanted for JACK set-ups")]


def _midi() -> list[Finding]:
    driver = importlib.import_module("maxbooster_desktop.engine.devices.midi_driver")
    with _muted_drivers():
        try:
            names = driver.MidiDriver().input_names()
        except driver.MidiMissingError as missing:
            return [Finding("MIDI inputs", is_ok=True, found=str(missing))]
    return [Finding("MIDI inputs", is_ok=True, found=", ".join(names) or "none is connected")]


def _plugins() -> list[Finding]:
    """A worker that is given no plug-in and says so works as one that is given one."""
    way_out = "the program works without plug-ins; ./start installs what hosts them, on Linux and macOS"
    scanning = importlib.import_module("plugins_host.catalog.scanning")
    entries = known_plugins().by_id()
    listed = catalogue().blacklist()
    try:
        scanning.described(str(paths.plugins_folder() / "none.vst3"), scanning.LIMIT_S)
    except scanning.RefusedError:
        known = f"{len(entries)} known, {len(listed)} on the blacklist" if entries or listed else "none scanned yet"
        is_hosted = sys.platform != "win32"
        return [Finding("Plug-ins", is_hosted, f"VST3, {known}", way_out)]
    except ValueError as problem:
        return [Finding("Plug-ins", is_ok=False, found=f"their process does not work: {problem}", way_out=way_out)]
    raise ValueError("a plug-in that is not there was described")


def _formats() -> list[Finding]:
    soundfile = importlib.import_module("soundfile")
    known = soundfile.available_formats()
    lacking = [shown for name, shown in _FORMATS.items() if name not in known]
    shown = ", ".join(shown for name, shown in _FORMATS.items() if name in known)
    return [
        Finding("Sound files", not lacking, shown, f"this libsndfile lacks {', '.join(lacking)}; ./start brings one")
    ]


def _folders() -> list[Finding]:
    wanted = {
        "Settings folder": paths.config_folder,
        "Cache folder": paths.cache_folder,
        "Projects folder": paths.projects_folder,
        "Log folder": paths.logs_folder,
    }
    return [_folder(what, folder) for what, folder in wanted.items()]


def _folder(what: str, folder: Callable[[], Path]) -> Finding:
    way_out = "change its permissions, or set MAXBOOSTER_HOME to a folder that can be written"
    try:
        place = folder()
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"x")
    except OSError as problem:
        return Finding(
            what, is_ok=False, found=f"{problem.filename} cannot be written ({problem.strerror})", way_out=way_out
        )
    free = shutil.disk_usage(place).free
    return Finding(what, free >= _LEAST_FREE_BYTES, f"{place}, {free / 1e9:.1f} GB free", "make room on this disk")


def _display() -> list[Finding]:
    if platform.system() != "Linux":
        return [Finding("Display", is_ok=True, found=platform.system())]
    shown = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    way_out = "the window needs a display; every command works without one"
    return [Finding("Display", bool(shown), shown or "none", way_out)]


_CHECKS = (
    _python,
    _versions,
    _processor,
    _kernels,
    _sound_devices,
    _jack,
    _midi,
    _plugins,
    _formats,
    _folders,
    _display,
)
