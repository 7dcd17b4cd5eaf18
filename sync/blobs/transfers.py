"""Brings what waits to the cloud and fetches from it, three at a time, and goes on where it was whatever happens.

A sound counts as uploaded when the cloud has verified it and has it in the project; what was fetched is kept when its
bytes are what its name says. Each transfer that fails waits by itself; a host that fails makes all of them wait.
Waveforms and previews are made from the original when their turn comes.
"""

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sync.blobs.bucket import TokenBucket
from sync.blobs.cache import BlobCache, hash_of
from sync.blobs.errors import DamagedBlobError
from sync.blobs.packing import pack, unpack
from sync.blobs.ports import Blob, Cloud, ContentRefusedError, UploadOverError
from sync.blobs.queue import DOWN, UP, Transfer, TransferQueue
from sync.outbox.pacing import CAP_S, Pacing
from sync.outbox.ports import AuthNeededError, Clock, RefusedError, ServerTroubleError, TransportError
from sync.outbox.syncing import Surroundings
from sync.storage.errors import StorageError

_LOG = logging.getLogger(__name__)
AT_ONCE = 3
PIECE_BYTES = 1 << 20
_ALL = ("audio", "peaks", "preview", "state")
#: What goes over a connection that is paid by the byte.
_SMALL = ("peaks", "state")
_LOOKS_AGAIN_S = 1.0
_RESTS_S = 60.0
_AWAITED_S = 30.0
_ENDS_S = 3.0

#: Writes what is made from an original; returns False when nothing can be made from it.
Make = Callable[[Path, Path], bool]


@dataclass(slots=True)
class Limits:
    """The buckets of the two directions."""

    up: TokenBucket
    down: TokenBucket


