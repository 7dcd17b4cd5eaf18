"""Split clips in two. Both halves keep pointing at the same audio; nothing is copied.

For audio the cut falls between two source frames, so `right.source_offset == left.source_offset +
left.length_frames`; the inner edges get the default fade, which is none while the halves lie side by side (they null
against the whole) and 4 ms once one is moved away. The outer fades stay as they are: one that is longer than its half
runs on in the other (`document.clip_fades`).
"""

from collections.abc import Iterable

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.clip_making import changed_clip
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Clip, ClipId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.clip_time import source_frames
from maxbooster_desktop.project.edits.errors import SplitOutsideClip
from maxbooster_desktop.project.edits.lookup import clips_of
from maxbooster_desktop.project.edits.notes import cut_notes
from maxbooster_desktop.project.edits.wording import several


def split_clips(project: ProjectDocument, clip_ids: Iterable[ClipId], at_tick: int) -> Change:
    """Cut clips at `at_tick`; those it does not cross stay whole. The right halves' ids are in `created`.

    Raises ClipNotFound, AssetNotFound, ValueNotAllowed, and SplitOutsideClip when the cut crosses none of them.
    """
    state = project.state
    clips = clips_of(state, clip_ids)
    tick = allowed.tick(at_tick)
    halves = [(clip, *cut) for clip in clips if (cut := _cut(project, clip, tick))]
    if clips and not halves:
        raise SplitOutsideClip(several(clips, "clip"))
    with project.edit(f"Split {several([clip for clip, _, _ in halves], 'clip')}") as edit:
        for clip, left, right in halves:
            edit.set(left)
            edit.create(right)
            if clip.id in state.notes:
                before, after = cut_notes(state.notes[clip.id], tick - clip.start_tick)
                edit.set_notes(left.id, before)
                edit.set_notes(right.id, after)
    return edit.change


def _cut(project: ProjectDocument, clip: Clip, tick: int) -> tuple[Clip, Clip] | None:
    state = project.state
    right = changed_clip(clip, id=ClipId(project.new_id()), start_tick=tick, parent=clip.id)
    if clip.kind == "midi":
        ticks = tick - clip.start_tick
        if not 0 < ticks < clip.length_ticks:
            return None
        return changed_clip(clip, length_ticks=ticks), changed_clip(right, length_ticks=clip.length_ticks - ticks)
    frames = source_frames(state, clip, tick)
    if tick <= clip.start_tick or not 0 < frames < clip.length_frames:
        return None
    left = changed_clip(clip, length_frames=frames, fade_out_ms=None, fade_out_curve=0.0)
    right = changed_clip(
        right,
        source_offset=clip.source_offset + frames,
        length_frames=clip.length_frames - frames,
        fade_in_ms=None,
        fade_in_curve=0.0,
    )
    return left, right
