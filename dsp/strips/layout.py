"""Where everything of a lane group lies: one contiguous float32 array of rows, `lanes` floats each.

Lanes [0, lanes/2) are the left channels, [lanes/2, lanes) the right ones of the same strips. A kernel gets the address
of that array and the lane count: one machine code serves every count.

Processing runs in cells of 64 frames on the engine's own running count, so the sound does not depend on the host's
block size. A ramping filter advances its coefficients every 8 frames (`TICK`), a gain every frame.
"""

from dsp.core.lanes import WIDTH

CELL = 64
TICK = 8
#: Each half, the left and the right lanes, fills whole registers.
LANE_COUNTS = tuple(count for count in (16, 32, 64, 128) if count >= 2 * WIDTH)
MAX_LANES = 128

# Biquads in processing order: high-pass, low-pass, bands 1-4. Each: b0 b1 b2 a1 a2, z1 z2, and five steps per tick.
BIQUADS = 6
BIQUAD_ROWS = 12
STATE, STEPS = 5, 7

# The compressor uses the left half of its rows: it is stereo linked.
COMP = BIQUADS * BIQUAD_ROWS
THRESHOLD, SLOPE, MAKEUP = COMP, COMP + 1, COMP + 2
THRESHOLD_STEP, SLOPE_STEP, MAKEUP_STEP = COMP + 3, COMP + 4, COMP + 5
KNEE, INVERSE_KNEE, ATTACK, RELEASE, ENVELOPE, REDUCTION = range(COMP + 6, COMP + 12)

TRIM, TRIM_STEP, FADER, FADER_STEP = range(COMP + 12, COMP + 16)
PEAK, SQUARES = COMP + 16, COMP + 17
ROWS = COMP + 18

#: Which rows a strip takes along into the next program: memory and what may still be gliding. Steps start at zero, and
#: knee and times are the new program's own.
IS_CARRIED = tuple(
    row not in {THRESHOLD_STEP, SLOPE_STEP, MAKEUP_STEP, KNEE, INVERSE_KNEE, ATTACK, RELEASE, TRIM_STEP, FADER_STEP}
    and not (row < COMP and row % BIQUAD_ROWS >= STEPS)
    for row in range(ROWS)
)
