"""The arranger for assistive technology: lists of clips, of track headers and of comments.

Clips, headers and pins are painted, so their accessible children are made here: one QAccessibleInterface each, kept
alive as long as its view (Qt holds no reference), and invalid once its clip, track or thread is gone.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QColor, QWindow
from PySide6.QtWidgets import QAccessibleWidget, QWidget

from maxbooster_desktop.project.document.state import Clip, ClipId, ProjectState, TrackId
from maxbooster_desktop.ui.arranger.canvas import Canvas
from maxbooster_desktop.ui.arranger.comments_lane import CommentsLane, thread_name
from maxbooster_desktop.ui.arranger.desk import Desk
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.header_column import HeaderColumn
from maxbooster_desktop.ui.arranger.others_tracks import marks_text
from maxbooster_desktop.ui.widgets.decibel_scale import format_db


def clip_name(state: ProjectState, clip: Clip, *, selected: bool = False) -> str:
    """Return what a clip is called: "Clip Verse, track Drums, bar 3, 4 bars", with its state behind."""
    start = state.tempo_map.position_at(clip.start_tick)
    bar_ticks = state.tempo_map.signature_at(clip.start_tick).bar_ticks
    bars = (state.clip_end_tick(clip) - clip.start_tick) / bar_ticks
    length = f"{bars:.0f}" if abs(bars - round(bars)) < 0.02 and round(bars) else f"{bars:.1f}"
    track = state.tracks[clip.track].name if clip.track in state.tracks else ""
    name = f"Clip {clip.name}, track {track}, bar {start.bar}, {length} {'bar' if length == '1' else 'bars'}"
    return name + (", muted" if clip.is_muted else "") + (", selected" if selected else "")


def track_name(state: ProjectState, track_id: TrackId, *, selected: bool = False, stale: bool = False) -> str:
    """Return what a header is called: "Track 2, Kick, -4.0 dB, muted"; `stale` says that it is not as frozen."""
    track = state.tracks[track_id]
    number = state.track_order.index(track_id) + 1
    locked = track.lock is not None and f"locked by {track.lock.name}"
    frozen = track.frozen is not None and ("frozen, but changed since" if stale else "frozen")
    states = [track.is_muted and "muted", track.is_soloed and "soloed", frozen, selected and "selected", locked]
    return ", ".join([f"Track {number}", track.name, format_db(track.gain_db), *(each for each in states if each)])


class _Item(QAccessibleInterface):
    """One painted thing: `name` and `rect` come from the scene each time they are asked for."""

    def __init__(
        self,
        view: QWidget,
        role: QAccessible.Role,
        name: Callable[[], str | None],
        rect: Callable[[], Rect | None],
    ) -> None:
        super().__init__()
        self._view, self._role, self._name, self._rect = view, role, name, rect

    def isValid(self) -> bool:
        return self._name() is not None

    def object(self) -> QObject | None:  # type: ignore[override]  # the stubs leave None out
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]  # the stubs leave None out
        return self._view.window().windowHandle()

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs leave None out
        return QAccessible.queryAccessibleInterface(self._view)

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs leave None out
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs leave None out
        return None

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def rect(self) -> QRect:
        rect = self._rect()
        if rect is None:
            return QRect()
        left, right = max(-1e6, rect.x), min(1e6, rect.right)
        corner = self._view.mapToGlobal(QPoint(round(left), round(rect.y)))
        return QRect(corner.x(), corner.y(), round(right - left), round(rect.height))

    def role(self) -> QAccessible.Role:
        return self._role

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.selectable = True
        state.focusable = True
        return state

    def text(self, kind: QAccessible.Text) -> str:
        return (self._name() or "") if kind == QAccessible.Text.Name else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Names are changed in the window, not from outside."""

    def foregroundColor(self) -> QColor:
        return QColor()

    def backgroundColor(self) -> QColor:
        return QColor()


class _List(QAccessibleWidget):
    """A painted view as a list; children are made when first asked for."""

    def __init__(self, view: QWidget, ids: Callable[[], list[str]], make: Callable[[str], _Item]) -> None:
        super().__init__(view, QAccessible.Role.List, view.accessibleName())
        self._ids, self._make = ids, make
        self._items: dict[str, _Item] = {}

    def childCount(self) -> int:
        return len(self._ids())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs leave None out
        ids = self._ids()
        if not 0 <= index < len(ids):
            return None
        if ids[index] not in self._items:
            self._items[ids[index]] = self._make(ids[index])
        return self._items[ids[index]]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        for index, entity in enumerate(self._ids()):
            if self._items.get(entity) is child:
                return index
        return -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs leave None out
        for index in range(self.childCount()):
            child = self.child(index)
            if child is not None and child.rect().contains(x, y):
                return child
        return None


def _clip_list(canvas: Canvas) -> _List:
    desk = canvas.desk

    def name(clip_id: str) -> str | None:
        clip = desk.scene.state.clips.get(ClipId(clip_id))
        selected = clip_id in desk.studio.selection.clips
        return clip_name(desk.scene.state, clip, selected=selected) if clip else None

    def make(clip_id: str) -> _Item:
        return _Item(canvas, QAccessible.Role.ListItem, lambda: name(clip_id), lambda: desk.scene.rect_of(clip_id))

    return _List(canvas, lambda: shown_clips(desk), make)


def shown_clips(desk: Desk) -> list[str]:
    """Return the clips of all unfolded tracks in reading order: track by track, from the left."""
    state = desk.scene.state
    return [clip for row in desk.scene.rows.rows for clip in state.clips_by_track.get(row.track, ())]


def _header_list(column: HeaderColumn) -> _List:
    desk = column.desk

    def name(track: str) -> str | None:
        if track not in desk.scene.state.tracks:
            return None
        about = desk.scene.state.tracks[TrackId(track)]
        marked = {"selected": track in desk.studio.selection.tracks, "stale": desk.studio.is_stale(about)}
        name = track_name(desk.scene.state, about.id, **marked)
        return name + marks_text(column.marks.get(TrackId(track), ()))

    def make(track: str) -> _Item:
        return _Item(column, QAccessible.Role.Row, lambda: name(track), lambda: column.rect_of(track))

    return _List(column, lambda: [row.track for row in desk.scene.rows.rows], make)


def _comment_list(lane: CommentsLane) -> _List:
    def name(comment_id: str) -> str | None:
        pin = lane.places.pin_of(comment_id)
        return None if pin is None else thread_name(lane.desk.scene.state, pin.thread)

    def make(comment_id: str) -> _Item:
        return _Item(lane, QAccessible.Role.ListItem, lambda: name(comment_id), lambda: lane.rect_of(comment_id))

    return _List(lane, lambda: [thread.id for thread in lane.places.threads], make)


_alive: dict[int, QAccessibleInterface] = {}


def _interface_for(_class_name: str, thing: QObject) -> QAccessibleInterface | None:
    if isinstance(thing, Canvas):
        made = _clip_list(thing)
    elif isinstance(thing, HeaderColumn):
        made = _header_list(thing)
    elif isinstance(thing, CommentsLane):
        made = _comment_list(thing)
    else:
        return None
    key = id(thing)
    _alive[key] = made
    thing.destroyed.connect(lambda: _alive.pop(key, None))
    return made


_installed: list[bool] = []


def install() -> None:
    """Let the timeline, the headers and the comments speak; the first call in a process counts."""
    if not _installed:
        _installed.append(True)
        QAccessible.installFactory(_interface_for)
