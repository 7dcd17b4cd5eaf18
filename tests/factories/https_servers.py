"""A real HTTPS server on this machine that stands for the public internet, and the one fetcher that may reach it."""

import http.server
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cloud.foundation.fetcher import Fetcher
from tests.factories.certificates import certificate

HOST = "a.example"


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, *_: object) -> None:
        """A caller that hangs up early is what the tests want."""


@contextmanager
def https_served(handler: type[http.server.BaseHTTPRequestHandler], folder: Path) -> Iterator[Fetcher]:
    """Serve as HOST; yield a fetcher that takes every name for this machine and trusts its certificate."""
    pair, context = certificate(folder, HOST), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    server = _Server(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    trusting = ssl.create_default_context(cafile=pair)
    yield Fetcher(lambda _a: True, lambda _h, _p: ["127.0.0.1"], frozenset({server.server_address[1]}), trusting, 2.0)
    server.shutdown()
    thread.join()
    server.server_close()
