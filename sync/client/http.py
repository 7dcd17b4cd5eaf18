"""HTTP to the cloud: one session, our headers, problem documents as errors.

A token is sent over HTTPS only, or to this machine; redirects are not followed with it.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import requests
import requests.auth

from sync.client.errors import AuthNeededError, CloudError, RefusedError, ServerTroubleError, UnreachableError
from sync.credentials.errors import CredentialError
from sync.protocol.addresses import is_local, is_safe_address

T = TypeVar("T")
_TIMEOUT_S = (5.0, 30.0)
_PIECE_BYTES = 1 << 16
_OWN = "urn:maxbooster:problem:"
#: Of what a server says.
_LONGEST_SENTENCE = 300
_MOST_CLIENT_ERROR = 499
_DONE = (200, 201, 204, 206)
#: What stands behind the ? of an address; a name with several values stands there several times.
Query = Mapping[str, str | Sequence[str]]


class BadAddressError(CloudError, ValueError):
    """An address that a token may not be sent to."""


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

    def send_bytes(
        self, method: str, path: str, data: bytes | None = None, *, headers: Mapping[str, str]
    ) -> requests.Response:
        """Send bytes as who is signed in and return the reply, whose headers count; raises CloudError."""
        return self._send(method, path, data=data, headers=headers)

    def read_range(self, url: str, start: int, end: int) -> bytes:
        """Read bytes of a path of the cloud's as who is signed in, or of an address that it has signed as nobody.

        Raises CloudError, also when other than `end - start` bytes come: no more of them is read.
        """
        about: dict[str, Any] = {"headers": {"Range": f"bytes={start}-{end - 1}"}, "stream": True}
        is_ours = url.startswith("/")
        reply = self._send("GET", url, **about) if is_ours else self._sent("GET", url, auth=_Nobody(), **about)
        found = bytearray()
        with contextlib.closing(reply), self._answered():
            for piece in reply.iter_content(min(_PIECE_BYTES, end - start + 1)):
                found += piece
                if len(found) > end - start:
                    break
        if len(found) != end - start:
            raise ServerTroubleError(f"{urlsplit(url).netloc or self.host} sends another part than was asked for.")
        return bytes(found)

    def write_elsewhere(self, url: str, data: bytes) -> requests.Response:
        """Put bytes where the cloud has signed an address for them, as nobody; raises CloudError."""
        return self._sent("PUT", url, auth=_Nobody(), data=data)

    def _send(self, method: str, path: str, **about: Any) -> requests.Response:
        token = _proof(self._token)
        if token is None:
            raise AuthNeededError("You are not signed in.")
        if not (token.isascii() and token.isprintable()):
            raise AuthNeededError("What should prove who you are is no token.")
        try:
            return self._sent(method, self.address + path, auth=_Bearer(token), **about)
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

    def _sent(self, method: str, url: str, **about: Any) -> requests.Response:
        with self._answered():
            reply = self._session.request(method, url, timeout=_TIMEOUT_S, allow_redirects=False, **about)
        if reply.status_code not in _DONE:
            self._refuse(reply)
        return reply

    @contextlib.contextmanager
    def _answered(self) -> Iterator[None]:
        try:
            yield
        except (requests.ConnectionError, ValueError) as error:  # a ValueError: no host can be called that
            raise UnreachableError(f"{self.host} cannot be reached.") from error
        except requests.RequestException as error:
            raise ServerTroubleError(f"{self.host} did not answer in time.") from error

    def _refuse(self, reply: requests.Response) -> NoReturn:
        problem = _problem(reply)
        status = reply.status_code
        code = str(problem.get("error") or problem.get("type") or "").removeprefix(_OWN)
        said = problem.get("error_description") or problem.get("detail") or problem.get("title")
        sentence = _shown(str(said or "")) or f"{self.host} answers with {status}."
        if status == requests.codes.unauthorized:
            raise AuthNeededError(sentence)
        if status == requests.codes.too_many_requests or status > _MOST_CLIENT_ERROR:
            raise ServerTroubleError(sentence, _seconds(reply.headers.get("Retry-After")))
        raise RefusedError(sentence, status, code)


class _Bearer(requests.auth.AuthBase):
    """Our token, and never one from a file that the library finds by itself."""

    def __init__(self, token: str) -> None:
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


def _problem(reply: requests.Response) -> dict[str, Any]:
    try:
        found = reply.json()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _shown(text: str) -> str:
    """Return what a server says as it may be shown: nothing that steers a terminal or turns the way of reading."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_LONGEST_SENTENCE]


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() else None
