"""What lies where in the arrays that the compiled callback reads: fields, states, commands, capacities.

One runtime lives as long as the engine, one program at a time belongs to it; `arrays.py` makes both. Samples are
positions on the project's timeline at the session rate. Buses are stereo, bus[side, frame].
"""

from dsp.core.lane_squares import SQUARE
from dsp.strips.layout import CELL, MAX_LANES

# --- runtime -----------------------------------------------------------------------------------------------------
# cells: int64, written by one side each; those marked * are atomic.
(
    ACTIVE,  # * header address of the program that runs
    PENDING,  # * header address of the one to take over, 0 when none
    SERIAL,  # * serial number of the program that runs
    IS_PLAYING,
    POSITION,  # * next frame to play
    LOOP_ON,
    LOOP_START,
    LOOP_END,
    CELL_FRAME,  # frames of the current cell already done, 0..63
    DECLICK,  # one of the DECLICK_* states
    DECLICK_FRAME,
    SEEK_TARGET,  # where to go when the fade is over, NO_TARGET when nowhere
    COMMANDS_WRITTEN,  # *
    COMMANDS_READ,  # *
    METERS_WRITTEN,  # *
    METER_CELLS,  # cells since meters were last published
    TAP_WRITTEN,  # * frames of master output since the start
    BLOCKS,  # * callbacks so far
    LATE,  # * callbacks that PortAudio flagged as late
    STARVED,  # * clip reads that met audio not decoded yet
    CLICK_ON,
    CLICK_NEXT,  # index of the next metronome beat
    CLICK_AGE,  # frames since the last click began, -1 when silent
    CLICK_IS_ACCENT,
    PREVIEW_LEFT,  # address of the sound being auditioned, 0 when none
    PREVIEW_RIGHT,
    PREVIEW_FRAMES,
    PREVIEW_FRAME,
    QUIET_FRAMES,  # frames since anything was heard while stopped
    PFL_COUNT,
    OUTPUT_LEFT,  # device channels of master, then of the metronome
    OUTPUT_RIGHT,
    CLICK_LEFT,
    CLICK_RIGHT,
    WAS_WRAPPED,  # times the loop wrapped
    IS_LIVE,  # 0 offline: no declick, no metronome, no monitor
    SWAP_PHASE,  # one of the SWAP_* states
    SWAP_LEVEL,  # 0..SWAP_FRAMES, the master's gain while programs of different timing change places
    SWAP_HOLD,  # frames of silence left until the new program's delay lines are full
    LEAVING_FOR,  # * header address of the program that what it lacks is fading out for
    LEAVING_CELLS,  # cells left of that
    FADING_PROGRAM,  # * header address of the program whose clips fade out, 0 when none
    FADING_FRAME,  # frames of that done
    INPUT,  # address of the input of the block that runs, interleaved
    INPUT_CHANNELS,  # channels in it, 0 without an input
    CAPTURE_WRITTEN,  # * frames of input since the start
    MARKS_WRITTEN,  # *
    CAPTURE_NEXT,  # where the next captured frame lies on the timeline if nothing interrupts
    CAPTURE_ROLLS,  # whether time rolled when the last frame was captured, UNMARKED before the first
    ROLLS_BEHIND_PREVIEW,  # * 1 while playback waits for the end of the sound being auditioned: a count-in
    LISTENERS,  # rows of `listeners` that were ever used
    INPUT_FRAME,  # frame of the block's input that belongs to the piece's first
    JUMPS,  # times the playhead has jumped: started, sought, wrapped
    FRAMES,  # * frames of all blocks since the start
    LIVE_WRITTEN,  # *
    LIVE_READ,  # *
    CELLS,
) = range(57)

# levels: float64 of the runtime
CLICK_GAIN, CLICK_ACCENT_GAIN, PFL_MIX, RATE, PREVIEW_GAIN, LEVELS = range(6)

