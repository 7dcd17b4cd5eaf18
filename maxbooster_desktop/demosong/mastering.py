"""Mastering the demo song: the limiter's drive that brings it to its loudness, solved in two renders.

The first render measures the mix without drive; the second, driven by what is missing, shows how much the limiter
took back. Loudness over drive is close to a straight line there, so one secant step lands on the target.
"""

from collections.abc import Callable
from dataclasses import dataclass

from maxbooster_desktop.foundation.errors import MaxBoosterError


@dataclass(frozen=True, slots=True)
class MasterTargets:
    """Where a master has to land: loudness in LUFS with its tolerance, true peak in dBTP at most."""

    lufs: float = -14.0
    tolerance_lu: float = 0.5
    true_peak_dbtp: float = -1.0


MASTER_TARGETS = MasterTargets()
#: The range of the limiter's drive.
LOWEST_DRIVE_DB, HIGHEST_DRIVE_DB = 0.0, 24.0
# Below this the limiter gives back so little for more drive that the line says nothing.
_LEAST_SLOPE = 0.15

#: Renders with a drive in dB and returns (integrated loudness in LUFS, true peak in dBTP).
Measure = Callable[[float], tuple[float, float]]


class MasterOutOfReachError(MaxBoosterError):
    """The mix cannot be brought to the target by drive alone."""


def solve_master_gain(measure: Measure, targets: MasterTargets = MASTER_TARGETS) -> float:
    """Return the limiter's drive in dB at which the song has the target loudness; `measure` is called twice.

    Raises:
        MasterOutOfReachError: the mix is silent, louder than the target without any drive, too quiet for the
            drive's range, or its true peak passes the target's because no ceiling holds it.
    """
    quiet_lufs, _ = measure(LOWEST_DRIVE_DB)
    missing_db = targets.lufs - quiet_lufs
    if quiet_lufs <= -70.0:
        raise MasterOutOfReachError("The mix is silent; unmute its tracks before mastering it.")
    if missing_db < -targets.tolerance_lu:
        raise MasterOutOfReachError(
            f"The mix is at {quiet_lufs:.1f} LUFS already, above {targets.lufs:g}; lower the master's fader."
        )
    first_db = min(max(missing_db, LOWEST_DRIVE_DB), HIGHEST_DRIVE_DB)
    driven_lufs, true_peak_dbtp = measure(first_db)
    if true_peak_dbtp > targets.true_peak_dbtp:
        raise MasterOutOfReachError(
            f"The master's true peak is {true_peak_dbtp:.1f} dBTP; switch on its limiter with a ceiling of "
            f"{targets.true_peak_dbtp:g} dBTP or lower."
        )
    slope = max((driven_lufs - quiet_lufs) / first_db, _LEAST_SLOPE) if first_db > 0.0 else 1.0
    drive_db = first_db + (targets.lufs - driven_lufs) / slope
    if drive_db > HIGHEST_DRIVE_DB:
        raise MasterOutOfReachError(
            f"The mix at {quiet_lufs:.1f} LUFS needs more than {HIGHEST_DRIVE_DB:g} dB of drive; raise its faders."
        )
    return max(drive_db, LOWEST_DRIVE_DB)
