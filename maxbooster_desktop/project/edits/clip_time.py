"""Audio clips on the sample grid: ticks to source frames and back through the tempo map.

A clip sounds from the project sample nearest to its start tick; what lies between two ticks is the difference of
two such samples. Splits and trims count in these samples, so the audio that stays does not move by a fraction
of a tick. At the project's rate a source frame is a sample and all of this is exact; other rates round once to the
nearest source frame.
"""

from maxbooster_desktop.project.document.state import Clip, ProjectState
from maxbooster_desktop.project.edits.errors import WrongClipKind
from maxbooster_desktop.project.edits.lookup import asset_of


def sample_at(state: ProjectState, tick: int) -> int:
    """Return the project sample at which something placed on `tick` begins."""
    return round(state.tempo_map.seconds_at(tick) * state.meta.sample_rate)


def first_tick_from(state: ProjectState, sample: float) -> int:
    """Return the first tick (0 or later) whose sample is `sample` or a later one."""
    tick = max(0, state.tempo_map.tick_at(sample / state.meta.sample_rate))
    while sample_at(state, tick) < sample:
        tick += 1
    while tick > 0 and sample_at(state, tick - 1) >= sample:
        tick -= 1
    return tick


def last_tick_until(state: ProjectState, sample: float) -> int:
    """Return the last tick whose sample is `sample` or an earlier one (0 when there is none)."""
    tick = first_tick_from(state, sample)
    while sample_at(state, tick + 1) <= sample:
        tick += 1
    return tick if tick == 0 or sample_at(state, tick) <= sample else tick - 1


def source_rate(state: ProjectState, clip: Clip) -> int:
    """Return the sample rate of an audio clip's file in Hz. Raises WrongClipKind, AssetNotFound."""
    if clip.kind != "audio" or clip.asset is None:
        raise WrongClipKind(f"{clip.name} is a MIDI clip and has no audio to change; choose an audio clip.")
    return asset_of(state, clip.asset).sample_rate


def source_frames(state: ProjectState, clip: Clip, tick: int) -> int:
    """Return how many source frames lie from the clip's start to `tick` (negative when before it)."""
    samples = sample_at(state, tick) - sample_at(state, clip.start_tick)
    return round(samples * source_rate(state, clip) / state.meta.sample_rate)


def samples_from_start(state: ProjectState, clip: Clip, frames: int) -> float:
    """Return the project sample (with fraction at other rates) of a source frame counted from the clip's start."""
    return sample_at(state, clip.start_tick) + frames * state.meta.sample_rate / source_rate(state, clip)


def free_tick_after(state: ProjectState, clip: Clip) -> int:
    """Return the first tick at which a clip can begin without sounding together with the end of `clip`."""
    if clip.kind == "midi":
        return clip.start_tick + clip.length_ticks
    return first_tick_from(state, samples_from_start(state, clip, clip.length_frames))


def length_ms(state: ProjectState, clip: Clip) -> float:
    """Return how long an audio clip sounds, in milliseconds."""
    return clip.length_frames * 1000.0 / source_rate(state, clip)
