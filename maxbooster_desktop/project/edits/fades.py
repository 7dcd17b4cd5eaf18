"""Fades that fit their clip: in and out never overlap.

A fade of None is the default one (4 ms at an edge that cuts into its source); only lengths that somebody set are
fitted.
"""

from dataclasses import replace

from maxbooster_desktop.project.document.state import Clip


def fitted_in(clip: Clip, length_ms: float) -> Clip:
    """Return the clip with its fade out kept (at most the whole clip) and its fade in shortened to the rest."""
    fade_out = None if clip.fade_out_ms is None else min(clip.fade_out_ms, length_ms)
    room = length_ms - (fade_out or 0.0)
    fade_in = None if clip.fade_in_ms is None else min(clip.fade_in_ms, room)
    return replace(clip, fade_in_ms=fade_in, fade_out_ms=fade_out)


def fitted_out(clip: Clip, length_ms: float) -> Clip:
    """Return the clip with its fade in kept (at most the whole clip) and its fade out shortened to the rest."""
    fade_in = None if clip.fade_in_ms is None else min(clip.fade_in_ms, length_ms)
    room = length_ms - (fade_in or 0.0)
    fade_out = None if clip.fade_out_ms is None else min(clip.fade_out_ms, room)
    return replace(clip, fade_in_ms=fade_in, fade_out_ms=fade_out)
