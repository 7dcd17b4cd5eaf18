"""A cable to the cloud that can be pulled: a port that hands bytes on both ways and breaks when told to."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

_READ_BYTES = 1 << 16


class Cable:
    """Leads to a port of this machine until it is closed."""

    def __init__(self, port: int) -> None:
        self._to, self.is_pulled = port, False
        self.down_bytes = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._accepting = self._started(self._accept)

    def pull(self) -> None:
        """Break every connection; new ones break at once."""
        self.is_pulled = True
        for end in self._ends:
            _shut(end)

    def plug_in(self) -> None:
        """Lead to the cloud again."""
        self.is_pulled = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pull()
        _shut(self._listener)
        self._listener.close()
        for thread in self._threads:
            thread.join()
        for end in self._ends:
            end.close()

    def _started(self, work, *arguments) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, name="cable", daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        while True:
            try:
                near = self._listener.accept()[0]
            except OSError:
                return
            if self.is_pulled:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            self._ends += [near, far]
            self._started(self._hand_on, near, far, False)
            self._started(self._hand_on, far, near, True)

    def _hand_on(self, source: socket.socket, target: socket.socket, is_down: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(_READ_BYTES):
                self.down_bytes += len(piece) if is_down else 0
                target.sendall(piece)
        _shut(source)
        _shut(target)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
