"""What the mixer shows and where: the tracks with sound in project order, the master last. No Qt.

The scene answers the three questions of every painted view: `rect_of`, `hit_test`, `visible_range`.
"""

from collections.abc import Iterator

from maxbooster_desktop.project.document.audibility import heard_tracks
from maxbooster_desktop.project.document.state import MASTER, Meta, ProjectState, Track, TrackId
from maxbooster_desktop.project.document.tempo_map import TempoMap
from maxbooster_desktop.ui.mixer.geometry import (
    FIXED,
    MARGIN,
    MASTER_WIDTH,
    PITCH,
    STRIP_WIDTH,
    Plan,
    Rect,
    StripLayout,
    make_plan,
)
from maxbooster_desktop.ui.mixer.parts import NO_VALUE, NOTHING, Control, Part

EMPTY_STATE = ProjectState(Meta("", "", 48_000), TempoMap(), {})


class Scene:
    """The mixer's model; set `width`, `height`, `scroll_x` and call `layout` after a size changed."""

    def __init__(self) -> None:
        self.state = EMPTY_STATE
        self.width, self.height, self.scroll_x = 800, 240, 0
        self.tracks: tuple[TrackId, ...] = ()
        self.index: dict[TrackId, int] = {}
        #: The tracks that mute, or the solo of others, silences.
        self.silent: frozenset[TrackId] = frozenset()
        self.plan: Plan = make_plan(self.height, 0, 0)

    def show(self, state: ProjectState) -> bool:
        """Take a new state; return whether strips moved, came or went, so that everything must be drawn."""
        before = (self.tracks, self.plan)
        self.state = state
        self.silent = frozenset(state.tracks) - heard_tracks(state)
        self.tracks = tuple(track for track in state.track_order if state.tracks[track].kind != "midi")
        self.index = {track: index for index, track in enumerate(self.tracks)}
        self.layout()
        return before != (self.tracks, self.plan)

    def layout(self) -> None:
        """Lay everything out again."""
        shown = [self.state.tracks[track] for track in self.all_tracks()]
        inserts = max((len(track.inserts) for track in shown), default=0)
        sends = max((len(track.sends) for track in shown), default=0)
        self.plan = make_plan(self.height, inserts, sends)
        self.scroll_x = max(0, min(self.scroll_x, self.content_width - self.lane_width))

    @property
    def lane_width(self) -> int:
        """The width of the part that scrolls."""
        return max(0, self.width - MASTER_WIDTH)

    @property
    def content_width(self) -> int:
        """The width of all strips but the master."""
        return MARGIN + len(self.tracks) * PITCH

    def all_tracks(self) -> tuple[TrackId, ...]:
        """Return every strip's track from left to right, the master at the end."""
        return (*self.tracks, MASTER) if MASTER in self.state.tracks else self.tracks

    def track(self, track: TrackId) -> Track:
        """Return a track of the state shown."""
        return self.state.tracks[track]

    def target_names(self, track: Track) -> tuple[str, ...]:
        """Return where a track's sends go, in words."""
        tracks = self.state.tracks
        return tuple(tracks[send.target].name if send.target in tracks else NO_VALUE for send in track.sends)

    def strip(self, track: TrackId) -> StripLayout | None:
        """Return where a track's strip is, or None when it has none."""
        if track == MASTER and MASTER in self.state.tracks:
            return StripLayout(self.lane_width + MARGIN, self.plan, is_master=True)
        index = self.index.get(track)
        return None if index is None else StripLayout(MARGIN + index * PITCH - self.scroll_x, self.plan)

    def visible_range(self) -> tuple[int, int]:
        """Return the first visible strip's index and the one behind the last, counting from the left."""
        first = max(0, (self.scroll_x - MARGIN) // PITCH)
        last = min(len(self.tracks), (self.scroll_x + self.lane_width - MARGIN) // PITCH + 1)
        return min(first, last), last

    def visible_tracks(self) -> tuple[TrackId, ...]:
        """Return the tracks of the visible strips, the master included."""
        first, last = self.visible_range()
        master = (MASTER,) if MASTER in self.state.tracks else ()
        return (*self.tracks[first:last], *master)

    def rect_of(self, track: str, part: Part = Part.STRIP, entity: str = "") -> Rect | None:
        """Return the rectangle of a part of a track's strip; None when it is not laid out."""
        layout = self.strip(TrackId(track))
        if layout is None:
            return None
        if part in (Part.INSERT, Part.SEND) or (part not in FIXED and part is not Part.STRIP):
            for control, rect in self.rows(TrackId(track), layout):
                if control.part is part and (not entity or control.entity == entity):
                    return rect
            return None
        return layout.fixed(part)

    def rows(self, track: TrackId, layout: StripLayout) -> Iterator[tuple[Control, Rect]]:
        """Yield the insert and send rows of a strip: what is there, then one row to add, or one for the rest."""
        found = self.state.tracks[track]
        lists = (
            (tuple(insert.id for insert in found.inserts), self.plan.insert_rows, _INSERT_PARTS),
            (tuple(send.id for send in found.sends), self.plan.send_rows, _SEND_PARTS),
        )
        for is_send, (ids, rows, (one, add, more)) in enumerate(lists):
            shown = ids if len(ids) <= rows else ids[: max(0, rows - 1)]
            for index in range(rows):
                if index < len(shown):
                    control = Control(one, track, shown[index])
                else:
                    control = Control(add if len(shown) == len(ids) else more, track)
                yield control, layout.row(bool(is_send), index)

    def controls(self, track: TrackId) -> list[Control]:
        """Return what can be focused on a strip, from its top; the fader is always among them."""
        layout = self.strip(track)
        if layout is None:
            return []
        rows = list(dict.fromkeys(control for control, _ in self.rows(track, layout)))
        parts = [part for part in _FOCUS_ORDER if layout.fixed(part) is not None]
        made = [Control(part, track) for part in parts]
        at = 2 if self.plan.slots_y is not None else 0
        return [*made[:at], *rows, *made[at:]]

    def hit_test(self, x: float, y: float) -> Control:
        """Return what a point of the mixer means."""
        track = self._track_at(x)
        layout = self.strip(track) if track is not None else None
        if track is None or layout is None or not 0 <= y < self.height:
            return NOTHING
        for part in FIXED:
            rect = layout.fixed(part)
            if rect is not None and rect.contains(x, y):
                return Control(part, track)
        for control, rect in self.rows(track, layout):
            if rect.contains(x, y):
                return control
        return Control(Part.STRIP, track) if layout.whole.contains(x, y) else NOTHING

    def _track_at(self, x: float) -> TrackId | None:
        if x >= self.lane_width:
            return MASTER
        index, inside = divmod(int(x) + self.scroll_x - MARGIN, PITCH)
        is_strip = 0 <= index < len(self.tracks) and inside < STRIP_WIDTH
        return self.tracks[index] if is_strip else None


_INSERT_PARTS = (Part.INSERT, Part.INSERT_ADD, Part.INSERT_MORE)
_SEND_PARTS = (Part.SEND, Part.SEND_ADD, Part.SEND_MORE)
_FOCUS_ORDER = (Part.EQ, Part.COMP, Part.PAN, Part.FADER, Part.MUTE, Part.SOLO, Part.PFL)
