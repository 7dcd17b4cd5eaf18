"""What ends TLS in front of a server on this machine, as a proxy does: any bytes in, any bytes out."""

import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Front:
    """A listener that may be given another context, or other replies, while it listens.

    Attributes:
        context: of the next connection; None passes it on without TLS.
        behind: address of the server.
        rewritten: what replies hold, and what stands there instead, of any length in their heads.
    """

    context: ssl.SSLContext | None
    behind: tuple[str, int]
    rewritten: dict[bytes, bytes] = field(default_factory=dict)
    port: int = 0

    def serve(self, plain: socket.socket) -> None:
        """Carry one connection until either side ends it."""
        with suppress(OSError), plain, socket.create_connection(self.behind) as server:
            for wire in (plain, server):
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each answer waits for 40 ms
            inside = plain if self.context is None else self.context.wrap_socket(plain, server_side=True)
            with inside:
                while self._carry(inside, server):
                    pass

    def _carry(self, inside: socket.socket, server: socket.socket) -> bool:
        """Pass on what either side has sent; return whether both go on. One thread, as TLS wants it."""
        is_left = isinstance(inside, ssl.SSLSocket) and inside.pending()
        for source in [inside] if is_left else select.select([inside, server], [], [])[0]:
            source.setblocking(False)
            try:
                data = source.recv(65_536)
            except ssl.SSLWantReadError:
                continue  # a part of a record, or none of the application's
            finally:
                source.setblocking(True)
            for old, new in self.rewritten.items() if source is server else ():
                data = data.replace(old, new)
            (inside if source is server else server).sendall(data)
            if not data:
                return False
        return True


@contextmanager
def front(behind: tuple[str, int], context: ssl.SSLContext | None = None) -> Iterator[Front]:
    """Yield a front that listens on a port of 127.0.0.1."""
    made, threads = Front(context, behind), []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made.port = listener.getsockname()[1]

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threads.append(threading.Thread(target=made.serve, args=(listener.accept()[0],)))
                    threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        yield made
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join()
        for thread in threads:
            thread.join()
