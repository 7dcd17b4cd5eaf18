"""The shared side of an open project: what still has to go to the room, and what comes from it.

Belongs to the document thread. What is acknowledged and what was seen is stored in the same commit as the op it
belongs to, so that a killed program goes on where the disk is: an op is sent again, never left out.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from maxbooster_desktop.project.document.change import Change, joined
from maxbooster_desktop.project.document.errors import EditError
from maxbooster_desktop.project.document.journal import OpRecord
from maxbooster_desktop.project.document.project_document import REMOTE, ProjectDocument
from maxbooster_desktop.project.document.projection import project
from maxbooster_desktop.project.document.state import ProjectState
from maxbooster_desktop.project.document.track_locks import refuse_locked
from maxbooster_desktop.project.store.cloud_link import CloudLink, read_link, write_link
from maxbooster_desktop.project.store.facts import json_of, read_fact, write_fact
from maxbooster_desktop.project.store.op_log import read_ops
from maxbooster_desktop.project.store.record_blob import decode_record
from maxbooster_desktop.project.store.storage import Storage
from maxbooster_desktop.project.store.store_journal import StoreJournal
from sync.document.codec import Value
from sync.document.grammar import ALL_ROOTS, Address
from sync.document.pieces import afresh
from sync.document.register_document import RegisterDocument

_READ = "read_comments"
_REPORT = "merge_report"


class CommentsOnlyError(EditError):
    """A commenter edits something else."""

    def __init__(self) -> None:
        super().__init__("You may comment in this project, not edit it; ask its owner to let you.")


@dataclass(frozen=True, slots=True)
class OwnOp:
    """An op of this disk that the room has to get."""

    number: int
    base_seq: int
    update: bytes


@dataclass(frozen=True, slots=True)
class RemoteUpdate:
    """An update from the room; `is_echo` when this copy of the project made it."""

    seq: int
    update: bytes
    is_echo: bool = False


class SharedSession(Protocol):
    """What sharing needs of the session (`session.WriterSession`)."""

    journal: StoreJournal

    @property
    def document(self) -> ProjectDocument:
        """The project's document."""
        ...

    @property
    def storage(self) -> Storage:
        """The database with its log."""
        ...

    def replace_document(self, registers: RegisterDocument, state: ProjectState) -> None:
        """Go on with another document in a new epoch of the log, from the next commit on."""

    def publish_all(self, change: Change) -> None:
        """Tell everybody that anything may have changed."""


