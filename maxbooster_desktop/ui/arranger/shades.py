"""Colours of clips, derived from a track's colour: body, waveform and their greyed forms.

body = same hue, saturation x 0.45, lightness 20 %; waveform = colour + 12 % lightness; muted = grey of the same
lightness. Derived once per colour.
"""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor

from maxbooster_desktop.project.document.state import Clip, ProjectState
from maxbooster_desktop.ui.theme.tokens import theme


@dataclass(frozen=True, slots=True)
class Shades:
    """The colours of one clip; `wave_argb` is the waveform's colour as a premultiplied (opaque) ARGB number."""

    header: QColor
    body: QColor
    wave: QColor
    wave_argb: int


@lru_cache(maxsize=256)
def _shades(rgb: int, is_muted: bool) -> Shades:
    colour = QColor.fromRgba(rgb)
    hue, saturation, lightness = colour.hslHueF(), colour.hslSaturationF(), colour.lightnessF()
    if is_muted:
        header = QColor.fromHslF(max(0.0, hue), saturation * 0.08, 0.45)
        body = QColor.fromHslF(max(0.0, hue), 0.05, 0.16)
        wave = QColor.fromHslF(max(0.0, hue), saturation * 0.08, 0.45)
    else:
        header = colour
        body = QColor.fromHslF(max(0.0, hue), saturation * 0.45, 0.20)
        wave = QColor.fromHslF(max(0.0, hue), saturation, min(0.92, lightness + 0.12))
    return Shades(header, body, wave, wave.rgba())


def clip_shades(state: ProjectState, clip: Clip) -> Shades:
    """Return the colours of `clip`: its own colour, else its track's, greyed while it is muted."""
    track = state.tracks.get(clip.track)
    index = clip.colour if clip.colour is not None else (track.colour if track else 0)
    return _shades(theme().track_colour(index).rgba(), clip.is_muted)
