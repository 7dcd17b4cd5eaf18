"""The biquads of every strip in a lane group, side by side: transposed direct form II.

    y = b0 x + z1;  z1 = b1 x - a1 y + z2;  z2 = b2 x - a2 y

The stability region of (a1, a2) is a triangle, which is convex, so stepping linearly from one stable filter to
another stays stable. An unused lane holds b0 = 1 and zeros and changes no bit. `filter_four` runs four filters in
one pass: each waits for its own memory only, so the processor works on all four at once.
"""

from dsp.core.compiled import inlined
from dsp.core.lanes import WIDTH, load_lanes, multiply_add, negative_lanes, store_lanes
from dsp.strips.layout import BIQUAD_ROWS, STATE, STEPS, TICK


@inlined
def _terms(rows, at, lanes):
    """Return b0 b1 b2 -a1 -a2 z1 z2 of WIDTH lanes; with the feedback negative, every term is added."""
    return (
        load_lanes(rows, at),
        load_lanes(rows, at + lanes),
        load_lanes(rows, at + 2 * lanes),
        negative_lanes(load_lanes(rows, at + 3 * lanes)),
        negative_lanes(load_lanes(rows, at + 4 * lanes)),
        load_lanes(rows, at + STATE * lanes),
        load_lanes(rows, at + (STATE + 1) * lanes),
    )


@inlined
def filter_lanes(x, rows, biquad, start, frames, is_ramping, lanes):
    """Run biquad number `biquad` over `frames` of x[frame * lanes + lane], which begin at frame `start` of the cell."""
    for lane in range(0, lanes, WIDTH):
        at = biquad * BIQUAD_ROWS * lanes + lane
        b0, b1, b2, a1, a2, z1, z2 = _terms(rows, at, lanes)
        step = at + STEPS * lanes
        for i in range(frames):
            if is_ramping and (start + i) % TICK == 0:
                b0 += load_lanes(rows, step)
                b1 += load_lanes(rows, step + lanes)
                b2 += load_lanes(rows, step + 2 * lanes)
                a1 -= load_lanes(rows, step + 3 * lanes)
                a2 -= load_lanes(rows, step + 4 * lanes)
            v = load_lanes(x, i * lanes + lane)
            y = multiply_add(b0, v, z1)
            z1 = multiply_add(a1, y, multiply_add(b1, v, z2))
            z2 = multiply_add(a2, y, b2 * v)
            store_lanes(x, i * lanes + lane, y)
        store_lanes(rows, at + STATE * lanes, z1)
        store_lanes(rows, at + (STATE + 1) * lanes, z2)
        if is_ramping:
            store_lanes(rows, at, b0)
            store_lanes(rows, at + lanes, b1)
            store_lanes(rows, at + 2 * lanes, b2)
            store_lanes(rows, at + 3 * lanes, negative_lanes(a1))
            store_lanes(rows, at + 4 * lanes, negative_lanes(a2))


@inlined
def _step_four(rows, biquad, moving, lanes):
    """Take those of four neighbouring filters that bit mask `moving` names one tick on."""
    for number in range(4):
        if (moving >> number) & 1:
            at = (biquad + number) * BIQUAD_ROWS * lanes
            for lane in range(at, at + STATE * lanes, WIDTH):
                store_lanes(rows, lane, load_lanes(rows, lane) + load_lanes(rows, lane + STEPS * lanes))


@inlined
def filter_four(x, rows, biquad, start, frames, moving, lanes):
    """Run four neighbouring biquads from number `biquad` on; bit mask `moving` names those that ramp."""
    done = 0
    while done < frames:
        n = frames - done
        if moving != 0:
            into = (start + done) % TICK
            n = min(n, TICK - into)
            if into == 0:
                _step_four(rows, biquad, moving, lanes)
        _filter_four_still(x, rows, biquad, done, done + n, lanes)
        done += n


@inlined
def _filter_four_still(x, rows, biquad, first, stop, lanes):
    """Run four neighbouring biquads from number `biquad` on over frames first..stop - 1, none of them moving."""
    next_filter = BIQUAD_ROWS * lanes
    memory = STATE * lanes
    for lane in range(0, lanes, WIDTH):
        p = biquad * next_filter + lane
        q = p + next_filter
        r = q + next_filter
        s = r + next_filter
        pb0, pb1, pb2, pa1, pa2, p1, p2 = _terms(rows, p, lanes)
        qb0, qb1, qb2, qa1, qa2, q1, q2 = _terms(rows, q, lanes)
        rb0, rb1, rb2, ra1, ra2, r1, r2 = _terms(rows, r, lanes)
        sb0, sb1, sb2, sa1, sa2, s1, s2 = _terms(rows, s, lanes)
        for i in range(first, stop):
            v = load_lanes(x, i * lanes + lane)
            y = multiply_add(pb0, v, p1)
            p1 = multiply_add(pa1, y, multiply_add(pb1, v, p2))
            p2 = multiply_add(pa2, y, pb2 * v)
            v = multiply_add(qb0, y, q1)
            q1 = multiply_add(qa1, v, multiply_add(qb1, y, q2))
            q2 = multiply_add(qa2, v, qb2 * y)
            y = multiply_add(rb0, v, r1)
            r1 = multiply_add(ra1, y, multiply_add(rb1, v, r2))
            r2 = multiply_add(ra2, y, rb2 * v)
            v = multiply_add(sb0, y, s1)
            s1 = multiply_add(sa1, v, multiply_add(sb1, y, s2))
            s2 = multiply_add(sa2, v, sb2 * y)
            store_lanes(x, i * lanes + lane, v)
        store_lanes(rows, p + memory, p1)
        store_lanes(rows, p + memory + lanes, p2)
        store_lanes(rows, q + memory, q1)
        store_lanes(rows, q + memory + lanes, q2)
        store_lanes(rows, r + memory, r1)
        store_lanes(rows, r + memory + lanes, r2)
        store_lanes(rows, s + memory, s1)
        store_lanes(rows, s + memory + lanes, s2)
