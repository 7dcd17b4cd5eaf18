"""`maxbooster cloud check`: a real API behind what really ends TLS; each fault of a proxy is found, and no other."""

import http.server
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cloud import commands
from cloud.ops.deployment import Deployment
from cloud.ops.deployment_checks import _UNTRUSTED, Row, check
from tests.factories.certificates import certificate
from tests.factories.tls_front import Front, front
from tests.integration.cloud.identity.people import City

_STRONG = "ECDHE+AESGCM:ECDHE+CHACHA20"
_NOBODY = 1


@dataclass
class Site:
    """An API that people reach through a front."""

    folder: Path
    front: Front
    plain: Front
    trusted: Path = field(init=False)

    def __post_init__(self) -> None:
        self.trusted = certificate(self.folder, "localhost")
        self.offer(self.trusted)

    @property
    def address(self) -> str:
        return f"https://localhost:{self.front.port}"

    def offer(self, pair: Path, ciphers: str = _STRONG, **versions: ssl.TLSVersion) -> None:
        """Offer a certificate, suites and versions from the next connection on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair)
        context.set_ciphers(ciphers)
        for name, version in versions.items():
            setattr(context, name, version)
        self.front.context = context

    def rows(self, plain_port: int = _NOBODY, trusted: Path | None = None) -> list[Row]:
        return check(Deployment(self.address, plain_port, trusted or self.trusted))

    def failing(self, plain_port: int = _NOBODY, trusted: Path | None = None) -> dict[str, str]:
        return {row.asvs: row.found for row in self.rows(plain_port, trusted) if not row.is_met}


@pytest.fixture
def site(start_city: Callable[..., City], tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        fronts = [stack.enter_context(front(("127.0.0.1", _NOBODY))) for _ in range(2)]
        made = Site(tmp_path, *fronts)
        city = start_city(public_address=made.address)
        for one in fronts:
            one.behind = ("127.0.0.1", int(city.api.url.rpartition(":")[2]))
        yield made


def test_a_good_deployment_passes_and_the_command_says_so(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["check", site.address, "--ca", str(site.trusted), "--http-port", str(_NOBODY)]
    assert commands.main([*words, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["is_met"] is True
    assert {row["found"] for row in report["checks"] if row["asvs"] == "12.1.1"} == {"TLSv1.3 is preferred"}
    site.front.rewritten = {b"strict-transport-security": b"x-other"}
    assert commands.main(words) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if not line.startswith("ok ")] == ["3.4.1"]
    assert len(lines) == len(report["checks"]) == 12


def test_old_versions_and_weak_suites_are_found(site: Site) -> None:
    oldest = ssl.TLSVersion.MINIMUM_SUPPORTED
    site.offer(site.trusted, "ALL:@SECLEVEL=0", minimum_version=oldest)
    found = site.failing()
    assert (found.keys(), found["12.1.1"]) == ({"12.1.1", "12.1.2"}, "TLS 1.0, TLS 1.1 can be had, too")
    site.offer(site.trusted, f"{_STRONG}:ECDHE-ECDSA-AES256-SHA384", maximum_version=ssl.TLSVersion.TLSv1_2)
    weak = "ECDHE-ECDSA-AES256-SHA384 can be had, too"
    assert site.failing() == {"12.1.1": "TLSv1.2 is preferred", "12.1.2": weak}


def test_certificates_that_browsers_refuse_are_found(site: Site) -> None:
    other = certificate(site.folder, "elsewhere.example")
    old = certificate(site.folder, "localhost", from_days=-9, to_days=-1)
    ends = certificate(site.folder, "localhost", to_days=3)
    for pair, trusted, said in (
        (certificate(site.folder, "localhost"), site.trusted, "self-signed certificate"),
        (other, other, "Hostname mismatch"),
        (old, old, "certificate has expired"),
        (ends, ends, "2 days left"),
    ):
        site.offer(pair)
        found = site.failing(trusted=trusted)
        assert said in found.pop("12.2.2")
        assert set(found.values()) == ({_UNTRUSTED} if pair is not ends else set())


#: What a proxy may do to replies, and which checks fail for it.
_SPOILT = (
    (b"max-age=31536000; includeSubDomains", b"max-age=31536000", {"3.4.1"}),
    (b"max-age=31536000", b"max-age=3153600", {"3.4.1"}),
    (b"; Secure", b"", {"3.3.1"}),
    (b"content-security-policy", b"x-other", {"3.4.3"}),
    (b"no-store", b"public", {"3.4.3"}),
    (b" 401 Unauthorized", b" 200 OK", {"13.4.5"}),
    (b" 404 Not Found", b" 200 OK", {"13.4.1"}),
    (b" 405 Method Not Allowed", b" 200 OK", {"13.4.4"}),
    (b" 101 Switching Protocols", b" 502 Bad Gateway", {"4.4.1", "4.4.2"}),
)


def test_what_a_proxy_does_to_replies_is_found(site: Site) -> None:
    for old, new, failing in _SPOILT:
        site.front.rewritten = {old: new}
        assert site.failing().keys() == failing, old


class _Leads(http.server.BaseHTTPRequestHandler):
    target = ""

    def do_GET(self) -> None:
        self.send_response(308)
        self.send_header("Location", self.target + self.path)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_plain_http_may_lead_to_tls_and_do_nothing_else(site: Site) -> None:
    assert site.failing(site.plain.port).keys() == {"12.2.1", "4.4.1"}
    server = http.server.HTTPServer(("127.0.0.1", 0), _Leads)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        _Leads.target = site.address
        assert site.failing(server.server_port) == {}
        _Leads.target = "https://elsewhere.example"
        assert site.failing(server.server_port) == {"12.2.1": "/ answers 308 without TLS"}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_what_cannot_be_checked_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = tmp_path / "nothing.pem"
    nothing.write_text("")
    for words, said in (
        (("http://localhost",), "http://localhost is no address of a deployment: write it as https://host.\n"),
        (("https://localhost:x",), "is no address"),
        (("https://localhost/app",), "is no address"),
        (("https://localhost:1",), "Nothing speaks TLS at https://localhost:1"),
        (("https://localhost:1", "--ca", str(nothing)), "holds no certificates"),
    ):
        assert commands.main(["check", *words]) == 2
        assert said in capsys.readouterr().err
