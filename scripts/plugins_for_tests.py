"""Real VST3 plug-ins that the tests of hosting load: two of Debian's dpf-plugins, and a hostile one of ours.

They are built once from Debian's source package, with its own framework (about ten seconds), and kept in the user's
cache, outside the checkout, under a digest of what they are made from. Where there is no apt, make or compiler nothing
is done, and the tests say so.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PLUGINS = ("3BandEQ", "MVerb")
HOSTILE = Path(__file__).resolve().parent.parent / "tests" / "hostile_plugin"
_SOURCE = "dpf-plugins"
_APT = Path("/etc/apt")
_PLAIN = ("HAVE_OPENGL=false", "HAVE_X11=false", "HAVE_CAIRO=false", "UI_TYPE=none")


def folder() -> Path:
    """Return where the plug-ins are, or will be (`MAXBOOSTER_TEST_PLUGINS` overrides it)."""
    chosen = os.environ.get("MAXBOOSTER_TEST_PLUGINS")
    if chosen:
        return Path(chosen)
    digest = hashlib.sha256()
    for path in (Path(__file__), *sorted(HOSTILE.iterdir())):
        digest.update(path.read_bytes())
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "maxbooster" / "test-plugins" / digest.hexdigest()[:16]


def build() -> bool:
    """Build what is not there yet; return whether all is there."""
    goal = folder()
    if goal.is_dir():
        return True
    if not all(shutil.which(tool) for tool in ("apt-get", "make", "g++", "pkg-config")):
        return False
    print("Building VST3 plug-ins for the tests ...", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="maxbooster-plugins-") as scratch:
        tree = _source(Path(scratch))
        made = tree is not None and _make(tree)
        if tree is None or not made:
            return False
        goal.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: beside its place first, for another file system may lie between.
        with tempfile.TemporaryDirectory(dir=goal.parent) as beside:
            whole = Path(beside) / "whole"
            shutil.copytree(tree / "bin", whole, ignore=lambda _folder, names: _not_bundles(names))
            if not goal.exists():
                whole.rename(goal)
    return True


def _not_bundles(names: list[str]) -> list[str]:
    is_top = any(name.endswith(".vst3") for name in names)
    return [name for name in names if is_top and not name.endswith(".vst3")]


def _source(scratch: Path) -> Path | None:
    """Fetch the source package, which needs source lists of its own, and unpack it."""
    parts, lists = scratch / "parts", scratch / "lists"
    parts.mkdir()
    (lists / "partial").mkdir(parents=True)
    for path in (*_APT.glob("sources.list.d/*.sources"), *_APT.glob("sources.list")):
        text = path.read_text(encoding="utf-8")
        kind = "sources" if path.suffix == ".sources" else "list"
        lines = [_as_source(line) for line in text.splitlines()]
        (parts / f"{path.stem}.{kind}").write_text("\n".join(lines) + "\n", encoding="utf-8")
    options = [
        "-q",
        *("-o", f"Dir::Etc::SourceParts={parts}", "-o", "Dir::Etc::SourceList=/dev/null"),
        *("-o", f"Dir::State::Lists={lists}", "-o", "APT::Sandbox::User=root"),
    ]
    fetched = _ran(["apt-get", *options, "update"], scratch) and _ran(
        ["apt-get", *options, "source", "--download-only", "--tar-only", _SOURCE], scratch
    )
    archives = list(scratch.glob(f"{_SOURCE}_*.orig.tar.*"))
    if not fetched or not archives or not _ran(["tar", "xf", str(archives[0])], scratch):
        return None
    return next(path for path in scratch.glob(f"{_SOURCE}-*") if path.is_dir())


def _as_source(line: str) -> str:
    if line.startswith("Types:"):
        return "Types: deb-src"
    return f"deb-src {line[4:]}" if line.startswith("deb ") else line


def _make(tree: Path) -> bool:
    shutil.copytree(HOSTILE, tree / "plugins" / "Hostile")
    return all(
        _ran(["make", "-s", "-j2", "-C", f"plugins/{name}", "vst3", *_PLAIN], tree) for name in (*PLUGINS, "Hostile")
    )


def _ran(command: list[str], where: Path) -> bool:
    ran = subprocess.run(command, check=False, cwd=where, capture_output=True, text=True)
    if ran.returncode != 0:
        print(ran.stdout[-2000:] + ran.stderr[-2000:], file=sys.stderr)
    return ran.returncode == 0


if __name__ == "__main__":
    print(folder() if build() else "The plug-ins for the tests could not be built.")
