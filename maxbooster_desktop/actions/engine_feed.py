"""Keeps the engine on the project's newest state without making the document thread wait for it.

One thread compiles; states that arrive meanwhile are overtaken by the newest, so a burst of edits costs two
compilations at most. Failures are told, not raised.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol

from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import AssetId, ProjectState

_log = logging.getLogger(__name__)


class Shows(Protocol):
    """The engine's way in."""

    def show(self, state: ProjectState, pool: Any) -> None:
        """Play this state from now on."""
        ...


class EngineFeed:
    """Feeds one engine from one project; `close` before either goes."""

    def __init__(self, engine: Shows, pool: Any, tell: Callable[[str], None]) -> None:
        self._engine, self._pool, self._tell = engine, pool, tell
        self._wakes = threading.Condition()
        self._newest: ProjectState | None = None
        self._last: ProjectState | None = None
        self._required: ProjectState | None = None
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="engine-feed", daemon=True)
        self._thread.start()
        self._stop_media = pool.subscribe(self._media_arrived)

    def offer(self, _change: Any, state: ProjectState) -> None:
        """Take a state to play; returns at once."""
        with self._wakes:
            self._newest = self._last = state
            self._wakes.notify()

    def close(self) -> None:
        """Stop after what is being compiled."""
        self._stop_media()
        with self._wakes:
            self._is_closed = True
            self._wakes.notify()
        self._thread.join()

    def _media_arrived(self, _asset: AssetId) -> None:
        with self._wakes:
            self._newest = self._newest or self._last
            self._wakes.notify()

    def _work(self) -> None:
        while True:
            with self._wakes:
                self._wakes.wait_for(lambda: self._is_closed or self._newest is not None)
                if self._is_closed:
                    return
                state, self._newest = self._newest, None
            if state is not None:
                self._show(state)

    def _show(self, state: ProjectState) -> None:
        try:
            if state is not self._required:  # again for the same state, what failed would be tried without end
                self._required = state
                self._pool.require(state.assets.values())
            self._engine.show(state, self._pool)
        except MaxBoosterError as error:
            self._tell(str(error))
        except Exception as error:  # noqa: BLE001 - the thread must live on, and the person must hear of it
            _log.exception("The engine could not take the project")
            self._tell(f"Playback could not be updated ({error}); what you hear may lag behind what you see.")
