"""Drafts of the person at this computer, kept in step with the cloud while they are signed in. No Qt.

The libraries load with the first sign-in, or after the start of a program whose drafts somebody synced before.
"""

import importlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maxbooster_desktop.actions.deferred_cloud import cloudlink
from maxbooster_desktop.foundation.paths import data_folder

if TYPE_CHECKING:
    from maxbooster_desktop.cloudlink.drafts import DraftStanding, DraftSync
    from sync.outbox.attention import Decision


class Drafts:
    """See the module; `changed` is called, in whatever thread, when `standing` has changed."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._gate = threading.Lock()
        self._sync: DraftSync | None = None
        self._transport: Any = None
        self._allowed = {"is_paused": False, "is_metered": False, "goes_metered": False}

    @property
    def standing(self) -> "DraftStanding | None":
        """How they stand; None while nobody has signed in."""
        return None if self._sync is None else self._sync.standing

    @staticmethod
    def were_synced() -> bool:
        """Return whether this computer has drafts that may be the cloud's, too. Slow the first time."""
        return _path().is_file()

    def follow(self, account: Any) -> None:
        """Begin, or go on, as whoever is signed in; when nobody is, the next round says so."""
        with self._gate:
            if self._sync is not None:
                self._sync.signed_in()
            elif account.who is not None or self.were_synced():
                self._begin(account)

    def allow(self, *, is_paused: bool, is_metered: bool, goes_metered: bool) -> None:
        """Take what the person and the network allow."""
        self._allowed = {"is_paused": is_paused, "is_metered": is_metered, "goes_metered": goes_metered}
        if self._sync is not None:
            self._sync.allow(**self._allowed)

    def sync_now(self) -> None:
        """Do a round at once, whatever there was to wait for."""
        if self._sync is not None:
            self._sync.wake(at_once=True)

    def decide(self, number: int, decision: "Decision") -> None:
        """Do what the person decided about a change that waits for them. Slow."""
        if self._sync is not None:
            self._sync.decide(number, decision)

    def close(self) -> None:
        """End; what is not through stays on this computer."""
        with self._gate:
            sync, self._sync = self._sync, None
        if sync is not None:
            sync.stop()
            self._transport.close()

    def _begin(self, account: Any) -> None:
        transports = importlib.import_module("sync.client.drafts")
        drafts = cloudlink("drafts")
        self._transport = transports.HttpTransport(account.address, account.token, account.renew)
        sync: DraftSync = drafts.DraftSync(_path(), self._transport, self._changed)
        sync.allow(**self._allowed)
        self._sync = sync
        sync.start()


def _path() -> Path:
    name: str = importlib.import_module("sync.outbox.tables").FILE_NAME
    return data_folder() / name
