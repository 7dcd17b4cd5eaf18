"""Compile every kernel once, before test workers or a timing start: they all read the same cache on disk.

Importing a module compiles the kernels whose signature is declared; those that wait for their first call are
compiled by whoever calls first. Prints how many modules and how long, so that a slow compile shows.
"""

import importlib
import pkgutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Packages with kernels in them.
_PACKAGES = ("dsp", "maxbooster_desktop.engine")


def module_names() -> Iterator[str]:
    """Yield the names of every module in the packages that hold kernels."""
    for package in _PACKAGES:
        folder = ROOT.joinpath(*package.split("."))
        yield from (info.name for info in pkgutil.walk_packages([str(folder)], f"{package}.") if not info.ispkg)


def main() -> int:
    """Import them all and say how long that took."""
    sys.path.insert(0, str(ROOT))
    started = time.monotonic()
    names = list(module_names())
    for name in names:
        importlib.import_module(name)
    print(f"{len(names)} modules loaded, their kernels compiled, in {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
