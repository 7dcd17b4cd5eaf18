"""A room's socket: what is stuck is left behind, and what is handed on waits while the client reads slowly."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.websockets import WebSocket

from cloud.rooms import connection as module
from cloud.rooms.connection import Connection
from cloud.rooms.limits import RoomLimits
from sync.protocol.closing import CloseCode


def _socket(send: Callable[[Any], Awaitable[None]]) -> WebSocket:
    """Return an open socket whose client says nothing; `send` takes what goes out."""
    said = [{"type": "websocket.connect"}]

    async def receive() -> dict[str, str]:
        if not said:
            await asyncio.Event().wait()
        return said.pop()

    return WebSocket({"type": "websocket", "headers": [], "path": "/", "query_string": b""}, receive, send)


async def _reading(connection: Connection) -> None:
    while await connection.receive() is not None:
        pass


def test_a_client_that_takes_nothing_and_says_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LAST_WORDS_S", 0.01)

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send":
            await asyncio.Event().wait()

    async def play() -> tuple[int, str] | None:
        socket = _socket(send)
        await socket.accept()
        connection = Connection(socket, RoomLimits(queue_bytes=10))
        running = asyncio.create_task(connection.run(asyncio.create_task(_reading(connection))))
        for _ in range(5):
            connection.send(b"x" * 8)
            await asyncio.sleep(0)
        async with asyncio.timeout(20):
            await running
        return connection.closing

    closing = asyncio.run(play())
    assert closing is not None
    assert closing[0] == CloseCode.SLOW


def test_what_is_handed_on_waits_for_a_slow_client_and_is_never_thrown_away() -> None:
    taken: list[bytes] = []

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send":
            await asyncio.sleep(0)
            taken.append(message["bytes"])

    async def play() -> None:
        socket = _socket(send)
        await socket.accept()
        connection = Connection(socket, RoomLimits(queue_bytes=10))
        running = asyncio.create_task(connection.run(asyncio.create_task(_reading(connection))))
        for number in range(50):
            await connection.hand_on(bytes([number]) * 8)
        await connection.hand_on(b"whole" * 10)  # alone it may be larger than the queue
        connection.close(CloseCode.RESTART)
        await connection.hand_on(b"late")
        await running

    asyncio.run(play())
    assert taken == [bytes([number]) * 8 for number in range(50)] + [b"whole" * 10]
