"""`bench cloud`: what one API process of the cloud does on this machine, and what one more process adds.

It starts a cloud of its own on loopback, with a folder that goes away, makes eight accounts with ten projects each and
measures, first with one API process and then with two on the same database: signing in, listing projects, edits in
rooms until they are acknowledged (one edit at a time, and eight writers in two rooms), uploads, memory. Beside each
rate stand the statements a request takes and where the processor's time went: API processes, database, and the
generator, which is a process of its own on the same cores. A limit is named with the requirement it comes from; where
the requirements have none, none is shown.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from maxbooster_desktop.cli.bench.cloud_people import Member, members, project, room_address
from maxbooster_desktop.cli.bench.cloud_processes import CloudProcess, cloud_process, cpu_s, database_pids, memory_mb

_MEMBERS, _PROJECTS, _ROOMS = 8, 10, 2
_COMMITS = ("room_commit_seconds_sum", "room_commit_seconds_count", "room_updates_total")
#: Before a part begins, what the one before has left to do is done: the cloud sends fewer statements a second.
_IDLE_STATEMENTS_S, _IDLE_S, _SETTLED_S = 60.0, 0.5, 10.0


@dataclass(frozen=True, slots=True)
class Limit:
    """What a figure is held to, and where that is written; `is_least` when more is better."""

    value: float
    source: str
    is_least: bool = False


_ANSWERS = Limit(300.0, "objective api.latency: requests within 300 ms")
_EDITS = Limit(200.0, "R-WS-3: one client may send 200 updates a second", is_least=True)
#: Of an update that finds nobody before it: a group must not be waited for. A keeper that has no pause takes all that
#: gathered while it was busy, so the size of its groups is the load's, and so is how long one takes: no limit there.
_COMMIT = Limit(5.0, "room updates are group-committed within 5 ms")
_REFUSED = Limit(0.0, "objective api.availability: nothing is refused below the limits")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `processes` is how many API processes there were."""

    id: str
    processes: int
    what: str
    value: float | None
    unit: str
    limit: Limit | None = None

    @property
    def is_met(self) -> bool | None:
        """Return whether it is within its limit; None without one."""
        if self.limit is None or self.value is None:
            return None
        return self.value >= self.limit.value if self.limit.is_least else self.value <= self.limit.value


@dataclass(frozen=True, slots=True)
class Load:
    """A part of the measurement: what the generator does, and what a unit of its work is called."""

    id: str
    what: str
    unit: str
    plan: Mapping[str, Any]
    answers: Limit | None = None
    rate: Limit | None = None
    commit: Limit | None = None


class Site:
    """The cloud under measurement: its processes, its members and their rooms."""

    def __init__(
        self, data: Path, processes: Sequence[CloudProcess], band: Sequence[Member], rooms: Sequence[str]
    ) -> None:
        self.data, self.processes, self.band, self.rooms = data, processes, band, rooms

    @property
    def urls(self) -> list[str]:
        """Return where each process answers."""
        return [process.url for process in self.processes]

    @property
    def room_addresses(self) -> list[str]:
        """Return an address of each room, spread over the processes."""
        places = [self.urls[number % len(self.urls)] for number in range(len(self.rooms))]
        return [room_address(url, self.band[0], room) for url, room in zip(places, self.rooms, strict=True)]

    def counted(self, name: str) -> float:
        """Return what the processes have counted together."""
        return sum(process.metrics().get(name, 0.0) for process in self.processes)

    def used_s(self) -> tuple[float | None, float | None]:
        """Return the processor time of the API processes, and of the database."""
        return cpu_s([process.pid for process in self.processes]), cpu_s(database_pids(self.data))


def run(arguments: Namespace) -> dict[str, Any]:
    """Measure, and print each figure beside its limit; nothing is printed with `--json`.

    Returns {"cores", "figures": [{id, processes, what, value, unit, limit, source, is_met}], "is_met"}.
    """
    is_quick, is_told = bool(arguments.quick), not getattr(arguments, "json", False)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="maxbooster-bench-") as home:
        data = Path(home) / "first"
        with cloud_process(data) as first:
            band = members(first.url, data, _MEMBERS)
            songs = [[project(first.url, one, f"Song {number}") for number in range(_PROJECTS)] for one in band]
            rooms = songs[0][:_ROOMS]
            figures += _measured(Site(data, [first], band, rooms), is_quick=is_quick, is_told=is_told)
            with cloud_process(Path(home) / "second", data) as second:
                figures += _measured(Site(data, [first, second], band, rooms), is_quick=is_quick, is_told=is_told)
    rows = [_row(figure) for figure in figures]
    return {"cores": os.cpu_count(), "figures": rows, "is_met": all(row["is_met"] is not False for row in rows)}


def _loads(site: Site, *, is_quick: bool) -> list[Load]:
    people = {"urls": site.urls, "members": [member.sent() for member in site.band]}
    seconds = 1.5 if is_quick else 10.0
    alone = {"what": "write", "workers": 1, "each": 100 if is_quick else 1_000, "window": 1}
    one = {"urls": site.room_addresses[-1:]}
    many = {"what": "write", "workers": 8, "each": 200 if is_quick else 900, "window": 25}
    sounds = {"what": "upload", "workers": 2, "each": 2 if is_quick else 10, "bytes": 16 << 20}
    entering = {"what": "sign_in", "workers": 4, "seconds": seconds}
    return [
        Load("projects", "lists of 10 projects", "/s", people | _reading(seconds), _ANSWERS),
        Load("edit", "edits of one writer, one at a time", "/s", alone | one, _ANSWERS, None, _COMMIT),
        Load("edits", "edits of 8 writers in 2 rooms", "/s", many | {"urls": site.room_addresses}, None, _EDITS),
        Load("uploads", "uploads of 16 MiB, by 2", "MB/s", people | sounds),
        Load("sign_in", "sign-ins", "/s", people | entering, _ANSWERS),
    ]


