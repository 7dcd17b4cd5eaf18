"""Drafts brought to the cloud and back while somebody is signed in: one thread that sleeps until there is a reason.

Reasons are a change made here (`wake`), a sign-in, a network that may be back, and every few minutes a look at what
other devices did. Failures wait as `sync.outbox.pacing` says; a refused sign-in waits for the next one. What is not
through stays in the outbox, whatever happens.
"""

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from maxbooster_desktop.cloudlink.errors import CloudTroubleError
from maxbooster_desktop.cloudlink.undecided import Undecided, described
from sync.outbox.attention import Decision
from sync.outbox.errors import OutboxError
from sync.outbox.outbox import Outbox, Queue
from sync.outbox.pacing import Pacing
from sync.outbox.ports import Clock, SystemClock, Transport
from sync.outbox.syncing import Condition, Standing, Syncer
from sync.outbox.tables import DRAFTS
from sync.storage.database import open_database
from sync.storage.errors import StorageError

_LOG = logging.getLogger(__name__)
#: Between two looks at what other devices did, when nothing happens here; spread, so that not everybody asks at once.
_LOOKS_EVERY_S, _SPREAD = 300.0, 0.2
_LEAST_WAIT_S = 0.2
#: After what nobody foresaw.
_FAULT_RESTS_S = 300.0
_DISK_RESTS_S = 30.0


@dataclass(frozen=True, slots=True)
class DraftStanding:
    """How drafts stand with the cloud: what waits, what needs a person, and why it does not go on."""

    condition: Condition | None = None
    reason: str = ""
    waiting: int = 0
    undecided: tuple[Undecided, ...] = ()

    @property
    def sentence(self) -> str:
        """What is worth saying in a few words; nothing when all is well."""
        drafts = "1 draft" if self.waiting == 1 else f"{self.waiting} drafts"
        if self.condition is Condition.AUTH_NEEDED:
            return f"Sign in to sync {drafts}" if self.waiting else ""
        need = f"{len(self.undecided)} to decide" if self.undecided else ""
        return "  ·  ".join(part for part in (f"{drafts} waiting" if self.waiting else "", need) if part)


class DraftSync:
    """See the module; `told` is called, in whatever thread, when `standing` has changed."""

    def __init__(
        self,
        path: Path,
        transport: Transport,
        told: Callable[[], None],
        clock: Clock | None = None,
        *,
        looks_every_s: float = _LOOKS_EVERY_S,
    ) -> None:
        self._path, self._transport, self._told = path, transport, told
        self._clock = clock or SystemClock()
        self._looks_every_s = looks_every_s
        self._pacing = Pacing(self._clock.monotonic_s)
        self._wakes = threading.Event()
        self._is_over = self._has_new_sign_in = False
        self._is_paused = self._is_metered = self._goes_metered = False
        self._outbox: Outbox | None = None
        self._thread = threading.Thread(target=self._work, name="drafts", daemon=True)
        self.standing = DraftStanding()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, patience_s: float = 5.0) -> None:
        """End; a request that is under way is not waited for longer than `patience_s`."""
        self._is_over = True
        self._wakes.set()
        self._thread.join(patience_s)

    def wake(self, *, at_once: bool = False) -> None:
        """Look again: something was changed here; `at_once` also where a failure said to wait."""
        if at_once:
            self._pacing.forgive(self._transport.host)
        self._wakes.set()

    def signed_in(self) -> None:
        """Go on as whoever is signed in now."""
        self._has_new_sign_in = True
        self.wake(at_once=True)

    def allow(self, *, is_paused: bool, is_metered: bool, goes_metered: bool) -> None:
        """Take what the person and the network allow."""
        self._is_paused, self._is_metered, self._goes_metered = is_paused, is_metered, goes_metered
        self.wake()

    def decide(self, number: int, decision: Decision) -> None:
        """Do what a person decided about a change, and go on at once. Slow; raises CloudTroubleError."""
        if self._outbox is None:
            raise CloudTroubleError("The drafts are not open yet: try again in a moment.")
        try:
            self._outbox.decide(number, decision)
        except (OutboxError, StorageError) as error:
            raise CloudTroubleError(str(error)) from error
        finally:
            self.wake()

    def _work(self) -> None:
        try:
            outbox = self._opened()
            if outbox is None:
                return
            syncer = Syncer(outbox, self._transport, self._clock, self._pacing)
            while not self._is_over:
                self._wakes.clear()
                standing = self._round(syncer, outbox)
                self._wakes.wait(self._patience_s(standing))
        finally:
            if self._outbox is not None:
                self._outbox.close()

    def _opened(self) -> Outbox | None:
        """Return the outbox, as soon as the disk gives it; None when the end comes first."""
        while not self._is_over:
            self._wakes.clear()
            try:
                self._outbox = Outbox(open_database(self._path, DRAFTS), self._clock)
            except StorageError as error:
                self._show(Standing(Condition.DISK_FULL, str(error)), Queue(), ())
                if not self._is_over:
                    self._wakes.wait(_DISK_RESTS_S)
            else:
                return self._outbox
        return None

    def _round(self, syncer: Syncer, outbox: Outbox) -> Standing:
        queue, undecided = Queue(), self.standing.undecided
        try:
            standing = self._step(syncer)
            queue, undecided = outbox.queue(), described(outbox.needs_attention())
        except StorageError as error:
            standing = Standing(Condition.DISK_FULL, str(error), _DISK_RESTS_S)
        except Exception:  # noqa: BLE001 - nobody waits for this thread: it is logged, and the outbox keeps everything
            _LOG.exception("Drafts could not be synced")
            standing = Standing(Condition.OFFLINE, "Drafts could not be synced: it is tried again.", _FAULT_RESTS_S)
        self._show(standing, queue, undecided)
        return standing

    def _step(self, syncer: Syncer) -> Standing:
        around = syncer.surroundings
        around.is_paused, around.is_metered = self._is_paused, self._is_metered
        around.goes_metered = self._goes_metered
        if self._has_new_sign_in:
            self._has_new_sign_in = False
            syncer.credentials_changed()
        return syncer.step()

    def _patience_s(self, standing: Standing) -> float | None:
        if standing.condition is Condition.ONLINE:
            return self._looks_every_s * random.uniform(1 - _SPREAD, 1 + _SPREAD)
        return None if standing.wait_s is None else max(_LEAST_WAIT_S, standing.wait_s)

    def _show(self, standing: Standing, queue: Queue, undecided: tuple[Undecided, ...]) -> None:
        shown = DraftStanding(standing.condition, standing.reason, queue.waiting + queue.sent, undecided)
        if shown != self.standing:
            self.standing = shown
            self._told()
