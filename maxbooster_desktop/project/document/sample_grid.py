"""Ticks on the sample grid of the project's rate: what stands on a tick sounds from the sample nearest to it.

What lies between two ticks is the difference of two such samples, so nothing shifts by a fraction of a tick.
"""

from maxbooster_desktop.project.document.state import ProjectState


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
