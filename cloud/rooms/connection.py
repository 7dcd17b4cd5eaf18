"""One client's socket: a bounded queue of what is sent to it. Sending never raises and, but for `hand_on`, never waits.

A client that reads too slowly is closed with 4408 and comes back with its state vector: nothing is lost by it.
"""

import asyncio
from collections import deque
from collections.abc import Callable

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from cloud.rooms import measures
from cloud.rooms.limits import RoomLimits
from sync.protocol.closing import CloseCode

_log = structlog.get_logger("maxbooster.cloud.rooms")
_LAST_WORDS_S = 5.0


class Connection:
    """See the module."""

    def __init__(self, websocket: WebSocket, limits: RoomLimits) -> None:
        self._websocket, self._limits = websocket, limits
        self._waiting: deque[tuple[bytes, bool]] = deque()
        self._waiting_bytes = {False: 0, True: 0}
        self._has_news, self._has_room, self._is_closing = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._then: list[Callable[[], None]] = []
        self.closing: tuple[int, str] | None = None

    def send(self, message: bytes) -> None:
        """Queue a message; nothing happens when the socket is about to close."""
        self._queue(message, is_answer=False)

    def answer(self, message: bytes) -> None:
        """Queue what the client has asked for: a whole document may be larger than what else may wait."""
        self._queue(message, is_answer=True)

    def when_answered(self, go_on: Callable[[], None]) -> None:
        """Have something done when every answer that waits has been sent; never when the socket closes before."""
        self._then.append(go_on)

    async def hand_on(self, message: bytes) -> None:
        """Queue a message as soon as there is room: whoever made it judges how slowly its client may read."""
        while self.closing is None and self._waiting and self._is_full(len(message)):
            self._has_room.clear()
            await self._has_room.wait()
        self.send(message)

    def _is_full(self, size: int) -> bool:
        return self._waiting_bytes[False] + size > self._limits.queue_bytes

    def _queue(self, message: bytes, *, is_answer: bool) -> None:
        if self.closing is not None:
            return
        has_waited = self._waiting_bytes[is_answer] > 0
        self._waiting.append((message, is_answer))
        self._waiting_bytes[is_answer] += len(message)
        most = self._limits.answers_bytes if is_answer else self._limits.queue_bytes
        if has_waited and self._waiting_bytes[is_answer] > most:
            self._waiting.clear()
            self.close(CloseCode.SLOW, "you read too slowly: come back and sync")
        self._has_news.set()

    def close(self, code: int, reason: str = "") -> None:
        """Close the socket when what is queued has been sent; the first reason counts."""
        if self.closing is None:
            self.closing = (code, reason)
            measures.closed.labels(str(int(code))).inc()
            for event in (self._has_news, self._has_room, self._is_closing):
                event.set()

    async def receive(self) -> bytes | str | None:
        """Return the next message, None when the client is gone."""
        try:
            message = await self._websocket.receive()
        except (WebSocketDisconnect, RuntimeError, OSError):
            return None
        if message["type"] != "websocket.receive":
            return None
        data = message.get("bytes")
        return data if data is not None else str(message.get("text", ""))

    async def run(self, reading: "asyncio.Task[None]") -> None:
        """Send until the socket closes or `reading` ends; what is stuck is left behind after a few seconds.

        A client that takes nothing may send nothing either: neither task would end when it is to be closed.
        """
        writing, closing = asyncio.create_task(self._write()), asyncio.create_task(self._is_closing.wait())
        await asyncio.wait({reading, writing, closing}, return_when=asyncio.FIRST_COMPLETED)
        if self.closing is not None and not writing.done():
            await asyncio.wait({writing}, timeout=_LAST_WORDS_S)
        for task in (reading, writing, closing):
            task.cancel()
        await asyncio.wait({reading, writing, closing})
        if not reading.cancelled() and (error := reading.exception()) is not None:
            _log.error("a socket's reader failed", exc_info=error)

    def _go_on(self) -> None:
        if self._then and not self._waiting_bytes[True] and self.closing is None:
            then, self._then = self._then, []
            for go_on in then:
                go_on()

    async def _write(self) -> None:
        try:
            while True:
                await self._has_news.wait()
                self._has_news.clear()
                while self._waiting:
                    message, is_answer = self._waiting.popleft()
                    self._waiting_bytes[is_answer] -= len(message)
                    self._has_room.set()
                    await self._websocket.send_bytes(message)
                    self._go_on()
                if self.closing is not None:
                    await self._websocket.close(*self.closing)
                    return
        except (WebSocketDisconnect, RuntimeError, OSError):
            return  # the client is gone, which the reader finds out, too
