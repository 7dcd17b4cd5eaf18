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
    """The colours of one clip; `wave_argb` and `body_argb` are the same as numbers 0xffRRGGBB."""

    header: QColor
    body: QColor
    wave: QColor
    wave_argb: int
    body_argb: int


@lru_cache(maxsize=256)
def _shades(colour_name: str, is_muted: bool) -> Shades:
    colour = QColor(colour_name)
    hue, saturation, lightness = max(0.0, colour.hslHueF()), colour.hslSaturationF(), colour.lightnessF()
    if is_muted:
        # Light enough for the dark name (6:1), grey enough to look silent.
        header = QColor.fromHslF(hue, saturation * 0.08, 0.58)
        body, wave = QColor.fromHslF(hue, 0.05, 0.16), QColor.fromHslF(hue, saturation * 0.08, 0.45)
    else:
        header = colour
        body = QColor.fromHslF(hue, saturation * 0.45, 0.20)
        wave = QColor.fromHslF(hue, saturation, min(0.92, lightness + 0.12))
    return Shades(header, body, wave, wave.rgba(), body.rgba())


def clip_shades(state: ProjectState, clip: Clip) -> Shades:
    """Return the colours of `clip`: its own colour, else its track's, greyed while it is muted."""
    track = state.tracks.get(clip.track)
    index = clip.colour if clip.colour is not None else (track.colour if track else 0)
    palette = theme().track_palette
    return _shades(palette[index % len(palette)], clip.is_muted)
