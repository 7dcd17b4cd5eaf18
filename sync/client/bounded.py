"""Connections whose answers come to an end: in bytes, the head and what frames the body included, and in time.

`requests` bounds each wait on its own. A server that sends a byte now and then, headers, trailers or `100 Continue`
without end would hold whoever asks for as long as it likes. Here every byte is counted where it leaves the socket.
"""

import http.client
import io
import socket
import time
from typing import Any

import requests.adapters
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

#: Of one answer, with its head; the largest that the cloud gives is a page of what was overwritten.
MOST_BYTES = 32 << 20
#: An answer takes so long at most: at first, more with each byte at the least rate, and altogether.
PATIENCE_S, LEAST_BYTES_S, LONGEST_S = 60.0, 4096, 600.0


class _Arriving(io.RawIOBase):
    """The bytes of one answer as they come; TimeoutError when it has no end in sight."""

    def __init__(self, source: socket.socket) -> None:
        self._socket, self._bytes = source, source.makefile("rb", buffering=0)
        self._wait_s = source.gettimeout()
        self._begun_s, self._came = time.monotonic(), 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read on; waits no longer than is left."""
        left_s = min(LONGEST_S, PATIENCE_S + self._came / LEAST_BYTES_S) - (time.monotonic() - self._begun_s)
        if left_s <= 0 or self._came > MOST_BYTES:
            raise TimeoutError("the answer does not come to its end")
        self._socket.settimeout(left_s if self._wait_s is None else min(left_s, self._wait_s))
        came = self._bytes.readinto(buffer)
        self._came += came or 0
        return came

    def close(self) -> None:
        """Let go of the socket."""
        self._bytes.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *rest: Any, **named: Any) -> None:
        super().__init__(sock, *rest, **named)
        self.fp.close()
        self.fp = io.BufferedReader(_Arriving(sock))


class _Connection(HTTPConnection):
    response_class = _Answer


class _SecureConnection(HTTPSConnection):
    response_class = _Answer


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class BoundedAdapter(requests.adapters.HTTPAdapter):
    """Makes such connections, also through a proxy."""

    def init_poolmanager(self, *rest: Any, **named: Any) -> None:
        """Make the pools."""
        super().init_poolmanager(*rest, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        """Return the pools behind a proxy; one of SOCKS has connections of its own."""
        manager = super().proxy_manager_for(proxy, **named)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        return manager
