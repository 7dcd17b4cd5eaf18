"""How fast a room is on this machine, over loopback, with the clients in another process; printed, loosely held."""

import json
import os
import statistics
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from websockets.sync.client import connect

from cloud.foundation.calls import system_call
from cloud.foundation.database import Database
from cloud.foundation.unit_of_work import Units
from cloud.projects.contracts import TicketWish
from cloud.projects.operations.open_ticket import open_local_ticket
from sync.document.register_document import RegisterDocument
from sync.protocol.frames import SUBPROTOCOL, Ack, Edit, Resume
from tests.integration.cloud.conftest import TestDatabase
from tests.integration.cloud.rooms.clients import Client
from tests.integration.cloud.serving import Served

_WRITERS, _EACH, _ALONE = 8, 500, 200
_ACK = Ack(1, 1).encode()[0]


def _edits(number: int) -> list[bytes]:
    document = RegisterDocument()
    return [
        Edit(turn + 1, 0, document.write({("clips", f"w{number}.p{turn % 40}"): turn}, "me").update).encode()
        for turn in range(_EACH)
    ]


def _burst(address: str, edits: list[bytes]) -> None:
    """Send edits and count acks; what the others do comes, too, and is not looked at, as that would measure us."""
    with connect(address, subprotocols=[SUBPROTOCOL], max_size=None, compression=None) as wire:
        wire.send(Resume(0).encode())
        for edit in edits:
            wire.send(edit)
        acks = 0
        while acks < _EACH:
            acks += wire.recv(timeout=60)[0] == _ACK


def _alone(address: str) -> dict[str, float]:
    """Write one edit after the other while somebody watches."""
    came: dict[int, float] = {}
    is_watching = threading.Event()

    def watch() -> None:
        watcher = Client(address).connect().sync()
        is_watching.set()
        while len(came) < _ALONE:
            watcher.until(lambda: watcher.announced, 60)
            came.update({one.seq: time.perf_counter() for one in watcher.announced})
            watcher.announced.clear()
        watcher.end()

    thread = threading.Thread(target=watch)
    thread.start()
    is_watching.wait(20)
    writer, began, acks = Client(address).connect().sync(), {}, []
    for turn in range(_ALONE):
        start = time.perf_counter()
        edit = writer.write(**{f"a{turn % 20}_p": turn})
        acks.append(time.perf_counter() - start)
        began[writer.acks[edit.reference]] = start
    thread.join()
    writer.end()
    peers = [came[seq] - start for seq, start in began.items()]
    return {"ack_p50_ms": _ms(acks, 50), "ack_p95_ms": _ms(acks, 95), "peer_p95_ms": _ms(peers, 95)}


def _cpu_s(pid: int) -> float:
    """Return the processor time that a process has used, where the system tells."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ms(seconds: list[float], percent: int) -> float:
    return round(statistics.quantiles(seconds, n=100)[percent - 1] * 1000, 2)


@pytest.mark.full
def test_a_room_is_fast(
    serve: Callable[..., Served], shared: dict[str, str], database: TestDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    connections = Database(database.owner, pool_size=2)
    tickets = [
        Units(connections).run(
            system_call("test"),
            lambda work, room=room: open_local_ticket(work, room, TicketWish("d", lasts=timedelta(hours=1))),
        )
        for room in ("alone", "burst")
    ]
    connections.close()
    served = serve("serve", "--port", 0, **shared | {"MAXBOOSTER_CLOUD_ROLES": "api"})
    alone, burst = (
        f"{served.url.replace('http', 'ws')}/v1/rooms/{made.project_id}?ticket={text}" for made, text, _ in tickets
    )
    figures = _alone(alone)
    edits = [_edits(number) for number in range(_WRITERS)]
    threads = [threading.Thread(target=_burst, args=(burst, some)) for some in edits]
    began, worked_s = time.perf_counter(), _cpu_s(served.process.pid)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    figures["server_cpu_us_per_update"] = round((_cpu_s(served.process.pid) - worked_s) / _WRITERS / _EACH * 1e6)
    figures["updates_s"] = round(_WRITERS * _EACH / (time.perf_counter() - began))
    with capsys.disabled():
        print(json.dumps(figures))
    assert figures["updates_s"] > 100
    assert figures["peer_p95_ms"] < 500
