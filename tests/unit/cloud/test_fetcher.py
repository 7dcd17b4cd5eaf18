"""The fetcher reaches the public internet and nothing else; a real TLS server stands for the internet here."""

import http.server
import ipaddress
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from cloud.foundation.fetcher import Fetcher, FetchError, is_public
from tests.factories.https_servers import https_served

REFUSED = [
    *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "100.127.255.255", "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.0.1"),
    *("192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "::1", "::", "fe80::1", "fc00::1", "fd12::1"),
    *("ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1"),
    *("2002:7f00:1::", "2002:a00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fec0::1"),
]


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "2002:101:101::"])
def test_addresses_that_are(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *("http://a.example/", "ftp://a.example/", "file:///etc/passwd", "//a.example", "a.example", "", "https://"),
        *("https://u@a.example/", "https://u:p@a.example/", "https://a.example:22/", "https://a.example:99999/"),
        *("https://a.example/a b", "https://a.example/\r\nHost: x", "https://[::1", "gopher://a.example"),
    ],
)
def test_addresses_that_are_not_even_looked_up(url: str) -> None:
    def resolve(host: str, _port: int) -> list[str]:
        raise AssertionError(f"looked up {host}")

    with pytest.raises(FetchError) as refused:
        Fetcher(resolve=resolve).fetch(url)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("found", [["10.0.0.1"], ["1.1.1.1", "127.0.0.1"], ["fe80::1%eth0"], []])
def test_one_private_address_is_enough_to_refuse(found: list[str]) -> None:
    with pytest.raises(FetchError, match=r"leads into a private network|is no name of a machine"):
        Fetcher(resolve=lambda _host, _port: found).fetch("https://a.example/")


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "[::1]", "localhost", "LOCALHOST.", "2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:10.0.0.1]"),
        *("a.localhost", "localhost.localdomain", "printer.local", "db.internal", "nas.home.arpa"),
    ],
)
def test_what_is_known_to_be_private_is_refused_before_anything_is_looked_up(host: str) -> None:
    with pytest.raises(FetchError, match=r"leads into a private network: name a machine of the public internet\."):
        Fetcher().judge(f"https://{host}/")


@pytest.mark.parametrize("host", ["1.1.1.1", "[2606:4700::1111]", "a.example", "local.example", "dead.beef", "0.x"])
def test_any_other_name_is_judged_when_it_is_looked_up(host: str) -> None:
    assert Fetcher().judge(f"https://{host}/")[1] == 443


class _Handler(http.server.BaseHTTPRequestHandler):
    seen: ClassVar[list[tuple[str, str, bytes]]] = []

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers["Host"], b""))
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "https://other.example/")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        if self.path == "/slow":
            for _ in range(100):
                self.wfile.write(b".")
                time.sleep(0.05)
        self.wfile.write(b"x" * (2_000_000 if self.path == "/large" else 5))

    def do_POST(self) -> None:
        self.seen.append((self.path, self.headers["Host"], self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def fetcher(tmp_path: Path) -> Iterator[Fetcher]:
    _Handler.seen.clear()
    with https_served(_Handler, tmp_path) as found:
        yield found


def _url(fetcher: Fetcher, path: str, host: str = "a.example") -> str:
    return f"https://{host}:{min(fetcher.ports)}{path}"


def test_what_is_public_is_fetched(fetcher: Fetcher) -> None:
    got = fetcher.fetch(_url(fetcher, "/x?y=1"))
    assert (got.status, got.body) == (200, b"xxxxx")
    assert fetcher.fetch(_url(fetcher, "/hook"), method="POST", data=b"{}").status == 204
    assert [(path, body) for path, _, body in _Handler.seen] == [("/x?y=1", b""), ("/hook", b"{}")]
    assert _Handler.seen[0][1].startswith("a.example:")


def test_the_name_is_resolved_once_and_that_address_is_used(fetcher: Fetcher) -> None:
    answers = iter([["127.0.0.1"], ["192.0.2.1"]])
    assert replace(fetcher, resolve=lambda _h, _p: next(answers)).fetch(_url(fetcher, "/")).status == 200
    assert next(answers) == ["192.0.2.1"]


def test_redirects_are_not_followed(fetcher: Fetcher) -> None:
    assert fetcher.fetch(_url(fetcher, "/moved")).status == 302
    assert len(_Handler.seen) == 1


def test_the_certificate_must_be_the_name_s(fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="SSLCertVerificationError"):
        fetcher.fetch(_url(fetcher, "/", host="b.example"))


def test_large_and_slow_replies_are_cut_off(fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="larger than 1048576 bytes"):
        fetcher.fetch(_url(fetcher, "/large"))
    started = time.monotonic()
    with pytest.raises(FetchError, match=r"took longer than 0\.4 s|did not answer"):
        replace(fetcher, timeout_s=0.4).fetch(_url(fetcher, "/slow"))
    assert time.monotonic() - started < 4, "the whole reply takes five seconds"


def test_what_took_too_long_to_connect_is_asked_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way there, the handshake and the reply each keep the limit, and together could pass it three times."""
    connect = socket.create_connection

    def slowly(*to: Any) -> socket.socket:
        time.sleep(0.3)
        return connect(*to)

    monkeypatch.setattr(_Handler, "seen", [])
    with https_served(_Handler, tmp_path) as fetcher:
        monkeypatch.setattr(socket, "create_connection", slowly)
        (port,) = fetcher.ports
        with pytest.raises(FetchError, match=r"took longer than 0\.2 s"):
            replace(fetcher, timeout_s=0.2).fetch(f"https://a.example:{port}/")
    assert _Handler.seen == []
