"""Compile every kernel once, before test workers or a timing start: they all read the same cache on disk.

Importing a module compiles the kernels whose signature is declared; those that wait for their first call are
compiled by whoever calls first. Prints how many modules and how long, so that a slow compile shows.
"""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main() -> int:
    """Load them all and say how long that took."""
    from maxbooster_desktop.actions import kernels  # noqa: PLC0415 - found by the path above

    started = time.monotonic()
    if kernels.are_compiled():
        kernels.load_all()
    else:
        kernels.compile_all(lambda _done: None)
    count = len(list(kernels.kernel_modules()))
    print(f"{count} modules loaded, their kernels compiled, in {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
