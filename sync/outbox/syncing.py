"""Talks to the cloud: hands changes over, takes answers and checkpoints, and says how things stand.

`step` does one round and never raises for what the network, the cloud or the disk do: it says the condition and when
to try again. Whatever happens in it, also that the process is killed, the next round goes on where the database is.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sync.outbox import ports
from sync.outbox.outbox import UPDATE_NEEDED, Outbox
from sync.outbox.pacing import CAP_S, Pacing
from sync.outbox.ports import Clock, Transport
from sync.protocol.changes import Draft
from sync.protocol.errors import MalformedError
from sync.protocol.kinds import SCHEMA_VERSION
from sync.protocol.parts import Parts
from sync.storage.errors import StorageRefusedError

_LOG = logging.getLogger(__name__)
#: A clock that is this far from the cloud's is told to its owner.
TOLD_SKEW_S = 300.0
_MOST_BATCHES = 1_000
_MOST_PARTS = 10_000


class Condition(StrEnum):
    """How things stand between this machine and the cloud."""

    ONLINE = "online"
    OFFLINE = "offline"
    PAUSED = "paused"
    METERED = "metered"
    AUTH_NEEDED = "auth-needed"
    SERVER_DOWN = "server-down"
    UPDATE_NEEDED = "update-needed"
    OTHER_ACCOUNT = "other-account"
    DISK_FULL = "disk-full"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a round came to.

    Attributes:
        reason: a sentence; empty while all is well.
        wait_s: how long to wait before the next round; None until something changes (a sign-in, an update, a person).
    """

    condition: Condition
    reason: str = ""
    wait_s: float | None = 0.0


@dataclass(slots=True)
class Surroundings:
    """What the person and the network allow."""

    is_paused: bool = False
    is_metered: bool = False
    goes_metered: bool = False


class _OtherAccountError(Exception):
    """The one who is signed in is not the one whose drafts these are."""


