"""What happens to every request before and after its route: id, size limit, trace, log line, metrics, headers.

Plain ASGI, so that it adds no task and no buffering. The body's SHA-256 is computed while it is read; a body larger
than the limit is refused before it is kept, and one that comes too slowly is waited for no longer. A request id from
outside is taken over when it is a harmless word.
"""

import asyncio
import contextlib
import hashlib
import ipaddress
import re
import time
from collections.abc import Collection, MutableMapping
from http import HTTPStatus
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloud.foundation import metrics, problems, tally, tracing
from cloud.foundation.ids import new_id
from cloud.foundation.problems import ProblemDocument, ProblemType

_log = structlog.get_logger("maxbooster.cloud.requests")
_HARMLESS = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_UPLOADS = "/v1/uploads/"
#: A body that comes more slowly on the whole is not waited for, once its sender has had so much time.
_SLOWEST_BYTES_PER_S = 1024
_PATIENCE_S = 30.0
#: So much of a body that is too large is let go by: most senders read no answer before they have sent all of it.
_LET_GO_BY_BYTES = 32 << 20
_PAUSE_S = 1.0
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
)
_FOR_DATA = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
)


class Edge:
    """The outermost layer of the application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        request_bytes: int,
        part_bytes: int,
        trusted_proxies: Collection[str] = (),
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self._app, self._patience_s = app, patience_s
        self._request_bytes, self._part_bytes = request_bytes, part_bytes
        self._proxies = [ipaddress.ip_network(text) for text in trusted_proxies]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; what is no HTTP request passes through."""
        self._find_client(scope)
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        with (
            tracing.request_span(scope, exchange.request_id),
            structlog.contextvars.bound_contextvars(request_id=exchange.request_id),
        ):
            await self._run(scope, receive, exchange)
            exchange.finish()

    def _find_client(self, scope: Scope) -> None:
        """Put who asks in place of the proxy of ours that passes it on.

        Each proxy adds whom it got the request from; what stands before the first one that is not ours is anybody's
        invention. An IPv4 address is written as one, however it came in.
        """
        if not scope.get("client"):
            return
        given = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        passed_on = [part.strip() for part in given.decode("latin-1").split(",") if part.strip()]
        host = _unmapped(scope["client"][0])
        while passed_on and self._is_ours(host) and _is_address(passed_on[-1]):
            host = _unmapped(passed_on.pop())
        scope["client"] = (host, scope["client"][1])

    def _is_ours(self, host: str) -> bool:
        return _is_address(host) and any(ipaddress.ip_address(host) in network for network in self._proxies)

    async def _run(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        digest, received, most = hashlib.sha256(), 0, self._most_bytes(scope)
        begun, is_whole = time.monotonic(), False

        async def limited() -> Message:
            nonlocal received, is_whole
            until = begun + self._patience_s + received / _SLOWEST_BYTES_PER_S
            message = await (receive() if is_whole else _in_time(receive, until))
            body = message.get("body", b"")
            is_whole = not message.get("more_body", False)
            received += len(body)
            if received > most:
                # Of a kind that FastAPI passes on while it reads a body; everything else becomes 400 there.
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            digest.update(body)
            scope["body_sha256"] = digest.digest()
            return message

        scope["body_sha256"] = digest.digest()
        refusal = _refusal(scope, most)
        if refusal is not None:
            await exchange.refuse(*refusal, receive, self._patience_s)
            return
        try:
            await self._app(scope, limited, exchange.send)
        except Exception:
            # The handler of defects has logged it and replied; starlette raises it again for the server to see.
            if not exchange.has_begun:
                raise

    def _most_bytes(self, scope: Scope) -> int:
        # Parts of uploads are never kept in memory.
        is_part = scope["method"] == "PATCH" and scope["path"].startswith(_UPLOADS)
        return self._part_bytes if is_part else self._request_bytes


class _Exchange:
    """One request and what came back."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._started = time.perf_counter()
        self.status = 500
        self.has_begun = False
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        self.request_id = given.decode() if _HARMLESS.fullmatch(given) else new_id("req")
        scope["request_id"] = self.request_id

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Pass on a part of the reply, with our headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.has_begun = True
            present = {name.lower() for name, _ in message["headers"]}
            own = [*_HEADERS, *_FOR_DATA, (b"x-request-id", self.request_id.encode())]
            own += self._scope.get("reply_headers", [])
            message["headers"] = [*message["headers"], *(pair for pair in own if pair[0] not in present)]
        await self._send(message)

    async def refuse(self, kind: ProblemType, detail: str, receive: Receive, patience_s: float) -> None:
        """Answer why nobody reads this request, and end when its sender has had time to see it."""
        response = ProblemDocument(kind, detail, self.request_id, headers={"Connection": "close"}).response()
        await self.send(
            {"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers}
        )
        left, until = _LET_GO_BY_BYTES, time.monotonic() + patience_s
        with contextlib.suppress(HTTPException):
            while left > 0 and (message := await _in_time(receive, min(until, _soon()))).get("more_body"):
                left -= len(message["body"])
        await self.send({"type": "http.response.body", "body": response.body})

    def finish(self) -> None:
        """Count the request and log it; the route's template, never the address, which may hold what is private."""
        seconds = time.perf_counter() - self._started
        route = getattr(self._scope.get("route"), "path", "")
        metrics.count_request(self._scope["method"], route, self.status, seconds)
        tally.count_request(route, self.status, seconds)
        _log.info(
            "request",
            method=self._scope["method"],
            route=route,
            status=self.status,
            milliseconds=round(seconds * 1000, 1),
        )


def _soon() -> float:
    return time.monotonic() + _PAUSE_S


async def _in_time(receive: Receive, until: float) -> Message:
    try:
        async with asyncio.timeout(max(0.0, until - time.monotonic())):
            return await receive()
    except TimeoutError:
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _unmapped(text: str) -> str:
    """Return an address without the IPv6 around an IPv4 one, as a socket for both kinds has it; else the text."""
    mapped = ipaddress.IPv6Address(text).ipv4_mapped if _is_address(text) and ":" in text else None
    return text if mapped is None else str(mapped)


def _refusal(scope: Scope, most: int) -> tuple[ProblemType, str] | None:
    """Return why a request is refused by its head alone; None when it is not."""
    given: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        given.setdefault(name, []).append(value.strip().lower())
    if len(given.get(b"host", ())) > 1:  # RFC 9112, 3.2: a proxy may have read the other one
        return problems.MALFORMED, "The request has more than one Host header: send one."
    has_body = b"transfer-encoding" in given or _declared_length(scope) > 0
    if has_body and set(given.get(b"content-encoding", ())) - {b"identity", b""}:
        return problems.ENCODING_UNKNOWN, "Nothing is decoded here: send the body as it is, without Content-Encoding."
    if _declared_length(scope) > most:
        return problems.TOO_LARGE, "The body is larger than this address takes."
    return None


def _declared_length(scope: Scope) -> int:
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    return int(declared) if declared.isdigit() else 0
