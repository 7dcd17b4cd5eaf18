"""The pad: one breath per bar, closed in the verse, wide open and pumping in the hook."""

from dsp.generators.ensemble import pad_chord
from dsp.generators.signal import Samples, frames_of, place
from dsp.generators.space import chorus, widened
from maxbooster_desktop.demosong.clips import canvas
from maxbooster_desktop.demosong.parts.ducking import ducking
from maxbooster_desktop.demosong.performance import seed_of
from maxbooster_desktop.demosong.score import BAR_S, CHORDS, SECTIONS

CUTS = (
    ("Pad Intro", 0, 4),
    ("Pad Verse", 8, 12),
    ("Pad Hook", 12, 20),
    ("Pad Break", 20, 24),
    ("Pad Hook 2", 24, 28),
    ("Pad Outro", 28, 34),
)
#: Per section: brightness in its first and last bar, velocity.
_COLOUR = {
    "Intro": (0.20, 0.60, 0.80),
    "Verse": (0.10, 0.35, 0.50),
    "Hook": (0.80, 0.95, 0.85),
    "Break": (0.25, 0.80, 0.78),
    "Hook 2": (0.95, 1.00, 0.90),
    "Outro": (0.55, 0.10, 0.60),
}


def pad() -> Samples:
    """Return the pad over the whole song, ducked under the kick."""
    track = canvas()
    for section in SECTIONS:
        first, last, velocity = _COLOUR[section.name]
        for bar in range(section.start_bar, section.end_bar):
            if section.name == "Verse" and bar < 8:
                continue
            voices = CHORDS[bar].voices
            pitches = (*voices, voices[2] + 12, voices[3] + 12) if "Hook" in section.name else (*voices, voices[3] + 12)
            brightness = first + (last - first) * (bar - section.start_bar) / (section.bars - 1)
            length_s = BAR_S if bar < 31 else 1.35 * BAR_S
            sound = pad_chord(
                pitches,
                length_s,
                velocity,
                brightness=brightness,
                seed=seed_of(f"pad {bar}"),
                release_s=0.9 if bar < 31 else 2.0,
            )
            place(track, sound, frames_of(bar * BAR_S), 0.5)
    track = chorus(track, depth_ms=2.6, rate_hz=0.33, mix=0.5, base_ms=13.0)
    return widened(track, 1.5) * ducking(track.shape[1], 8.0, 0.30)
