"""Clients that take their time, never end, or send far too much: each is told so, and nobody else waits for them."""

import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
import requests

from cloud import app
from cloud.foundation.edge import Edge
from cloud.ops.patience import HEAD_BYTES, PatientProtocol
from tests.integration.cloud.conftest import RunningApi

_FORM = b"POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n"


@pytest.fixture
def api(start_api: Callable[..., RunningApi], monkeypatch: pytest.MonkeyPatch) -> RunningApi:
    """Return an API that waits for half a second where it waits for half a minute."""
    monkeypatch.setattr(PatientProtocol, "head_s", 0.5)
    monkeypatch.setattr(app, "Edge", partial(Edge, patience_s=0.5))
    return start_api()


@contextlib.contextmanager
def _socket(api: RunningApi) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", int(api.url.rpartition(":")[2])), 10) as wire:
        yield wire


def _answer(wire: socket.socket) -> bytes:
    """Return everything until the server closes."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while part := wire.recv(65_536):
            found += part
    return found


@pytest.mark.parametrize("begun", [b"", b"\r\n", b"GET /healthz HTTP/1.1\r\nX-A: "], ids=["nothing", "line", "header"])
def test_a_head_that_does_not_come_is_waited_for_no_longer(api: RunningApi, begun: bytes) -> None:
    with _socket(api) as wire:
        began = time.monotonic()
        with contextlib.suppress(OSError):
            for _ in range(3):  # a little now and then buys no more time
                wire.sendall(begun)
                time.sleep(0.1)
        assert requests.get(f"{api.url}/healthz", timeout=5).ok
        assert _answer(wire).startswith(b"HTTP/1.1 400 ")
        assert time.monotonic() - began < 5


def test_a_head_that_does_not_end_is_refused(api: RunningApi) -> None:
    with _socket(api) as wire:
        with contextlib.suppress(OSError):
            wire.sendall(b"GET /healthz HTTP/1.1\r\nX-A: ")
            for _ in range(2 * HEAD_BYTES // 1024):
                wire.sendall(b"a" * 1024)
        assert b"too large" in _answer(wire)


@pytest.mark.parametrize(
    ("first", "status"),
    [
        (b"GET /v1/rooms/x?ticket=y HTTP/1.1\r\nX: " + b"a" * 9_000, b"431"),
        (b"GET /v1/rooms/x?ticket=y HTTP/1.1\r\n" + b"X: a\r\n" * 200 + b"Y: b", b"431"),
        (b"GET /v1/rooms/x?ticket=" + b"y" * 9_000 + b" HTTP/1.1", b"414"),
        (b"POST /v1/rooms/x?ticket=y HTTP/1.1\r\nContent-Length: 5", b"400"),
    ],
    ids=["long line", "many lines", "long address", "no GET"],
)
def test_a_socket_whose_head_is_none_is_answered_and_closed(api: RunningApi, first: bytes, status: bytes) -> None:
    rest = b"\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    with _socket(api) as wire:
        wire.sendall(first + rest + b"Sec-WebSocket-Key: MDAwMDAwMDAwMDAwMDAwMA==\r\n\r\nhello")
        assert _answer(wire).split(b" ")[1] == status


def test_a_second_host_is_refused(api: RunningApi) -> None:
    with _socket(api) as wire:
        wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nHOST: b\r\nConnection: close\r\n\r\n")
        head, _, body = _answer(wire).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert "Host" in json.loads(body)["detail"]


def test_several_requests_on_one_socket_are_answered(api: RunningApi) -> None:
    with _socket(api) as wire:
        for _ in range(3):
            wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            reply = wire.recv(65_536)
            while not reply.endswith(b"}"):  # head and body may come one after the other
                reply += wire.recv(65_536)
            assert reply.startswith(b"HTTP/1.1 200 ")
            time.sleep(0.2)
        wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" * 2)
        assert _answer(wire).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("length", [b"Content-Length: 100\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"])
def test_a_body_that_does_not_come_is_waited_for_no_longer(api: RunningApi, length: bytes) -> None:
    with _socket(api) as wire:
        wire.sendall(_FORM + length)
        head, _, body = _answer(wire).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body)["type"] == "urn:maxbooster:problem:too-slow"


@pytest.mark.parametrize("is_announced", [True, False])
def test_ten_megabytes_are_refused_in_words(api: RunningApi, is_announced: bool) -> None:
    body = b'{"email": "' + b"a" * (10 << 20) + b'"}'
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    sent = body if is_announced else iter([body[: 1 << 19], body[1 << 19 : 3 << 19]])
    reply = requests.post(f"{api.url}/v1/sessions", sent, headers=headers, timeout=20)
    assert (reply.status_code, reply.json()["type"]) == (413, "urn:maxbooster:problem:too-large")
