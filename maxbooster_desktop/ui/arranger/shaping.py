"""Dragging a clip's edges, fades and gain line. No Qt."""

from dataclasses import replace

from maxbooster_desktop.project.document.state import Clip
from maxbooster_desktop.ui.arranger.clip_time import (
    length_ms,
    ms_between,
    with_end_trimmed,
    with_start_trimmed,
)
from maxbooster_desktop.ui.arranger.desk import Desk, Gesture, Pointer
from maxbooster_desktop.ui.arranger.hits import GAIN_RANGE_DB, body_of, curve_through, fade_level
from maxbooster_desktop.ui.arranger.scene import NO_PREVIEW, Preview

_FINE = 0.1


class _ShapeClip(Gesture):
    """A gesture that changes the look of one clip."""

    def __init__(self, desk: Desk, clip: Clip, pointer: Pointer) -> None:
        self._desk, self._clip, self._start = desk, clip, pointer
        self._shaped = clip

    def shaped(self, pointer: Pointer) -> Clip:
        """Return the clip as the pointer shapes it."""
        raise NotImplementedError

    def commit(self, clip: Clip) -> None:
        """Submit the edit that makes the clip look like `clip`."""
        raise NotImplementedError

    def move(self, pointer: Pointer) -> None:
        """Show the clip as it would become."""
        self._shaped = self.shaped(pointer)
        self._desk.preview(Preview({self._clip.id: self._shaped}, frozenset({self._clip.id})))

    def release(self, pointer: Pointer) -> None:
        """Edit the clip as one undo step, unless it stayed as it was."""
        self.move(pointer)
        if self._shaped == self._clip:
            self._desk.preview(NO_PREVIEW)
        else:
            self.commit(self._shaped)

    def cancel(self) -> None:
        """Show the clip as it is."""
        self._desk.preview(NO_PREVIEW)


class TrimStart(_ShapeClip):
    """Moves a clip's start; the audio stays where it is in time."""

    hint = "Drag to trim the start · Alt: ignore snap · Esc: cancel"

    def shaped(self, pointer: Pointer) -> Clip:
        """Return the clip starting at the pointer."""
        wanted = self._clip.start_tick + round((pointer.x - self._start.x) / self._desk.scene.axis.px_per_tick)
        tick = self._desk.snapper(pointer.keys, {self._clip.id}).snap(wanted)
        return (
            with_start_trimmed(self._desk.scene.state, self._clip, tick) if pointer.x != self._start.x else self._clip
        )

    def commit(self, clip: Clip) -> None:
        """Trim the start."""
        self._desk.commit("clips.trim_clip_start", clip.id, clip.start_tick)


class TrimEnd(_ShapeClip):
    """Moves a clip's end."""

    hint = "Drag to trim the end · Alt: ignore snap · Esc: cancel"

    def shaped(self, pointer: Pointer) -> Clip:
        """Return the clip ending at the pointer."""
        state = self._desk.scene.state
        end = state.clip_end_tick(self._clip)
        wanted = end + round((pointer.x - self._start.x) / self._desk.scene.axis.px_per_tick)
        tick = self._desk.snapper(pointer.keys, {self._clip.id}).snap(wanted)
        return with_end_trimmed(state, self._clip, tick) if pointer.x != self._start.x else self._clip

    def commit(self, clip: Clip) -> None:
        """Trim the end."""
        self._desk.commit("clips.trim_clip_end", clip.id, self._desk.scene.state.clip_end_tick(clip))


class FadeIn(_ShapeClip):
    """Sets how long a clip fades in; never into its fade-out."""

    hint = "Drag sideways to fade in · Esc: cancel"

    def shaped(self, pointer: Pointer) -> Clip:
        """Return the clip fading in until the pointer."""
        state, clip = self._desk.scene.state, self._clip
        tick = self._desk.scene.axis.exact_tick_at(pointer.x)
        longest = max(0.0, length_ms(state, clip) - self._desk.scene.fades_ms(clip)[1])
        fade = min(longest, max(0.0, ms_between(state, clip.start_tick, tick)))
        return replace(clip, fade_in_ms=round(fade, 1)) if pointer.x != self._start.x else clip

    def commit(self, clip: Clip) -> None:
        """Set the fade-in."""
        self._desk.commit("clips.set_clip_fades", clip.id, fade_in_ms=clip.fade_in_ms)


