"""The arranger's model of what is on screen: state, axis, rows and preview. No Qt.

Painters, gestures, tests, tooltips and assistive technology all ask the same questions of it: `rect_of`,
`hit_test`, `visible_range`, `clips_in`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from maxbooster_desktop.project.document.clip_fades import Cut, cuts_of, lone_fades_ms
from maxbooster_desktop.project.document.heard import clip_behind
from maxbooster_desktop.project.document.state import DEFAULT_FADE_MS, Clip, ClipId, Meta, ProjectState, TrackId
from maxbooster_desktop.project.document.tempo_map import TICKS_PER_QUARTER, TempoMap
from maxbooster_desktop.ui.arranger.clip_index import ClipIndex
from maxbooster_desktop.ui.arranger.clip_time import tick_after_ms
from maxbooster_desktop.ui.arranger.geometry import Rect, Row, TimeAxis, layout_rows
from maxbooster_desktop.ui.arranger.hits import (
    MIN_GAIN_LINE_BODY_PX,
    ClipShape,
    FadeLine,
    Hit,
    Zone,
    body_of,
    gain_line_y,
)


class Placed(NamedTuple):
    """A clip with its place: unclipped rectangle in lane pixels, and its end."""

    clip: Clip
    rect: Rect
    end_tick: int
    is_preview: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """Clips as a drag in progress would leave them; `hidden` originals are not shown meanwhile."""

    clips: Mapping[ClipId, Clip] = field(default_factory=dict)
    hidden: frozenset[ClipId] = frozenset()


_FADE_PX = 1.0
NO_PREVIEW = Preview()
#: What is shown while no project is open.
EMPTY_STATE = ProjectState(Meta("", "", 48_000), TempoMap(), {})


class Scene:
    """What is on screen. Setters change it; whoever calls them repaints."""

    def __init__(self, state: ProjectState) -> None:
        self.state = state
        self.axis = TimeAxis()
        # Per track how its clips lie beside each other, as far as somebody asked since the state came.
        self._cuts: dict[TrackId, dict[ClipId, Cut]] = {}
        self.scroll_y = 0
        self.width = 800
        self.height = 400
        self.folded: set[TrackId] = set()
        self.heights: dict[TrackId, int] = {}
        self.opened: frozenset[TrackId] = frozenset()
        self.preview = NO_PREVIEW
        # The previewed clips by track with their ends, and the preview they were taken from.
        self._previewed: tuple[Preview, dict[TrackId, list[tuple[Clip, int]]]] = NO_PREVIEW, {}
        self.index = ClipIndex(state)
        self.rows = layout_rows(state)

    def show(self, state: ProjectState) -> bool:
        """Take a new state; return whether the rows moved (else only their content may have changed)."""
        self.state = state
        self._cuts.clear()
        self.index.show(state)
        return self.layout()

    def layout(self) -> bool:
        """Lay the rows out again; return whether anything moved."""
        rows = layout_rows(self.state, self.folded, self.heights, self.opened)
        moved = rows != self.rows
        self.rows = rows
        return moved

    def visible_range(self) -> tuple[int, int]:
        """Return the first and last visible tick."""
        return self.axis.visible(self.width)

    def visible_rows(self) -> tuple[Row, ...]:
        """Return the rows that show anything."""
        return self.rows.between(self.scroll_y, self.scroll_y + self.height)

    def row_rect(self, row: Row) -> Rect:
        """Return a row's rectangle in lane pixels."""
        return Rect(0, row.top - self.scroll_y, self.width, row.height)

    def row_at(self, y: float) -> Row | None:
        """Return the row under a y in lane pixels."""
        return self.rows.at(y + self.scroll_y)

    def place(self, clip: Clip, end_tick: int, *, is_preview: bool = False) -> Placed | None:
        """Return where a clip shows, or None while its track is folded away."""
        row = self.rows.by_track.get(clip.track)
        if row is None:
            return None
        x0, x1 = self.axis.x_of(clip.start_tick), self.axis.x_of(end_tick)
        return Placed(clip, Rect(x0, row.top - self.scroll_y, max(1.0, x1 - x0), row.height - 1), end_tick, is_preview)

    def clips_in(self, rect: Rect) -> Iterator[Placed]:
        """Yield the clips that meet a rectangle, row by row from the left; previews last, above the others."""
        for row in self.rows_in(rect):
            for clip, _, end in self.clips_between(row, rect):
                placed = self.place(clip, end)
                if placed is not None:
                    yield placed
        yield from self.previews_in(rect)

    def rows_in(self, rect: Rect) -> tuple[Row, ...]:
        """Return the rows that meet a rectangle."""
        return self.rows.between(rect.y + self.scroll_y, rect.bottom + self.scroll_y)

    def clips_between(self, row: Row, rect: Rect) -> list[tuple[Clip, int, int]]:
        """Return the clips of a row between the sides of a rectangle from the left, with start and end in ticks."""
        hidden = self.preview.hidden
        clips = self.index.of(row.track).between(*self._ticks_of(rect))
        return [clip for clip in clips if clip[0].id not in hidden] if hidden else clips

    def _ticks_of(self, rect: Rect) -> tuple[int, int]:
        return int(self.axis.exact_tick_at(rect.x)) - 1, int(self.axis.exact_tick_at(rect.right)) + 1

    def previews_in(self, rect: Rect) -> Iterator[Placed]:
        """Yield the clips of a drag in progress that meet a rectangle."""
        if not self.preview.clips:
            return
        if self._previewed[0] is not self.preview:
            by_track: dict[TrackId, list[tuple[Clip, int]]] = {}
            for clip in self.preview.clips.values():
                by_track.setdefault(clip.track, []).append((clip, self.state.clip_end_tick(clip)))
            self._previewed = self.preview, by_track
        first, last = self._ticks_of(rect)
        for row in self.rows_in(rect):
            for clip, end in self._previewed[1].get(row.track, ()):
                placed = self.place(clip, end, is_preview=True) if clip.start_tick <= last and end >= first else None
                if placed is not None and placed.rect.meets(rect):
                    yield placed

    @property
    def shows_declick(self) -> bool:
        """Whether the default fades of 4 ms are wide enough to see."""
        fastest = max(event.bpm for event in self.state.tempo_map.tempos)
        return DEFAULT_FADE_MS * fastest * TICKS_PER_QUARTER / 60_000.0 * self.axis.px_per_tick >= _FADE_PX

    def fades_ms(self, clip: Clip) -> tuple[float, float]:
        """Return the fades of a clip that sound, in milliseconds; of one in mid-drag those without its neighbours."""
        cut = self._cut_of(clip)
        return lone_fades_ms(self.state, clip) if cut is None else cut.fades_ms

    def _cut_of(self, clip: Clip) -> Cut | None:
        """Return a clip among its neighbours; None for one in mid-drag, or that never sounds."""
        if self.state.clips.get(clip.id) is not clip:
            return None
        cuts = self._cuts.get(clip.track)
        if cuts is None:
            found = cuts_of(self.state, clip.track, self.state.meta.sample_rate)
            cuts = self._cuts[clip.track] = {cut.clip.id: cut for cut in found}
        return cuts.get(clip.id)

    def carried_fades_ms(self, clip: Clip) -> tuple[tuple[float, float, float], ...]:
        """Return the fades that run on in a clip from the pieces beside it: (silent at, full at, curve).

        Both moments are in milliseconds: of a fade in after the clip's start, of a fade out (which is full before it is
        silent) after its end.
        """
        cut = self._cut_of(clip) if self.index.of(clip.track).has_long_fade else None
        if cut is None:
            return ()
        to_ms = 1000.0 / self.state.meta.sample_rate
        found = []
        for fade, way in ((cut.fade_in, to_ms), (cut.fade_out, -to_ms)):
            if 0 < fade.outside < fade.frames:
                found.append((-fade.outside * way, (fade.frames - fade.outside) * way, fade.curve))
        return tuple(found)

    def neighbours_fades_ms(self, clip: Clip) -> tuple[tuple[float, ...], ...]:
        """Return what of a clip's look its neighbours decide: fades that run on in it, default fades if they show."""
        carried = self.carried_fades_ms(clip)
        return (*carried, self.fades_ms(clip)) if self.shows_declick else carried

    def shape_of(self, placed: Placed) -> ClipShape:
        """Return a clip's fades and gain line on screen."""
        clip, body = placed.clip, body_of(placed.rect)
        if clip.kind != "audio":
            return ClipShape(placed.rect, placed.rect.x, placed.rect.right, None)
        fade_in, fade_out = clip.fade_in_ms or 0.0, clip.fade_out_ms or 0.0
        if self.shows_declick:
            fade_in, fade_out = self.fades_ms(clip)
        x_in = self.axis.x_of(tick_after_ms(self.state, clip.start_tick, fade_in)) if fade_in else placed.rect.x
        x_out = self.axis.x_of(tick_after_ms(self.state, placed.end_tick, -fade_out)) if fade_out else placed.rect.right
        gain_y = gain_line_y(body, clip.gain_db) if body.height >= MIN_GAIN_LINE_BODY_PX else None
        carried = tuple(self._carried(placed, *fade) for fade in self.carried_fades_ms(clip))
        return ClipShape(placed.rect, x_in, x_out, gain_y, clip.fade_in_curve, clip.fade_out_curve, carried)

    def _carried(self, placed: Placed, silent_ms: float, full_ms: float, curve: float) -> FadeLine:
        edge = placed.clip.start_tick if silent_ms < full_ms else placed.end_tick
        silent, full = (self.axis.x_of(tick_after_ms(self.state, edge, ms)) for ms in (silent_ms, full_ms))
        # As the clip's own fade out, it ends before the pixel that stays free.
        return FadeLine(silent if silent < full else silent - 1, full, curve)

    def rect_of(self, entity_id: str) -> Rect | None:
        """Return the unclipped rectangle of a clip or of a track's lane, or None when it is not laid out."""
        clip = self.preview.clips.get(ClipId(entity_id)) or self.state.clips.get(ClipId(entity_id))
        if clip is not None:
            placed = self.place(clip, self.state.clip_end_tick(clip))
            return placed.rect if placed else None
        row = self.rows.by_track.get(TrackId(entity_id))
        return self.row_rect(row) if row else None

    def clip_at(self, x: float, y: float) -> Placed | None:
        """Return the topmost clip under a point."""
        found = None
        for placed in self.clips_in(Rect(x - 1, y, 2, 1)):
            if placed.rect.contains(x, y):
                found = placed
        return found

    def hit_test(self, x: float, y: float) -> Hit:
        """Return the zone of the lanes under a point."""
        row = self.row_at(y)
        if row is None:
            return Hit(Zone.BELOW_TRACKS)
        if y + self.scroll_y >= row.bottom:
            return Hit(Zone.TAKE_LANE, None, row.track)
        placed = self.clip_at(x, y)
        if placed is None:
            return Hit(Zone.EMPTY_LANE, None, row.track)
        clip = self.clip_of(placed)
        if clip is None:
            return Hit(Zone.TAKE, None, row.track)
        is_whole = placed.is_preview or self.state.clips.get(clip) is placed.clip
        return Hit(self.shape_of(placed).zone(x, y) if is_whole else Zone.CLIP, clip, row.track)

    def clip_of(self, placed: Placed) -> ClipId | None:
        """Return the clip that something shown is, or is cut from; None for a piece of a comp."""
        clip = placed.clip.id if placed.is_preview else clip_behind(placed.clip.id)
        return clip if placed.is_preview or clip in self.state.clips else None

    def clips_touched(self, rect: Rect) -> list[ClipId]:
        """Return the clips of which a rectangle touches anything, each once."""
        found = (self.clip_of(placed) for placed in self.clips_in(rect) if placed.rect.meets(rect))
        return list(dict.fromkeys(clip for clip in found if clip is not None))
