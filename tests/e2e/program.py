"""The real program as a subprocess, and what every failure of it must look like."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


def maxbooster(
    *words: object, home: Path | None = None, limit: Callable[[], None] | None = None, timeout_s: float = 100.0
) -> Done:
    """Run a command. `home` replaces the program's own folders, `limit` runs in the child before it starts."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "maxbooster_desktop",
            *(os.fspath(word) if isinstance(word, Path) else str(word) for word in words),
        ],
        cwd=ROOT,
        env=os.environ | ({} if home is None else {"MAXBOOSTER_HOME": str(home)}),
        capture_output=True,
        text=True,
        preexec_fn=limit,
        timeout=timeout_s,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def succeeded(done: Done) -> Done:
    """Check that a command did its work and had nothing to say about it."""
    assert (done.code, done.err) == (0, ""), done
    return done


def refused(done: Done, *mentions: str, code: int = 2, sentences: int = 1) -> str:
    """Check that a command ended with so many sentences on stderr, each a line, and return them."""
    assert done.code == code, done
    lines = done.err.splitlines()
    assert len(lines) == sentences, done
    assert "Traceback" not in done.err + done.out
    for line in lines:
        assert line[-1] in ".!?", line
        assert "Error" not in line, line
    for mention in mentions:
        assert mention in done.err, done
    return done.err


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes, but for the lock and the database's working files."""
    ignored = (".lock", "-wal", "-shm")
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(ignored)
    }
