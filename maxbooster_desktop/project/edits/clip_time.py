"""Audio clips on the sample grid: ticks to source frames and back through the tempo map.

Splits and trims count in the samples of `document.sample_grid`, so the audio that stays does not move by a fraction
of a tick. At the project's rate a source frame is a sample and all of this is exact; other rates round once to the
nearest source frame.
"""

from maxbooster_desktop.project.document.sample_grid import first_tick_from, sample_at
from maxbooster_desktop.project.document.state import Clip, ProjectState
from maxbooster_desktop.project.edits.errors import WrongClipKind
from maxbooster_desktop.project.edits.lookup import asset_of


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
