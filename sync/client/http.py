"""HTTP to the cloud: one session, our headers, problem documents as errors. The drafts' transport on top of it.

A token is sent over HTTPS only, or to this machine.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import requests
import requests.auth

from sync.outbox import ports
from sync.protocol.changes import Changes
from sync.protocol.operations import Answer, Batch

T = TypeVar("T")
_TIMEOUT_S = (5.0, 30.0)
_OWN = "urn:maxbooster:problem:"
_LOCAL = {"127.0.0.1", "localhost", "::1"}
#: Problems that mean something of their own; every other one is judged by its status.
_PROBLEMS: Mapping[str, type[ports.TransportError]] = {
    "sync-client-unknown": ports.ClientUnknownError,
    "sync-sequence-broken": ports.SequenceBrokenError,
    "version-not-supported": ports.VersionNotSupportedError,
}


class HttpTransport:
    """Drafts to and from the cloud at `address`; `token` returns what proves who is signed in, or None."""

    def __init__(self, address: str, token: Callable[[], str | None]) -> None:
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
            raise ValueError(f"{address} is no https address")
        self._address, self._token = address.rstrip("/"), token
        self.host = parts.netloc
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/json, application/problem+json"

    def register(self, client_id: str, label: str) -> ports.Registered:
        """Make this client known."""
        # The address says what is wanted: a new key each time, as the label may have changed.
        headers = {"Idempotency-Key": secrets.token_hex(16)}
        reply = self._send("PUT", f"/v1/sync/clients/{client_id}", {"label": label}, headers)
        return ports.Registered(_read(lambda: str(reply["account_id"])))

    def push(self, batch: Batch) -> ports.Answers:
        """Hand operations over."""
        reply = self._send("POST", "/v1/sync/operations", batch.to_json())
        return _read(
            lambda: ports.Answers([Answer.from_json(one) for one in reply["answers"]], str(reply["server_time"]))
        )

    def pull(self, cursor: str | None, schema_version: int) -> Changes:
        """Read a part of the feed."""
        query = {"schema_version": str(schema_version), **({"cursor": cursor} if cursor else {})}
        reply = self._send("GET", "/v1/sync/changes", query=query)
        return _read(lambda: Changes.from_json(reply))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        token = self._token()
        if token is None:
            raise ports.AuthNeededError("nobody is signed in")
        try:
            reply = self._session.request(
                method,
                self._address + path,
                json=body,
                params=query,
                headers=headers,
                auth=_Bearer(token),
                timeout=_TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.ConnectionError as error:
            raise ports.UnreachableError(f"{self.host} cannot be reached.") from error
        except requests.RequestException as error:
            raise ports.ServerTroubleError(f"{self.host} did not answer in time.") from error
        if reply.status_code not in (200, 201):
            self._refuse(reply)
        return _read(reply.json)

    def _refuse(self, reply: requests.Response) -> NoReturn:
        problem = _problem(reply)
        code = str(problem.get("type", "")).removeprefix(_OWN)
        detail = str(problem.get("detail") or f"{self.host} answers with {reply.status_code}.")
        if code in _PROBLEMS:
            raise _PROBLEMS[code](detail)
        if reply.status_code in (401, 403):
            raise ports.AuthNeededError(detail)
        raise ports.ServerTroubleError(detail, _seconds(reply.headers.get("Retry-After")))


class _Bearer(requests.auth.AuthBase):
    """Our token, and never one from a file that the library finds by itself."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _problem(reply: requests.Response) -> dict[str, Any]:
    try:
        found = reply.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _read(read: Callable[[], T]) -> T:
    try:
        return read()
    except (ValueError, KeyError, TypeError) as error:
        raise ports.ServerTroubleError("The answer cannot be read: something between here and the cloud.") from error


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() else None
