"""Which old version, or which weak cipher suite, a TLS server still takes: asked by a first message made by hand.

The library here would not even ask for most of it, and builds differ; so what a server offers is found the same way
everywhere. Messages after RFC 5246 (7.4.1) and RFC 8446 (4.1.2), extensions after RFC 6066 and RFC 8422. A server
that takes the offer answers with its own first message (ServerHello); nothing more is sent or read, and no secret.
"""

import ipaddress
import secrets
import socket
import ssl
import struct
from collections.abc import Sequence
from dataclasses import dataclass

#: Versions that are not to be used any more (RFC 8996, RFC 7568), by what stands for them in messages.
OUTDATED = {0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1"}
TLS_1_2 = 0x0303
#: Of TLS 1.2: with forward secrecy and authenticated encryption (IANA's registry: recommended). Those of 1.3 all are.
RECOMMENDED = frozenset(
    (0x009E, 0x009F, 0xC02B, 0xC02C, 0xC02F, 0xC030, 0xC09E, 0xC09F, 0xC0AC, 0xC0AD, 0xCCA8, 0xCCA9, 0xCCAA)
)
#: Everything else that the registry has for TLS 1.2 and before.
WEAK = tuple(code for code in (*range(0x0001, 0x00C6), *range(0xC001, 0xC0B0)) if code not in RECOMMENDED)
_HANDSHAKE, _CLIENT_HELLO, _SERVER_HELLO = 22, 1, 2
_GROUPS = (0x001D, 0x0017, 0x0018, 0x0019)
_SIGNATURES = (0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201)
_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What a server chose of an offer."""

    version: int
    suite: int

    @property
    def suite_name(self) -> str:
        """Return the suite's name where this machine's library knows it, else its number."""
        return _names().get(self.suite, f"0x{self.suite:04X}")


def taken(host: str, port: int, version: int, suites: Sequence[int]) -> Taken | None:
    """Return what a server takes of an offer, None when it refuses; raises OSError when nothing can be reached."""
    with socket.create_connection((host, port), _WAIT_S) as wire:
        try:
            wire.sendall(client_hello(host, version, suites))
            kind, _, length = struct.unpack(">BHH", _read(wire, 5))
            answer = _read(wire, length) if kind == _HANDSHAKE else b""
        except OSError:
            return None  # some servers hang up without a word
    return _server_hello(answer)


def client_hello(host: str, version: int, suites: Sequence[int]) -> bytes:
    """Return the first message of a client that speaks `version` at most and knows these suites only."""
    body = struct.pack(">H", version) + secrets.token_bytes(32) + b"\0"
    body += _counted(_numbers(suites)) + b"\1\0" + _counted(_extensions(host))
    message = struct.pack(">BBH", _CLIENT_HELLO, 0, len(body)) + body
    return struct.pack(">BHH", _HANDSHAKE, min(version, 0x0301), len(message)) + message


def _extensions(host: str) -> bytes:
    parts = [(10, _counted(_numbers(_GROUPS))), (11, b"\1\0"), (13, _counted(_numbers(_SIGNATURES))), (0xFF01, b"\0")]
    if not _is_address(host):
        parts.insert(0, (0, _counted(b"\0" + _counted(host.encode("idna")))))
    return b"".join(struct.pack(">H", kind) + _counted(content) for kind, content in parts)


def _server_hello(answer: bytes) -> Taken | None:
    if len(answer) < 39 or answer[0] != _SERVER_HELLO:
        return None
    at = 39 + answer[38]
    found = answer[4:6] + answer[at : at + 2]
    return Taken(*struct.unpack(">HH", found)) if len(found) == 4 else None


def _read(wire: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        more = wire.recv(length - len(found))
        if not more:
            raise ConnectionResetError
        found += more
    return found


def _numbers(values: Sequence[int]) -> bytes:
    return struct.pack(f">{len(values)}H", *values)


def _counted(content: bytes) -> bytes:
    return struct.pack(">H", len(content)) + content


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _names() -> dict[int, str]:
    context = ssl.create_default_context()  # for its list alone
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    return {int(suite["id"]) & 0xFFFF: str(suite["name"]) for suite in context.get_ciphers()}
