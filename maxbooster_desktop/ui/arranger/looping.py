"""Dragging the upper half of a clip's right edge: the clip repeats behind itself as far as the pointer goes. No Qt."""

from dataclasses import replace

from maxbooster_desktop.project.document.state import Clip, ClipId
from maxbooster_desktop.project.edits.clips.looping import repeats_of
from maxbooster_desktop.ui.arranger.desk import Desk, Gesture, Pointer
from maxbooster_desktop.ui.arranger.scene import NO_PREVIEW, Preview


class LoopClip(Gesture):
    """Repeats a clip until the pointer, the last time as much of it as there is room for."""

    hint = "Drag right to repeat the clip · Alt: ignore snap · Esc: cancel"

    def __init__(self, desk: Desk, clip: Clip, pointer: Pointer) -> None:
        self._desk, self._clip, self._start = desk, clip, pointer
        self._clip_end = self._end = desk.scene.state.clip_end_tick(clip)

    def move(self, pointer: Pointer) -> None:
        """Show the repeats that can be seen."""
        wanted = self._clip_end + round((pointer.x - self._start.x) / self._desk.scene.axis.px_per_tick)
        self._end = self._desk.snapper(pointer.keys, {self._clip.id}).snap(wanted)
        scene = self._desk.scene
        first, last = scene.visible_range()
        shown = {}
        for number, repeat in enumerate(repeats_of(scene.state, self._clip, min(self._end, last))):
            if scene.state.clip_end_tick(repeat) > first:
                name = ClipId(f"{self._clip.id}.{number}")
                shown[name] = replace(repeat, id=name)
        self._desk.preview(Preview(shown))

    def release(self, pointer: Pointer) -> None:
        """Make the repeats as one undo step; nothing when there is room for none."""
        self.move(pointer)
        if self._end > self._clip_end:
            self._desk.commit("clips.loop_clip", self._clip.id, self._end)
        else:
            self.cancel()

    def cancel(self) -> None:
        """Show the clip alone."""
        self._desk.preview(NO_PREVIEW)
