"""How far values may go: a verb refuses what lies outside (`edits/allowed.py`), reading brings it inside.

Registers come from other programs, newer versions and other people as well. A reader that took them at their word would
hand numbers to the engine and the window that no gain, no table and no screen can hold. What is clamped here is a
quantity with a nearest sensible value; what has none, such as a sound of no frames, is refused and listed.
"""

from collections.abc import Mapping

from dsp.strips.parameters import BY_NAME

#: The fader's range; the lower end is silence (24-bit audio ends at -144 dB).
LOWEST_GAIN_DB, HIGHEST_GAIN_DB = -144.0, 24.0
#: Eighteen years at 120 bpm: beyond it a tick is a mistake.
HIGHEST_TICK = 2**40
#: The year 2255: what was said later was said by a wrong clock.
LATEST_MS = 9_000_000_000_000
#: Eleven days: the longest range that is rendered, the farthest place that is named in seconds.
LONGEST_S = 1e6
#: A day; a longer fade is a mistake in a unit.
LONGEST_FADE_MS = 86_400_000.0
#: Between two takes, in milliseconds; a longer one would be a mix of both.
LONGEST_CROSSFADE_MS = 1_000.0
#: Of a track against the others, either way, in milliseconds.
LONGEST_DELAY_MS = 1_000.0
#: Of one sampler.
MOST_ZONES = 4_096
MOST_TURNS = 100
#: Of a zone: twice the keyboard, either way.
FARTHEST_TUNE_CENTS = 24_000.0
#: Of one stage of a zone's envelope, in milliseconds.
LONGEST_STAGE_MS = 120_000.0
#: Of one device; a track records one or two of them.
MOST_INPUTS = 1_024
MIDI_CHANNELS = 16
#: Rates that a sound file may have, in Hz.
LOWEST_RATE, HIGHEST_RATE = 1_000, 768_000
#: Rates that a project may have, in Hz.
LOWEST_PROJECT_RATE, HIGHEST_PROJECT_RATE = 8_000, 192_000
MOST_CHANNELS = 64
#: Sixteen days at the highest rate.
MOST_FRAMES = 2**40
#: Of a track, in pixels at 100 %: the least that can be grabbed, and more than a screen.
LOWEST_HEIGHT, HIGHEST_HEIGHT = 20, 1_000
#: What float32, in which the engine computes, certainly holds.
LARGEST = 1e38

_CHANNEL: Mapping[str, tuple[float, float]] = {
    "gain_db": (LOWEST_GAIN_DB, HIGHEST_GAIN_DB),
    "pan": (-1.0, 1.0),
    "is_muted": (0.0, 1.0),
}


def tick(value: int) -> int:
    """Return a position or length in ticks, brought into 0 to HIGHEST_TICK."""
    return min(HIGHEST_TICK, max(0, value))


def moment_ms(value: int) -> int:
    """Return a time in milliseconds since 1970, brought into 0 to LATEST_MS."""
    return min(LATEST_MS, max(0, value))


def frames(value: int) -> int:
    """Return a place or length in frames of a sound, brought into 0 to MOST_FRAMES."""
    return min(MOST_FRAMES, max(0, value))


def gain_db(value: float) -> float:
    """Return a level in dB, brought into the fader's range."""
    return min(HIGHEST_GAIN_DB, max(LOWEST_GAIN_DB, value))


def fade_ms(value: float) -> float:
    """Return the length of a fade in milliseconds, brought into 0 to a day."""
    return min(LONGEST_FADE_MS, max(0.0, float(value)))


def crossfade_ms(value: float) -> float:
    """Return the length of a crossfade between takes in milliseconds, brought into 0 to a second."""
    return min(LONGEST_CROSSFADE_MS, max(0.0, float(value)))


def delay_ms(value: float) -> float:
    """Return by how much a track is later than the others in milliseconds, brought into a second either way."""
    return min(LONGEST_DELAY_MS, max(-LONGEST_DELAY_MS, float(value)))


def curve(value: float) -> float:
    """Return how a fade or a stretch of automation bends, brought into -1 to 1; 0 is straight."""
    return min(1.0, max(-1.0, float(value)))


def height(value: int) -> int:
    """Return a track's height in pixels, brought into its range."""
    return min(HIGHEST_HEIGHT, max(LOWEST_HEIGHT, value))


def is_sound(sample_rate: int, channels: int, frame_count: int) -> bool:
    """Whether there can be a sound of this rate, channels and length."""
    return (
        LOWEST_RATE <= sample_rate <= HIGHEST_RATE
        and 1 <= channels <= MOST_CHANNELS
        and 1 <= frame_count <= MOST_FRAMES
    )


def automated_range(parameter: str) -> tuple[float, float]:
    """Return (lowest, highest) automation value of a lane's `parameter`; see `state.Lane` for their names."""
    family, _, rest = parameter.partition(".")
    if family == "strip" and rest in BY_NAME:
        return BY_NAME[rest].low, BY_NAME[rest].high
    plain = rest.rpartition(".")[2] if family == "send" else parameter
    return _CHANNEL.get(plain, (-LARGEST, LARGEST))


def finite(value: float) -> float:
    """Return a device's value as float32 can hold it."""
    return min(LARGEST, max(-LARGEST, value))
