"""The client for Yjs that we did not write, which the tests of rooms drive: npm packages below `tests/foreign_yjs`.

Installed from its lock, which holds versions and hashes and no addresses, into its own folder; a stamp there says which
lock it was, and while it fits nothing is done. Without node and npm nothing is done either, and the tests say so.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / "tests" / "foreign_yjs"
_LOCK = HOME / "package-lock.json"
_STAMP = HOME / "node_modules" / "maxbooster-lock"


def install() -> bool:
    """Install what the lock names; return whether it is there."""
    wanted = hashlib.sha256(_LOCK.read_bytes()).hexdigest()
    if _STAMP.exists() and _STAMP.read_text(encoding="ascii") == wanted:
        return True
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return False
    print("Setting up tests/foreign_yjs from its lock ...", file=sys.stderr)
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    ran = subprocess.run(command, check=False, cwd=HOME, capture_output=True, text=True)
    if ran.returncode != 0:
        print(ran.stderr[-2000:], file=sys.stderr)
        return False
    _STAMP.write_text(wanted, encoding="ascii")
    return True
