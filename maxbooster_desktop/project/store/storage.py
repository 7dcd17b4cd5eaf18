"""The writing end of a project's folder: commits, snapshots, backups, and what happens when the disk refuses.

When the disk is full the ballast is given up and the commit tried again; while it still fails everything waits in the
op log's memory. Only the document thread uses it.
"""

import datetime as dt
import logging
import sqlite3
import time
from pathlib import Path

import sqlalchemy as sa

from maxbooster_desktop.project.store import backups, database, versions
from maxbooster_desktop.project.store.ballast import Ballast
from maxbooster_desktop.project.store.cloud_link import unlink_copy
from maxbooster_desktop.project.store.contents import Contents, check_all_rows, read_contents
from maxbooster_desktop.project.store.durability import DURABLE, Durability
from maxbooster_desktop.project.store.facts import read_fact, read_number, write_fact
from maxbooster_desktop.project.store.op_log import OpLog
from maxbooster_desktop.project.store.snapshots import Snapshot, write_snapshot
from maxbooster_desktop.project.store.whereabouts import Whereabouts

_LOG = logging.getLogger(__name__)
_OPS_PER_SNAPSHOT = 1000
_OPS_AT_MOST = 10_000
_WEEK_S = 7 * 24 * 3600
_CHECKED_AT = "checked_at"
_BACKED_UP = "backed_up"
_WEIGHED = "weighed_bytes"
_GROWTH = 1.5


