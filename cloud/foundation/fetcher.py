"""Fetches what an address that somebody gave us leads to, without becoming their way into our own network.

https only, no user name in the address; the name is resolved once, every address it has must be public, and that very
address is connected to, so a second answer of the name server changes nothing. No redirects, no proxy, a bounded reply
in a bounded time. After OWASP ASVS 5.0, 1.3.6 and 15.3.2.
"""

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import SplitResult, urlsplit

from cloud.foundation.errors import CloudError

LARGEST_REPLY = 1_048_576
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: NAT64 and its local form: an IPv4 address inside an IPv6 one.
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_LOOPBACK = ipaddress.ip_address("127.0.0.1")
#: Names that mean this machine or one beside it wherever they are asked for (RFC 6761, 6762, 8375; .internal).
_OWN_NAMES = (".localhost", ".localdomain", ".local", ".internal", ".home.arpa")
_CHUNK = 65_536


class FetchError(CloudError):
    """The address may not be fetched, or did not answer as it must."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A reply, whatever its status."""

    status: int
    headers: dict[str, str]
    body: bytes


def is_public(address: Address) -> bool:
    """Return whether an address belongs to the public internet, those inside others included."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_site_local or any(address in network for network in _NAT64):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _literal(host: str) -> Address | None:
    """Return the address that a host is or always means, without asking anybody; None for any other name.

    Systems read `127.1` and `0x7f000001` as addresses, too.
    """
    name = host.rstrip(".").lower()
    if name.endswith(_OWN_NAMES) or f".{name}" in _OWN_NAMES:
        return _LOOPBACK
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(name.split("%")[0])
    if re.fullmatch(r"[0-9a-fx.]+", name):
        with contextlib.suppress(OSError):
            return ipaddress.ip_address(socket.inet_aton(name))
    return None


def resolved(host: str, port: int) -> list[str]:
    """Return every address of a name, in the order the system would try them."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@cache
def _trusting() -> ssl.SSLContext:
    """Return what knows the system's authorities; reading them takes longer than all else that a start does."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches addresses; the defaults are what production uses."""

    may_reach: Callable[[Address], bool] = is_public
    resolve: Callable[[str, int], list[str]] = resolved
    ports: frozenset[int] = frozenset({443})
    context: ssl.SSLContext = field(default_factory=_trusting)
    timeout_s: float = 10.0

    def fetch(
        self, url: str, *, method: str = "GET", data: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Return the reply of `url`; raises FetchError."""
        parts, port = self.judge(url)
        address = self._address_of(parts.hostname or "", port)
        connection = _PinnedConnection(parts.hostname or "", port, address, self.context, self.timeout_s)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        # Ends a reply that trickles, headers included: every read is short, all of them together need not be.
        ending = threading.Timer(self.timeout_s, connection.cut)
        ending.start()
        try:
            connection.request(method, target, body=data, headers={"User-Agent": "MaxBooster", **(headers or {})})
            reply = connection.getresponse()
            found = {name.lower(): value for name, value in reply.getheaders()}
            body = _bounded(reply)
        except (OSError, http.client.HTTPException) as error:
            if connection.is_cut:
                raise FetchError(f"{parts.hostname} took longer than {self.timeout_s:g} s.") from error
            raise FetchError(f"{parts.hostname} did not answer ({type(error).__name__}).") from error
        finally:
            ending.cancel()
            ending.join()
            connection.close()
        if connection.is_cut:
            raise FetchError(f"{parts.hostname} took longer than {self.timeout_s:g} s.")
        return Fetched(reply.status, found, body)

    def judge(self, url: str) -> tuple[SplitResult, int]:
        """Return an address's parts and port when it may be fetched as far as can be said without looking it up.

        Raises FetchError.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or 443
        except ValueError:
            raise FetchError("This is no address: write https://host/path.") from None
        if parts.scheme != "https" or not parts.hostname:
            raise FetchError("Only addresses that begin with https:// are fetched.")
        if parts.username is not None or parts.password is not None:
            raise FetchError("An address with a user name or a password is not fetched.")
        named = _literal(parts.hostname)
        if named is not None and not self.may_reach(named):
            raise FetchError(f"{parts.hostname} leads into a private network: name a machine of the public internet.")
        if port not in self.ports or any(ord(letter) < 33 for letter in url):
            raise FetchError(f"Port {port} of {parts.hostname} is not fetched.")
        return parts, port

    def _address_of(self, host: str, port: int) -> str:
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise FetchError(f"{host} is no name of a machine.")
        if not all(self.may_reach(ipaddress.ip_address(address.split("%")[0])) for address in found):
            raise FetchError(f"{host} leads into a private network.")
        return found[0]


class _PinnedConnection(http.client.HTTPSConnection):
    """A TLS connection to an address that was judged, for the name that it was judged for."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext, timeout_s: float) -> None:
        super().__init__(host, port, timeout=timeout_s, context=context)
        self._address, self._tls = address, context
        self._wire: ssl.SSLSocket | None = None
        self.is_cut = False

    def connect(self) -> None:
        """Connect to the address; the certificate must be the name's."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        # Kept beside `sock`, which http.client forgets as soon as a reply says that it ends the connection; before the
        # handshake, which may trickle like everything else.
        self.sock = self._wire = self._tls.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self._wire.do_handshake()
        if self.is_cut:
            raise TimeoutError

    def cut(self) -> None:
        """End the connection from another thread; whoever reads from it gets an error or the end."""
        self.is_cut = True
        if self._wire is not None:
            with contextlib.suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)


def _bounded(reply: http.client.HTTPResponse) -> bytes:
    parts, size = [], 0
    while part := reply.read1(_CHUNK):
        size += len(part)
        if size > LARGEST_REPLY:
            raise FetchError(f"The reply is larger than {LARGEST_REPLY} bytes.")
        parts.append(part)
    return b"".join(parts)
