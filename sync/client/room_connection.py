"""One WebSocket to a room, from the first message to the close. Belongs to the room's loop."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from sync.client.presence import RENEW_S, Presence
from sync.client.room_events import CaughtUp, Delay, Entered, Event, Position, Present, Whole
from sync.client.server_text import shown
from sync.protocol.errors import MalformedError
from sync.protocol.frames import (
    Ack,
    Announced,
    Awareness,
    Denied,
    Edit,
    Frame,
    QueryAwareness,
    Resume,
    Standing,
    SyncStep1,
    SyncStep2,
    Update,
    decode,
)

#: Presence is told at most so often (R-WS-3), at least every `RENEW_S`.
PRESENCE_GAP_S = 0.05
_TICK_S = 5.0
#: The wall clock ran on for longer than that while the loop slept: the machine did, and the socket is dead.
_SLEPT_S = 30.0
_GOODBYE_S = 1.0
#: Until a room has said what it is; before that nothing else that it says counts.
STANDS_S = 30.0


class RoomConnection:
    """See the module. `hear` gets what happens."""

    def __init__(
        self,
        socket: ClientConnection,
        presence: Presence,
        position: Position,
        hear: Callable[[Event], None],
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._socket, self._presence, self._position, self._hear = socket, presence, position, hear
        self._wall_clock = wall_clock
        self._standing: Standing | None = None
        self._is_live = False
        #: The last that has come; None while the whole document is what comes.
        self._seen_seq: int | None = None
        self._goes_on = asyncio.Event()
        self._goes_on.set()
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self._shown: Mapping[str, Any] | None = None
        self._shown_changed = asyncio.Event()

    async def run(self) -> None:
        """Serve until the socket closes; raises ConnectionClosed, TimeoutError where it does not say what it is."""
        beside = [asyncio.create_task(work()) for work in (self._tell_presence, self._watch, self._send_on)]
        try:
            async with asyncio.timeout(STANDS_S):
                while self._standing is None:
                    await self._take(await self._socket.recv())
            while True:
                await self._goes_on.wait()
                await self._take(await self._socket.recv())
        finally:
            for task in beside:
                task.cancel()
            ended = await asyncio.gather(*beside, return_exceptions=True)
            for fault in ended:
                if isinstance(fault, Exception) and not isinstance(fault, ConnectionClosed):
                    raise fault

    def post(self, edit: Edit) -> None:
        """Send an edit behind those before it; a socket that closes meanwhile loses it: its owner sends it again."""
        self._outgoing.put_nowait(edit.encode())

    def pause(self, *, is_paused: bool) -> None:
        """Read nothing more for now, or go on; what the room says meanwhile waits there."""
        (self._goes_on.clear if is_paused else self._goes_on.set)()

    def leave(self) -> None:
        """Say goodbye and close."""
        self._goes_on.set()
        self._goodbye = asyncio.create_task(self._close())

    async def _close(self) -> None:
        with contextlib.suppress(ConnectionClosed, TimeoutError):
            if self._shown is not None:
                async with asyncio.timeout(_GOODBYE_S):
                    await self._socket.send(Awareness(self._presence.told(None)).encode())
        await self._socket.close()

    async def _send_on(self) -> None:
        while True:
            data = await self._outgoing.get()
            await self._socket.send(data)

    def show(self, state: Mapping[str, Any] | None) -> None:
        """Let the others see this from now on."""
        self._shown = state
        self._shown_changed.set()

    async def _take(self, data: bytes | str) -> None:
        try:
            frame = decode(data if isinstance(data, bytes) else b"")
        except MalformedError:
            return  # the room sends none; whoever is in between may
        if isinstance(frame, Standing):
            await self._stand(frame)
        elif self._standing is None:
            return
        elif isinstance(frame, SyncStep2):
            self._take_whole(frame.update, self._standing)
        elif isinstance(frame, Denied):
            self._hear(Denied(shown(frame.reason)))
        elif isinstance(frame, Announced | Ack):
            if isinstance(frame, Announced) and self._seen_seq is not None:
                self._seen_seq = max(self._seen_seq, frame.seq)
            self._hear(frame)
        else:
            await self._take_small(frame)

    async def _take_small(self, frame: Frame) -> None:
        if isinstance(frame, Awareness):
            with contextlib.suppress(MalformedError):
                if self._presence.hear(frame.states):
                    self._hear(Present(self._presence.peers()))
        elif isinstance(frame, QueryAwareness):
            self._shown_changed.set()
        elif isinstance(frame, Update):
            # Rooms announce to us instead; harmless, and of no seq.
            self._hear(Announced(0, "", "", 0, frame.update))

    async def _stand(self, standing: Standing) -> None:
        is_first, self._standing = self._standing is None, standing
        if is_first:
            self._hear(Entered(standing))
            await self._ask(standing)
        elif not self._is_live and self._seen_seq is not None and self._seen_seq >= standing.head_seq:
            self._become_live(standing)
        else:  # the role has changed; what was missed may still be on its way
            self._hear(Entered(standing))

    async def _ask(self, standing: Standing) -> None:
        position = self._position
        can_resume = position.epoch == standing.epoch and position.seq >= standing.kept_seq
        self._seen_seq = position.seq if can_resume else None
        request = Resume(position.seq) if can_resume else SyncStep1(position.state)
        await self._socket.send(request.encode())

    def _take_whole(self, update: bytes, standing: Standing) -> None:
        if not self._is_live:
            self._hear(Whole(update, standing))
            self._become_live(standing)

    def _become_live(self, standing: Standing) -> None:
        self._is_live = True
        self._hear(CaughtUp(standing))

    async def _tell_presence(self) -> None:
        while True:
            # Not wait_for: before Python 3.12 it can swallow the cancellation that ends this.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RENEW_S):
                    await self._shown_changed.wait()
            self._shown_changed.clear()
            if self._shown is not None:
                await self._socket.send(Awareness(self._presence.told(self._shown)).encode())
            await asyncio.sleep(PRESENCE_GAP_S)

    async def _watch(self) -> None:
        """Notice that the machine slept, who has gone silent, and how far away the room is."""
        while True:
            before = self._wall_clock()
            await asyncio.sleep(_TICK_S)
            if self._wall_clock() - before > _TICK_S + _SLEPT_S:
                self._socket.transport.abort()
                return
            if self._presence.forget_silent():
                self._hear(Present(self._presence.peers()))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TICK_S):
                    took_s = await (await self._socket.ping())
                self._hear(Delay(took_s * 1000))
