"""A deployment as it answers from outside: over TLS, over plain HTTP, by WebSocket. Nothing is sent that is secret.

Whoever's certificate is not trusted is told nothing and asked nothing: that has to be put right first.
"""

import http
import http.client
import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cloud.foundation.errors import OperatorError

_WAIT_S = 10.0
_TLS_PORT = 443
_LARGEST_BODY = 1 << 20
#: What a server of ours does with a socket that brings no ticket: it opens it, and closes it with a code.
_NO_ROOM = "/v1/rooms/release-check"
_UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}
_CLOSE_FRAME = 0x88


class DeploymentError(OperatorError):
    """There is nothing that could be checked."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply."""

    status: int
    headers: Message
    body: bytes

    def header(self, name: str) -> str:
        """Return a header's value, empty when there is none."""
        return str(self.headers.get(name, ""))

    def cookies(self) -> list[str]:
        """Return every cookie that is set, as it stands in the reply."""
        return [str(value) for value in self.headers.get_all("set-cookie", [])]


@dataclass(frozen=True, slots=True)
class Session:
    """A TLS session that came about; the certificate ends in `days_left`."""

    version: str
    suite: str
    issuer: str
    days_left: int


class Deployment:
    """Where a cloud is reached; certificates are those of `authorities`, a file, or of the public ones."""

    def __init__(self, address: str, plain_port: int = 80, authorities: Path | None = None) -> None:
        """Raise DeploymentError when there is nothing to look at."""
        self.host, self.port = _place(address)
        self.address = address.rstrip("/")
        self.plain_port, self._trusting = plain_port, _trusting(authorities)

    @cached_property
    def session(self) -> Session:
        """Return a session as any client gets it; raises SSLCertVerificationError, else DeploymentError."""
        try:
            return self._session()
        except ssl.SSLCertVerificationError:
            raise
        except OSError as error:
            raise DeploymentError(f"Nothing speaks TLS at {self.address} ({error}): start the proxy first.") from error

    def ask(self, path: str, method: str = "GET") -> Reply:
        """Send one request over TLS; raises OSError, HTTPException."""
        return _reply(self._connection(), method, path)

    def ask_plainly(self, path: str) -> Reply | None:
        """Send one request without TLS; None when nobody answers there."""
        connection = http.client.HTTPConnection(self.host, self.plain_port, timeout=_WAIT_S)
        try:
            return _reply(connection, "GET", path)
        except (OSError, http.client.HTTPException):
            return None

    def socket_ends(self, origin: str | None = None) -> int | str:
        """Open a socket into no room; return the code it closes with, or what it got instead, like "HTTP 403"."""
        headers = {} if origin is None else {"Origin": origin}
        return _socket_end(self._connection(), headers)

    def plain_socket_ends(self) -> int | str | None:
        """Open one without TLS; None when nobody answers there."""
        try:
            return _socket_end(http.client.HTTPConnection(self.host, self.plain_port, timeout=_WAIT_S), {})
        except (OSError, http.client.HTTPException):
            return None

    def _connection(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self.host, self.port, timeout=_WAIT_S, context=self._trusting)

    def _session(self) -> Session:
        with closing(self._connection()) as connection:
            connection.connect()
            wire = connection.sock
            assert isinstance(wire, ssl.SSLSocket)
            certificate, suite = wire.getpeercert() or {}, wire.cipher()
            assert suite is not None
            return Session(wire.version() or "", suite[0], _issuer(certificate), _days_left(certificate))


def _place(address: str) -> tuple[str, int]:
    try:
        found = urlsplit(address)
        if found.scheme == "https" and found.hostname and not (found.path.strip("/") or "@" in found.netloc):
            return found.hostname, found.port or _TLS_PORT
    except ValueError:
        pass  # of a port that is no number
    raise DeploymentError(f"{address} is no address of a deployment: write it as https://host.")


def _trusting(authorities: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authorities)
    except OSError as error:
        raise DeploymentError(f"{authorities} holds no certificates: name the file of an authority.") from error


def _reply(connection: http.client.HTTPConnection, method: str, path: str) -> Reply:
    with closing(connection):
        connection.request(method, path)
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read(_LARGEST_BODY))


def _socket_end(connection: http.client.HTTPConnection, headers: dict[str, str]) -> int | str:
    """Ask for a WebSocket and read its first frame (RFC 6455, 5.2), which closes it when all is well."""
    with closing(connection):
        connection.request("GET", _NO_ROOM, headers=_UPGRADE | headers)
        answer = connection.getresponse()
        if answer.status != http.HTTPStatus.SWITCHING_PROTOCOLS:
            return f"HTTP {answer.status}"
        frame = answer.fp.read(4)
        is_close = len(frame) == 4 and frame[0] == _CLOSE_FRAME
        return int.from_bytes(frame[2:]) if is_close else "another message"


def _issuer(certificate: Mapping[str, Any]) -> str:
    names = dict(pair for part in certificate.get("issuer", ()) for pair in part)
    return str(names.get("organizationName") or names.get("commonName") or "")


def _days_left(certificate: Mapping[str, Any]) -> int:
    return int((ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) // 86_400)