class Syncer:
    """Brings one outbox and the cloud together."""

    def __init__(self, outbox: Outbox, transport: Transport, clock: Clock, pacing: Pacing, label: str = "") -> None:
        self._outbox, self._transport, self._clock, self._pacing = outbox, transport, clock, pacing
        self._label = label or "Max Booster"
        self.surroundings = Surroundings()
        self._is_registered = False
        self._is_spoken: bool | None = None
        #: Seconds by which this machine's clock is behind the cloud's; 0 until the cloud has answered.
        self.clock_skew_s = 0.0

    def step(self) -> Standing:
        """Do one round: hand over what waits, then read what is new."""
        held = self._held()
        if held is not None:
            return held
        host = self._transport.host
        try:
            self._register()
            self._hand_over()
            self._read_on()
            self._note_version(is_spoken=True)
        except ports.TransportError as error:
            return self._after(error, host)
        except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
            # What came cannot be worked with: a date that is none, a number without end, half a letter.
            _LOG.warning("an answer of %s makes no sense", host, exc_info=error)
            return self._after(ports.ServerTroubleError("The cloud answered what makes no sense."), host)
        except _OtherAccountError as error:
            return Standing(Condition.OTHER_ACCOUNT, str(error), None)
        except StorageRefusedError as error:
            self._pacing.failed(host)
            return Standing(Condition.DISK_FULL, str(error), self._pacing.wait_s(host))
        self._pacing.succeeded(host)
        return Standing(Condition.ONLINE)

    @property
    def is_skewed(self) -> bool:
        """Return whether this machine's clock must be told to its owner."""
        return abs(self.clock_skew_s) > TOLD_SKEW_S

    def _held(self) -> Standing | None:
        around, host = self.surroundings, self._transport.host
        if around.is_paused:
            return Standing(Condition.PAUSED, "Syncing is paused.", None)
        if around.is_metered and not around.goes_metered:
            return Standing(Condition.METERED, "The connection is metered: changes wait for another one.", CAP_S)
        wait_s = self._pacing.wait_s(host)
        if wait_s <= 0:
            return None
        condition = Condition.SERVER_DOWN if self._pacing.is_open(host) else Condition.OFFLINE
        return Standing(condition, f"{host} did not answer: the next try is in {wait_s:.0f} s.", wait_s)

    def _after(self, error: ports.TransportError, host: str) -> Standing:
        if isinstance(error, ports.AuthNeededError):
            self.credentials_changed()
            return Standing(Condition.AUTH_NEEDED, "Sign in to go on syncing: your changes are kept.", None)
        if isinstance(error, ports.VersionNotSupportedError):
            self._note_version(is_spoken=False)
            return Standing(
                Condition.UPDATE_NEEDED, "Update the program to go on syncing: your changes are kept.", None
            )
        retry_after_s = error.retry_after_s if isinstance(error, ports.ServerTroubleError) else None
        self._pacing.failed(host, retry_after_s)
        is_gone = isinstance(error, ports.UnreachableError)
        condition = Condition.OFFLINE if is_gone else Condition.SERVER_DOWN
        return Standing(condition, str(error), self._pacing.wait_s(host))

    def credentials_changed(self) -> None:
        """Find out anew whose cloud this is: somebody has signed in or out."""
        self._is_registered = False

    def _register(self) -> None:
        """Make sure once in a run that the cloud knows this client, and that the drafts are the account's."""
        if self._is_registered:
            return
        try:
            account = self._transport.register(self._outbox.fact("client_id"), self._label).account_id
        except ports.ClientUnknownError:  # it is another account's, as far as the cloud knows
            self._outbox.begin_as_new_client()
            account = self._transport.register(self._outbox.fact("client_id"), self._label).account_id
        known = self._outbox.fact("account")
        if known not in ("", account):
            raise _OtherAccountError("These drafts belong to another account: sign in as that one to sync them.")
        self._outbox.set_facts(account=account)
        self._is_registered = True

    def _note_version(self, *, is_spoken: bool) -> None:
        """Keep whether the cloud speaks our version: while it does not, drafts are read only."""
        if self._is_spoken != is_spoken:
            self._outbox.set_facts(**{UPDATE_NEEDED: "" if is_spoken else str(SCHEMA_VERSION)})
            self._is_spoken = is_spoken

    def _hand_over(self) -> None:
        is_renamed = False
        for _ in range(_MOST_BATCHES):
            batch = self._outbox.next_batch()
            if batch is None:
                return
            try:
                sent_at = self._clock.wall_s()
                answers = self._transport.push(batch)
                self._note_clock(answers.server_time, sent_at)
            except ports.ClientUnknownError:
                self._is_registered = False
                self._register()
            except ports.SequenceBrokenError as error:
                if is_renamed:
                    raise ports.ServerTroubleError("The cloud takes no operation of a new client.") from error
                is_renamed = True
                self._outbox.begin_as_new_client()
                self._is_registered = False
                self._register()
            else:
                if not answers.answers:
                    raise ports.ServerTroubleError("The cloud answered none of the changes that it was sent.")
                self._outbox.take_answers(answers.answers)
        raise ports.ServerTroubleError("The cloud takes changes without end.")

    def _read_on(self) -> None:
        since = self._outbox.cursor()
        parts, cursor, drafts = Parts(_MOST_PARTS), since, dict[str, Draft]()
        while True:
            sent_at = self._clock.wall_s()
            part = self._transport.pull(cursor, SCHEMA_VERSION)
            self._note_clock(part.server_time, sent_at)
            if part.must_refetch:
                if cursor is None:
                    raise ports.ServerTroubleError("The cloud has no beginning of its changes.")
                since = cursor = None
                drafts.clear()
                continue
            drafts |= {draft.id: draft for draft in part.drafts}
            if part.is_whole:
                if drafts or part.cursor != since:
                    self._outbox.take_checkpoint(list(drafts.values()), since, part.cursor)
                return
            try:
                cursor = parts.follow(part.cursor)
            except MalformedError as error:
                raise ports.ServerTroubleError("The cloud's changes have no end.") from error

    def _note_clock(self, server_time: str, sent_at: float) -> None:
        if server_time:
            middle = (sent_at + self._clock.wall_s()) / 2
            self.clock_skew_s = datetime.fromisoformat(server_time).timestamp() - middle


def run_until_quiet(syncer: Syncer, wait: Callable[[float], None], give_up_after_s: float) -> Standing:
    """Do rounds until one comes to its end, or waiting would be too long; return the last one's standing."""
    waited_s = 0.0
    while True:
        standing = syncer.step()
        if standing.condition is Condition.ONLINE or standing.wait_s is None:
            return standing
        waited_s += standing.wait_s
        if waited_s > give_up_after_s:
            return standing
        wait(standing.wait_s)