@dataclass(slots=True)
class Transfers:
    """One person's transfers. `step` does one; `run` does them until `stop`.

    Attributes:
        forms: by kind how it is made from the original; other kinds than audio travel as they are.
        told: called, in whatever thread, with a transfer that is done or waits for a person.
    """

    queue: TransferQueue
    cache: BlobCache
    cloud: Cloud
    folder: Path
    clock: Clock
    pacing: Pacing
    limits: Limits
    around: Surroundings = field(default_factory=Surroundings)
    forms: Mapping[str, Make] = field(default_factory=dict)
    told: Callable[[Transfer], None] = lambda _one: None
    ended: threading.Event = field(default_factory=threading.Event)
    _news: threading.Condition = field(default_factory=threading.Condition)
    _threads: list[threading.Thread] = field(default_factory=list)

    def step(self, direction: str) -> bool:
        """Do the next transfer of a direction; return whether there was one that may go now.

        Raises StorageError when this machine's disk takes nothing.
        """
        if self.around.is_paused or self.pacing.wait_s(self.cloud.host) > 0:
            return False
        one = self.queue.take(direction, self.clock.wall_s(), self._kinds())
        if one is None:
            return False
        try:
            (self._upload if direction == UP else self._download)(one)
        except (TransportError, DamagedBlobError, OSError) as error:
            self._put_back(one, error)
        except Exception:
            self.queue.put_back(one, self.clock.wall_s() + _wait_s(one))
            raise
        else:
            self.pacing.succeeded(self.cloud.host)
            self.queue.done(one)
            self.told(one)
        return True

    def wake(self) -> None:
        """Look at once whether something waits."""
        with self._news:
            self._news.notify_all()

    def run(self) -> None:
        """Begin to work, in threads of our own; nobody else may work on the queue."""
        self._sweep()
        for number in range(AT_ONCE):
            order = (DOWN, UP) if number else (UP, DOWN)
            thread = threading.Thread(target=self._work, args=(order,), name=f"blobs {number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End within one piece, or without it when the cloud hangs; what was under way goes on another time."""
        self.ended.set()
        self.wake()
        for thread in self._threads:
            thread.join(_ENDS_S)
        self._threads.clear()

    def _work(self, order: Collection[str]) -> None:
        while not self.ended.is_set():
            try:
                has_worked = any(self.step(direction) for direction in order)
            except StorageError:  # the disk is full: whoever shows the queue says so
                has_worked = False
            except Exception:  # noqa: BLE001 - a thread that ended would leave what waits waiting for ever
                _LOG.exception("A sound could not be transferred")
                has_worked = False
            if not has_worked:
                self._rest()

    def _rest(self) -> None:
        """Wait for news; what waits by itself is looked at again soon."""
        with self._news:
            try:
                is_empty = not any(self.queue.waiting(direction) for direction in (UP, DOWN))
            except StorageError:  # as above
                is_empty = True
            if not self.ended.is_set():
                self._news.wait(_RESTS_S if is_empty else _LOOKS_AGAIN_S)

    def _sweep(self) -> None:
        """Remove what was half made for transfers that are not wanted any more."""
        try:
            files = list(self.folder.glob("*"))  # before what is wanted: another program may add to that now
            wanted = self.queue.work_names()
            for file in files:
                if file.stem.partition("-")[0] not in wanted and file.name not in wanted:
                    file.unlink(missing_ok=True)
        except (StorageError, OSError) as error:
            _LOG.info("What is half made is removed at the next start: %s", error)

    def _kinds(self) -> Collection[str]:
        return _SMALL if self.around.is_metered and not self.around.goes_metered else _ALL

    # Up

    def _upload(self, one: Transfer) -> None:
        assert one.source is not None, "an upload has a file"
        travelling = self._travelling(one, one.source)
        if travelling is None:
            return
        is_done = False
        try:
            blob = Blob(hash_of(travelling), one.kind, one.original, travelling.stat().st_size)
            if not self.cloud.have(blob.hash):
                self._send(one, blob, travelling)
            self.cloud.attach(one.project_id, blob.hash)
            is_done = True
        finally:
            # A form that is made again is another, and its upload would begin anew.
            if travelling != one.source and (is_done or one.kind not in self.forms):
                travelling.unlink()

    def _travelling(self, one: Transfer, source: Path) -> Path | None:
        """Return the file that travels: it unpacks to the original, is made from it, or is it; None: there is none."""
        make = self.forms.get(one.kind)
        if one.kind != "audio" and make is None:
            return source
        made = self.folder / (f"{one.number}.packed" if make is None else f"{one.original}.{one.kind}")
        if make is not None and made.is_file():
            return made
        if hash_of(source) != one.original:
            raise DamagedBlobError(f"{source.name} is not the sound it was: find the file again.")
        self.folder.mkdir(parents=True, exist_ok=True)
        if make is None:
            return made if pack(source, made) else source
        partial = made.with_name(f"{made.name}-{one.number}")
        try:
            return partial.replace(made) if make(source, partial) else None
        finally:
            partial.unlink(missing_ok=True)

    def _send(self, one: Transfer, blob: Blob, file: Path) -> None:
        upload, offset = self._begun(one, blob)
        if upload is None:
            upload = self.cloud.begin(blob)
            self.queue.note_upload(one, upload, blob.hash)
        with file.open("rb") as opened:
            opened.seek(offset)
            while piece := opened.read(self.cloud.part_bytes(upload) or PIECE_BYTES):
                self._pass(self.limits.up, len(piece))
                self.cloud.append(upload, offset, piece)
                offset += len(piece)
        if not self.cloud.have(blob.hash):  # all had arrived before and was not verified: the disk there was full
            self.cloud.append(upload, offset, b"")

    def _begun(self, one: Transfer, blob: Blob) -> tuple[str | None, int]:
        """Return the upload that goes on, and where; one that may not is ended: it would hold its quota for days."""
        if not one.upload:
            return None, 0
        if one.upload_hash == blob.hash:
            try:
                offset = self.cloud.offset(one.upload)
            except UploadOverError:
                return None, 0
            if _may_go_on(offset, blob.size, self.cloud.part_bytes(one.upload)):
                return one.upload, offset
        self.cloud.end(one.upload)
        return None, 0

    # Down

    def _download(self, one: Transfer) -> None:
        if self.cache.get(one.original, one.kind) is not None:
            return
        found = self.cloud.find(one.project_id, one.original, one.kind)
        if not found:
            raise _NotYetError("Nobody has uploaded it yet.")
        # Of several the newest that is what it says: whoever sent a wrong one hides no right one.
        damaged: DamagedBlobError | None = None
        for blob in found:
            try:
                self._fetch(one, blob)
            except DamagedBlobError as error:
                damaged = error
            else:
                return
        raise damaged or DamagedBlobError("It came damaged.")

    def _fetch(self, one: Transfer, blob: Blob) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{one.number}-{blob.hash}.part"
        with part.open("ab") as file:
            while (start := file.tell()) < blob.size:
                end = min(blob.size, start + PIECE_BYTES)
                self._pass(self.limits.down, end - start)
                file.write(self.cloud.read(one.project_id, blob, start, end))
        if hash_of(part) != blob.hash:
            part.unlink()
            raise DamagedBlobError("It came damaged: it is fetched again.")
        self._keep(one, blob, part)

    def _keep(self, one: Transfer, blob: Blob, part: Path) -> None:
        """Keep a verified blob; a sound in the form that documents know."""
        if one.kind != "audio" or blob.hash == one.original:
            self.cache.put(one.original, one.kind, part, blob.hash)
            return
        whole = part.with_suffix(".whole")
        try:
            if unpack(part, whole) != one.original:
                raise DamagedBlobError("It is another sound than it says: ask whoever uploaded it.")
            self.cache.put(one.original, one.kind, whole, one.original)
        finally:
            part.unlink(missing_ok=True)
            whole.unlink(missing_ok=True)

    # When it does not work

    def _pass(self, bucket: TokenBucket, size: int) -> None:
        if self.ended.wait(bucket.take(size)) or self.around.is_paused:
            raise _HeldError("Transfers are paused.")

    def _put_back(self, one: Transfer, error: Exception) -> None:
        now = self.clock.wall_s()
        if isinstance(error, _HeldError):
            self.queue.put_back(one, now)
        elif isinstance(error, _NotYetError):
            self.queue.put_back(one, now + _AWAITED_S)
        elif isinstance(error, UploadOverError | ContentRefusedError):
            self.queue.note_upload(one, None, None)
            self.queue.put_back(one, now + _wait_s(one))
        elif isinstance(error, RefusedError | DamagedBlobError | OSError):
            self.queue.put_back(one, now + _wait_s(one), _sentence(error, one) if one.attempts else None)
            self.told(one)
        else:
            retry_after_s = error.retry_after_s if isinstance(error, ServerTroubleError) else None
            if not isinstance(error, AuthNeededError):
                self.pacing.failed(self.cloud.host, retry_after_s)
            self.queue.put_back(one, now + (_AWAITED_S if isinstance(error, AuthNeededError) else 0.0))


class _HeldError(TransportError):
    """Somebody paused or ends the program."""


class _NotYetError(TransportError):
    """The cloud does not have it, and will."""


def _may_go_on(offset: int, size: int, part_bytes: int | None) -> bool:
    """Judge where the cloud says that an upload goes on."""
    return (0 <= offset < size and not offset % (part_bytes or 1)) or offset == size


def _wait_s(one: Transfer) -> float:
    return min(CAP_S, 2.0**one.attempts)


def _sentence(error: Exception, one: Transfer) -> str:
    """Return why a transfer waits for a person."""
    if not isinstance(error, OSError):
        return str(error)
    what = "sent" if one.direction == UP else "fetched"
    place = f" at {error.filename}" if error.filename else ""
    return f"A sound was not {what} ({error.strerror or error}{place}): make room there, or check its permissions."
