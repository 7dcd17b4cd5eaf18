"""A room on the event loop: who is connected, and what each of them is sent. What is durable is the keeper's.

Order for an update: size and rate when it is read, then role, log and commit by the keeper, then the ack to its author
and the update to everybody else, in the order of the log.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from cloud.rooms import membership
from cloud.rooms.connection import Connection
from cloud.rooms.contracts import Logged, Row
from cloud.rooms.keeper import Keeper
from cloud.rooms.live_room import Push, Taken
from cloud.rooms.membership import Roles
from cloud.rooms.presence import Identity, Presence
from cloud.rooms.questions import Difference, Present, Presented, RoomLost, Since
from sync.protocol.closing import CloseCode
from sync.protocol.frames import Ack, Announced, Denied, Standing, SyncStep1, SyncStep2, Update

#: The state vector of an empty document.
_NOTHING = b"\0"


@dataclass(eq=False, slots=True)
class Participant:
    """A client in a room.

    Attributes:
        at_most: the role that its ticket is for.
        credential: the session or key that its ticket was opened with.
        is_ours: it speaks `mb.sync.v1`.
        is_live: it gets updates as they come; ours only when what was before has been sent, so that they are in order,
            others once step 1 has been sent, so that their answer tells of nothing that they got here.
        state: its state vector when it came, until it has answered step 1.
        under_way: its updates that the keeper has not answered yet.
    """

    connection: Connection
    identity: Identity
    at_most: str
    is_ours: bool
    is_live: bool = False
    state: bytes | None = None
    credential: str | None = None
    under_way: int = 0
    _is_answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_answered(self, most: int) -> None:
        """Wait until fewer of its updates are under way."""
        while self.under_way >= most:
            self._is_answered.clear()
            await self._is_answered.wait()

    def answered(self) -> None:
        """Count an update that the keeper has answered."""
        self.under_way -= 1
        self._is_answered.set()

    def send(self, message: bytes | None) -> None:
        """Send something, if there is something."""
        if message is not None:
            self.connection.send(message)


class Room:
    """See the module."""

    def __init__(self, project_id: str, epoch: int, keeper: Keeper, on_lost: Callable[["Room"], None]) -> None:
        self.project_id, self.epoch = project_id, epoch
        self.participants: set[Participant] = set()
        self.presence = Presence()
        self._keeper, self._on_lost = keeper, on_lost

    # Coming and going

    def join(self, who: Participant) -> None:
        """Let somebody in: they get where the room stands, its state vector, and everybody's presence."""
        self.participants.add(who)
        who.send(self.presence.all(who))
        self._ask(Present(), lambda found: self._present(who, found))

    def leave(self, who: Participant) -> None:
        """Let somebody go; the others see it at once."""
        self.participants.discard(who)
        self._tell_others(who, self.presence.leave(who))

    def close(self, code: int, reason: Callable[[], str]) -> None:
        """Close everybody's socket."""
        for who in tuple(self.participants):
            who.connection.close(code, reason())

    def _present(self, who: Participant, found: Presented) -> None:
        if who.is_ours:
            who.send(self._standing(who, found))
        if who.identity.role in membership.WRITERS:
            who.send(SyncStep1(found.state).encode())
        who.is_live = who.is_live or not who.is_ours

    def _standing(self, who: Participant, found: Presented) -> bytes:
        identity = who.identity
        place = {"epoch": found.epoch, "head_seq": found.head_seq, "kept_seq": found.kept_seq}
        return Standing(**place, account=identity.account, device=identity.device, role=identity.role).encode()

    # What clients ask

    def sync(self, who: Participant, state: bytes) -> None:
        """Answer step 1."""
        who.state = state
        self._ask(Difference(state), lambda found: self._synced(who, found))

    def resume(self, who: Participant, seq: int) -> None:
        """Send everything after a seq, announced, then where the room stands; the whole where the log has a gap."""
        self._ask(Since(seq), lambda logged: self._go_on(who, logged))

    def _go_on(self, who: Participant, logged: Logged) -> None:
        if logged.has_gap:
            self._ask(Difference(_NOTHING), lambda update: self._synced(who, update))
            return
        for row in logged.rows:
            who.connection.answer(_announced(row))
        if logged.is_more:  # is read when this is on its way: neither is what a slow reader lacks all here
            last = logged.rows[-1].seq
            who.connection.when_answered(lambda: self._ask(Since(last), lambda more: self._go_on(who, more)))
            return
        who.is_live = True
        self._ask(Present(), lambda found: who.send(self._standing(who, found)))

    def push(self, who: Participant, update: bytes, *, reference: int = 0, base_seq: int = 0, is_answer: bool) -> None:
        """Have an update made durable, acknowledged and passed on."""
        identity = who.identity
        state = None
        if is_answer:
            state, who.state = who.state, None
        push = Push(identity.account, identity.device, who.at_most, base_seq, update, is_answer, state)
        who.under_way += 1
        self._ask(push, lambda taken: self._taken(who, reference, taken))

    def show(self, who: Participant, entries: list[Any]) -> None:
        """Pass on a presence; one that was kept back until its client had left would stay for ever."""
        if who not in self.participants:
            return
        message = self.presence.take(who, who.identity, entries)
        self._tell_others(who, message)

    def query_presence(self, who: Participant) -> None:
        """Send everybody's presence."""
        who.send(self.presence.all(who))

    # What the keeper answers

    def _ask(self, work: Any, answer: Callable[[Any], None]) -> None:
        def checked(found: Any) -> None:
            if isinstance(found, RoomLost):
                self._on_lost(self)
            else:
                answer(found)

        self._keeper.ask(self.project_id, work, checked)

    def _synced(self, who: Participant, update: bytes | None) -> None:
        if update is None:
            who.connection.close(CloseCode.BAD_FRAME, "a state vector that is none")
            return
        who.connection.answer(SyncStep2(update).encode())
        who.is_live = True

    def _taken(self, who: Participant, reference: int, taken: Taken) -> None:
        who.answered()
        if taken.malformed:
            who.connection.close(CloseCode.BAD_FRAME, taken.malformed)
            return
        if taken.denied:
            who.send(Denied(taken.denied).encode())
            return
        if who.is_ours:
            self._acknowledge(who, reference, taken)
        if taken.is_early:
            self._ask(Present(), lambda found: who.send(SyncStep1(found.state).encode()))
        if taken.row is not None:
            self._pass_on(who, taken)

    def _acknowledge(self, who: Participant, reference: int, taken: Taken) -> None:
        seq = 0 if taken.row is None else taken.row.seq
        if reference:
            who.send(Ack(reference, seq).encode())
        else:  # of many that came as plain messages, the state vector says which
            self._ask(Present(), lambda found: who.send(Ack(0, seq, found.state).encode()))

    def _pass_on(self, author: Participant, taken: Taken) -> None:
        assert taken.row is not None
        plain, ours = Update(taken.row.data).encode(), _announced(taken.row)
        for who in self.participants:
            if who is not author and who.is_live:
                who.send(ours if who.is_ours else plain)

    # Roles

    def judge(self, roles: Roles, inside: Collection[Participant]) -> None:
        """Close who is no member any more, or whose sign-in has ended; tell and show what else has changed.

        Only those who were `inside` when it was asked: whoever came in since was let in by what holds by now.
        """
        for who in self.participants & set(inside):
            role = roles.of(self.project_id, who.identity.account, who.at_most)
            if roles.is_gone(self.project_id):
                who.connection.close(CloseCode.GONE, "the project was deleted")
            elif roles.has_ended(who.credential):
                who.connection.close(CloseCode.TICKET, "the sign-in or key that the ticket was opened with has ended")
            elif role == membership.NOBODY:
                who.connection.close(CloseCode.ROLE, "you are not in this project any more")
            elif role != who.identity.role:
                self._change_role(who, role)

    def _change_role(self, who: Participant, role: str) -> None:
        old = who.identity
        who.identity = Identity(old.account, old.name, role, old.device)
        self._tell_others(who, self.presence.rename(who, who.identity))
        self._ask(Present(), lambda found: self._present(who, found))

    def _tell_others(self, author: Participant, message: bytes | None) -> None:
        if message is None:
            return
        clients = self.presence.clients()
        for who in self.participants:
            if who is not author:
                self.presence.told(who, clients)
                who.send(message)


def _announced(row: Row) -> bytes:
    return Announced(row.seq, row.account_id, row.device, row.base_seq, row.data).encode()
