"""HTTP to the cloud: one session, our headers, problem documents as errors.

A token is sent over HTTPS only, or to this machine, and to the cloud's own address alone: no redirect is followed and
no cookie kept. What comes has an end, in bytes and in time (`bounded`), and is taken as it comes: nothing is unpacked.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import requests
import requests.auth
import urllib3.exceptions

from sync.client.bounded import MOST_BYTES, BoundedAdapter
from sync.client.errors import AuthNeededError, CloudError, RefusedError, ServerTroubleError, UnreachableError
from sync.client.server_text import shown
from sync.credentials.errors import CredentialError
from sync.protocol.addresses import is_local, is_safe_address, may_name
from sync.protocol.wire import LARGEST

T = TypeVar("T")
_TIMEOUT_S = (5.0, 30.0)
_PIECE_BYTES = 1 << 16
_DEEPEST = 64
_OWN = "urn:maxbooster:problem:"
_LONGEST_CODE, _LONGEST_PLACE = 60, 100
_LONGEST_WAIT_S = 86_400.0
#: None of them is followed; see `redirected`.
REDIRECTS = range(300, 400)
_MOST_CLIENT_ERROR = 499
_DONE = (200, 201, 204, 206)
#: What stands behind the ? of an address; a name with several values stands there several times.
Query = Mapping[str, str | Sequence[str]]


class BadAddressError(CloudError, ValueError):
    """An address that a token may not be sent to."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; the names of headers are found in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return what the body holds; raises ValueError, also for what is JSON to some readers only."""
        found = json.loads(self.body, parse_constant=_no_number, parse_int=_integer)
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()  # 1e999 and halves of letters
        _require_flat(found)
        return found


class Wire:
    """Requests to the cloud at `address`.

    `token` returns what proves who is signed in, or None; `renew` returns a new one for one that was refused.
    """

    def __init__(
        self, address: str, token: Callable[[], str | None], renew: Callable[[str], str | None] = lambda _: None
    ) -> None:
        if not is_safe_address(address):
            raise BadAddressError(f"{address} is no https address.")
        parts = urlsplit(address)
        self.address, self._token, self._renew = address.rstrip("/"), token, renew
        self.host = parts.netloc
        self._session = requests.Session()
        self._session.trust_env = not is_local(parts.hostname)
        self._session.headers["Accept"] = "application/json, application/problem+json"
        self._session.headers["Accept-Encoding"] = "identity"
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, BoundedAdapter())

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        query: Query | None = None,
    ) -> Any:
        """Send as who is signed in and return what the reply holds; raises CloudError."""
        return readable(self._send(method, path, json=body, params=query, headers=headers).json)

    def send_bytes(self, method: str, path: str, data: bytes | None = None, *, headers: Mapping[str, str]) -> Reply:
        """Send bytes as who is signed in and return the reply, whose headers count; raises CloudError."""
        return self._send(method, path, data=data, headers=headers)

    def read_range(self, url: str, start: int, end: int) -> bytes:
        """Read bytes of a path of the cloud's as who is signed in, or of an address that it has signed as nobody.

        Raises CloudError, also when other than `end - start` bytes come: no more of them is read.
        """
        about: dict[str, Any] = {"headers": {"Range": f"bytes={start}-{end - 1}"}, "most_bytes": end - start}
        reply = self._send("GET", url, **about) if url.startswith("/") else self._sent_elsewhere("GET", url, **about)
        if len(reply.body) != end - start:
            raise ServerTroubleError(f"{urlsplit(url).netloc or self.host} sends less than was asked for.")
        return reply.body

    def write_elsewhere(self, url: str, data: bytes) -> Reply:
        """Put bytes where the cloud has signed an address for them, as nobody; raises CloudError."""
        return self._sent_elsewhere("PUT", url, data=data)

    def _send(self, method: str, path: str, **about: Any) -> Reply:
        if not path.startswith("/"):  # with anything else in front of it the cloud's address would be another host's
            raise ServerTroubleError(f"{self.host} names a place that is none of its own.")
        token = _proof(self._token)
        if token is None:
            raise AuthNeededError("You are not signed in.")
        bearer = _Bearer(token)
        try:
            return self._sent(method, self.address + path, auth=bearer, **about)
        except AuthNeededError:
            refused = token
            token = _proof(lambda: self._renew(refused))
            if token is None:
                raise
        return self._sent(method, self.address + path, auth=_Bearer(token), **about)

    def send_form(self, path: str, form: Mapping[str, str]) -> Any:
        """Send a form as nobody and return what the reply holds; raises CloudError."""
        return readable(self._sent("POST", self.address + path, data=form, auth=_Nobody()).json)

    def read(self, path: str) -> Any:
        """Read what everybody may; raises CloudError."""
        return readable(self._sent("GET", self.address + path, auth=_Nobody()).json)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _sent_elsewhere(self, method: str, url: str, **about: Any) -> Reply:
        if not may_name(self.address, url):
            raise ServerTroubleError(f"{self.host} names a store that is no https address.")
        return self._sent(method, url, auth=_Nobody(), **about)

    def _sent(self, method: str, url: str, *, most_bytes: int = MOST_BYTES, **about: Any) -> Reply:
        host = urlsplit(url).netloc
        with _answered(host):
            asked = self._session.request(method, url, timeout=_TIMEOUT_S, allow_redirects=False, stream=True, **about)
            with contextlib.closing(asked):
                most_bytes = most_bytes if asked.status_code in _DONE else MOST_BYTES
                reply = Reply(asked.status_code, asked.headers, _body(asked, most_bytes))
        if reply.status not in _DONE:
            _refuse(reply, host)
        if len(reply.body) > most_bytes:
            raise ServerTroubleError(f"{host} sends more than was asked for.")
        return reply