class Sharing:
    """See the module.

    Attributes:
        read: ids of comments that called whoever works here and were opened; known on this disk only.
    """

    def __init__(self, session: SharedSession) -> None:
        self._session = session
        with session.storage.engine.begin() as connection:
            self.link = read_link(connection)
            self.read = _ids(read_fact(connection, _READ, "[]"))

    def share(self, link: CloudLink) -> Change:
        """Give the project to a room that is empty: every register becomes an own op that has to go there."""
        session, log = self._session, self._session.storage.log
        state = session.document.state
        fresh, updates = afresh(session.document.registers)
        before = log.last_number
        log.epoch += 1
        for update in updates:
            session.journal.append(OpRecord(0, 0, "Share", "merge", update, origin="me"))
        session.replace_document(fresh, state)
        self._keep(replace(link, acked_number=before))
        return Change("Share")

    def leave(self) -> None:
        """Make the project an ordinary one; what it holds stays."""
        self._keep(None)

    def state_vector(self) -> bytes:
        """Return what says which updates the document holds."""
        return self._session.document.registers.state()

    def own_ops(self, after: int) -> list[OwnOp]:
        """Return the own ops after a number that the room may lack, in order."""
        link = self._linked()
        return [
            OwnOp(record.number, link.base_of(record.number), record.update)
            for record in self._own_records(max(after, link.acked_number))
        ]

    def take(self, updates: Sequence[RemoteUpdate]) -> Change:
        """Merge what came from the room."""
        changes = []
        for one in updates:
            changes.append(self._session.document.merge(one.update, is_echo=one.is_echo))
            self._keep(self._linked().having_seen(self._session.storage.log.last_number, one.seq))
        return joined("Merge", changes)

    def enter(self, account: str, epoch: int, role: str) -> None:
        """Note what the room says of itself and of who works here."""
        self._keep(replace(self._linked(), account=account, epoch=epoch, role=role))

    def acknowledge(self, number: int, seq: int) -> None:
        """Note that the own ops up to a number are durable in the cloud, the last one at `seq`."""
        link = self._linked().having_acked(number)
        if seq == link.seen_seq + 1:
            link = link.having_seen(max(number, self._session.storage.log.last_number), seq)
        self._keep(link)

    def values(self, addresses: Sequence[Address]) -> dict[Address, Value]:
        """Return what registers hold now."""
        return {address: self._session.document.registers.value(*address) for address in addresses}

    def note_left(self, left_at_s: float) -> None:
        """Note when the room was left; 0: it was entered again."""
        self._keep(replace(self._linked(), left_at_s=left_at_s))

    def kept_report(self) -> str:
        """Return the merge report that was kept, "" when none was."""
        with self._session.storage.engine.begin() as connection:
            return read_fact(connection, _REPORT, "")

    def keep_report(self, report: str, feed_id: int) -> None:
        """Keep a merge report that has the feed of overwritten values up to an entry."""
        self._session.storage.log.ride(lambda connection: write_fact(connection, _REPORT, report))
        self._keep(replace(self._linked(), feed_id=max(feed_id, self._linked().feed_id)))

    def note_read(self, comments: Iterable[str]) -> frozenset[str]:
        """Note that comments were opened; return all that were and are still there."""
        living = {comment.id for comment in self._session.document.state.comments}
        read = frozenset((self.read | frozenset(comments)) & living)
        if read != self.read:
            self.read = read
            text = json.dumps(sorted(read))
            self._session.storage.log.ride(lambda connection: write_fact(connection, _READ, text))
        return read

    def begin_epoch(self, whole: bytes, epoch: int, seq: int) -> Change:
        """Go on with the room's new document; what the room lacks is made anew there from its meaning.

        Raises:
            RefusedUpdateError: `whole` is no document.
        """
        session, log = self._session, self._session.storage.log
        fresh = RegisterDocument()
        fresh.load(whole)
        wanted = self._unsent_values(fresh)
        written = fresh.write(wanted, "me")
        before = log.last_number
        log.epoch += 1
        if written.update:
            record = OpRecord(0, 0, "New document", "merge", written.update, written.before, written.after, "me")
            session.journal.append(record)
        session.replace_document(fresh, project(fresh))
        self._keep(replace(self._linked(), epoch=epoch, acked_number=before, seen=((before, seq),)))
        change = Change("New document")
        session.publish_all(change)
        return change

    def judge(self, changes: Mapping[Address, Value]) -> None:
        """Refuse own edits that the room would drop, or that somebody else's lock forbids. Raises EditError."""
        link, document = self.link, self._session.document
        if link is None:
            return
        if link.role == "commenter" and any(root != "comments" for root, _ in changes):
            raise CommentsOnlyError
        refuse_locked(changes, document.state, document.registers, link.account)

    def _unsent_values(self, fresh: RegisterDocument) -> dict[Address, Value]:
        """Return what own ops that the room lacks wrote, the last value of each register."""
        wanted: dict[Address, Value] = {}
        for record in self._own_records(self._linked().acked_number):
            if not record.after and record.update:  # a piece of the first upload: everything was on its way
                registers = self._session.document.registers
                return {(root, key): value for root in ALL_ROOTS for key, value in registers.items(root)}
            wanted.update(record.after)
        return wanted

    def _own_records(self, after: int) -> list[OpRecord]:
        storage = self._session.storage
        with storage.engine.begin() as connection:
            stored = [decode_record(op.record) for op in read_ops(connection, after)]
        waiting = [decode_record(op.record) for op in storage.log.pending if op.number > after]
        return [record for record in (*stored, *waiting) if record.origin != REMOTE and record.update]

    def _linked(self) -> CloudLink:
        assert self.link is not None, "only a shared project has a room"
        return self.link

    def _keep(self, link: CloudLink | None) -> None:
        if link != self.link:
            self.link = link
            self._session.storage.log.ride(lambda connection: write_link(connection, link))


def _ids(text: str) -> frozenset[str]:
    """Read a list of ids; nothing when it cannot be read: then something counts as new once more."""
    found = json_of(text)
    return frozenset(one for one in found if isinstance(one, str)) if isinstance(found, list) else frozenset()
