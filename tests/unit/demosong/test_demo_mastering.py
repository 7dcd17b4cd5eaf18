"""The gain of a master, solved in two renders against curves that behave like a limiter."""

import math

import pytest

from maxbooster_desktop.demosong.mastering import MASTER_TARGETS, MasterOutOfReachError, solve_master_gain


def _limited(mix_lufs, ceiling_lufs, ceiling_dbtp=-1.2):
    """Return a loudness that rises with the drive and bends towards a ceiling, as a limiter's does."""

    def measure(drive_db):
        lufs = mix_lufs + drive_db
        bent = ceiling_lufs - math.log1p(math.exp(0.8 * (ceiling_lufs - lufs))) / 0.8
        return bent, ceiling_dbtp

    return measure


@pytest.mark.parametrize("mix_lufs", [-24.0, -20.6, -17.0, -14.3])
@pytest.mark.parametrize("ceiling_lufs", [-9.0, -12.0])
def test_two_renders_land_on_the_target(mix_lufs, ceiling_lufs):
    measure = _limited(mix_lufs, ceiling_lufs)
    drives = []

    def counted(drive_db):
        drives.append(drive_db)
        return measure(drive_db)

    drive_db = solve_master_gain(counted)
    assert len(drives) == 2
    assert abs(measure(drive_db)[0] - MASTER_TARGETS.lufs) <= MASTER_TARGETS.tolerance_lu


def test_a_mix_at_the_target_is_left_alone():
    assert solve_master_gain(lambda drive_db: (-14.0 + drive_db, -1.5)) == 0.0


@pytest.mark.parametrize(
    ("measure", "sentence"),
    [
        (lambda _: (-math.inf, -math.inf), "silent"),
        (lambda drive_db: (-9.0 + drive_db, -1.2), "lower the master's fader"),
        (lambda drive_db: (-60.0 + drive_db, -1.2), "raise its faders"),
        (lambda drive_db: (-20.0 + drive_db, 3.0), "limiter"),
    ],
)
def test_what_drive_cannot_do_is_said(measure, sentence):
    with pytest.raises(MasterOutOfReachError, match=sentence):
        solve_master_gain(measure)
