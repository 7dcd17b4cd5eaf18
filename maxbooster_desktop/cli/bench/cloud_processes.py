"""The processes of a cloud that is measured: started on loopback with folders of their own, their memory and time.

The first brings its own database; another one shares that and the keys, and answers requests only. What the system
does not tell (it tells on Linux) is None.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

#: Callers are held to their number of requests a minute otherwise: it is the machine that is measured, not the limit.
_PREFIX = "MAXBOOSTER_CLOUD_"
_UNHELD = {f"{_PREFIX}REQUESTS_PER_MINUTE": "100000000", f"{_PREFIX}LOG_LEVEL": "WARNING"}
_PROC = Path("/proc")
_STOPS_S = 60.0


@dataclass(frozen=True, slots=True)
class CloudProcess:
    """One `maxbooster cloud serve` that answers at `url`."""

    url: str
    pid: int
    operator_key: str

    def metrics(self) -> dict[str, float]:
        """Return what the process has counted, summed over labels."""
        request = Request(f"{self.url}/metrics", headers={"Authorization": f"Bearer {self.operator_key}"})  # noqa: S310 - our own address
        with urlopen(request, timeout=20) as reply:  # noqa: S310 - our own address
            return _sums(reply.read().decode("utf-8"))


@contextmanager
def cloud_process(folder: Path, first: Path | None = None) -> Iterator[CloudProcess]:
    """Run a process that keeps everything in `folder`; with `first`, on the database and store of that folder's."""
    more = {} if first is None else _shared(first)
    data = folder if first is None else first
    with (folder.parent / f"{folder.name}.log").open("w", encoding="utf-8") as log:
        command = [sys.executable, "-m", "maxbooster_desktop", "cloud", "serve", "--port", "0", "--json"]
        process = subprocess.Popen(
            [*command, "--data", str(data)],
            env=_plain_environment() | _UNHELD | more,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    with process.stdout:
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(Path(log.name).read_text(encoding="utf-8"))
            yield CloudProcess(_loopback(json.loads(line)["url"]), process.pid, _secrets(data)["operator_key"])
        finally:
            process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
            process.wait(_STOPS_S)


def database_pids(data: Path) -> list[int]:
    """Return the processes of the database of a folder: the server and what it has started."""
    children: dict[int, list[int]] = {}
    for stat in _PROC.glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            children.setdefault(int(_fields(stat)[1]), []).append(int(stat.parent.name))
    found = [_postmaster(data)]
    for pid in found:
        found += children.get(pid, [])
    return found


def memory_mb(pids: list[int]) -> float | None:
    """Return the memory of some processes, what they share counted once."""
    parts_kb = []
    for pid in pids:
        try:
            text = (_PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        parts_kb += [int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")]
    return sum(parts_kb) / 1024 if parts_kb else None


def cpu_s(pids: list[int]) -> float | None:
    """Return the processor time that some processes have used so far, with that of those they have waited for."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            ticks += sum(int(field) for field in _fields(_PROC / str(pid) / "stat")[11:15])
    return ticks / os.sysconf("SC_CLK_TCK") if _PROC.is_dir() else None


def _shared(first: Path) -> dict[str, str]:
    # The cloud is not of the desktop's layers: it is found by name, as the command line does.
    cluster: Any = importlib.import_module("cloud.foundation.embedded_postgres.cluster")
    owner = str(cluster.owner_url_of_running(first))
    app = owner.replace("maxbooster_owner@", "maxbooster_app@")
    return {"DATABASE_URL": app, "DATABASE_OWNER_URL": owner, f"{_PREFIX}ROLES": "api"} | {
        f"{_PREFIX}{name.upper()}": value for name, value in _secrets(first).items()
    }


def _secrets(data: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((data / "secrets.json").read_text(encoding="utf-8"))
    return found


def _plain_environment() -> dict[str, str]:
    """Return our environment without settings of a cloud that somebody else runs."""
    others = ("DATABASE_URL", "DATABASE_OWNER_URL", "OBJECT_STORE_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(_PREFIX) and name not in others}


def _postmaster(data: Path) -> int:
    layout: Any = importlib.import_module("cloud.foundation.embedded_postgres.layout")
    account: Any = importlib.import_module("cloud.foundation.embedded_postgres.account")
    place = layout.prepare(data.absolute(), account.database_account())
    return int((place.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])


def _fields(stat: Path) -> list[str]:
    """Return the fields of a process behind its name, which may hold anything."""
    return stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


def _loopback(url: str) -> str:
    return url.replace("localhost", "127.0.0.1")


def _sums(page: str) -> dict[str, float]:
    sums: dict[str, float] = {}
    for line in page.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            name = name.partition("{")[0]
            sums[name] = sums.get(name, 0.0) + float(value)
    return sums
