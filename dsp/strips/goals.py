"""From a strip's parameters to what its lanes run with: coefficients, slopes, gains.

A strip has nine stages. `stage_goal` computes what a stage should reach, `start_ramp` sets the steps that take it
there in a number of cells, `finish_ramp` writes the goal itself so that no rounding stays behind.
"""

from dsp.core.compiled import inner_kernel
from dsp.core.smoothing import smoothing_coefficient
from dsp.dynamics.compressor_curve import knee_scale, log2_of_db, slope_of_ratio
from dsp.filters.biquad import BUTTERWORTH_Q, HIGH_PASS, LOW_PASS, design
from dsp.mixing.pan import balance, gain_of_db
from dsp.strips.layout import (
    ATTACK,
    BIQUAD_ROWS,
    CELL,
    FADER,
    FADER_STEP,
    INVERSE_KNEE,
    KNEE,
    RELEASE,
    STEPS,
    THRESHOLD,
    THRESHOLD_STEP,
    TICK,
    TRIM,
    TRIM_STEP,
)
from dsp.strips.parameters import (
    AUDIBLE,
    BAND_GAIN_DB,
    BAND_HZ,
    BAND_KIND,
    BAND_Q,
    BAND_WIDTH,
    COMP_ATTACK_MS,
    COMP_KNEE_DB,
    COMP_MAKEUP_DB,
    COMP_ON,
    COMP_RATIO,
    COMP_RELEASE_MS,
    COMP_THRESHOLD_DB,
    EQ_ON,
    GAIN_DB,
    HP_HZ,
    HP_ON,
    IS_INVERTED,
    LP_HZ,
    LP_ON,
    OPEN,
    PAN,
    SILENT_DB,
    TRIM_DB,
)

TRIM_STAGE, FIRST_FILTER_STAGE, COMP_STAGE, FADER_STAGE = 0, 1, 7, 8
STAGES = 9
#: One goal row per strip: trim, six filters of five coefficients, seven compressor values, two fader gains.
GOAL_TRIM, GOAL_FILTERS, GOAL_COMP, GOAL_FADER, GOALS = 0, 1, 31, 38, 40


@inner_kernel
def _filter_goal(values, first, number, rate):
    """Return the five coefficients of filter `number` (0 high-pass, 1 low-pass, 2-5 bands); identity when off."""
    if number == 0:
        is_on, kind, hz, gain, q = values[first + HP_ON] > 0.5, HIGH_PASS, values[first + HP_HZ], 0.0, BUTTERWORTH_Q
    elif number == 1:
        is_on, kind, hz, gain, q = values[first + LP_ON] > 0.5, LOW_PASS, values[first + LP_HZ], 0.0, BUTTERWORTH_Q
    else:
        band = first + (number - 2) * BAND_WIDTH
        kind, hz = int(values[band + BAND_KIND]), values[band + BAND_HZ]
        gain, q = float(values[band + BAND_GAIN_DB]), float(values[band + BAND_Q])
        is_on = values[first + EQ_ON] > 0.5 and gain != 0.0
    if not is_on:
        return 1.0, 0.0, 0.0, 0.0, 0.0
    return design(kind, float(hz), gain, q, rate)


@inner_kernel
def stage_goal(values, first, stage, rate, goals, base):
    """Compute what `stage` should reach from values[first:] into goals[base:]; `rate` in Hz."""
    if stage == TRIM_STAGE:
        sign = -1.0 if values[first + IS_INVERTED] > 0.5 else 1.0
        goals[base + GOAL_TRIM] = sign * gain_of_db(float(values[first + TRIM_DB]), SILENT_DB)
    elif stage == FADER_STAGE:
        gain = gain_of_db(float(values[first + GAIN_DB]), SILENT_DB)
        gain *= values[first + AUDIBLE] * values[first + OPEN]
        left, right = balance(float(values[first + PAN]))
        goals[base + GOAL_FADER], goals[base + GOAL_FADER + 1] = gain * left, gain * right
    elif stage == COMP_STAGE:
        is_on = values[first + COMP_ON] > 0.5
        knee = log2_of_db(float(values[first + COMP_KNEE_DB]))
        comp = base + GOAL_COMP
        goals[comp] = log2_of_db(float(values[first + COMP_THRESHOLD_DB]))
        goals[comp + 1] = slope_of_ratio(float(values[first + COMP_RATIO])) if is_on else 0.0
        goals[comp + 2] = log2_of_db(float(values[first + COMP_MAKEUP_DB])) if is_on else 0.0
        goals[comp + 3], goals[comp + 4] = knee, knee_scale(knee)
        goals[comp + 5] = smoothing_coefficient(float(values[first + COMP_ATTACK_MS]), rate)
        goals[comp + 6] = smoothing_coefficient(float(values[first + COMP_RELEASE_MS]), rate)
    else:
        number = stage - FIRST_FILTER_STAGE
        found = _filter_goal(values, first, number, rate)
        for k in range(5):
            goals[base + GOAL_FILTERS + number * 5 + k] = found[k]


