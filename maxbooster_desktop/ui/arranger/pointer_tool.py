"""What the pointer does in the lanes: chooses the gesture for a zone and keys, and handles clicks. No Qt."""

from collections.abc import Callable

from maxbooster_desktop.project.document.state import Clip, ClipId, TrackId
from maxbooster_desktop.project.document.take_places import piece_at
from maxbooster_desktop.ui.arranger.desk import Desk, Gesture, Pointer
from maxbooster_desktop.ui.arranger.hits import Hit, Zone, body_of
from maxbooster_desktop.ui.arranger.looping import LoopClip
from maxbooster_desktop.ui.arranger.moving import MoveClips, SlipClip
from maxbooster_desktop.ui.arranger.selecting import RubberBand, clips_between
from maxbooster_desktop.ui.arranger.shaping import (
    BendFadeIn,
    BendFadeOut,
    ClipGain,
    FadeIn,
    FadeOut,
    TrimEnd,
    TrimStart,
)
from maxbooster_desktop.ui.arranger.swiping import SwipeTake
from maxbooster_desktop.ui.arranger.take_lanes import lane_at

_DRAG_FROM_PX = 3.0
_SHAPERS: dict[Zone, Callable[[Desk, Clip, Pointer], Gesture]] = {
    Zone.TRIM_START: TrimStart,
    Zone.TRIM_END: TrimEnd,
    Zone.LOOP_CLIP: LoopClip,
    Zone.FADE_IN: FadeIn,
    Zone.FADE_OUT: FadeOut,
    Zone.FADE_IN_CURVE: BendFadeIn,
    Zone.FADE_OUT_CURVE: BendFadeOut,
}
_TAKES = (Zone.TAKE, Zone.TAKE_LANE)
_CURVES = {Zone.FADE_IN_CURVE: "fade_in_curve", Zone.FADE_OUT_CURVE: "fade_out_curve"}


class PointerTool:
    """Press, move and release over the lanes. A gesture begins when the pointer has moved 3 px."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._press: tuple[Pointer, Hit] | None = None
        self.gesture: Gesture | None = None

    @property
    def is_pressed(self) -> bool:
        """Whether a press is being followed."""
        return self._press is not None

    def press(self, pointer: Pointer) -> None:
        """Select what was pressed, so that a drag takes it along."""
        hit = self._desk.scene.hit_test(pointer.x, pointer.y)
        self._press = (pointer, hit)
        selection = self._desk.studio.selection
        if hit.zone in _TAKES and hit.track is not None:
            selection.set_tracks((TrackId(hit.track),))
        if hit.entity is None:
            return
        clip = ClipId(hit.entity)
        if pointer.keys.ctrl:
            return  # toggled on release, so that Ctrl-drag copies
        if pointer.keys.shift and selection.clips and clip not in selection.clips:
            between = clips_between(self._desk, selection.clips[0], clip)
            selection.set_clips((*selection.clips, *between))
        elif clip not in selection.clips:
            selection.set_clips((clip,))
            selection.clear_time_range()
        if hit.track is not None:
            selection.set_tracks((self._desk.scene.state.clips[clip].track,))

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer, beginning a gesture when it has moved far enough."""
        if self.gesture is None and self._press is not None:
            start, hit = self._press
            if max(abs(pointer.x - start.x), abs(pointer.y - start.y)) >= _DRAG_FROM_PX:
                self.gesture = self._begin(start, hit)
        if self.gesture is not None:
            self.gesture.move(pointer)

    def _begin(self, start: Pointer, hit: Hit) -> Gesture | None:
        desk = self._desk
        if hit.zone is Zone.TAKE_LANE:
            return self._on_lane(start)
        if hit.entity is None:
            return RubberBand(desk, start)
        clip = desk.scene.state.clips.get(ClipId(hit.entity))
        if clip is None:
            return None
        return None if self._is_refused(clip.track) else self._on_clip(clip, start, hit)

    def _on_lane(self, start: Pointer) -> Gesture | None:
        lane = lane_at(self._desk.scene, start.y)
        if lane is None or self._is_refused(lane.take.track):
            return None
        return SwipeTake(self._desk, lane.take, lane.rect, start)

    def _is_refused(self, track: TrackId) -> bool:
        """Say so when the track is frozen, or somebody else holds it."""
        refusal = self._desk.studio.edit_refusal(track)
        if refusal:
            self._press = None  # the pointer is not followed any further
            self._desk.studio.notify(refusal)
        return bool(refusal)

    def _on_clip(self, clip: Clip, start: Pointer, hit: Hit) -> Gesture:
        desk = self._desk
        if start.keys.ctrl and start.keys.alt and clip.kind == "audio":
            return SlipClip(desk, clip, start)
        if hit.zone in _SHAPERS:
            return _SHAPERS[hit.zone](desk, clip, start)
        rect = desk.scene.rect_of(clip.id)
        if hit.zone is Zone.GAIN and rect is not None:
            return ClipGain(desk, clip, start, body_of(rect).height)
        return MoveClips(desk, clip, start)

    def release(self, pointer: Pointer) -> None:
        """Commit the gesture, or act on a click."""
        gesture, self.gesture = self.gesture, None
        press, self._press = self._press, None
        if gesture is not None:
            gesture.release(pointer)
        elif press is not None:
            self._click(press[1], pointer)

    def _click(self, hit: Hit, pointer: Pointer) -> None:
        selection = self._desk.studio.selection
        if hit.entity is None:
            if hit.zone in _TAKES:
                self.choose_piece(hit, pointer.x)
            elif not (pointer.keys.ctrl or pointer.keys.shift):
                selection.set_clips(())
                selection.clear_time_range()
            return
        if pointer.keys.ctrl:
            selection.toggle_clip(ClipId(hit.entity))
        elif not pointer.keys.shift:
            selection.set_clips((ClipId(hit.entity),))

    def choose_piece(self, hit: Hit, x: float) -> None:
        """Select a piece of a comp: its track and its time, which is what the verbs of takes go by."""
        scene, selection = self._desk.scene, self._desk.studio.selection
        if hit.track is None:
            return
        track = TrackId(hit.track)
        piece = piece_at(scene.state, track, scene.axis.tick_at(x))
        selection.set_clips(())
        selection.set_tracks((track,))
        if piece is None:
            selection.clear_time_range()
        else:
            selection.set_time_range(piece.start_tick, piece.end_tick)

    def double_click(self, pointer: Pointer) -> None:
        """Reset a gain line, make a bent fade straight, or let all of a take be heard; empty places do nothing."""
        hit = self._desk.scene.hit_test(pointer.x, pointer.y)
        lane = lane_at(self._desk.scene, pointer.y) if hit.zone is Zone.TAKE_LANE else None
        if lane is not None and not self._is_refused(lane.take.track):
            self._desk.commit("takes.choose_take", lane.take.id)
        if hit.entity is None:
            return
        if hit.zone is Zone.GAIN:
            self._desk.commit("clips.set_clip_gain", ClipId(hit.entity), 0.0)
        elif hit.zone in _CURVES:
            self._desk.commit("clips.set_clip_fades", ClipId(hit.entity), **{_CURVES[hit.zone]: 0.0})

    def cancel(self) -> bool:
        """Give a drag in progress up with no undo entry; return whether there was one."""
        gesture, self.gesture, self._press = self.gesture, None, None
        if gesture is not None:
            gesture.cancel()
        return gesture is not None
