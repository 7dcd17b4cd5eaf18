"""A project open for writing, as its document thread drives it: what an edit, a version and a restore do.

Made on the thread that opens the project; after that every method runs on the document thread.
"""

import time
from collections.abc import Mapping
from pathlib import Path

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.new_document import FORMAT_VERSION
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import ProjectState
from maxbooster_desktop.project.document.state_codec import encode_state
from maxbooster_desktop.project.store import versions
from maxbooster_desktop.project.store.contents import Contents
from maxbooster_desktop.project.store.database import DamageFoundError
from maxbooster_desktop.project.store.durability import Durability
from maxbooster_desktop.project.store.errors import StorageFullError, VersionDamagedError
from maxbooster_desktop.project.store.lasting import without_collection
from maxbooster_desktop.project.store.lock import ProjectLock
from maxbooster_desktop.project.store.projection import Projection
from maxbooster_desktop.project.store.record_blob import encode_record
from maxbooster_desktop.project.store.recovery import recover
from maxbooster_desktop.project.store.restoring import restore, version_registers
from maxbooster_desktop.project.store.sharing import Sharing
from maxbooster_desktop.project.store.storage import Storage
from maxbooster_desktop.project.store.store_journal import StoreJournal
from sync.document.codec import Value
from sync.document.compaction import BYTES, RATIO, compacted, is_worthwhile
from sync.document.grammar import Address
from sync.document.register_document import RegisterDocument

#: What subscribers hear when work that returned no change made one.
_UNKNOWN_CHANGE = Change("Edit")

# A fresh register takes at least its key and value: below this no document can be worth compacting, and working it
# out takes seconds for a large one.
_LEAST_REGISTER_BYTES = 24


class NewerFormatError(Exception):
    """The document's format is newer than this program; opening turns it into reading."""


