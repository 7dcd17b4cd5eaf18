"""A server on this machine that answers each request with whatever bytes a test says, HTTP or not."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_PATIENCE_S = 20.0


@dataclass
class HostileServer:
    """What it was asked, and how many bytes it got rid of."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    sent: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        """Return where it is."""
        return f"http://127.0.0.1:{self.port}"


#: Yields the bytes of an answer to a request; what the caller does not want any more is not asked for.
Answers = Callable[[bytes], Iterator[bytes]]


@contextmanager
def hostile(answers: Answers) -> Iterator[HostileServer]:
    """Serve one connection after the other, one request each, until the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = HostileServer(listener.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(listener, answers, server), name="hostile server")
        thread.start()
        try:
            yield server
        finally:
            server.is_over.set()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port)):
                pass
            thread.join()


def reply(body: bytes = b"{}", status: str = "200 OK", *headers: str) -> bytes:
    """Return a whole answer that ends its connection."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def _serve(listener: socket.socket, answers: Answers, server: HostileServer) -> None:
    while not server.is_over.is_set():
        with listener.accept()[0] as caller, contextlib.suppress(OSError):
            caller.settimeout(_PATIENCE_S)
            request = _request(caller)
            if not request:
                continue
            server.requests.append(request)
            for piece in answers(request):
                if server.is_over.is_set():
                    return
                caller.sendall(piece)
                server.sent += len(piece)


def _request(caller: socket.socket) -> bytes:
    """Return the head and the body of a request."""
    got = b""
    while b"\r\n\r\n" not in got:
        piece = caller.recv(1 << 16)
        if not piece:
            return b""
        got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    named = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(named[0].split(b":")[1]) if named else 0
    while len(body) < length and (piece := caller.recv(1 << 16)):
        body += piece
    return head + b"\r\n\r\n" + body