STEADY, FADING_IN, FADING_OUT_TO_STOP, FADING_OUT_TO_SEEK = range(4)
DECLICK_FRAMES = 192
NO_SWAP, SWAP_OUT, SWAP_HELD, SWAP_IN = range(4)
SWAP_FRAMES = 256
#: Over how long clips that changed fade over: about 5 ms.
CLIP_FADE_FRAMES = 256
NO_TARGET = -1
COMMAND_CAPACITY = 8_192
METER_SLOTS = 32
METER_FIELDS = 5
METER_CELLS_PER_FRAME = 8
TAP_FRAMES = 65_536
QUIET_AFTER_FRAMES = 96_000

#: Channels of an input device that are captured; what it has beyond is left alone.
MOST_INPUTS = 32
#: A power of two: 2.7 s at 48 kHz, 0.7 s at 192 kHz, before what was captured is written over.
CAPTURE_FRAMES = 131_072
MARK_CAPACITY = 1_024
#: marks[m]: from captured frame R_FRAME on, frames lie on the timeline from R_POSITION on, while R_ROLLS
R_FRAME, R_POSITION, R_ROLLS, R_FIELDS = range(4)
UNMARKED = -1
#: listeners[l]: the channel named L_NAME hears L_CHANNELS of the input from L_FIRST on, when L_MODE says so
L_NAME, L_FIRST, L_CHANNELS, L_MODE, L_LEVEL, L_FIELDS = range(6)
MOST_LISTENERS = 64
LISTEN_OFF, LISTEN_ALWAYS, LISTEN_STOPPED, LISTEN_MODES = range(4)
#: One more than the most channels that a track listens to.
LISTEN_CHANNELS = 3
#: Over how long clips and input fade over: about 5 ms.
LISTEN_FRAMES = 256
#: live[v]: at V_DUE of FRAMES the channel named V_CHANNEL plays an event (`dsp.instruments.notes`); the callback
#: answers in V_POSITION where on the timeline that is, NOT_ROLLING while time stands
V_DUE, V_CHANNEL, V_KIND, V_KEY, V_VALUE, V_SECOND, V_POSITION, V_FIELDS = range(8)
NOT_ROLLING = -1.0e15
LIVE_CAPACITY = 1_024

(
    CMD_PLAY,
    CMD_STOP,
    CMD_SEEK,
    CMD_LOOP,
    CMD_VALUE,
    CMD_CLICK,
    CMD_PREVIEW,
    CMD_PREVIEW_STOP,
    CMD_PFL,
    CMD_LISTEN,
) = range(10)

#: A value command's second word is its ramp unit times this, plus the cells in which the value is to be reached.
VALUE_CELLS = 1_024

# --- program -----------------------------------------------------------------------------------------------------
# groups[g]: strips side by side at one depth of the graph
(
    G_LANES,
    G_FIRST,  # first channel; a group's channels are consecutive
    G_COUNT,
    G_ROWS,  # offset of its rows in `rows`
    G_MATRIX,  # first matrix row
    G_MATRIX_COUNT,
    G_FLAGS,  # stages some strip needs
    G_RAMPS,  # stages that move
    G_ORDER,
    G_DELAYED,  # first delayed edge
    G_DELAYED_COUNT,
    G_PROCESS,  # addresses of the kernels of `dsp.strips.strip`
    G_FADE,
    G_METER,
    G_MIX,
    G_IS_PLAYED,  # 1: some channel of it has an instrument
    G_FIELDS,
) = range(17)

# channels[c]
(
    C_GROUP,
    C_SLOT,
    C_CLIPS,
    C_CLIP_COUNT,
    C_BUS,  # bus that feeds it, -1 when none
    C_PRE,  # first insert before the strip
    C_PRE_COUNT,
    C_POST,  # first insert behind the fader
    C_POST_COUNT,
    C_NAME,  # number of the track, the same in every program
    C_TIMING,  # equal for equal devices in the channel
    C_TABLE,  # equal for equal clips
    C_BEFORE,  # the channel of FADING_PROGRAM whose clips fade out here, NO_CHANNEL when nothing does
    C_NOTES,  # first note
    C_NOTE_COUNT,
    C_NOTE_TABLE,  # equal for equal notes, never 0
    C_FIELDS,
) = range(17)
NO_CHANNEL = -1

