"""The drafts' transport: what the outbox asks of the cloud, over HTTP."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from sync.client import errors
from sync.client.asked import asked
from sync.client.generated import api
from sync.client.http import Wire
from sync.outbox import ports
from sync.protocol.changes import Changes
from sync.protocol.operations import Answer, Batch

T = TypeVar("T")
_FORBIDDEN = 403
#: Problems that mean something of their own; every other one is judged by its status.
_PROBLEMS: Mapping[str, type[ports.TransportError]] = {
    "sync-client-unknown": ports.ClientUnknownError,
    "sync-sequence-broken": ports.SequenceBrokenError,
    "version-not-supported": ports.VersionNotSupportedError,
}


class HttpTransport:
    """Drafts to and from the cloud at `address`; `token` returns what proves who is signed in, or None."""

    def __init__(
        self, address: str, token: Callable[[], str | None], renew: Callable[[str], str | None] = lambda _: None
    ) -> None:
        self._wire = Wire(address, token, renew)

    @property
    def host(self) -> str:
        """Return which host it leads to."""
        return self._wire.host

    def register(self, client_id: str, label: str) -> ports.Registered:
        """Make this client known."""
        return ports.Registered(_asked(lambda: api.register_client(self._wire, client_id, label=label)).account_id)

    def push(self, batch: Batch) -> ports.Answers:
        """Hand operations over."""
        reply = _asked(lambda: api.apply_operations(self._wire, batch.to_json()))
        return _read(
            lambda: ports.Answers([Answer.from_json(one) for one in reply["answers"]], str(reply["server_time"]))
        )

    def pull(self, cursor: str | None, schema_version: int) -> Changes:
        """Read a part of the feed."""
        reply = _asked(lambda: api.read_changes(self._wire, schema_version=schema_version, cursor=cursor))
        return _read(lambda: Changes.from_json(reply))

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()


def _asked(ask: Callable[[], T]) -> T:
    return asked(ask, _refusal)


def _refusal(refused: errors.RefusedError) -> ports.TransportError:
    if refused.code in _PROBLEMS:
        return _PROBLEMS[refused.code](str(refused))
    return (ports.AuthNeededError if refused.status == _FORBIDDEN else ports.ServerTroubleError)(str(refused))


def _read(read: Callable[[], T]) -> T:
    try:
        return read()
    except (ValueError, KeyError, TypeError) as error:
        raise ports.ServerTroubleError("The answer cannot be read: something between here and the cloud.") from error
