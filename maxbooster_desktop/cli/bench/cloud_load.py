"""The load on a cloud that is measured, in a process of its own: what it takes of the machine itself is counted.

It reads one plan as JSON from its input and prints one report: requests or updates done, the time that they and the
generator's processor took, latencies. Nothing is imported here that a plain client does not need.
"""

import base64
import json
import secrets
import statistics
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from typing import Any
from urllib.parse import urlsplit

from blake3 import blake3
from requests import codes
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from sync.document.register_document import RegisterDocument
from sync.protocol.frames import SUBPROTOCOL, Ack, Edit, Resume, decode

_ACK = Ack(1, 1).encode()[0]
_TIMEOUT_S, _CLOSE_S = 60.0, 0.1
_KEYS = 40


@dataclass
class Tally:
    """What some workers have done; each adds its own."""

    ready: threading.Barrier
    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    bytes: int = 0
    ended: float = 0.0

    def took(self, seconds: float, status: int, size: int = 0) -> None:
        """Count one request."""
        self.ended = time.perf_counter()
        if status >= codes.bad_request:
            self.refused += 1
        else:
            self.seconds.append(seconds)
            self.bytes += size


class Caller:
    """One connection that stays open."""

    def __init__(self, url: str, token: str = "") -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=_TIMEOUT_S)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, HTTPMessage]:
        """Send one request; return the status and the headers when all of the reply has come."""
        sent = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if method != "GET":
            sent["Idempotency-Key"] = secrets.token_urlsafe(12)
        self._connection.request(method, path, body, sent)
        reply = self._connection.getresponse()
        reply.read()
        return reply.status, reply.headers


Plan = Mapping[str, Any]
Work = Callable[[Plan, int, Tally], None]


def sign_in(plan: Plan, number: int, tally: Tally) -> None:
    """Sign in again and again, on a device that is known."""
    member = plan["members"][number % len(plan["members"])]
    form = json.dumps({name: member[name] for name in ("email", "password", "device")}).encode()
    json_form = {"Content_Type": "application/json"}
    with closing(Caller(_url(plan, number))) as caller:
        _for_a_while(plan, tally, lambda: caller.send("POST", "/v1/sessions", form, **json_form)[0])


def list_projects(plan: Plan, number: int, tally: Tally) -> None:
    """Read one's projects again and again."""
    with closing(_signed_in(plan, number)) as caller:
        _for_a_while(plan, tally, lambda: caller.send("GET", "/v1/projects")[0])


def upload(plan: Plan, number: int, tally: Tally) -> None:
    """Upload blobs of one part each, with bytes that nobody has."""
    data = bytearray(secrets.token_bytes(plan["bytes"]))
    with closing(_signed_in(plan, number)) as caller:
        tally.ready.wait()
        for turn in range(plan["each"]):
            data[:8] = (number << 32 | turn).to_bytes(8, "big")
            began = time.perf_counter()
            status = _store(caller, bytes(data))
            tally.took(time.perf_counter() - began, status, len(data))


def _store(caller: Caller, data: bytes) -> int:
    digest = blake3(data)
    about = {"hash": digest.hexdigest(), "kind": "audio"}
    pairs = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in about.items())
    tus = {"Tus_Resumable": "1.0.0"}
    size = str(len(data))
    status, headers = caller.send("POST", "/v1/uploads", b"", Upload_Length=size, Upload_Metadata=pairs, **tus)
    if status != codes.created:
        return status
    checksum = f"blake3 {base64.b64encode(digest.digest()).decode()}"
    tus |= {"Upload_Offset": "0", "Upload_Checksum": checksum, "Content_Type": "application/offset+octet-stream"}
    return caller.send("PATCH", headers["Location"], data, **tus)[0]


def write(plan: Plan, number: int, tally: Tally) -> None:
    """Write registers in a room; at most `window` edits wait for their acks."""
    document, clip = RegisterDocument(), secrets.token_hex(6)  # nobody has written to it: nothing is overwritten
    edits = [
        Edit(turn + 1, 0, document.write({("clips", f"{clip}.p{turn % _KEYS}"): turn}, "me").update).encode()
        for turn in range(plan["each"])
    ]
    sent_at: list[float] = []
    ours = [Subprotocol(SUBPROTOCOL)]
    url = _url(plan, number)
    with connect(url, subprotocols=ours, max_size=None, compression=None, close_timeout=_CLOSE_S) as wire:
        tally.ready.wait()
        wire.send(Resume(0).encode())
        acknowledged = 0
        while acknowledged < len(edits):
            while len(sent_at) < min(len(edits), acknowledged + plan["window"]):
                sent_at.append(time.perf_counter())
                wire.send(edits[len(sent_at) - 1])
            message = wire.recv(timeout=_TIMEOUT_S)
            if isinstance(message, bytes) and message[0] == _ACK:
                frame = decode(message)
                assert isinstance(frame, Ack)
                tally.took(time.perf_counter() - sent_at[frame.reference - 1], 200)
                acknowledged += 1


def _for_a_while(plan: Plan, tally: Tally, call: Callable[[], int]) -> None:
    tally.ready.wait()
    end = time.perf_counter() + plan["seconds"]
    while (began := time.perf_counter()) < end:
        status = call()
        tally.took(time.perf_counter() - began, status)


def _signed_in(plan: Plan, number: int) -> Caller:
    return Caller(_url(plan, number), plan["members"][number % len(plan["members"])]["token"])


def _url(plan: Plan, number: int) -> str:
    return str(plan["urls"][number % len(plan["urls"])])


_WORK: dict[str, Work] = {"sign_in": sign_in, "list_projects": list_projects, "upload": upload, "write": write}


def run(plan: Plan) -> dict[str, Any]:
    """Have every worker do its part, all beginning when all are ready; return what came of it."""
    began: list[tuple[float, float]] = []
    ready = threading.Barrier(
        plan["workers"], lambda: began.append((time.perf_counter(), time.process_time())), timeout=_TIMEOUT_S
    )
    tallies = [Tally(ready) for _ in range(plan["workers"])]
    work, failures = _WORK[plan["what"]], list[Exception]()

    def go(number: int) -> None:
        try:
            work(plan, number, tallies[number])
        except Exception as error:  # noqa: BLE001 - whatever it is, the report says so
            failures.append(error)
            ready.abort()

    threads = [threading.Thread(target=go, args=(number,)) for number in range(plan["workers"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    ((at, used_s),) = began
    return _report(tallies, max(tally.ended for tally in tallies) - at, time.process_time() - used_s)


def _report(tallies: list[Tally], wall_s: float, cpu_s: float) -> dict[str, Any]:
    seconds = [one for tally in tallies for one in tally.seconds]
    cuts = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else (seconds or [0.0]) * 99
    return {
        "done": len(seconds),
        "refused": sum(tally.refused for tally in tallies),
        "bytes": sum(tally.bytes for tally in tallies),
        "wall_s": wall_s,
        "cpu_s": cpu_s,
        "p50_ms": cuts[49] * 1000,
        "p99_ms": cuts[98] * 1000,
    }


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))))