@contextlib.contextmanager
def _answered(host: str) -> Iterator[None]:
    try:
        yield
    except (requests.ConnectionError, ValueError) as error:  # a ValueError: no host can be called that
        raise UnreachableError(f"{host} cannot be reached.") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise ServerTroubleError(f"{host} did not answer in time.") from error


def _body(asked: requests.Response, most_bytes: int) -> bytes:
    """Return the body of a reply as it came; one byte more than `most_bytes` of one that is longer."""
    found = bytearray()
    while piece := asked.raw.read(min(_PIECE_BYTES, most_bytes + 1 - len(found)), decode_content=False):
        found += piece
        if len(found) > most_bytes:
            break
    return bytes(found)


def _refuse(reply: Reply, host: str) -> NoReturn:
    if reply.status in REDIRECTS:
        raise ServerTroubleError(redirected(host, reply.headers.get("Location", "")))
    problem = _problem(reply)
    code = shown(str(problem.get("error") or problem.get("type") or "").removeprefix(_OWN))[:_LONGEST_CODE]
    said = problem.get("error_description") or problem.get("detail") or problem.get("title")
    sentence = shown(str(said or "")) or f"{host} answers with {reply.status}."
    if reply.status == requests.codes.unauthorized:
        raise AuthNeededError(sentence)
    if reply.status == requests.codes.too_many_requests or reply.status > _MOST_CLIENT_ERROR:
        raise ServerTroubleError(sentence, _seconds(reply.headers.get("Retry-After")))
    raise RefusedError(sentence, reply.status, code)


def redirected(host: str, place: str) -> str:
    """Return what is said of a redirect, which is never followed."""
    to = shown(place)[:_LONGEST_PLACE] or "another place"
    return f"{host} sends on to {to}, which is not followed: set the setting cloud.address to where the cloud is."


class _Bearer(requests.auth.AuthBase):
    """Our token, and never one from a file that the library finds by itself; raises AuthNeededError for none."""

    def __init__(self, token: str) -> None:
        if not (token.isascii() and token.isprintable()):
            raise AuthNeededError("What should prove who you are is no token.")
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Nobody(requests.auth.AuthBase):
    """No credentials, whatever the library finds."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def readable(read: Callable[[], T]) -> T:
    """Return what `read` makes of a reply; raises ServerTroubleError when it cannot be read."""
    try:
        return read()
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ServerTroubleError("The answer cannot be read: something between here and the cloud.") from error


def _proof(ask: Callable[[], str | None]) -> str | None:
    """Return a token; where it is kept may be locked for a while, which is as if there were no way to the cloud."""
    try:
        return ask()
    except CredentialError as error:
        raise UnreachableError(str(error)) from error


def _problem(reply: Reply) -> dict[str, Any]:
    try:
        found = reply.json()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _integer(digits: str) -> int:
    if abs(number := int(digits)) > LARGEST:
        raise ValueError("a number has more than 53 bits")
    return number


def _require_flat(found: Any) -> None:
    """Refuse what is so deep that whoever walks through it falls."""
    level = [found] if isinstance(found, dict | list) else []
    for _ in range(_DEEPEST):
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
        level = [inner for inner in level if isinstance(inner, dict | list)]
        if not level:
            return
    raise ValueError("the answer is too deep")


def _seconds(text: str | None) -> float | None:
    return min(float(text), _LONGEST_WAIT_S) if text is not None and text.isdecimal() else None
