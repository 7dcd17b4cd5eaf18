"""What an action's callback gets: the open project, the engine, the selection, the grid and the window's port.

Qt-free. `do` submits a verb to the document thread and returns at once; when it fails, the sentence goes to
`notices`. The callbacks of `project_changed` and `notices` may run on the document thread: a window relays them.
Verbs are named "family.verb" (`project/edits/<family>.py`) so that the document library loads with the first
project, not before the window shows.
"""

import importlib
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any

from maxbooster_desktop.actions.clipboard import CopiedClips
from maxbooster_desktop.actions.company import Company
from maxbooster_desktop.actions.notices import Notice
from maxbooster_desktop.actions.ports import EnginePort, ProjectPort, StudioView
from maxbooster_desktop.actions.recording import TakeDesk
from maxbooster_desktop.actions.retrospect import Retrospect
from maxbooster_desktop.actions.selection import Selection
from maxbooster_desktop.actions.snap import Snap
from maxbooster_desktop.actions.typed_notes import TypedNotes
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.freezing import Fingerprints
from maxbooster_desktop.project.document.frozen_edits import TrackFrozenError
from maxbooster_desktop.project.document.state import CLIP_HOSTS, ClipId, CommentId, ProjectState, Track, TrackId
from maxbooster_desktop.project.document.track_locks import TrackLockedError

_log = logging.getLogger(__name__)
Verb = Callable[..., Any]


class NoProjectOpenError(MaxBoosterError):
    """A verb needs a project and none is open."""


class NoViewError(MaxBoosterError):
    """A verb needs a window and there is none."""


def verb_named(name: str) -> Verb:
    """Return the edit "family.verb"; raises AttributeError or ModuleNotFoundError for one that does not exist."""
    family, _, verb = name.partition(".")
    found: Verb = getattr(importlib.import_module(f"maxbooster_desktop.project.edits.{family}"), verb)
    return found