# clips[k]: audio on the timeline, sorted by start within a channel; `ends` holds the running maximum of ends
(
    K_START,
    K_END,
    K_LEFT,
    K_RIGHT,
    K_SOURCE,
    K_READY,
    K_FADE_FROM,  # where the fade in begins, before the clip when it has begun in the piece before
    K_FADE_IN,
    K_FADE_TO,  # where the fade out ends, behind the clip when it ends in a later piece
    K_FADE_OUT,
    K_FIELDS,
) = range(11)
KS_GAIN, KS_CURVE_IN, KS_CURVE_OUT, KS_FIELDS = range(4)

# matrix[m]: one target of one group
M_BUS, M_TAP, M_WEIGHTS, M_RAMPS, M_LIVE, M_FIELDS = range(6)
TAP_PRE, TAP_POST = 0, 1

# edges[e]: one send (or output, or PFL tap) of one channel; its weights lie in a matrix row or of its own
(
    E_CHANNEL,
    E_MATRIX,  # matrix row, -1 when delayed
    E_LEFT,  # indices in `weights`
    E_RIGHT,
    E_LEFT_STEP,
    E_RIGHT_STEP,
    E_DELAYED,  # delayed row, -1 when in a matrix
    E_NAME,  # number of the edge, the same in every program
    E_DELAY,  # frames it waits
    E_IS_GATED,  # 1: mute automation of its channel silences it
    E_FIELDS,
) = range(11)
# values of an edge: gain_db, pan, is_on
EDGE_GAIN_DB, EDGE_PAN, EDGE_ON, EDGE_VALUES = range(4)

# delayed[d]: an edge that waits for slower ones
D_CHANNEL, D_BUS, D_TAP, D_LINE, D_MASK, D_FRAMES, D_WRITE, D_EDGE, D_FIELDS = range(9)

# inserts[i]; I_NOTES is the address of an instrument's room for notes, 0 for other devices
I_KERNEL, I_STATE, I_NOTES, I_FIELDS = range(4)

# automation[a]: value index, ramp unit (see ramps.py), device state address or 0, first point, count,
# and 1 when the row before moves the same value (for another unit)
A_VALUE, A_UNIT, A_DEVICE, A_POINTS, A_COUNT, A_IS_SHARED, A_FIELDS = range(7)
# points[p]: sample, value, curve (0 straight, NaN holds)
P_SAMPLE, P_VALUE, P_CURVE, P_FIELDS = range(4)

# beats[b]: sample, 1 on an accented beat
B_SAMPLE, B_IS_ACCENT, B_FIELDS = range(3)

# notes[n]: sorted by start within a channel; T_REACH is the running maximum of ends. Key, pitch and velocity as an
# instrument takes them (`dsp.instruments.notes`).
T_START, T_END, T_REACH, T_KEY, T_PITCH, T_VELOCITY, T_FIELDS = range(7)

# info[i]
(
    N_SERIAL,
    N_PFL_BUS,
    N_SETTLE,  # frames until every delay line of a fresh program is full
    N_BEGIN_CELL,  # addresses of the callback's parts
    N_RUN_GROUP,
    N_PLAY_NOTES,
    N_PLAY_LIVE,
    N_FIELDS,
) = range(8)

# scratch: the lanes, eight planar channels, one more for clips that fade out
SCRATCH_PLANAR = CELL * MAX_LANES
SCRATCH_FADING = SCRATCH_PLANAR + SQUARE * 2 * CELL
SCRATCH = SCRATCH_FADING + 2 * CELL
