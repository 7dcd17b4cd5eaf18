"""The pluck: chord tones in running sixteenths with accents in threes, and a dotted echo across the speakers."""

from dsp.generators.signal import Samples, frames_of, place
from dsp.generators.space import ping_pong, widened
from dsp.generators.tonal import synth_pluck
from maxbooster_desktop.demosong.clips import canvas
from maxbooster_desktop.demosong.parts.ducking import ducking
from maxbooster_desktop.demosong.performance import Feel, Note, perform
from maxbooster_desktop.demosong.score import CHORDS, STEP_S, STEPS_PER_BAR

CUTS = (
    ("Pluck Intro", 2, 4),
    ("Pluck Verse", 8, 12),
    ("Pluck Hook", 12, 20),
    ("Pluck Hook 2", 24, 28),
    ("Pluck Outro", 28, 34),
)
#: Which voice each sixteenth plays ('.' rests); voices 4 to 7 are an octave up.
_ARPS = {
    "Intro": ("0.2.3.5.|4...3.2.", 0.25),
    "Verse": ("0.24.3.5|2.43.5.2", 0.40),
    "Hook": ("..46.7..|5.67.4..", 0.75),
    "Hook B": ("0246.537|246.7.54", 0.75),
    "Hook 2": ("02467537|24675.64", 0.90),
    "Outro": ("0.24.3.5|2...3.2.", 0.45),
}
_WHERE = (
    ("Intro", 2, 4),
    ("Verse", 8, 12),
    ("Hook", 12, 16),
    ("Hook B", 16, 20),
    ("Hook 2", 24, 28),
    ("Outro", 28, 31),
)


def _written() -> list[tuple[Note, float]]:
    notes = []
    for name, first, last in _WHERE:
        pattern, brightness = _ARPS[name]
        for bar in range(first, last):
            voices = CHORDS[bar].voices
            ladder = (*voices, *(voice + 12 for voice in voices))
            for step, mark in enumerate(pattern.replace("|", "")):
                if mark == "." or (bar in {11, 19, 27} and step >= 12):
                    continue
                accent = 0.86 if step in {0, 3, 6, 10, 13} else 0.52
                swell = 0.8 + 0.2 * (bar - first) / max(1, last - first - 1)
                note = Note(
                    bar * STEPS_PER_BAR + step, 1.15, ladder[int(mark)] + 12 * (name == "Intro"), accent * swell
                )
                notes.append((note, brightness * swell))
    return notes


def pluck() -> Samples:
    """Return the pluck over the whole song with its echoes, slightly ducked."""
    track = canvas()
    written = _written()
    played = perform([note for note, _ in written], "pluck", Feel(timing_ms=2.5, velocity_spread=0.09))
    for note, (_, brightness) in zip(played, written, strict=True):
        sound = synth_pluck(note.pitch, note.length_s, note.velocity, brightness, note.seed)
        place(track, sound, frames_of(note.start_s), 0.5)
    track += 0.42 * ping_pong(track, delay_s=3.0 * STEP_S, feedback=0.46, tone_hz=3600.0)
    return widened(track, 1.4) * ducking(track.shape[1], 3.0, 0.20)
