"""A socket whose room another process owns: every message is handed on, in both directions, and so is the close code.

The owner admits the client itself, with the same ticket; that it is the owner, and that we are one of its own, both
prove first (`peers`). What waits for a slow client waits at the owner, which knows what was asked for. A socket that
was handed on once is not handed on again: when leases change meanwhile, its client is told to come back.
"""

import asyncio
from urllib.parse import quote

import structlog
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from cloud.rooms.connection import Connection
from cloud.rooms.peers import Peers
from sync.protocol.closing import CloseCode

#: Holds the call with a socket that is handed on, and the answer to it.
HOP = "x-maxbooster-room-hop"
_log = structlog.get_logger("maxbooster.cloud.rooms")
_ABNORMAL = {1005, 1006, 1011, 1012}
_OPEN_S = 5.0


class OwnerGoneError(Exception):
    """Nobody answers where the owner should be."""


async def relay(websocket: WebSocket, connection: Connection, peers: Peers, address: str, reason: str) -> None:
    """Hand a socket on to the owner of its room until either side closes; raises OwnerGoneError before anything was.

    `reason` goes with the code when the owner ends without a word.
    """
    project_id = websocket.path_params["project_id"]
    target, call = (
        f"{'ws' if peers.tls is None else 'wss'}://{address}/v1/rooms/{quote(project_id)}",
        peers.call(project_id, websocket.scope["query_string"]),
    )
    protocols = [Subprotocol(name) for name in websocket.scope["subprotocols"]] or None
    opening = connect(
        target,
        ssl=peers.tls,
        subprotocols=protocols,
        additional_headers={HOP: call},
        max_size=None,
        compression=None,
        proxy=None,
        open_timeout=_OPEN_S,
    )
    try:
        async with opening as owner:
            if owner.response is None or not peers.is_answer(call, owner.response.headers.get(HOP, "")):
                _log.warning("whoever answers for a room's owner is none of ours", address=address)
                raise OwnerGoneError(address)
            backwards = asyncio.create_task(_backwards(owner, connection, reason))
            await connection.run(asyncio.create_task(_forwards(connection, owner)))
            backwards.cancel()
            await asyncio.wait({backwards})
    except (OSError, TimeoutError, InvalidHandshake) as error:
        raise OwnerGoneError(address) from error


async def _forwards(connection: Connection, owner: ClientConnection) -> None:
    while (message := await connection.receive()) is not None:
        try:
            await owner.send(message)
        except ConnectionClosed:
            await asyncio.Event().wait()  # the other direction says why
    await owner.close()


async def _backwards(owner: ClientConnection, connection: Connection, reason: str) -> None:
    try:
        async for message in owner:
            assert isinstance(message, bytes)
            await connection.hand_on(message)
    except ConnectionClosed:
        pass
    said = owner.close_code or 1006, owner.close_reason or ""
    is_told = said[0] not in _ABNORMAL or said[1]
    connection.close(*(said if is_told else (CloseCode.RESTART, reason)))
