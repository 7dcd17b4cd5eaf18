"""A room of a shared project: connects, comes back, and tells its owner what happens. One thread with its own loop.

It keeps no edits: what is not acknowledged is its owner's to send again when the room is live again. All methods may
be called from any thread; `hear` and `position` are called on the room's thread and must not wait for anybody who
waits for it.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.typing import Subprotocol

from sync.client.backoff import Backoff
from sync.client.errors import AuthNeededError, CloudError, RefusedError, ServerTroubleError
from sync.client.http import REDIRECTS, redirected
from sync.client.presence import Presence
from sync.client.room_connection import RoomConnection
from sync.client.room_events import Changed, Connection, EpochEnded, Event, Position, Present
from sync.protocol.addresses import is_local
from sync.protocol.closing import CloseCode, retry_after_ms
from sync.protocol.frames import SUBPROTOCOL, Edit

#: A frame of the room is at most so large (R-WS-3); a whole document may be larger.
_LARGEST_BYTES = 256 * 1024 * 1024
_LOG = logging.getLogger(__name__)
_OPEN_S, _CLOSE_S = 10.0, 2.0
_RATE_S = 5.0
#: However long the room wants to be left alone.
_LONGEST_WAIT_S = 900.0
_NOT_FOUND = 404
#: Messages that wait here to be taken: each may be a whole document.
_QUEUE = 2
#: The library logs addresses, and the ticket stands in ours.
_SILENT = logging.getLogger("sync.client.socket")
_SILENT.setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class Door:
    """The way into a room: where, and what makes a ticket for a document of an epoch (blocking; raises CloudError)."""

    address: str
    project_id: str
    ticket: Callable[[int | None], str]


@dataclass(frozen=True, slots=True)
class _Next:
    """What follows the end of a connection: a state, and the wait until the next try; None for no further one."""

    changed: Changed
    wait_s: float | None


class _Straight(connect):
    """Goes where it is told to and nowhere else: who names the room has a ticket for it."""

    def process_redirect(self, exc: Exception) -> Exception:
        """Follow no redirect, not to the same host either."""
        return exc


class RoomClient:
    """See the module."""

    def __init__(
        self,
        door: Door,
        position: Callable[[], Position],
        hear: Callable[[Event], None],
        backoff: Backoff | None = None,
    ) -> None:
        self._door, self._position, self._hear = door, position, hear
        self._backoff = backoff or Backoff()
        self._presence = Presence()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connection: RoomConnection | None = None
        self._socket: ClientConnection | None = None
        self._trying: asyncio.Task[_Next] | None = None
        self._shown: Mapping[str, Any] | None = None
        self._is_stopping = self._is_away = False
        self._left: tuple[str, bool] | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"room {door.project_id}", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Leave the room and wait for the thread, some seconds at most, while a room that is left does not answer.

        A ticket that was asked for is not waited for.
        """
        self._is_stopping = True
        self._call(self._leave)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def wake(self) -> None:
        """Try again at once: the network has become another, or somebody signed in."""
        self._call(self._wake_up)

    def go_away(self, *, is_away: bool) -> None:
        """Stay offline until told otherwise: the person wishes to."""
        self._is_away = is_away
        self._call(self._leave if is_away else self._wake_up)

    def leave(self, reason: str, *, comes_back: bool) -> None:
        """Leave for a reason that is a sentence; come back after a wait, or not before `wake`."""
        self._call(lambda: self._leave_for(reason, comes_back=comes_back))

    def pause(self, *, is_paused: bool) -> None:
        """Read no further what the room tells while its owner has enough of it, or go on; a new connection goes on.

        Whoever says so while being told is told nothing more.
        """
        if threading.current_thread() is self._thread:
            self._pause(is_paused=is_paused)
        else:
            self._call(lambda: self._pause(is_paused=is_paused))

    def send(self, edit: Edit) -> None:
        """Send an edit if the room is live."""
        self._call(lambda: self._send(edit))

    def show(self, state: Mapping[str, Any] | None) -> None:
        """Let the others see this of oneself; only the last of several in a row goes out."""
        self._call(lambda: self._show(state))

    # On the room's thread.

    def _run(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        self._loop, self._woken = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        while not self._is_stopping:
            self._woken.clear()
            self._left = None
            after = await self._try() if not self._is_away else _AWAY
            self._connection = self._socket = None
            self._presence.forget_all()
            if self._is_stopping:
                break
            if self._is_away:
                after = _AWAY
            elif self._left is not None:
                after = _Next(Changed(Connection.OFFLINE, self._left[0]), after.wait_s if self._left[1] else None)
            self._tell(Present(()))
            self._tell(after.changed)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(after.wait_s):
                    await self._woken.wait()
        self._tell(Changed(Connection.STOPPED))

    async def _try(self) -> _Next:
        """Connect and serve, or give up when it is left before the room has opened."""
        self._trying = asyncio.create_task(self._once())
        await asyncio.wait({self._trying})
        return _AWAY if self._trying.cancelled() else self._trying.result()

    async def _once(self) -> _Next:
        """Connect, serve until it ends, and say what follows."""
        self._tell(Changed(Connection.CONNECTING))
        try:
            position = self._position()
            ticket = await _apart(lambda: self._door.ticket(position.epoch))
            await self._serve(ticket, position)
        except CloudError as error:
            return self._after_refusal(error)
        except ConnectionClosed as closed:
            received = closed.rcvd
            return self._after_close(received.code if received else 0, received.reason if received else "")
        except InvalidStatus as refused:
            said = refused.response
            return self._after_status(said.status_code, " ".join(said.headers.get_all("Location")))
        except (OSError, TimeoutError, InvalidHandshake, InvalidMessage):
            pass
        except Exception:  # noqa: BLE001 - a thread that ended would leave the project offline for ever
            _LOG.exception("The connection to the room failed")
        return self._after_status()

    async def _serve(self, ticket: str, position: Position) -> None:
        async with self._opened(ticket) as socket:
            self._socket = socket
            if self._is_stopping or self._is_away:
                return
            self._backoff.succeeded()
            self._connection = RoomConnection(socket, self._presence, position, self._hear)
            self._connection.show(self._shown)
            await self._connection.run()

    def _opened(self, ticket: str) -> _Straight:
        parts = urlsplit(self._door.address)
        scheme = "wss" if parts.scheme == "https" else "ws"
        place = f"{scheme}://{parts.netloc}{parts.path}/v1/rooms/{quote(self._door.project_id, safe='')}"
        return _Straight(
            f"{place}?ticket={quote(ticket, safe='')}",
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            proxy=None if is_local(parts.hostname) else True,
            open_timeout=_OPEN_S,
            close_timeout=_CLOSE_S,
            max_size=_LARGEST_BYTES,
            max_queue=_QUEUE,
            logger=_SILENT,
        )

    def _after_status(self, status: int = 0, place: str = "") -> _Next:
        reason = "The cloud cannot be reached."
        if status in REDIRECTS:
            reason = redirected(urlsplit(self._door.address).netloc, place)
        return _Next(Changed(Connection.OFFLINE, reason), self._backoff.failed())

    def _after_refusal(self, error: CloudError) -> _Next:
        sentence = str(error)
        if isinstance(error, AuthNeededError):
            return _Next(Changed(Connection.SIGNED_OUT, "Sign in to go on: your edits are kept."), None)
        if isinstance(error, RefusedError):
            is_gone = error.status == _NOT_FOUND
            return _NONE_FOR_US if is_gone else _Next(Changed(Connection.NOT_ALLOWED, sentence), None)
        wait_s = self._backoff.failed()
        if isinstance(error, ServerTroubleError) and error.retry_after_s is not None:
            wait_s = max(wait_s, min(error.retry_after_s, _LONGEST_WAIT_S))
        return _Next(Changed(Connection.OFFLINE, sentence), wait_s)

    def _after_close(self, code: int, reason: str) -> _Next:
        if code == CloseCode.EPOCH:
            self._tell(EpochEnded())
        if code in _FINAL:
            return _Next(Changed(*_FINAL[code]), None)
        wait_s = self._backoff.failed()
        if code == CloseCode.RESTART:
            wait_s = max(wait_s, min((retry_after_ms(reason) or 0) / 1000, _LONGEST_WAIT_S))
        elif code in (CloseCode.RATE, CloseCode.BAD_FRAME):
            wait_s += _RATE_S
        return _Next(Changed(Connection.OFFLINE, "The connection to the cloud was lost."), wait_s)

    def _tell(self, event: Event) -> None:
        """Tell the owner what is no connection's: what goes wrong there must not end the thread."""
        try:
            self._hear(event)
        except Exception:  # noqa: BLE001 - as above: the project would be offline for ever
            _LOG.exception("The state of the connection to the room was not taken")

    def _pause(self, *, is_paused: bool) -> None:
        if self._connection is not None:
            self._connection.pause(is_paused=is_paused)

    def _send(self, edit: Edit) -> None:
        if self._connection is not None:
            self._connection.post(edit)

    def _show(self, state: Mapping[str, Any] | None) -> None:
        self._shown = state
        if self._connection is not None:
            self._connection.show(state)

    def _wake_up(self) -> None:
        self._backoff.reset()
        self._woken.set()

    def _leave_for(self, reason: str, *, comes_back: bool) -> None:
        if self._connection is not None:
            self._left = reason, comes_back
            self._connection.leave()

    def _leave(self) -> None:
        if self._connection is not None:
            self._connection.leave()
        elif self._trying is not None:
            self._trying.cancel()
        self._woken.set()

    def _call(self, work: Callable[[], None]) -> None:
        """Run something on the room's thread; nothing happens when it has ended."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # it closes this very moment
                loop.call_soon_threadsafe(work)


async def _apart(call: Callable[[], str]) -> str:
    """Return what a blocking call returns, from a thread that nobody waits for: who gives up leaves it behind."""
    found: Future[str] = Future()

    def work() -> None:
        try:
            found.set_result(call())
        except Exception as error:  # noqa: BLE001 - it is raised where the call is awaited
            found.set_exception(error)

    found.set_running_or_notify_cancel()
    threading.Thread(target=work, name="room ticket", daemon=True).start()
    return await asyncio.wrap_future(found)


_AWAY = _Next(Changed(Connection.OFFLINE, "Working offline."), None)
#: The cloud does not tell which of the two it is.
_NONE_FOR_US = _Next(
    Changed(Connection.GONE, "You are no member of it, or it was deleted; it stays here as your copy."), None
)
_FINAL: dict[int, tuple[Connection, str]] = {
    CloseCode.ROLE: (Connection.NOT_ALLOWED, "You are no member of this project any more: it stays here as your copy."),
    CloseCode.GONE: (Connection.GONE, "The project was deleted in the cloud: it stays here as your copy."),
    CloseCode.TOO_OLD: (Connection.TOO_OLD, "Update Max Booster to go on working together: your edits are kept."),
}
