"""uvicorn's protocol, for clients that take their time on purpose: the head of a request comes soon and is small.

Without it whoever sends a header a minute keeps a socket for good, and whoever never ends one fills the memory. Bodies
are the edge's to wait for (`cloud/foundation/edge.py`); between two requests uvicorn waits by itself.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

HEAD_S = 20.0
HEAD_BYTES = 64 * 1024
_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class PatientProtocol(HttpToolsProtocol):
    """See the module."""

    head_s = HEAD_S
    _is_head_open = True
    _head_bytes = 0
    _ending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._is_head_open = False
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a head that does not end is refused."""
        if self._is_head_open:
            self._head_bytes += len(data)
            self._wait()
        super().data_received(data)
        if self._is_head_open and self._head_bytes > HEAD_BYTES:
            self._refuse()

    def on_headers_complete(self) -> None:
        """The head has come."""
        self._is_head_open, self._head_bytes = False, 0
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next request may begin."""
        super().on_message_complete()
        self._is_head_open = True

    def _wait(self) -> None:
        if self._ending is None:
            self._ending = self.loop.call_later(self.head_s, self._refuse)

    def _stop_waiting(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None

    def _refuse(self) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            self.send_400_response("The head of the request is too large or came too slowly.")


class AnsweringSocket(WebSocketsSansIOProtocol):
    """Answers and ends a socket whose head is none that a socket can have; uvicorn would keep it open in silence."""

    def data_received(self, data: bytes) -> None:
        """Read on, until the head turns out to be refused."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.transport.is_closing():
            self.transport.write(b"".join(self.conn.data_to_send()) or _BAD_REQUEST)
            self.transport.close()
