"""An open shared project and its room, kept together: own ops go out from the op log, what comes is merged.

Nothing here waits: the room's thread hands on, the document thread merges and stores, and an op goes out when it is on
this disk. What is acknowledged is stored (`project/store/sharing.py`), so after a restart exactly the rest is sent.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from maxbooster_desktop.cloudlink.absence import Absence, AbsenceWatch
from maxbooster_desktop.cloudlink.account import Account
from maxbooster_desktop.cloudlink.epochs import Epochs, Unsent, merge, note_entered, take_whole
from maxbooster_desktop.cloudlink.outgoing import Outgoing
from maxbooster_desktop.cloudlink.people import OwnPresence, Person, person_of
from maxbooster_desktop.cloudlink.standing import SENDERS, WRITERS, Standing
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.store.cloud_link import CloudLink
from maxbooster_desktop.project.store.errors import StorageFullError
from maxbooster_desktop.project.store.project import Project
from maxbooster_desktop.project.store.sharing import OwnOp, RemoteUpdate, Sharing
from sync.client.backoff import Backoff
from sync.client.errors import UnreachableError
from sync.client.room import Door, RoomClient
from sync.client.room_events import (
    CaughtUp,
    Changed,
    Connection,
    Delay,
    Entered,
    EpochEnded,
    Event,
    Position,
    Present,
    Whole,
)
from sync.protocol.frames import Ack, Announced, Denied

_LOG = logging.getLogger(__name__)
_NOTHING = b"\0"
_APART = "What came from the cloud cannot be merged here: {}"
#: Between two looks whether the disk takes anything again.
_DISK_RESTS_S = 1.0
#: The room is not read while more than that waits to be merged; an update takes so much beside its bytes.
_MOST_ARRIVED_BYTES, _BESIDE_BYTES = 8 << 20, 200


class LiveProject:
    """See the module; `told` is called, in whatever thread, when `standing` or `people` have changed."""

    def __init__(
        self,
        project: Project,
        link: CloudLink,
        account: Account,
        told: Callable[[], None],
        backoff: Backoff | None = None,
    ) -> None:
        self._project, self._link, self._account, self._told = project, link, account, told
        self._gate = threading.RLock()
        self._outgoing = Outgoing(link.acked_number)
        self._arrived: list[RemoteUpdate] = []
        self._arrived_bytes = 0
        self._epochs = Epochs(link.epoch)
        self._is_denied = False
        #: Whether something that came was not merged: nothing behind it may be, or it would count as seen.
        self._has_gap = False
        self.standing = Standing()
        self.people: tuple[Person, ...] = ()
        self._away = AbsenceWatch(link.left_at_s)
        self._absence: Absence | None = None
        #: Whether somebody edited without knowing what was there: something may have been overwritten.
        self.have_edits_crossed = False
        self._own_seq = self._their_seq = 0
        door = Door(account.address, link.project_id, self._ticket)
        self._room = RoomClient(door, self._position, self._hear, backoff)
        self._stop_watching: Callable[[], None] = lambda: None
        self._later = threading.Timer(0.0, self._collect)
        self._is_over = False

    @property
    def link(self) -> CloudLink:
        """The link as it was when the project was opened."""
        return self._link

    def start(self) -> None:
        """Enter the room."""
        self._stop_watching = self._project.subscribe(self._note_change)
        self._collect()
        self._room.start()

    def stop(self) -> None:
        """Leave the room; what is not through is sent when the project is opened again."""
        if self.standing.is_live:
            self._submit(Sharing.note_left, time.time())
        self._stop_watching()
        with self._gate:
            self._is_over = True
        self._later.cancel()
        self._room.stop()

    def wake(self) -> None:
        """Try to enter again at once."""
        self._room.wake()

    def work_offline(self, *, is_offline: bool) -> None:
        """Stay out of the room, or go back."""
        self._room.go_away(is_away=is_offline)

    @property
    def has_been_away(self) -> bool:
        """Whether an absence that is over waits to be told."""
        return self._absence is not None

    def begin_report(self) -> Absence | None:
        """Return the absence that is over and was not reported yet; what crosses from now on is for the next report."""
        with self._gate:
            self.have_edits_crossed = False
            return self._absence

    def end_report(self, absence: Absence | None, *, is_kept: bool) -> None:
        """Forget the absence, which is reported (a newer one stays), or note that there is still all to report."""
        with self._gate:
            if not is_kept:
                self.have_edits_crossed = True
            elif self._absence is absence:
                self._absence = None

    def show(self, presence: OwnPresence | None) -> None:
        """Let the others see this of oneself; call it as often as it changes."""
        self._room.show(None if presence is None else presence.state())

    # What the room asks and tells, on its thread.

    def _ticket(self, epoch: int | None) -> str:
        return self._account.projects.ticket(self._link.project_id, self._link.device, epoch)

    def _position(self) -> Position:
        try:
            link, state = self._project.stored(self._project.submit_shared(_where))
        except MaxBoosterError as error:  # the disk takes nothing, or the project is being closed
            raise UnreachableError(str(error)) from error
        with self._gate:
            if self._epochs.is_over:
                return Position(None, 0, _NOTHING)
        return Position(link.epoch or None, link.seen_seq, state)

    def _hear(self, event: Event) -> None:
        handlers: dict[type, Callable[[Any], None]] = {
            Announced: self._take_announced,
            Ack: self._take_ack,
            Present: self._take_people,
            Delay: lambda delay: self._stand(round_trip_ms=delay.round_trip_ms),
            Changed: self._take_change,
            Entered: self._enter,
            Whole: self._take_whole,
            CaughtUp: self._become_live,
            EpochEnded: self._end_epoch,
            Denied: self._take_denial,
        }
        handlers[type(event)](event)

    def _take_change(self, changed: Changed) -> None:
        with self._gate:
            self._outgoing.disconnected()
            self._is_denied = False
            self._has_gap &= changed.connection is not Connection.CONNECTING
        if self.standing.is_live and changed.connection is not Connection.LIVE:
            self._away.leave(time.time())
            self._submit(Sharing.note_left, time.time())
        self._stand(connection=changed.connection, reason=changed.reason)

    def _enter(self, entered: Entered) -> None:
        standing = entered.standing
        with self._gate:
            self._is_denied = self._is_denied and standing.role not in WRITERS
            self._epochs.enter(standing.epoch)
        if not self.standing.is_live:
            if self._away.is_long(time.time()):
                self._keep_version()
            self._away.enter(self._outgoing.count, self._project.state)
        self._submit(note_entered, standing)
        self._stand(role=standing.role)
        self._send()

    def _take_whole(self, whole: Whole) -> None:
        with self._gate:
            own = self._epochs.own
            self.have_edits_crossed = True  # nobody says any more who knew what
        taken: Future[Change | Unsent] = self._submit(take_whole, whole, own)
        taken.add_done_callback(lambda future: self._go_on_after(future, whole.standing.epoch))

    def _go_on_after(self, taken: "Future[Change | Unsent]", epoch: int) -> None:
        """Send what the room's new document lacks, once that is on this disk."""
        if taken.cancelled() or taken.exception() is not None:
            self._leave_unmerged(taken)
        elif isinstance(unsent := taken.result(), tuple):
            with self._gate:
                self._outgoing = Outgoing(unsent[0])
                self._outgoing.add(unsent[1])
                self._epochs.begin(epoch)
            self._stand(is_apart=False)
            self._send()

    def _leave_unmerged(self, taken: "Future[Any]") -> None:
        """Leave the room when what came from it could not be merged: it tells all of it again another time."""
        error = None if taken.cancelled() else taken.exception()
        if error is not None:
            with self._gate:
                self._has_gap = True
                self._arrived, self._arrived_bytes = [], 0
            is_passing = isinstance(error, MaxBoosterError)
            self._room.leave(str(error) if is_passing else _APART.format(error), comes_back=is_passing)

    def _become_live(self, _caught_up: CaughtUp) -> None:
        self._stand(connection=Connection.LIVE, reason="")
        # What came in is merged by then.
        self._submit(Sharing.note_left, 0.0).add_done_callback(lambda _: self._come_back())
        self._send()

    def _keep_version(self) -> None:
        """Keep the project as it is before hours of others' work come in; a disk that refuses says so itself."""
        try:
            self._project.save_version("Before merging what others did", "before")
        except MaxBoosterError as error:
            _LOG.info("No version was kept before merging: %s", error)

    def _come_back(self) -> None:
        with self._gate:
            if self._has_gap:
                return
            self._absence = self._away.come_back(time.time(), self._project.state) or self._absence
        self._told()

    def _end_epoch(self, _ended: EpochEnded) -> None:
        with self._gate:
            self._epochs.is_over = True

    def _take_denial(self, denied: Denied) -> None:
        with self._gate:
            self._is_denied = True
            self._outgoing.disconnected()
        self._stand(reason=denied.reason)

    def _take_announced(self, announced: Announced) -> None:
        is_echo = announced.device == self._link.device
        with self._gate:
            if self._has_gap:
                return
            if is_echo:
                self._own_seq = announced.seq
            else:
                self._their_seq = announced.seq
                self.have_edits_crossed |= announced.base_seq < self._own_seq
            is_first = not self._arrived
            self._arrived.append(RemoteUpdate(announced.seq, announced.update, is_echo))
            self._arrived_bytes += len(announced.update) + _BESIDE_BYTES
            if self._arrived_bytes > _MOST_ARRIVED_BYTES:
                self._room.pause(is_paused=True)
        if is_first:
            self._submit(self._merge_arrived).add_done_callback(self._leave_unmerged)

    def _merge_arrived(self, sharing: Sharing) -> Change:
        with self._gate:
            arrived, self._arrived, self._arrived_bytes = self._arrived, [], 0
            epoch = self._epochs.room
            self._room.pause(is_paused=False)
        return merge(sharing, epoch, arrived)

    def _take_ack(self, ack: Ack) -> None:
        with self._gate:
            if ack.reference > self._outgoing.known_number:  # or what is edited from now on would count as through
                return
            known_seq = self._outgoing.acknowledged(ack.reference)
            self.have_edits_crossed |= known_seq < self._their_seq
            self._own_seq = max(self._own_seq, ack.seq)
        self._submit(Sharing.acknowledge, ack.reference, ack.seq)
        self._stand()
        self._send()

    def _take_people(self, present: Present) -> None:
        self.people = tuple(person_of(peer) for peer in present.peers)
        self._stand(others=len({person.client for person in self.people}))

    # Own ops.

    def _note_change(self, change: Change, _state: Any) -> None:
        if not change.is_others:
            self._collect()

    def _collect(self) -> None:
        with self._gate:
            after = self._outgoing.known_number
        self._submit(Sharing.own_ops, after).add_done_callback(self._add)

    def _add(self, future: "Future[list[OwnOp]]") -> None:
        error = None if future.cancelled() else future.exception()
        if isinstance(error, StorageFullError):
            self._collect_later()
        if future.cancelled() or error is not None:
            return
        with self._gate:
            self._outgoing.add(future.result())
        self._stand()
        self._send()

    def _collect_later(self) -> None:
        """Look again for what was edited while the disk takes nothing: no change tells when it takes it."""
        with self._gate:
            if not self._is_over:
                self._later = threading.Timer(_DISK_RESTS_S, self._collect)
                self._later.start()

    def _send(self) -> None:
        with self._gate:
            if self.standing.is_live and self.standing.role in SENDERS and self._epochs.is_same and not self._is_denied:
                for edit in self._outgoing.next_edits():
                    self._room.send(edit)

    def _stand(self, **changes: Any) -> None:
        with self._gate:
            before = self.standing
            self.standing = replace(before, waiting=self._outgoing.count, **changes)
            is_other = self.standing != before or "others" in changes
        if is_other:
            self._told()

    def _submit(self, work: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        try:
            future = self._project.submit_shared(work, *arguments)
        except MaxBoosterError as error:  # it was closed meanwhile; what came is sent again
            failed: Future[Any] = Future()
            failed.set_exception(error)
            return failed
        future.add_done_callback(self._note_failure)
        return future

    def _note_failure(self, future: "Future[Any]") -> None:
        """Say what nobody waits for; what the disk refuses or closing ends, the project says itself."""
        error = None if future.cancelled() else future.exception()
        if error is not None and not isinstance(error, MaxBoosterError):
            _LOG.error("The shared project and its room went apart", exc_info=error)
            self._stand(is_apart=True, reason=_APART.format(error))


def _where(sharing: Sharing) -> tuple[CloudLink, bytes]:
    assert sharing.link is not None
    return sharing.link, sharing.state_vector()
