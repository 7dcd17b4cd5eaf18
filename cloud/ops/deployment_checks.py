"""`maxbooster cloud check URL`: whether a deployment keeps to what its proxy and its settings alone can keep.

One row for each check, with the requirement of OWASP ASVS 5.0 that it answers; run it before people come, and whenever
the proxy or its certificate has changed.
"""

import argparse
import http
import http.client
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cloud.ops import tls_offers
from cloud.ops.deployment import Deployment, Reply
from sync.protocol.closing import CloseCode

_LEAST_DAYS = 7
_LEAST_HSTS_S = 31_536_000
_FOREIGN = "https://elsewhere.example"
_UNTRUSTED = "not looked at while the certificate is not trusted"
#: What nobody may read without a session or a key.
_GUARDED = ("/metrics", "/v1/ops/jobs", "/v1/account")
_SHUT = (401, 403, 404)


@dataclass(frozen=True, slots=True)
class Row:
    """One check; `found` says what there is."""

    asvs: str
    what: str
    is_met: bool
    found: str

    @property
    def line(self) -> str:
        """Return the row as a person reads it."""
        return f"{'ok  ' if self.is_met else 'FAIL'}  {self.asvs:<7} {self.what}: {self.found}"


Finding = tuple[bool, str]


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    command.add_argument("url", metavar="URL", help="what people go to: https://host")
    what = "file with the authority's certificate, when it is none of the public ones"
    command.add_argument("--ca", metavar="FILE", type=Path, help=what)
    command.add_argument("--http-port", metavar="N", type=int, default=80, help="where plain HTTP would answer (80)")


def check(deployment: Deployment) -> list[Row]:
    """Return a row for each check; raises DeploymentError when nothing speaks TLS there."""
    return [Row(asvs, what, *_found(look, deployment)) for asvs, what, look in _CHECKS]


def _found(look: Callable[[Deployment], Finding], deployment: Deployment) -> Finding:
    try:
        return look(deployment)
    except ssl.SSLCertVerificationError:
        return False, _UNTRUSTED
    except (OSError, http.client.HTTPException) as error:
        return False, f"it does not answer ({type(error).__name__})"


def _versions(deployment: Deployment) -> Finding:
    old = [
        name
        for version, name in tls_offers.OUTDATED.items()
        if (taken := tls_offers.taken(deployment.host, deployment.port, version, tls_offers.WEAK))
        and taken.version == version
    ]
    version = deployment.session.version
    if old:
        return False, f"{', '.join(old)} can be had, too"
    return version == "TLSv1.3", f"{version} is preferred"


def _suites(deployment: Deployment) -> Finding:
    weak = tls_offers.taken(deployment.host, deployment.port, tls_offers.TLS_1_2, tls_offers.WEAK)
    if weak is not None:
        return False, f"{weak.suite_name} can be had, too"
    return True, f"{deployment.session.suite} is preferred"


def _certificate(deployment: Deployment) -> Finding:
    try:
        session = deployment.session
    except ssl.SSLCertVerificationError as error:
        return False, error.verify_message
    found = f"by {session.issuer}, {session.days_left} days left"
    return session.days_left >= _LEAST_DAYS, found


def _plain_http(deployment: Deployment) -> Finding:
    for path in ("/", "/v1/account"):
        reply = deployment.ask_plainly(path)
        if reply is not None and not _leads_to_tls(reply, deployment):
            return False, f"{path} answers {reply.status} without TLS"
    return True, f"nothing but redirects at port {deployment.plain_port}"


def _plain_sockets(deployment: Deployment) -> Finding:
    code = deployment.socket_ends()
    if code != CloseCode.TICKET:
        return False, f"a room's socket over TLS ends with {code}, not with {CloseCode.TICKET}"
    is_open = isinstance(deployment.plain_socket_ends(), int)
    return not is_open, "a room's socket opens without TLS" if is_open else "rooms answer over TLS alone"


def _foreign_pages(deployment: Deployment) -> Finding:
    ways = {origin: deployment.socket_ends(origin) for origin in (_FOREIGN, deployment.address)}
    is_met = ways == {_FOREIGN: "HTTP 403", deployment.address: CloseCode.TICKET}
    return is_met, "; ".join(f"{origin}: {code}" for origin, code in ways.items())


