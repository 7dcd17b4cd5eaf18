"""The door: `/v1/rooms/{project_id}`. A socket is accepted first and then closed with a code that says why.

Never before it: a client sees a refused handshake as a server that is down, and tries for ever. But for the page of
another site: a browser names it as the Origin, and it learns nothing of us. Programs have none, and count by ticket.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.websockets import WebSocket

from cloud.foundation.admission import peer_of
from cloud.foundation.calls import system_call
from cloud.foundation.limits import QuotaExceededError
from cloud.foundation.runtime import address_of
from cloud.rooms import measures, membership
from cloud.rooms.connection import Connection
from cloud.rooms.contracts import Elsewhere
from cloud.rooms.directory import Rooms, come_back_reason
from cloud.rooms.limits import Bucket, Pace
from cloud.rooms.membership import Admission
from cloud.rooms.peers import Called
from cloud.rooms.presence import Identity
from cloud.rooms.relay import HOP, OwnerGoneError, relay
from cloud.rooms.room import Participant, Room
from sync.protocol import presence
from sync.protocol.closing import CloseCode
from sync.protocol.errors import MalformedError
from sync.protocol.frames import (
    SUBPROTOCOL,
    Awareness,
    Edit,
    Frame,
    QueryAwareness,
    Resume,
    SyncStep1,
    SyncStep2,
    Update,
    decode,
)

_log = structlog.get_logger("maxbooster.cloud.rooms")
_FAMILY = "mb.sync."
_LONGEST_TICKET = 200
T = TypeVar("T")
_TOO_MANY = "too many tickets that are not valid: come again later"
_QUESTIONS = (SyncStep1, Resume, QueryAwareness)
router = APIRouter()


class RefusedError(Exception):
    """A socket that is closed as soon as it was accepted."""

    def __init__(self, code: int, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(reason)


@router.websocket("/v1/rooms/{project_id}")
async def enter_room(websocket: WebSocket, project_id: str) -> None:
    """Let a client into a room, as long as it may be there."""
    rooms = websocket.app.state.rooms
    assert isinstance(rooms, Rooms)
    if set(websocket.headers.getlist("origin")) - {address_of(websocket)}:
        measures.refused.inc()
        _log.info("a page of another site asked for a room", project=project_id)
        await websocket.close()  # as 403, since it was not accepted
        return
    offered = websocket.scope["subprotocols"]
    call = websocket.headers.get(HOP)
    called = None if call is None else rooms.peers.called(project_id, call)
    answer = [] if called is None else [(HOP.encode(), called.answer.encode())]
    await websocket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None, answer)
    connection = Connection(websocket, rooms.limits)
    try:
        if call is not None:
            _take_over(websocket, called)
        admitted = await _admitted(rooms, websocket, project_id)
        room = await _room(rooms, websocket, connection, admitted)
    except RefusedError as refused:
        connection.close(refused.code, refused.reason)
        await connection.run(asyncio.create_task(_until_closed(connection)))
        return
    if room is not None:
        await _take_part(rooms, room, _participant(connection, admitted, is_ours=SUBPROTOCOL in offered))


def _take_over(websocket: WebSocket, called: Called | None) -> None:
    """Let a socket that was handed on ask for what its client asked for; raises RefusedError."""
    if called is None:
        _log.warning("a socket was handed on by nobody of ours")
        raise RefusedError(CloseCode.RESTART, come_back_reason())
    websocket.scope["query_string"] = called.query


async def _take_part(rooms: Rooms, room: Room, participant: Participant) -> None:
    """Stay in a room of ours until the socket closes."""
    project_id, connection = room.project_id, participant.connection
    measures.sockets.inc()
    _log.info("joined", project=project_id, account=participant.identity.account, role=participant.identity.role)
    try:
        room.join(participant)
        await connection.run(asyncio.create_task(_Reading(rooms, room, participant).run()))
    finally:
        measures.sockets.dec()
        rooms.leave(room, participant)
        _log.info("left", project=project_id, account=participant.identity.account, closed=connection.closing)


async def _admitted(rooms: Rooms, websocket: WebSocket, project_id: str) -> Admission:
    """Return whom the ticket lets in; raises RefusedError."""
    offered = websocket.scope["subprotocols"]
    if any(name.startswith(_FAMILY) for name in offered) and SUBPROTOCOL not in offered:
        raise RefusedError(CloseCode.TOO_OLD, f"this room speaks {SUBPROTOCOL}")
    ticket = _query(websocket).get("ticket", "")
    # Of what another process of ours hands on, the address is that process's; it has looked at the ticket before.
    peer = None if HOP in websocket.headers else peer_of(websocket)
    if peer is not None and rooms.bad_tickets.must_wait(peer):
        raise RefusedError(CloseCode.RATE, _TOO_MANY)
    found = None
    if 0 < len(ticket) <= _LONGEST_TICKET:
        found = await _asked(lambda: _admission(rooms, ticket))
    if found is None or found.ticket.project_id != project_id:
        if peer is not None:
            await _asked(lambda: _count(rooms, peer))
        raise RefusedError(CloseCode.TICKET, "the ticket is not valid, or not any more: get a new one")
    if found.is_gone:
        raise RefusedError(CloseCode.GONE, "the project was deleted")
    if found.role == membership.NOBODY:
        raise RefusedError(CloseCode.ROLE, "you are not in this project any more")
    return found


def _admission(rooms: Rooms, ticket: str) -> Admission | None:
    return rooms.units.run(system_call("rooms"), lambda work: membership.admission(work, ticket))


def _count(rooms: Rooms, peer: str) -> None:
    """Count a bad ticket; raises RefusedError when there were too many."""
    try:
        rooms.bad_tickets.count(peer)
    except QuotaExceededError as exceeded:
        raise RefusedError(CloseCode.RATE, _TOO_MANY) from exceeded


async def _asked(question: Callable[[], T]) -> T:
    """Return what the database says; raises RefusedError while it does not answer."""
    try:
        return await run_in_threadpool(question)
    except SQLAlchemyError as error:
        _log.warning("a socket waits for the database", reason=type(error).__name__)
        raise RefusedError(CloseCode.RESTART, come_back_reason()) from error


async def _room(rooms: Rooms, websocket: WebSocket, connection: Connection, admitted: Admission) -> Room | None:
    """Return the room, open; None when the socket was handed on and has closed. Raises RefusedError."""
    project_id, own_address = admitted.ticket.project_id, rooms.address_of(websocket.scope["server"])
    room = None if rooms.is_draining else await rooms.room(project_id, own_address)
    if isinstance(room, Elsewhere) and HOP not in websocket.headers:
        try:
            await relay(websocket, connection, rooms.peers, room.address, come_back_reason())
        except OwnerGoneError:  # its lease may still run; the fence keeps it from writing if it lives after all
            room = await rooms.room(project_id, own_address, without=room.address)
        else:
            return None
    if rooms.is_draining or not isinstance(room, Room):  # it may have begun meanwhile
        raise RefusedError(CloseCode.RESTART, come_back_reason())
    if len(room.participants) >= rooms.limits.clients:
        raise RefusedError(CloseCode.RATE, "the room is full")
    wanted = {admitted.ticket.epoch, _epoch(websocket)} - {None}
    if wanted - {room.epoch}:
        raise RefusedError(CloseCode.EPOCH, f"the document is in epoch {room.epoch}")
    return room


def _query(websocket: WebSocket) -> QueryParams:
    """Return what the client asks for, also when its socket was handed on."""
    return QueryParams(websocket.scope["query_string"])


def _epoch(websocket: WebSocket) -> int | None:
    given = _query(websocket).get("epoch")
    if given is None:
        return None
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def _participant(connection: Connection, admitted: Admission, *, is_ours: bool) -> Participant:
    ticket = admitted.ticket
    identity = Identity(ticket.account_id, admitted.name, admitted.role, ticket.device)
    return Participant(connection, identity, ticket.role, is_ours, credential=ticket.credential)


async def _until_closed(connection: Connection) -> None:
    while await connection.receive() is not None:
        pass


class _Reading:
    """Reads one client's messages, no faster than it may send."""

    def __init__(self, rooms: Rooms, room: Room, who: Participant) -> None:
        self._limits = rooms.limits
        self._room, self._who = room, who
        self._pace = Pace(rooms.limits)
        self._presence = Bucket(rooms.limits.presence_per_s, 2 * rooms.limits.presence_per_s)
        self._kept_back: list[presence.Entry] = []
        self._frames: dict[type, Any] = {
            SyncStep1: lambda frame: room.sync(who, frame.state),
            QueryAwareness: lambda _frame: room.query_presence(who),
            Awareness: self._show,
        }

    async def run(self) -> None:
        """Read until the client is gone or does what no client does."""
        connection = self._who.connection
        while connection.closing is None:
            message = await connection.receive()
            if message is None:
                return
            try:
                wait_s = self._handle(message)
            except MalformedError as error:
                connection.close(CloseCode.BAD_FRAME, str(error))
                return
            if self._pace.is_exceeded:
                connection.close(CloseCode.RATE, "too many messages for too long")
            elif wait_s:
                await asyncio.sleep(wait_s)
            await self._who.until_answered(self._limits.updates_under_way)

    def _handle(self, message: bytes | str) -> float:
        """Handle one message; return the seconds until the next one is read."""
        if isinstance(message, str):
            raise MalformedError("Send binary messages.")
        if len(message) > self._limits.frame_bytes:
            raise MalformedError(f"A message has at most {self._limits.frame_bytes} bytes.")
        frame = decode(message)
        if isinstance(frame, Resume) and self._who.is_ours:
            self._room.resume(self._who, frame.seq)
        self._frames.get(type(frame), self._push)(frame)
        return self._pace.wait_s(len(message), is_question=isinstance(frame, _QUESTIONS))

    def _push(self, frame: Frame) -> None:
        if isinstance(frame, Edit):
            if self._who.is_ours:
                known = {"reference": frame.reference, "base_seq": frame.base_seq}
                self._room.push(self._who, frame.update, **known, is_answer=False)
        elif isinstance(frame, SyncStep2 | Update):
            self._room.push(self._who, frame.update, is_answer=isinstance(frame, SyncStep2))

    def _show(self, frame: Awareness) -> None:
        """Pass a presence on, at most so often; of what comes faster the last is passed on when it may be."""
        entries = [one for one in presence.read(frame.states) if one.size <= self._limits.presence_bytes]
        is_waiting = bool(self._kept_back)
        self._kept_back = entries
        if not is_waiting:
            self._flush()

    def _flush(self) -> None:
        if self._presence.has(1):
            self._presence.take(1)
            entries, self._kept_back = self._kept_back, []
            self._room.show(self._who, entries)
        elif self._kept_back:
            asyncio.get_running_loop().call_later(1 / self._limits.presence_per_s, self._flush)
