"""A cloud that means ill: its answers have an end, its redirects lead nowhere, and it keeps nothing here."""

import gzip
import itertools
import threading
from contextlib import closing

import pytest

from sync.client import bounded
from sync.client.errors import AuthNeededError, CloudError, RefusedError, ServerTroubleError
from sync.client.http import Wire
from tests.factories.hostile_server import hostile, reply

_OK = b"HTTP/1.1 200 OK\r\n"
_LONG = b"x" * (1 << 16)


def ask(server, path="/v1/account"):
    with closing(Wire(server.address, lambda: "token")) as wire:
        return wire.send("GET", path)


@pytest.fixture
def small(monkeypatch):
    """Let answers be small and quick."""
    monkeypatch.setattr(bounded, "MOST_BYTES", 1 << 20)
    monkeypatch.setattr("sync.client.http.MOST_BYTES", 1 << 20)
    monkeypatch.setattr(bounded, "PATIENCE_S", 0.3)


def endless(head, again):
    """Return answers that begin with `head` and never end."""
    return lambda _request: itertools.chain([head], itertools.repeat(again))


@pytest.mark.parametrize(
    ("head", "again"),
    [
        (_OK + b"\r\n", _LONG),
        (_OK + b"Content-Length: 99999999999\r\n\r\n", _LONG),
        (_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + _LONG + b"\r\n"),
        (_OK + b"Transfer-Encoding: chunked\r\n\r\n", _LONG),
        (_OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", b"A: " + b"x" * 60_000 + b"\r\n"),
        (_OK, b"A: " + b"x" * 60_000 + b"\r\n"),
        (_OK, b"A: b\r\n"),
        (_OK, _LONG),
        (b"", b"HTTP/1.1 100 Continue\r\nA: " + b"x" * 60_000 + b"\r\n\r\n"),
        (b"HTTP/1.1 500 No\r\n\r\n", _LONG),
    ],
    ids=["body", "announced", "chunks", "chunk size", "trailers", "headers", "lines", "line", "continue", "problem"],
)
def test_an_answer_without_end_is_not_read_to_it(small, head, again):
    with hostile(endless(head, again)) as server, pytest.raises(CloudError):
        ask(server)
    assert server.sent < 16 << 20, "beyond what was read only what lies in buffers was sent"


@pytest.mark.parametrize(
    "head", [_OK + b"Content-Length: 9999999\r\n\r\n", _OK + b"A: ", b""], ids=["body", "header", "status"]
)
def test_an_answer_that_drips_is_given_up(small, head):
    """No byte takes the 30 s that one may."""
    tired = threading.Event()

    def drips(_request):
        yield head
        while not tired.wait(0.05):
            yield b"1"

    with hostile(drips) as server, pytest.raises(ServerTroubleError, match="did not answer in time"):
        ask(server)


def test_what_is_packed_is_not_unpacked(small):
    bomb = gzip.compress(b"[" + b" " * (64 << 20) + b"]", 9)
    assert len(bomb) < 1 << 20
    with hostile(lambda _: iter([reply(bomb, "200 OK", "Content-Encoding: gzip")])) as server:
        with pytest.raises(ServerTroubleError, match="cannot be read"):
            ask(server)
        assert b"accept-encoding: identity" in server.requests[0].lower()


@pytest.mark.parametrize(
    "body",
    [
        b"NaN",
        b"[1e999]",
        b'"\\ud800"',
        b"[" * 100_000,
        b"1" * 5_000,
        b"\xff",
        b"",
        b'{"a": 9007199254740993}',
        b"[" * 65 + b"]" * 65,
    ],
)
def test_what_not_everybody_reads_is_no_answer(body):
    with hostile(lambda _: iter([reply(body)])) as server, pytest.raises(ServerTroubleError, match="cannot be read"):
        ask(server)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_no_redirect_is_followed(status):
    def moved(_request):
        yield reply(b"", status, f"Location: {other.address}/\x1b[2Jhere")

    with hostile(lambda _: iter([reply()])) as other:
        with hostile(moved) as server, pytest.raises(ServerTroubleError) as told:
            ask(server)
        said = str(told.value)
        assert said.startswith(f"127.0.0.1:{server.port} sends on to {other.address}/ [2Jhere, which is not followed:")
        assert "cloud.address" in said
    assert other.requests == []


def test_a_form_with_a_secret_is_not_sent_on():
    def moved(_request):
        yield reply(b"", "307 Temporary", f"Location: {other.address}/oauth/token")

    with hostile(lambda _: iter([reply()])) as other, hostile(moved) as server:
        wire = Wire(server.address, lambda: None)
        with closing(wire), pytest.raises(ServerTroubleError, match="not followed"):
            wire.send_form("/oauth/token", {"refresh_token": "secret"})
    assert other.requests == []


@pytest.mark.parametrize("path", ["@127.0.0.1:{port}/v1", ".evil.example/v1", "", "v1/x", "http://127.0.0.1:{port}/v1"])
def test_a_place_that_a_server_names_gets_no_token_of_another(path):
    with hostile(lambda _: iter([reply()])) as other, hostile(lambda _: iter([reply()])) as server:
        with pytest.raises(ServerTroubleError, match="none of its own"):
            ask(server, path.format(port=other.port))
        assert server.requests == other.requests == []


@pytest.mark.parametrize(
    ("cloud", "store"),
    [
        ("https://cloud.example", "http://127.0.0.1:{port}/x"),
        ("https://cloud.example", "https://localhost:{port}/x"),
        ("http://127.0.0.1:9", "http://store.example/x"),
        ("http://127.0.0.1:9", "http://me:secret@127.0.0.1:{port}/x"),
        ("http://127.0.0.1:9", "file:///etc/passwd"),
        ("http://127.0.0.1:9", "//127.0.0.1:{port}/x"),
        ("http://127.0.0.1:9", ""),
    ],
)
def test_a_cloud_sends_nobody_to_what_is_no_store(cloud, store):
    """Nor to what listens on this machine, unless it runs here itself."""
    with hostile(lambda _: iter([reply(b"1")])) as here, closing(Wire(cloud, lambda: "token")) as wire:
        with pytest.raises(ServerTroubleError, match="names a store"):
            wire.write_elsewhere(store.format(port=here.port), b"sound")
        if not store.startswith("//"):
            with pytest.raises(ServerTroubleError, match="names a store"):
                wire.read_range(store.format(port=here.port), 0, 1)
    assert here.requests == []


def test_a_server_keeps_nothing_here():
    with hostile(lambda _: iter([reply(b"{}", "200 OK", "Set-Cookie: seen=1; Path=/")])) as server:
        with closing(Wire(server.address, lambda: "token")) as wire:
            wire.send("GET", "/v1/account")
            wire.send("GET", "/v1/account")
        assert b"cookie" not in server.requests[1].lower()


def test_a_server_that_wants_to_be_left_alone_for_ever_is_for_a_day():
    answer = reply(b"", "503 No", f"Retry-After: {'9' * 400}")
    with hostile(lambda _: iter([answer])) as server, pytest.raises(ServerTroubleError) as trouble:
        ask(server)
    assert trouble.value.retry_after_s == 86_400


def test_what_a_problem_is_called_steers_no_terminal():
    body = b'{"type": "urn:maxbooster:problem:a\\u001b[2J' + b"x" * 1_000 + b'"}'
    with hostile(lambda _: iter([reply(body, "403 No")])) as server, pytest.raises(RefusedError) as refused:
        ask(server)
    assert refused.value.code == "a [2J" + "x" * 55


def test_a_refused_token_is_renewed_once():
    renewed = []
    with hostile(lambda _: iter([reply(b"{}", "401 No")])) as server:
        wire = Wire(server.address, lambda: "token", lambda _: renewed.append(1) or "other")
        with closing(wire), pytest.raises(AuthNeededError):
            wire.send("GET", "/v1/account")
        assert (len(server.requests), renewed) == (2, [1])


@pytest.mark.parametrize("renewed", ["t\u00f6ken", "token\r\nX: 1"])
def test_a_renewed_token_is_judged_like_the_first(renewed):
    with hostile(lambda _: iter([reply(b"{}", "401 No")])) as server:
        wire = Wire(server.address, lambda: "token", lambda _: renewed)
        with closing(wire), pytest.raises(AuthNeededError, match="is no token"):
            wire.send("GET", "/v1/account")
        assert len(server.requests) == 1