def _reading(seconds: float) -> dict[str, Any]:
    return {"what": "list_projects", "workers": 8, "seconds": seconds}


def _measured(site: Site, *, is_quick: bool, is_told: bool) -> list[Figure]:
    figures: list[Figure] = []
    for load in _loads(site, is_quick=is_quick):
        _settle(site)
        more = _of_load(site, load)
        figures += more
        if is_told:
            _tell(more)
    memory = _memory(site)
    if is_told:
        _tell(memory)
    return figures + memory


def _of_load(site: Site, load: Load) -> list[Figure]:
    """Put a load on the cloud; return its rate, its latencies and what it took of the machine."""
    number = len(site.processes)
    statements, (api_s, database_s) = site.counted("db_statements_total"), site.used_s()
    before = [site.counted(name) for name in _COMMITS]
    found = _generated(load.plan)
    api_end_s, database_end_s = site.used_s()
    statements = site.counted("db_statements_total") - statements
    done = max(1, found["done"])
    rate = (found["bytes"] / 1e6 if found["bytes"] else found["done"]) / found["wall_s"]
    figures = [
        Figure(f"{load.id}_rate", number, load.what, rate, load.unit, load.rate),
        Figure(f"{load.id}_p50", number, "  half of them within", found["p50_ms"], "ms"),
        Figure(f"{load.id}_p99", number, "  99 % of them within", found["p99_ms"], "ms", load.answers),
        Figure(f"{load.id}_refused", number, "  refused", found["refused"], "", _REFUSED),
        Figure(f"{load.id}_statements", number, "  statements for each", statements / done, ""),
        Figure(
            f"{load.id}_api_ms", number, "  processor time of the API for each", _each(api_s, api_end_s, done), "ms"
        ),
        Figure(f"{load.id}_database_ms", number, "  of the database", _each(database_s, database_end_s, done), "ms"),
        Figure(f"{load.id}_generator_ms", number, "  of the generator", found["cpu_s"] * 1000 / done, "ms"),
    ]
    took_s, times, updates = (site.counted(name) - old for name, old in zip(_COMMITS, before, strict=True))
    return figures + (_of_commits(load, number, took_s, times, updates) if times else [])


def _of_commits(load: Load, number: int, took_s: float, times: float, updates: float) -> list[Figure]:
    """Return how long a group of updates took, from being taken to being durable, and how many were in one."""
    return [
        Figure(f"{load.id}_commit", number, "  a commit on average", took_s / times * 1000, "ms", load.commit),
        Figure(f"{load.id}_group", number, "  updates in a commit", updates / times, ""),
        Figure(f"{load.id}_commit_each", number, "  of it for each update", took_s / max(1.0, updates) * 1000, "ms"),
    ]


def _memory(site: Site) -> list[Figure]:
    number = len(site.processes)
    figures = [
        Figure(f"memory_api_{place}", number, f"memory of API process {place}", memory_mb([process.pid]), "MB")
        for place, process in enumerate(site.processes, 1)
    ]
    return [
        *figures,
        Figure("memory_database", number, "memory of the database", memory_mb(database_pids(site.data)), "MB"),
    ]


def _generated(plan: Mapping[str, Any]) -> dict[str, Any]:
    command = [sys.executable, "-m", "maxbooster_desktop.cli.bench.cloud_load"]
    done = subprocess.run(command, check=True, input=json.dumps(plan), stdout=subprocess.PIPE, text=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _settle(site: Site) -> None:
    """Wait until the cloud has done what it does afterwards, like telling somebody of a sign-in."""
    end = time.monotonic() + _SETTLED_S
    rate = _IDLE_STATEMENTS_S
    while rate >= _IDLE_STATEMENTS_S and time.monotonic() < end:
        before, began = site.counted("db_statements_total"), time.perf_counter()
        time.sleep(_IDLE_S)
        rate = (site.counted("db_statements_total") - before) / (time.perf_counter() - began)


def _each(before_s: float | None, after_s: float | None, done: int) -> float | None:
    return None if before_s is None or after_s is None else (after_s - before_s) * 1000 / done


def _row(figure: Figure) -> dict[str, Any]:
    row = asdict(figure) | {"is_met": figure.is_met}
    limit = row.pop("limit") or {"value": None, "source": None}
    return row | {"limit": limit["value"], "source": limit["source"]}


def _tell(figures: Sequence[Figure]) -> None:
    for figure in figures:
        value = "-" if figure.value is None else f"{figure.value:.4g} {figure.unit}"
        processes = f"{figure.processes} API"
        line = f"{processes:<6} {figure.what:<42} {value:>14}"
        if figure.limit is not None:
            side = "at least" if figure.limit.is_least else "at most"
            mark = "ok" if figure.is_met else "OVER"
            line += f"  {side} {figure.limit.value:g} {mark} ({figure.limit.source})"
        print(line, flush=True)
