"""The loudness of an export: what brings a mix to a target stands behind everything that its master has.

A mix whose peaks stay below the ceiling gets a gain alone, which changes nothing else. One whose peaks would pass it
gets our true-peak limiter as well; that takes loudness back, so the gain is looked for with the limiter on. Loudness
over gain is close to a straight line there: a step or two along it land (the secant method). Every try is a render.
"""

import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from maxbooster_desktop.engine.render.settings import LoudnessTarget, RenderError
from maxbooster_desktop.project.document.state import MASTER, Insert, InsertId, ProjectState
from resources import resource_path

#: Renders, at most, until a target is met.
TRIES = 4
WITHIN_LU = 0.05
_HIGHEST_GAIN_DB = 24.0
# Below this a limiter gives back so little for more gain that the line says nothing.
_LEAST_SLOPE = 0.15
# A limiter keeps its ceiling within this; what resampling adds behind it is taken off the ceiling.
_PEAK_SLACK_DB = 0.05


@dataclass(frozen=True, slots=True)
class NamedTarget:
    """A target that people know by a name; `source` and `as_of` (year-month) say where its figures are from."""

    id: str
    title: str
    lufs: float
    ceiling_dbtp: float
    source: str
    as_of: str

    @property
    def target(self) -> LoudnessTarget:
        """The figures alone."""
        return LoudnessTarget(self.lufs, self.ceiling_dbtp)


@dataclass(frozen=True, slots=True)
class Levels:
    """What a meter read of a whole mix: integrated loudness in LUFS and true peak in dBTP, -inf for silence."""

    lufs: float
    true_peak_dbtp: float


@dataclass(frozen=True, slots=True)
class Normalised:
    """A project whose master ends at a target, with what was done and what the meter then reads."""

    state: ProjectState
    gain_db: float
    levels: Levels
    is_limited: bool
    is_met: bool


#: Renders a project and measures it.
Measure = Callable[[ProjectState], Levels]


@cache
def named_targets() -> tuple[NamedTarget, ...]:
    """Return the targets that ship with the program, in their order."""
    text = resource_path("loudness_targets.toml").read_text(encoding="utf-8")
    return tuple(NamedTarget(**entry) for entry in tomllib.loads(text)["target"])


def normalised(state: ProjectState, target: LoudnessTarget, measure: Measure) -> Normalised:
    """Return `state` with its mix brought to `target`.

    Raises:
        RenderError: the mix is silent, or too quiet for any gain that is sensible.
    """
    before = measure(state)
    if before.lufs == -math.inf:
        raise RenderError("The mix is silent, so it has no loudness that could be changed; unmute its tracks")
    gain_db = target.lufs - before.lufs
    if gain_db > _HIGHEST_GAIN_DB:
        raise RenderError(
            f"The mix is at {before.lufs:.1f} LUFS, {gain_db:.0f} dB below {target.lufs:g}; raise its faders first"
        )
    peak_dbtp = before.true_peak_dbtp + gain_db
    if peak_dbtp <= target.ceiling_dbtp:
        levels = Levels(target.lufs, peak_dbtp)
        return Normalised(_behind_master(state, _gain(gain_db)), gain_db, levels, is_limited=False, is_met=True)
    return _limited(state, target, gain_db, measure)


def _limited(state: ProjectState, target: LoudnessTarget, gain_db: float, measure: Measure) -> Normalised:
    """Return the best of some tries with the limiter on."""
    ceiling_dbtp, slope, tries = target.ceiling_dbtp, 1.0, list[Normalised]()
    for _ in range(TRIES):
        tried = _behind_master(state, _gain(gain_db), _limiter(ceiling_dbtp))
        levels = measure(tried)
        missing_lu = target.lufs - levels.lufs
        over_db = levels.true_peak_dbtp - target.ceiling_dbtp
        is_met = abs(missing_lu) <= WITHIN_LU and over_db <= _PEAK_SLACK_DB
        tries.append(Normalised(tried, gain_db, levels, is_limited=True, is_met=is_met))
        if is_met:
            break
        if len(tries) > 1 and tries[-1].gain_db != tries[-2].gain_db:
            slope = max(_slope(tries[-2], tries[-1]), _LEAST_SLOPE)
        ceiling_dbtp -= max(0.0, over_db)
        gain_db = min(gain_db + missing_lu / slope, _HIGHEST_GAIN_DB)
    return min(tries, key=lambda tried: (not tried.is_met, _miss(tried, target)))


def _slope(one: Normalised, other: Normalised) -> float:
    return (other.levels.lufs - one.levels.lufs) / (other.gain_db - one.gain_db)


def _miss(tried: Normalised, target: LoudnessTarget) -> float:
    """Return how far a try is from its target; a peak above the ceiling is worse than any loudness."""
    over_db = max(0.0, tried.levels.true_peak_dbtp - target.ceiling_dbtp - _PEAK_SLACK_DB)
    return abs(tried.levels.lufs - target.lufs) + 100.0 * over_db


def _gain(gain_db: float) -> Insert:
    return Insert(InsertId("export gain"), "mixing.utility", "", values={"gain_db": gain_db})


def _limiter(ceiling_dbtp: float) -> Insert:
    values = {"ceiling_dbtp": ceiling_dbtp}
    return Insert(InsertId("export limiter"), "dynamics.true_peak_limiter", "", values=values)


def _behind_master(state: ProjectState, *inserts: Insert) -> ProjectState:
    master = state.tracks[MASTER]
    behind = replace(master, inserts=(*master.inserts, *inserts))
    return replace(state, tracks={**state.tracks, MASTER: behind})


def sentence_of(done: Normalised, target: LoudnessTarget) -> str:
    """Say what was done to reach a target, and whether it was reached."""
    levels = done.levels
    how = f"{done.gain_db:+.1f} dB{' and a limiter' if done.is_limited else ''}"
    reads = f"{levels.lufs:.1f} LUFS, true peak {levels.true_peak_dbtp:.1f} dBTP"
    if done.is_met:
        return f"Loudness of the mix: {reads} ({how})"
    return (
        f"Loudness of the mix: {reads} ({how}); {target.lufs:g} LUFS cannot be had below {target.ceiling_dbtp:g} dBTP"
    )
