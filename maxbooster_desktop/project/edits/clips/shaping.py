"""Gain and fades of clips."""

from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.limits import LONGEST_FADE_MS
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Clip, ClipId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.clip_time import length_ms
from maxbooster_desktop.project.edits.fades import fitted_in, fitted_out
from maxbooster_desktop.project.edits.lookup import clip_of
from maxbooster_desktop.project.edits.wording import decibels


def set_clip_gain(project: ProjectDocument, clip_id: ClipId, gain_db: float) -> Change:
    """Set a clip's gain, -144 (silence) to +24 dB. Raises ClipNotFound, ValueNotAllowed."""
    clip = clip_of(project.state, clip_id)
    gain_db = allowed.gain_db(gain_db)
    with project.edit(f"Set {clip.name} to {decibels(gain_db)}") as edit:
        edit.set(replace(clip, gain_db=gain_db))
    return edit.change


def set_clip_fades(
    project: ProjectDocument,
    clip_id: ClipId,
    *,
    fade_in_ms: float | None = None,
    fade_out_ms: float | None = None,
    fade_in_curve: float | None = None,
    fade_out_curve: float | None = None,
) -> Change:
    """Set what is named of an audio clip's fades: lengths in milliseconds, curves -1 (slow start) to +1.

    A fade is as long as there is room: the one set here gives way to the one that stays, and the fade out gives
    way when both are set.

    Raises ClipNotFound, WrongClipKind, AssetNotFound, ValueNotAllowed.
    """
    clip = clip_of(project.state, clip_id)
    room_ms = length_ms(project.state, clip)
    changed = replace(
        clip,
        fade_in_ms=_length("The fade in", fade_in_ms, clip.fade_in_ms),
        fade_out_ms=_length("The fade out", fade_out_ms, clip.fade_out_ms),
        fade_in_curve=_curve(fade_in_curve, clip.fade_in_curve),
        fade_out_curve=_curve(fade_out_curve, clip.fade_out_curve),
    )
    if fade_out_ms is not None:
        changed = fitted_out(changed, room_ms)
    elif fade_in_ms is not None:
        changed = fitted_in(changed, room_ms)
    with project.edit(_name(clip, fade_in_ms, fade_out_ms)) as edit:
        edit.set(changed)
    return edit.change


def _length(field: str, value: float | None, present: float | None) -> float | None:
    return present if value is None else allowed.in_range(field, value, 0.0, LONGEST_FADE_MS, "ms")


def _curve(value: float | None, present: float) -> float:
    return present if value is None else allowed.in_range("A fade's curve", value, -1.0, 1.0)


def _name(clip: Clip, fade_in_ms: float | None, fade_out_ms: float | None) -> str:
    if fade_out_ms is None and fade_in_ms is not None:
        return f"Fade {clip.name} in"
    if fade_in_ms is None and fade_out_ms is not None:
        return f"Fade {clip.name} out"
    return f"Change the fades of {clip.name}"