def _hsts(deployment: Deployment) -> Finding:
    found = deployment.ask("/healthz").header("strict-transport-security")
    parts = [part.strip().lower() for part in found.split(";")]
    ages = [part.removeprefix("max-age=") for part in parts if part.startswith("max-age=")]
    is_long = len(ages) == 1 and ages[0].isdecimal() and int(ages[0]) >= _LEAST_HSTS_S
    return is_long and "includesubdomains" in parts, found or "no Strict-Transport-Security"


def _cookies(deployment: Deployment) -> Finding:
    reply = deployment.ask("/sign-in")
    cookies = reply.cookies()
    if not cookies:
        why = f"/sign-in answers {reply.status} and sets none: is MAXBOOSTER_CLOUD_PUBLIC_ADDRESS {deployment.address}?"
        return False, why
    for cookie in cookies:
        name, *attributes = (part.strip().lower() for part in cookie.split(";"))
        lacking = {"secure", "httponly", "path=/", "samesite=lax"} - set(attributes)
        if lacking or not name.startswith("__host-"):
            return False, f"{cookie.partition('=')[0]} lacks {', '.join(sorted(lacking)) or '__Host-'}"
    return True, ", ".join(cookie.partition("=")[0] for cookie in cookies)


def _headers(deployment: Deployment) -> Finding:
    for path in ("/sign-in", "/healthz"):
        reply = deployment.ask(path)
        policy = reply.header("content-security-policy")
        wanted = {
            "Content-Security-Policy": "default-src 'none'" in policy and "frame-ancestors 'none'" in policy,
            "X-Content-Type-Options": reply.header("x-content-type-options") == "nosniff",
            "Referrer-Policy": reply.header("referrer-policy") in ("no-referrer", "same-origin"),
            "Cache-Control": reply.header("cache-control") == "no-store",
        }
        lacking = [name for name, is_right in wanted.items() if not is_right]
        if lacking:
            return False, f"{path} lacks {', '.join(lacking)}"
    return True, "as the cloud sends them"


def _guarded(deployment: Deployment) -> Finding:
    statuses = {path: deployment.ask(path).status for path in _GUARDED}
    is_met = all(status in _SHUT for status in statuses.values())
    return is_met, ", ".join(f"{path} {status}" for path, status in statuses.items())


def _left_lying(deployment: Deployment) -> Finding:
    statuses = {path: deployment.ask(path).status for path in ("/.git/config", "/.env", "/static/")}
    is_met = all(status in _SHUT for status in statuses.values())
    return is_met, ", ".join(f"{path} {status}" for path, status in statuses.items())


def _trace(deployment: Deployment) -> Finding:
    status = deployment.ask("/healthz", "TRACE").status
    return status >= http.HTTPStatus.BAD_REQUEST, f"TRACE is answered with {status}"


def _leads_to_tls(reply: Reply, deployment: Deployment) -> bool:
    """Return whether a reply sends its reader on to the same name over TLS, or refuses; the cloud itself says 401."""
    if reply.status not in (301, 302, 303, 307, 308):
        return reply.status >= http.HTTPStatus.BAD_REQUEST and reply.status != http.HTTPStatus.UNAUTHORIZED
    target = urlsplit(reply.header("location"))
    return (target.scheme, target.hostname) == ("https", deployment.host)


_CHECKS: tuple[tuple[str, str, Callable[[Deployment], Finding]], ...] = (
    ("12.1.1", "TLS 1.2 and 1.3 only, 1.3 first", _versions),
    ("12.1.2", "strong cipher suites only", _suites),
    ("12.2.2", "a certificate that is trusted", _certificate),
    ("12.2.1", "nothing without TLS", _plain_http),
    ("4.4.1", "rooms over TLS only", _plain_sockets),
    ("4.4.2", "no room for pages of other sites", _foreign_pages),
    ("3.4.1", "HSTS for a year and all names below", _hsts),
    ("3.3.1", "cookies of this name alone, over TLS alone", _cookies),
    ("3.4.3", "headers that keep browsers careful", _headers),
    ("13.4.5", "figures and accounts for whoever may", _guarded),
    ("13.4.1", "nothing left lying", _left_lying),
    ("13.4.4", "no TRACE", _trace),
)
