"""The address on this machine to which the browser brings the answer of a sign-in (RFC 8252, 7.3).

It takes one answer: a GET for the exact path with the state that was given out. Everything else is answered with the
same page without a meaning and changes nothing. It listens on the loopback interface only and closes with the answer,
when it is given up, or after five minutes.
"""

import socket
import threading
import time
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from sync.client.errors import SignInError

PATH = "/cb"
WAITS_S = 300.0
_LOOK_S = 0.1
_REQUEST_S = 5.0
#: Light or dark as the browser is; a page that loads nothing may say how it looks by its hash alone.
_STYLE = ":root{color-scheme:light dark}body{max-width:34em;margin:4em auto;padding:0 1em;font:1.1em/1.5 sans-serif}"
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_PAGE = (
    '<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">'
    f"<title>Max Booster</title><style>{_STYLE}</style>"
    "<h1>Max Booster</h1><p>You can close this page and go back to Max Booster.</p></html>"
).encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser brought."""

    code: str = field(repr=False)
    error: str
    issuer: str


class _Server(HTTPServer):
    allow_reuse_address = False

    def __init__(self, family: socket.AddressFamily, host: str) -> None:
        self.address_family = family
        self.state = ""
        self.answer: Answer | None = None
        super().__init__((host, 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is nobody's problem."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _REQUEST_S
    server: _Server

    def do_GET(self) -> None:
        """Take the answer if it is ours."""
        parts = urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(parts.query).items() if len(values) == 1}
        is_ours = parts.path == PATH and compare_digest(given.get("state", "").encode(), self.server.state.encode())
        if is_ours and self.server.answer is None and ("code" in given or "error" in given):
            self.server.answer = Answer(given.get("code", ""), given.get("error", ""), given.get("iss", ""))
            self._reply(200)
        else:
            self._reply(404)

    def _reply(self, status: int) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(_PAGE))),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'"),
            ("Referrer-Policy", "no-referrer"),
            ("Connection", "close"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(_PAGE)

    def version_string(self) -> str:
        """Return nothing about what answers."""
        return "Max Booster"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: the address holds the code."""


class Loopback:
    """An open address; `with` closes it."""

    def __init__(self, state: str, waits_s: float = WAITS_S) -> None:
        """Listen on a free port.

        Raises:
            SignInError: this machine has no loopback interface to listen on.
        """
        self._server = _bound()
        self._server.state = state
        self._server.timeout = _LOOK_S
        self._until = time.monotonic() + waits_s

    @property
    def redirect_uri(self) -> str:
        """Return where the browser has to go."""
        host, port = self._server.server_address[:2]
        shown = f"[{host!s}]" if self._server.address_family == socket.AF_INET6 else str(host)
        return f"http://{shown}:{port}{PATH}"

    def wait(self, given_up: threading.Event) -> Answer:
        """Return what the browser brings.

        Raises:
            SignInError: it did not come in time, or the person gave up.
        """
        while self._server.answer is None:
            if given_up.is_set():
                raise SignInError("The sign-in was given up.")
            if time.monotonic() >= self._until:
                raise SignInError("The browser did not come back in time; sign in again.")
            self._server.handle_request()
        return self._server.answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.server_close()


def _bound() -> _Server:
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            return _Server(family, host)
        except OSError:
            continue
    raise SignInError("No address of this computer could be opened for the browser; sign in with a code instead.")
