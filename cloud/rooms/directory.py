"""The rooms of one process: which are ours, who keeps them, and who watches over leases and memberships."""

import asyncio
import random
import secrets
import threading
from collections.abc import Callable, Collection
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from cloud.foundation.calls import system_call
from cloud.foundation.unit_of_work import UnitOfWork, Units
from cloud.rooms import lease_store, membership
from cloud.rooms.bad_tickets import BadTickets
from cloud.rooms.contracts import Elsewhere
from cloud.rooms.keeper import Keeper
from cloud.rooms.limits import RoomLimits
from cloud.rooms.peers import Peers
from cloud.rooms.questions import Close, Open, Opened
from cloud.rooms.room import Participant, Room
from sync.protocol.closing import CloseCode, restart_reason

_log = structlog.get_logger("maxbooster.cloud.rooms")
_KEEPERS = 2
_RENEWED_EVERY_S = 4.0
_COME_BACK_MS = 5_000
#: Connections to the database that rooms take, beside those of requests.
CONNECTIONS = _KEEPERS + 1


class Rooms:
    """See the module. Everything but `start` and `stop` belongs to the event loop."""

    def __init__(
        self, units: Units, peers: Peers, limits: RoomLimits | None = None, *, peer_address: str | None = None
    ) -> None:
        self.units, self.peers, self.limits = units, peers, limits or RoomLimits()
        self.bad_tickets = BadTickets(units, self.limits.bad_tickets_a_minute)
        self._peer_address = peer_address
        self.owner = secrets.token_hex(8)
        self._keepers: list[Keeper] = []
        self._rooms: dict[str, Room] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None
        self.is_draining = False

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the threads."""
        self._loop = loop
        self._keepers = [Keeper(self.units, self.owner, self.limits, number) for number in range(_KEEPERS)]
        for keeper in self._keepers:
            keeper.start(loop)
        self._watcher = threading.Thread(target=self._watch, name="rooms watch", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Make durable what was sent, release every room, end the threads."""
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join()
        for keeper in self._keepers:
            keeper.stop()

    def drain(self) -> None:
        """Tell everybody to come again, elsewhere or later; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._drain)

    def address_of(self, server: tuple[str, int]) -> str:
        """Return where other processes reach us: as was set, or where a client has reached us."""
        host, port = server
        return self._peer_address or (f"[{host}]:{port}" if ":" in host else f"{host}:{port}")

    async def room(self, project_id: str, address: str, *, without: str | None = None) -> Room | Elsewhere | None:
        """Return a room when it is or becomes ours, or where it is; None when that cannot be found out now."""
        if project_id in self._rooms:
            return self._rooms[project_id]
        found = await self._asked(project_id, Open(address, without))
        if isinstance(found, Opened):
            if project_id not in self._rooms:
                self._rooms[project_id] = self._made(project_id, found.epoch)
                self._let_go_later(self._rooms[project_id])  # whoever asked for it may be refused yet
            return self._rooms[project_id]
        return found if isinstance(found, Elsewhere) else None

    def leave(self, room: Room, who: Participant) -> None:
        """Let somebody out of a room; an empty one is let go after a while."""
        room.leave(who)
        if not room.participants:
            self._let_go_later(room)

    def _let_go_later(self, room: Room) -> None:
        assert self._loop is not None
        self._loop.call_later(self.limits.idle_s, self._let_go, room)

    def _made(self, project_id: str, epoch: int) -> Room:
        return Room(project_id, epoch, self._keeper_of(project_id), self._lose)

    def _keeper_of(self, project_id: str) -> Keeper:
        return self._keepers[hash(project_id) % len(self._keepers)]

    async def _asked(self, project_id: str, work: Any) -> Any:
        assert self._loop is not None
        future: asyncio.Future[Any] = self._loop.create_future()

        def answer(found: Any) -> None:
            if not future.done():
                future.set_result(found)

        self._keeper_of(project_id).ask(project_id, work, answer)
        return await future

    def _let_go(self, room: Room) -> None:
        if not room.participants and self._rooms.get(room.project_id) is room:
            del self._rooms[room.project_id]
            self._keeper_of(room.project_id).ask(room.project_id, Close(), _nothing)

    def _lose(self, room: Room) -> None:
        if self._rooms.get(room.project_id) is room:
            del self._rooms[room.project_id]
        room.close(CloseCode.RESTART, come_back_reason)

    def _drain(self) -> None:
        self.is_draining = True
        for room in self._rooms.values():
            room.close(CloseCode.RESTART, come_back_reason)

    def _watch(self) -> None:
        """Keep our leases, and look whether everybody in our rooms still may be there."""
        elapsed_s = _RENEWED_EVERY_S
        while not self._stopping.wait(self.limits.watch_s):
            elapsed_s += self.limits.watch_s
            inside = [who for room in tuple(self._rooms.values()) for who in tuple(room.participants)]
            project_ids = list(self._rooms)  # behind those who are inside: none of theirs is missing
            if not project_ids:
                continue
            try:
                roles, lost = self.units.run(system_call("rooms"), self._watching(project_ids, inside, elapsed_s))
            except Exception as error:  # noqa: BLE001 - without this thread leases end and nobody is shown out any more
                is_defect = not isinstance(error, SQLAlchemyError)
                _log.warning("rooms were not looked after", reason=type(error).__name__, exc_info=is_defect)
                continue
            elapsed_s = 0.0 if elapsed_s >= _RENEWED_EVERY_S else elapsed_s
            assert self._loop is not None
            self._loop.call_soon_threadsafe(self._judge, roles, lost, frozenset(inside))

    def _watching(
        self, project_ids: list[str], inside: list[Participant], elapsed_s: float
    ) -> Callable[[UnitOfWork], tuple[membership.Roles, dict[str, str | None]]]:
        credentials = {who.credential for who in inside if who.credential is not None}

        def watch(work: UnitOfWork) -> tuple[membership.Roles, dict[str, str | None]]:
            is_due = elapsed_s >= _RENEWED_EVERY_S
            lost = lease_store.renew(work, self.owner, project_ids) if is_due else {}
            return membership.roles(work, project_ids, credentials), lost

        return watch

    def _judge(self, roles: membership.Roles, lost: dict[str, str | None], inside: Collection[Participant]) -> None:
        for project_id in set(lost) & set(self._rooms):  # whoever had it meanwhile, its document may be another one
            # Nobody's is a room whose document was begun anew, which is as it should be.
            if lost[project_id] is not None:
                _log.warning("a room was lost", project=project_id, reason="another process has its lease")
            self._keeper_of(project_id).ask(project_id, Close(), _nothing)
            self._lose(self._rooms[project_id])
        for room in self._rooms.values():
            room.judge(roles, inside)


def come_back_reason() -> str:
    """Return a reason that spreads those who come again over some seconds."""
    return restart_reason(random.randrange(_COME_BACK_MS))


def _nothing(_found: Any) -> None:
    """Nobody waits for this answer."""