class FadeOut(_ShapeClip):
    """Sets how long a clip fades out; never into its fade-in."""

    hint = "Drag sideways to fade out · Esc: cancel"

    def shaped(self, pointer: Pointer) -> Clip:
        """Return the clip fading out from the pointer."""
        state, clip = self._desk.scene.state, self._clip
        tick = self._desk.scene.axis.exact_tick_at(pointer.x)
        longest = max(0.0, length_ms(state, clip) - self._desk.scene.fades_ms(clip)[0])
        fade = min(longest, max(0.0, ms_between(state, tick, state.clip_end_tick(clip))))
        return replace(clip, fade_out_ms=round(fade, 1)) if pointer.x != self._start.x else clip

    def commit(self, clip: Clip) -> None:
        """Set the fade-out."""
        self._desk.commit("clips.set_clip_fades", clip.id, fade_out_ms=clip.fade_out_ms)


class _BendFade(_ShapeClip):
    """Bends a fade: its middle follows the pointer up and down."""

    hint = "Drag up or down to bend the fade · Shift: fine · Esc: cancel"

    def __init__(self, desk: Desk, clip: Clip, pointer: Pointer) -> None:
        super().__init__(desk, clip, pointer)
        rect = desk.scene.rect_of(clip.id)
        self._height = 1.0 if rect is None else max(1.0, body_of(rect).height)
        self._last_y, self._level = pointer.y, fade_level(0.5, self._curve())

    def _curve(self) -> float:
        """Return the curve that the clip has."""
        raise NotImplementedError

    def _bent(self, pointer: Pointer) -> float:
        self._level += (self._last_y - pointer.y) / self._height * (_FINE if pointer.keys.shift else 1.0)
        self._last_y = pointer.y
        return self._curve() if pointer.y == self._start.y else round(curve_through(self._level), 2)


class BendFadeIn(_BendFade):
    """Bends the fade-in."""

    def _curve(self) -> float:
        return self._clip.fade_in_curve

    def shaped(self, pointer: Pointer) -> Clip:
        """Return the clip with its fade-in bent to the pointer."""
        return replace(self._clip, fade_in_curve=self._bent(pointer))

    def commit(self, clip: Clip) -> None:
        """Set the curve of the fade-in."""
        self._desk.commit("clips.set_clip_fades", clip.id, fade_in_curve=clip.fade_in_curve)


class BendFadeOut(_BendFade):
    """Bends the fade-out."""

    def _curve(self) -> float:
        return self._clip.fade_out_curve

    def shaped(self, pointer: Pointer) -> Clip:
        """Return the clip with its fade-out bent to the pointer."""
        return replace(self._clip, fade_out_curve=self._bent(pointer))

    def commit(self, clip: Clip) -> None:
        """Set the curve of the fade-out."""
        self._desk.commit("clips.set_clip_fades", clip.id, fade_out_curve=clip.fade_out_curve)


class ClipGain(_ShapeClip):
    """Drags a clip's gain line; Shift is ten times finer."""

    hint = "Drag up or down for clip gain · Shift: fine · Esc: cancel"

    def __init__(self, desk: Desk, clip: Clip, pointer: Pointer, body_height: float) -> None:
        super().__init__(desk, clip, pointer)
        self._db_per_px = 2 * GAIN_RANGE_DB / max(1.0, body_height)
        self._last_y, self._gain_db = pointer.y, clip.gain_db

    def shaped(self, pointer: Pointer) -> Clip:
        """Return the clip with the gain that the line shows."""
        step = (self._last_y - pointer.y) * self._db_per_px * (_FINE if pointer.keys.shift else 1.0)
        self._last_y = pointer.y
        self._gain_db = max(-GAIN_RANGE_DB, min(GAIN_RANGE_DB, self._gain_db + step))
        return replace(self._clip, gain_db=round(self._gain_db, 1))

    def commit(self, clip: Clip) -> None:
        """Set the clip's gain."""
        self._desk.commit("clips.set_clip_gain", clip.id, clip.gain_db)
