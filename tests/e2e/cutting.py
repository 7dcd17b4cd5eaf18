"""A TCP relay on this machine that can be cut: what is connected dies, what comes is refused, until it is mended."""

import contextlib
import selectors
import socket
import threading


class Cuttable:
    """Relays connections to `target`, a port of this machine, from a port of its own."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._gate = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None
        self.port = 0
        self.mend()

    def cut(self) -> None:
        """Let every connection die and take no more."""
        with self._gate:
            listener, self._listener = self._listener, None
            dying = tuple(self._open)
        if listener is not None:
            _end(listener)
        for each in dying:  # whoever waits for it wakes and closes it
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Listen again, at the same port."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        with self._gate:
            self._listener = listener
        self._run(self._accept, listener)

    def close(self) -> None:
        """End for good."""
        self.cut()
        for thread in self._threads:
            thread.join(10)

    def _run(self, work, *arguments) -> None:
        thread = threading.Thread(target=work, args=arguments, name="relay", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                _end(client)
                continue
            with self._gate:
                self._open |= {client, server}
            self._run(self._relay, client, server)

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        pair = {client: server, server: client}
        with selectors.DefaultSelector() as waiting, contextlib.suppress(OSError, ValueError):
            for each in pair:
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                waiting.register(each, selectors.EVENT_READ)
            is_open = True
            while is_open:
                for key, _ in waiting.select():
                    data = key.fileobj.recv(65536)
                    pair[key.fileobj].sendall(data)
                    is_open = is_open and bool(data)
        for each in pair:
            _end(each)
        with self._gate:
            self._open -= pair.keys()


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