class Storage:
    """An open database with its log.

    Raises:
        DamageFoundError: the database is missing or not what was written.
    """

    def __init__(self, folder: Path, *, is_suspect: bool) -> None:
        path = folder / database.DATABASE_NAME
        if not path.is_file():
            raise database.DamageFoundError("the file is missing")
        self._folder = folder
        self._ballast = Ballast(folder)
        self._whereabouts = Whereabouts(path)
        self.engine = database.writing_engine(path)
        try:
            contents = self._check_and_read(is_suspect=is_suspect)
        except BaseException:
            self.engine.dispose()
            raise
        self.log = OpLog(self.engine, contents.last_number, contents.last_digest, contents.snapshot.epoch)
        self._snapshot_number = contents.snapshot.number
        self._contents: Contents | None = contents
        self._is_backed_up = False

    def _check_and_read(self, *, is_suspect: bool) -> Contents:
        try:
            with self.engine.begin() as connection:
                database.check_structure(connection, thorough=False)
                # A check noted in the future was noted by a clock that was wrong.
                if is_suspect or abs(time.time() - read_number(connection, _CHECKED_AT)) > _WEEK_S:
                    database.check_structure(connection, thorough=True)
                    check_all_rows(connection)
                    write_fact(connection, _CHECKED_AT, str(time.time()))
                self._last_version, self.versioned_number = versions.newest_version(connection)
                return read_contents(connection)
        except (sa.exc.DBAPIError, ValueError, TypeError) as error:
            if isinstance(error, sa.exc.DBAPIError) and not database.is_damage(error):
                raise
            raise database.DamageFoundError(str(error)) from error

    def take_contents(self) -> Contents:
        """Return what the database held when it was opened; once, so that its bytes do not stay in memory."""
        contents, self._contents = self._contents, None
        assert contents is not None
        return contents

    def commit(self) -> Durability:
        """Store what the log holds and say whether that worked."""
        displaced = self._whereabouts.problem()
        if displaced:
            return Durability(is_durable=False, reason=displaced)
        try:
            self._commit()
        except sa.exc.DBAPIError as error:
            if not database.is_refusal(error):
                raise
            _LOG.warning("A commit of %s failed: %s", self._folder, error.orig)
            return Durability(is_durable=False, reason=self._reason(error))
        return DURABLE

    def _commit(self) -> None:
        try:
            self.log.commit()
        except sa.exc.DBAPIError as error:
            if not (database.is_full(error) and self._ballast.is_held):
                raise
            self._ballast.release()
            self.log.commit()

    def _reason(self, error: sa.exc.DBAPIError) -> str:
        elsewhere = "or save a copy elsewhere, the last edits wait in memory until then."
        if database.is_full(error):
            return f"The disk of {self._folder} is full: free some space {elsewhere}"
        return f"{self._folder} cannot be written ({error.orig}): make it writable {elsewhere}"

    def add_version(self, draft: versions.Draft) -> versions.Version:
        """Let a version be stored with the next commit."""
        version = self._listed(draft.name, draft.kind, draft.number)
        self.log.ride(lambda connection: versions.write_version(connection, version, draft))
        return version

    def add_snapshot_version(self, name: str, kind: versions.VersionKind) -> None:
        """Let the newest snapshot, which must be of the last op, become a version with the next commit."""
        assert not self.has_news
        version = self._listed(name, kind, self._snapshot_number)
        self.log.ride(lambda connection: versions.copy_snapshot_as_version(connection, version))

    def _listed(self, name: str, kind: versions.VersionKind, number: int) -> versions.Version:
        self._last_version += 1
        self.versioned_number = max(self.versioned_number, number)
        return versions.Version(self._last_version, name, kind, dt.datetime.now(dt.UTC), number)

    @property
    def is_snapshot_due(self) -> bool:
        """Whether the log behind the last snapshot is long enough to slow opening down."""
        return self.log.last_number - self._snapshot_number >= _OPS_PER_SNAPSHOT

    @property
    def is_snapshot_overdue(self) -> bool:
        """Whether it is so long that even a busy project must stop for a snapshot."""
        return self.log.last_number - self._snapshot_number >= _OPS_AT_MOST

    @property
    def has_news(self) -> bool:
        """Whether there are ops behind the last snapshot."""
        return self.log.last_number > self._snapshot_number

    def write_snapshot(self, document: bytes, state: bytes) -> None:
        """Store what the project is now. Everything in the log must be committed."""
        assert not self.log.is_waiting
        snapshot = Snapshot(self.log.last_number, self.log.epoch, self.log.last_digest, document, state)
        with self.engine.begin() as connection:
            write_snapshot(connection, snapshot)
        self._snapshot_number = snapshot.number

    def ride_snapshot(self, document: bytes, state: bytes) -> None:
        """Let what the project is now be stored with the next commit: with ops of a new epoch, which need it."""
        snapshot = Snapshot(self.log.last_number, self.log.epoch, self.log.last_digest, document, state)
        self.log.ride(lambda connection: write_snapshot(connection, snapshot))
        self._snapshot_number = snapshot.number

    def back_up_once(self) -> None:
        """Copy the database, once a session, if it changed since the last copy."""
        if self._is_backed_up:
            return
        self._is_backed_up = True
        mark = f"{self.log.epoch}:{self.log.last_number}"
        try:
            with self.engine.begin() as connection:
                if read_fact(connection, _BACKED_UP, "") == mark:
                    return
            backups.make_backup(self.engine, self._folder)
            with self.engine.begin() as connection:
                write_fact(connection, _BACKED_UP, mark)
        except (OSError, sqlite3.Error, sa.exc.DBAPIError) as error:
            _LOG.warning("No backup of %s was made: %s", self._folder, error)

    def copy_to(self, path: Path, *, goes_on: bool) -> None:
        """Copy the database to a new file, with what waits in the log; it stays shared when it `goes_on` for this one.

        Raises:
            sqlite3.Error, sqlalchemy.exc.DBAPIError: the place does not take it.
        """
        database.copy_into(self.engine, path)
        copy = database.writing_engine(path)
        try:
            with copy.begin() as connection:
                self.log.write_waiting(connection)
                unlink_copy(connection, goes_on=goes_on)
        finally:
            copy.dispose()

    def present_folder(self) -> Path:
        """Return where the project's folder lies now, as far as the system tells; any thread may ask."""
        return self._whereabouts.present_folder()

    def is_compaction_worth_a_try(self, size: int) -> bool:
        """Whether a document of `size` bytes grew enough since this was last considered, which takes a second."""
        with self.engine.begin() as connection:
            return size > _GROWTH * read_number(connection, _WEIGHED)

    def remember_weighed(self, size: int) -> None:
        """Note that compaction was considered for a document of `size` bytes."""
        with self.engine.begin() as connection:
            write_fact(connection, _WEIGHED, str(size))

    def tidy(self) -> None:
        """While nobody waits: empty the write-ahead log and take up room for a full disk."""
        database.move_log_into_file(self.engine)
        if not self._ballast.is_held:
            self._ballast.hold()

    def close(self) -> None:
        """Let go of the files; those that lie at the path of a project that was moved away are not ours."""
        if not self._whereabouts.problem():
            self._ballast.release()
        self.engine.dispose()