class Studio:
    """One window's session.

    Attributes:
        company: who one works with.
        selection: what is selected, shared by every view.
        snap: the grid that edits snap to.
        is_following: whether the arranger keeps the playhead in view.
        typed_notes: the computer's keyboard as a piano.
        takes: which tracks are armed, and the pass that is recorded.
        retrospect: what was played on armed tracks without being recorded.
        notices: sentences for the person at the window.
        project_changed: called with (change, state) after every edit, on the document thread.
        project_opened: called when a project is attached or detached.
        naming: called, on any thread, with the id of what was just made and waits for its name to be typed.
        clipboard: the clips that were copied last, or None.
        options_changed: called when following, the metronome, arming, recording or comments that are done are switched,
            lanes of takes opened, or clips copied.
        open_takes: the tracks whose takes show, each on a lane.
        shows_done: whether comments that are done show on their lane.
        open_thread: the thread of comments that is open, or None.
        click_gain_db, click_accent_db: how loud the click is, and how much louder on the first beat of a bar.
    """

    def __init__(self, engine: EnginePort, company: Company | None = None) -> None:
        self.engine = engine
        self.company = company or Company()
        self.pool: Any = None
        self.selection = Selection()
        self.snap = Snap()
        self.clipboard: CopiedClips | None = None
        self.is_following = True
        self.shows_done = False
        self.open_takes: frozenset[TrackId] = frozenset()
        self.open_thread: CommentId | None = None
        self.is_metronome_on = False
        self.click_gain_db, self.click_accent_db = -6.0, 4.0
        self.notices: Notice[[str]] = Notice()
        self.project_changed: Notice[[Any, ProjectState]] = Notice()
        self.naming: Notice[[str]] = Notice()
        self.project_opened: Notice[[]] = Notice()
        self.options_changed: Notice[[]] = Notice()
        self.typed_notes = TypedNotes(lambda: self.engine, lambda: self.note_track)
        self.takes = TakeDesk(self)
        self.takes.changed.subscribe(self.options_changed.emit)
        self.retrospect = Retrospect(self)
        self._project: ProjectPort | None = None
        self._view: StudioView | None = None
        self._fingerprints = Fingerprints()
        self._stop_watching: Callable[[], None] = lambda: None

    @property
    def has_project(self) -> bool:
        """Whether a project is open."""
        return self._project is not None

    @property
    def project(self) -> ProjectPort:
        """The open project; raises NoProjectOpenError."""
        if self._project is None:
            raise NoProjectOpenError("No project is open; open or create one first.")
        return self._project

    @property
    def state(self) -> ProjectState:
        """The open project's latest state; raises NoProjectOpenError."""
        return self.project.state

    @property
    def ui(self) -> StudioView:
        """The window's view verbs; raises NoViewError where there is no window."""
        if self._view is None:
            raise NoViewError("This needs the studio window; start Max Booster without a command.")
        return self._view

    @ui.setter
    def ui(self, view: StudioView) -> None:
        self._view = view

    @property
    def playhead_tick(self) -> int:
        """Where playback stands, in whole ticks."""
        return max(0, round(self.engine.transport.position_tick))

    @property
    def note_track(self) -> TrackId | None:
        """The last selected track that holds notes, or None."""
        tracks = self.state.tracks if self.has_project else {}
        hosts = [each for each in self.selection.tracks if each in tracks and tracks[each].kind in CLIP_HOSTS["midi"]]
        return hosts[-1] if hosts else None

    def go_to(self, tick: int) -> None:
        """Move the playhead, and the view with it; while playing only when the view follows the playhead."""
        self.engine.seek(tick)
        if self._view is not None and (self.is_following or not self.engine.transport.is_playing):
            self._view.show_place(tick)

    def attach(self, project: ProjectPort, pool: Any) -> None:
        """Work on `project`, whose decoded audio is in `pool`."""
        self.detach()
        self._project, self.pool = project, pool
        self._stop_watching = project.subscribe(self._relay)
        self.project_opened.emit()

    def detach(self) -> None:
        """Let go of the open project (without closing it)."""
        if self._project is None:
            return
        self._stop_watching()
        self.typed_notes.let_go()
        self.engine.let_go_of_midi()
        self._project, self.pool, self.clipboard = None, None, None
        self.open_takes = frozenset()
        self.open_thread = None
        self.selection.clear()
        self.project_opened.emit()

    def do(self, verb: Verb | str, *args: Any, **kwargs: Any) -> Future[Any] | None:
        """Submit a verb, given as a function or as "family.verb", without waiting.

        Returns its future, which resolves when the edit is durable; None when it was refused at once. Failures are
        told to the person, not raised.
        """
        try:
            objection = self._objection(args)
            if objection:
                self.notify(objection)
                return None
            found = verb_named(verb) if isinstance(verb, str) else verb
            future = self.project.submit(found, *args, **kwargs)
        except MaxBoosterError as error:
            self.notify(str(error))
            return None
        future.add_done_callback(self.tell_failure)
        return future

    def _objection(self, args: tuple[Any, ...]) -> str:
        """Return why an edit should wait: somebody else has a clip of it in hand. Only the first time."""
        if not self.company.people:
            return ""
        named = [item for arg in args for item in (arg if isinstance(arg, list | tuple) else (arg,))]
        clips = self.state.clips
        return self.company.objection([item for item in named if isinstance(item, str) and item in clips], clips)

    def edit_refusal(self, track_id: TrackId) -> str:
        """Return why what is on a track cannot be edited here, "" when it can: it may be frozen, or somebody's."""
        track = self.state.tracks.get(track_id)
        if track is not None and track.frozen is not None:
            return str(TrackFrozenError(track.name))
        lock = None if track is None else track.lock
        if track is None or lock is None or not self.company.is_shared or lock.account == self.company.author[0]:
            return ""
        return str(TrackLockedError(track.name, lock.name))

    def is_stale(self, track: Track) -> bool:
        """Return whether a frozen track has become another since, so that its sound is not its own any more."""
        return self._fingerprints.is_stale(self.state, track)

    def do_and_select(self, verb: Verb | str, *args: Any, **kwargs: Any) -> None:
        """Submit a verb that makes clips or tracks, and select what it made, so that the next goes on from there."""
        future = self.do(verb, *args, **kwargs)
        if future is not None:
            future.add_done_callback(self._select_made)

    def _select_made(self, future: Future[Any]) -> None:
        if future.cancelled() or future.exception() is not None or not self.has_project:
            return
        made, state = sorted(future.result().created), self.state
        clips = [ClipId(each) for each in made if each in state.clips]
        tracks = [TrackId(each) for each in made if each in state.tracks]
        if clips:
            self.selection.set_clips(clips)
        elif tracks:
            self.selection.set_tracks(tracks)

    def do_and_name(self, verb: Verb | str, *args: Any, **kwargs: Any) -> None:
        """Submit a verb that makes one thing, and let its name be typed at once."""
        future = self.do(verb, *args, **kwargs)
        if future is not None:
            future.add_done_callback(self._name_made)

    def _name_made(self, future: Future[Any]) -> None:
        if not future.cancelled() and future.exception() is None:
            for made in future.result().created:
                self.naming.emit(made)

    def tell_failure(self, future: Future[Any]) -> None:
        """Tell the person why a future failed; say nothing when it did not."""
        error = None if future.cancelled() else future.exception()
        if isinstance(error, MaxBoosterError):
            self.notify(str(error))
        elif error is not None:
            _log.error("An edit failed unexpectedly", exc_info=error)
            self.notify(f"That did not work ({error}). Nothing was changed; undo still works.")

    def notify(self, sentence: str) -> None:
        """Show a sentence to the person."""
        self.notices.emit(sentence)

    def keep_copied(self, clips: CopiedClips) -> None:
        """Keep clips for pasting."""
        self.clipboard = clips
        self.options_changed.emit()

    def set_following(self, is_on: bool) -> None:
        """Keep the playhead in view, or leave the view alone."""
        self.is_following = is_on
        self.options_changed.emit()

    def type_notes(self, is_on: bool) -> None:
        """Let keys of the computer's keyboard be notes, or shortcuts."""
        self.typed_notes.switch(is_on)
        self.options_changed.emit()

    def show_done(self, *, is_shown: bool) -> None:
        """Show comments that are done on their lane, or not."""
        self.shows_done = is_shown
        self.options_changed.emit()

    def show_takes(self, tracks: Iterable[TrackId], *, is_shown: bool) -> None:
        """Show the takes of tracks on lanes, or not."""
        chosen = frozenset(tracks)
        self.open_takes = self.open_takes | chosen if is_shown else self.open_takes - chosen
        self.options_changed.emit()

    def set_metronome(self, is_on: bool) -> None:
        """Switch the click."""
        self.is_metronome_on = is_on
        self.engine.set_metronome(is_on, self.click_gain_db, self.click_accent_db)
        self.options_changed.emit()

    def _relay(self, change: Any, state: ProjectState) -> None:
        self.project_changed.emit(change, state)