class WriterSession:
    """See the module; implements `thread_session.Session`."""

    def __init__(self, folder: Path, lock: ProjectLock, projection: Projection) -> None:
        self._folder = folder
        self._lock = lock
        self._projection = projection
        self._storage: Storage | None = None
        self._registers: RegisterDocument | None = None
        self._document: ProjectDocument | None = None
        self._unloaded: Contents | None = None
        self._stored_state: ProjectState | None = None
        self._durability = Durability()

    @property
    def document(self) -> ProjectDocument:
        """The document; there is one between `complete` and the end."""
        assert self._document is not None
        return self._document

    @property
    def storage(self) -> Storage:
        """The storage; there is one between `begin` and the end."""
        assert self._storage is not None
        return self._storage

    def begin(self) -> None:
        """Open the project far enough to show it, repairing it when it is damaged."""
        try:
            self._storage = Storage(self._folder, is_suspect=self._lock.was_unclean)
        except DamageFoundError as damage:
            self._repair(damage)
        try:
            state = self._first_state()
        except DamageFoundError as damage:
            self._repair(damage)
            state = self._first_state()
        if state.meta.format_version > FORMAT_VERSION:
            self._lock.release()
            raise NewerFormatError
        self._projection.show(state)

    def _first_state(self) -> ProjectState:
        contents = self.storage.take_contents()
        state = contents.stored_state()
        if state is None:
            self._load(contents, None)
            return self.document.state
        self._unloaded, self._stored_state = contents, state
        return state

    def complete(self) -> None:
        """Load what the first edit needs, and keep the project as the session found it."""
        if self._unloaded is not None:
            contents, self._unloaded = self._unloaded, None
            known, self._stored_state = self._stored_state, None
            try:
                self._load(contents, known)
            except DamageFoundError as damage:
                # Something opening did not need to read, such as an old step of the history.
                self._repair(damage)
                self._load(self.storage.take_contents(), None)
        self.sharing = Sharing(self)
        self._compact()
        if self.storage.log.last_number > self.storage.versioned_number:
            if self.storage.has_news:
                self._write_snapshot()
            self.storage.add_snapshot_version("Opened", "opened")
            self._durability = self.storage.commit()

    def _repair(self, damage: DamageFoundError) -> None:
        self._let_go()
        self._projection.recovery = recover(self._folder, str(damage))
        self._storage = Storage(self._folder, is_suspect=True)

    def _load(self, contents: Contents, known: ProjectState | None) -> None:
        with without_collection():
            self._registers = contents.document()
            self._document_bytes = len(contents.snapshot.document)
            self._attach(self._registers, known)

    def _attach(self, registers: RegisterDocument, known: ProjectState | None) -> None:
        self._registers = registers
        self.journal = StoreJournal(self.storage.engine, self.storage.log)
        self._document = ProjectDocument(registers, self.journal, known=known, judge=self._judge)
        self._published_number = self.storage.log.last_number
        self._projection.show(self._document.state)

    def _judge(self, changes: Mapping[Address, Value]) -> None:
        self.sharing.judge(changes)

    def _compact(self) -> None:
        """Give the document up for one without history where that pays; its updates begin a new epoch.

        Not that of a shared project: others hold it, too, and the room alone begins its epochs.
        """
        if self.sharing.link is not None:
            return
        registers, size = self.document.registers, self._document_bytes
        least = RATIO * _LEAST_REGISTER_BYTES * registers.register_count()
        if size <= max(BYTES, least) or not self.storage.is_compaction_worth_a_try(size):
            return
        fresh = compacted(registers)
        encoded = fresh.encode()
        self.storage.remember_weighed(size)
        if is_worthwhile(size, len(encoded), BYTES):
            state = self.document.state
            self._attach(fresh, state)
            self.storage.log.epoch += 1
            self.storage.write_snapshot(encoded, encode_state(state))

    def replace_document(self, registers: RegisterDocument, state: ProjectState) -> None:
        """Go on with another document in a new epoch of the log, from the next commit on."""
        self._attach(registers, state)
        self.storage.ride_snapshot(registers.encode(), encode_state(state))

    def publish_all(self, change: Change) -> None:
        """Tell everybody that anything may have changed."""
        self._published_number = self.storage.log.last_number
        self._projection.publish(change, self.document.state)

    def publish(self, result: object) -> None:
        """Show the document's state to everybody if there are new ops; `result` is what the verb returned."""
        state, last = self.document.state, self.storage.log.last_number
        if last == self._published_number:
            return
        self._published_number = last
        change = result if isinstance(result, Change) else _UNKNOWN_CHANGE
        if len(change.deleted) > versions.LARGE_DELETION:
            self._keep_version_before(change)
        self._projection.publish(change, state)

    def _keep_version_before(self, change: Change) -> None:
        record = self.journal.latest
        if record is not None and record.kind == "edit":
            name, number, patch = f"Before: {change.name}", record.number - 1, encode_record(record)
            self.storage.add_version(versions.Draft(name, "before", number, self._encoded(), patch))

    def save_version(self, name: str, kind: versions.VersionKind = "named") -> versions.Version:
        """Keep the project as it is now; durable with the next commit."""
        return self.storage.add_version(versions.Draft(name, kind, self.storage.log.last_number, self._encoded()))

    def restore_version(self, version: int) -> Change:
        """Make the project what it was in a version; the state before is kept as a version, and so is the result."""
        with self.storage.engine.begin() as connection:
            try:
                draft = versions.read_version(connection, version)
                wanted = version_registers(draft)
            except DamageFoundError as damage:
                raise VersionDamagedError(version) from damage
        self.save_version(f"Before restoring {draft.name}", "before")
        change = restore(self.document, draft.name, wanted, time.time())
        self.save_version(draft.name, "restored")
        return change

    def store(self) -> Durability:
        """Put on disk what is not there yet."""
        self._durability = self.storage.commit()
        if self._durability.is_durable and self.storage.is_snapshot_overdue:
            self._write_snapshot()
        return self._durability

    def refusal(self) -> StorageFullError:
        """Return the error for an edit that cannot be taken now."""
        return StorageFullError(self._folder, self._durability.reason)

    def rest(self) -> None:
        """Tidy up while nothing is asked."""
        self.storage.back_up_once()
        if self.storage.is_snapshot_due:
            self._write_snapshot()
        self.storage.tidy()

    def finish(self) -> None:
        """Close in order and keep a version of what the session made. Everything must be stored."""
        self.storage.back_up_once()
        if self.storage.has_news:
            self._write_snapshot()
        if self.storage.log.last_number > self.storage.versioned_number:
            self.storage.add_snapshot_version("End of the session", "closed")
            self._durability = self.storage.commit()  # what the disk does not take is kept when it is opened again
        self._let_go()
        self._lock.release()

    def give_up(self) -> None:
        """Let go of everything without storing more."""
        self._let_go()
        self._lock.abandon()

    def _let_go(self) -> None:
        # The document must end on the thread that owns it.
        self._document = self._registers = self._unloaded = self._stored_state = None
        if self._storage is not None:
            self._storage.close()
            self._storage = None

    def _encoded(self) -> bytes:
        assert self._registers is not None
        return self._registers.encode()

    def _write_snapshot(self) -> None:
        self.storage.write_snapshot(self._encoded(), encode_state(self.document.state))
