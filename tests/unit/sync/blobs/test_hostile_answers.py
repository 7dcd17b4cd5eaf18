"""A store that answers a range with something else is refused, and no more is read than was asked for."""

import http.server
import threading

import pytest

from sync.client.errors import ServerTroubleError
from sync.client.http import Wire

_MUCH = 1 << 40


@pytest.fixture
def store():
    """Return a function that makes a store which answers everything alike; the store counts what it got rid of."""
    servers = []

    def make(status: int, body: bytes, announced: int):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(announced))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield make
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def _read(address: str, *, ours: bool) -> bytes:
    wire = Wire(address, lambda: "token")
    try:
        return wire.read_range("/x" if ours else f"{address}/x", 100, 200)
    finally:
        wire.close()


@pytest.mark.parametrize("ours", [True, False])
def test_a_part_is_read(store, *, ours: bool) -> None:
    assert _read(store(206, bytes(100), 100), ours=ours) == bytes(100)


@pytest.mark.parametrize("ours", [True, False])
@pytest.mark.parametrize(
    ("status", "body", "announced"),
    [(206, b"", 0), (206, bytes(99), 99), (206, bytes(101), 101), (200, bytes(1 << 15), _MUCH)],
)
def test_another_length_is_refused(store, status: int, body: bytes, announced: int, *, ours: bool) -> None:
    with pytest.raises(ServerTroubleError, match="than was asked for"):
        _read(store(status, body, announced), ours=ours)