@inner_kernel
def stage_is_neutral(stage, goals, base):
    """Return whether a stage at its goal changes no bit, so that a group of such strips may skip it."""
    if stage == TRIM_STAGE:
        return goals[base + GOAL_TRIM] == 1.0
    if stage == FADER_STAGE:
        return goals[base + GOAL_FADER] == 1.0 and goals[base + GOAL_FADER + 1] == 1.0
    if stage == COMP_STAGE:
        return goals[base + GOAL_COMP + 1] == 0.0 and goals[base + GOAL_COMP + 2] == 0.0
    first = base + GOAL_FILTERS + (stage - FIRST_FILTER_STAGE) * 5
    is_through = goals[first] == 1.0
    return is_through and goals[first + 1] == goals[first + 3] and goals[first + 2] == goals[first + 4]


@inner_kernel
def start_ramp(rows, lanes, slot, stage, goals, base, cells):
    """Set the steps that take a strip's stage from where it is to its goal in `cells` cells."""
    half = lanes // 2
    frames, ticks = 1.0 / (cells * CELL), 1.0 / (cells * (CELL // TICK))
    for side in range(2):
        lane = slot + side * half
        if stage == TRIM_STAGE:
            rows[TRIM_STEP * lanes + lane] = (goals[base + GOAL_TRIM] - rows[TRIM * lanes + lane]) * frames
        elif stage == FADER_STAGE:
            goal = goals[base + GOAL_FADER + side]
            rows[FADER_STEP * lanes + lane] = (goal - rows[FADER * lanes + lane]) * frames
        elif stage == COMP_STAGE:
            if side == 0:
                comp = base + GOAL_COMP
                for k in range(3):
                    now = rows[(THRESHOLD + k) * lanes + slot]
                    rows[(THRESHOLD_STEP + k) * lanes + slot] = (goals[comp + k] - now) * ticks
                _set_ballistics(rows, lanes, slot, goals, comp)
        else:
            number = stage - FIRST_FILTER_STAGE
            for k in range(5):
                now = number * BIQUAD_ROWS + k
                goal = goals[base + GOAL_FILTERS + number * 5 + k]
                rows[(now + STEPS) * lanes + lane] = (goal - rows[now * lanes + lane]) * ticks


@inner_kernel
def _set_ballistics(rows, lanes, slot, goals, comp):
    """Knee and times need no ramp: they shape how the gain moves, they do not multiply the sound."""
    rows[KNEE * lanes + slot], rows[INVERSE_KNEE * lanes + slot] = goals[comp + 3], goals[comp + 4]
    rows[ATTACK * lanes + slot], rows[RELEASE * lanes + slot] = goals[comp + 5], goals[comp + 6]


@inner_kernel
def finish_ramp(rows, lanes, slot, stage, goals, base):
    """Write a stage's goal itself and stop its steps."""
    half = lanes // 2
    for side in range(2):
        lane = slot + side * half
        if stage == TRIM_STAGE:
            rows[TRIM * lanes + lane], rows[TRIM_STEP * lanes + lane] = goals[base + GOAL_TRIM], 0.0
        elif stage == FADER_STAGE:
            rows[FADER * lanes + lane], rows[FADER_STEP * lanes + lane] = goals[base + GOAL_FADER + side], 0.0
        elif stage == COMP_STAGE:
            if side == 0:
                comp = base + GOAL_COMP
                for k in range(3):
                    rows[(THRESHOLD + k) * lanes + slot] = goals[comp + k]
                    rows[(THRESHOLD_STEP + k) * lanes + slot] = 0.0
                _set_ballistics(rows, lanes, slot, goals, comp)
        else:
            number = stage - FIRST_FILTER_STAGE
            for k in range(5):
                now = number * BIQUAD_ROWS + k
                rows[now * lanes + lane] = goals[base + GOAL_FILTERS + number * 5 + k]
                rows[(now + STEPS) * lanes + lane] = 0.0


@inner_kernel
def stage_is_at_goal(rows, lanes, slot, stage, goals, base):
    """Return whether both lanes of a strip's stage hold their goal exactly."""
    half = lanes // 2
    for side in range(2):
        lane = slot + side * half
        if stage == TRIM_STAGE:
            if rows[TRIM * lanes + lane] != goals[base + GOAL_TRIM]:
                return False
        elif stage == FADER_STAGE:
            if rows[FADER * lanes + lane] != goals[base + GOAL_FADER + side]:
                return False
        elif stage == COMP_STAGE:
            for k in range(3):
                if side == 0 and rows[(THRESHOLD + k) * lanes + slot] != goals[base + GOAL_COMP + k]:
                    return False
        else:
            number = stage - FIRST_FILTER_STAGE
            for k in range(5):
                if rows[(number * BIQUAD_ROWS + k) * lanes + lane] != goals[base + GOAL_FILTERS + number * 5 + k]:
                    return False
    return True
