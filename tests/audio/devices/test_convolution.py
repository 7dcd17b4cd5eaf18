"""Convolution reverb: decay, size, delay and cuts as their units say, four paths, spaces that change while it plays."""

import time

import numpy as np
import pytest

from dsp.distortion import amp
from dsp.reverbs import convolution, spaces
from tests.factories.device_render import rendered, run_kernel

RATE = 48_000
WET = {"mix_percent": 100, "pre_delay_ms": 0, "low_cut_hz": 20, "high_cut_hz": 20_000}
ROOM, HALL, PLATE, SPRING = 0, 2, 4, 5


def _impulse(seconds, rate=RATE, sides=(1.0, 1.0)):
    sound = np.zeros((2, round(seconds * rate)))
    sound[:, 0] = sides
    return sound


def _response(seconds, rate=RATE, sides=(1.0, 1.0), **values):
    return rendered(convolution, _impulse(seconds, rate, sides), rate, **(WET | values))


def _band(sound, rate, hz):
    """Return what lies around a frequency: an octave and a half of cosine shape, silence beyond, twice as long."""
    spectrum = np.fft.rfft(sound, 2 * sound.shape[-1])
    octaves = np.log2(np.maximum(np.fft.rfftfreq(2 * sound.shape[-1], 1 / rate), 1.0) / hz)
    spectrum *= np.where(np.abs(octaves) < 0.75, 0.5 + 0.5 * np.cos(np.pi * octaves / 0.75), 0.0)
    return np.fft.irfft(spectrum)[..., : sound.shape[-1]]


def _decay_s(sound, rate):
    """Return the time to -60 dB from the slope between -5 and -35 dB of what is still to come (Schroeder 1965)."""
    left = np.cumsum((sound**2).sum(axis=0)[::-1])[::-1]
    level = 10 * np.log10(left / left[0] + 1e-12)
    first, last = np.argmax(level < -5), np.argmax(level < -35)
    return 2 * (last - first) / rate


@pytest.mark.parametrize("rate", [44_100, 96_000])
@pytest.mark.parametrize("decay_s", [0.5, 1.8, 4.5])
@pytest.mark.parametrize("space", [ROOM, HALL, PLATE])
def test_the_middle_falls_by_60_db_within_the_decay(space, decay_s, rate):
    """A hall of half a second is more reflections than tail: it falls faster at first."""
    out = _response(1.3 * decay_s, rate, space=space, decay_s=decay_s, size_percent=50)
    within = 0.2 if (space, decay_s) == (HALL, 0.5) else 0.12
    assert _decay_s(_band(out, rate, 1_000), rate) == pytest.approx(decay_s, rel=within)


@pytest.mark.parametrize("space", range(SPRING))
def test_lows_and_highs_fall_in_their_own_time(space):
    out = _response(3.0, space=space, decay_s=2.0)
    low, middle, high = (_decay_s(_band(out, RATE, hz), RATE) for hz in (100, 1_000, 9_000))
    assert low > middle * (1.02 if space != ROOM else 0.9)
    assert high < middle * 0.97


def test_every_rate_hears_the_same_room():
    """Energy of the response within 1 dB from 44.1 to 192 kHz, in three bands."""
    for hz in (200, 1_000, 5_000):
        levels = []
        for rate in (44_100, 48_000, 96_000, 192_000):
            band = _band(_response(1.5, rate, space=ROOM, decay_s=1.0), rate, hz)
            # An impulse of one frame holds less energy in a band the higher the rate.
            levels.append(10 * np.log10((band**2).sum() * rate))
        assert np.ptp(levels) < 1.0


def test_pre_delay_is_exact():
    near = _response(2.0, space=PLATE)
    far = _response(2.0, space=PLATE, pre_delay_ms=50)
    assert not far[:, :2_400].any()
    assert np.abs(far[:, 2_400:] - near[:, :-2_400]).max() < 1e-6


@pytest.mark.parametrize("size_percent", [50, 100, 200])
def test_size_moves_the_first_reflection(size_percent):
    """The shortest way over one wall of the box, less the direct way."""
    box, source, ear = spaces._TABLE[HALL, :3] * size_percent / 100, spaces._SOURCES[0], spaces._EARS[0]
    direct = np.linalg.norm(box * (source - ear))
    ways = []
    for axis in range(3):
        for mirrored in (-source[axis], 2 - source[axis]):
            image = source.copy()
            image[axis] = mirrored
            ways.append(np.linalg.norm(box * (image - ear)))
    expected = (min(ways) - direct) / 343.0
    out = _response(0.5, sides=(1.0, 0.0), space=HALL, size_percent=size_percent, decay_s=0.2)[0]
    assert np.argmax(np.abs(out) > 0.04) / RATE == pytest.approx(expected, abs=1.5 / RATE)


@pytest.mark.parametrize(
    ("name", "hz"),
    [("low_cut_hz", 200), ("low_cut_hz", 900), ("high_cut_hz", 1_500), ("high_cut_hz", 9_000)],
)
def test_a_cut_is_3_db_down_at_its_frequency_and_12_db_an_octave(name, hz):
    cut = np.abs(np.fft.rfft(_response(1.0, decay_s=0.3, **{name: hz})[0]))
    whole = np.abs(np.fft.rfft(_response(1.0, decay_s=0.3)[0]))
    ratio = 20 * np.log10(cut / whole)
    assert ratio[hz] == pytest.approx(-3.01, abs=0.15)
    far = hz / 4 if name == "low_cut_hz" else hz * 2
    assert ratio[int(far)] < (-23.0 if name == "low_cut_hz" else -11.5)


def test_width_scales_the_side():
    mid, side = (lambda x: x[0] + x[1]), (lambda x: x[0] - x[1])
    whole, half = _response(1.0), _response(1.0, width_percent=50)
    assert np.abs(mid(half) - mid(whole)).max() < 1e-6
    assert np.abs(side(half) - 0.5 * side(whole)).max() < 1e-6
    mono = _response(1.0, width_percent=0)
    assert np.array_equal(mono[0], mono[1])


def test_without_mix_no_bit_changes():
    sound = np.random.default_rng(0).standard_normal((2, 9_000)).astype(np.float32)
    assert np.array_equal(rendered(convolution, sound, mix_percent=0), sound)


@pytest.mark.parametrize("space", range(len(spaces.SPACES)))
def test_a_side_reaches_both_sides_by_ways_of_its_own(space):
    """True stereo: four paths as loud as each other within 6 dB, and none like another."""
    paths = np.concatenate([_response(1.5, sides=sides, space=space) for sides in ((1.0, 0.0), (0.0, 1.0))])
    energies = (paths**2).sum(axis=1)
    assert np.ptp(10 * np.log10(energies)) < 6.0
    alike = np.abs(paths @ paths.T / np.sqrt(np.outer(energies, energies)))[~np.eye(4, dtype=bool)]
    assert alike.max() < 0.3


def test_spaces_are_about_as_loud():
    noise = np.random.default_rng(1).standard_normal((2, 2 * RATE)) * 0.1
    levels = [
        20 * np.log10(rendered(convolution, noise, **(WET | {"space": space, "decay_s": decay_s}))[:, RATE:].std())
        for space in range(len(spaces.SPACES))
        for decay_s in (0.5, 3.0)
    ]
    assert np.ptp(levels) < 8.0


@pytest.mark.parametrize("moved", [{"space": PLATE}, {"decay_s": 4.0}, {"decay_s": 0.3}, {"size_percent": 60}])
def test_a_moved_space_ends_as_if_it_had_always_been(moved):
    noise = (np.random.default_rng(2).standard_normal((2, 5 * RATE)) * 0.1).astype(np.float32)
    state = convolution.prepare(RATE, convolution.DEVICE.values(WET))
    out = run_kernel(convolution.KERNEL, state, noise[:, :RATE])
    for name, value in moved.items():
        state[convolution.DEVICE.slot_of(name)] = value
    out = np.concatenate([out, run_kernel(convolution.KERNEL, state, noise[:, RATE:])], axis=1)
    before, after = rendered(convolution, noise, **WET), rendered(convolution, noise, **(WET | moved))
    assert np.abs(out[:, : RATE + 4_000] - before[:, : RATE + 4_000]).max() < 1e-6
    assert np.abs(out[:, 4 * RATE :] - after[:, 4 * RATE :]).max() < 1e-5
    assert np.abs(after - before)[:, 4 * RATE :].max() > 0.01


@pytest.mark.parametrize("device", [convolution, amp])
def test_whatever_is_moved_while_a_response_is_written_ends_in_silence(device):
    """Blocks of any size, some with samples that are no numbers: bounded, and over at the end."""
    random, state = np.random.default_rng(4), device.prepare(RATE, device.DEVICE.values({}))
    for turn in range(60):
        for parameter in device.DEVICE.parameters:
            if random.random() < 0.3:
                value = parameter.clamped(random.uniform(parameter.low, parameter.high))
                state[device.DEVICE.slot_of(parameter.name)] = value
        sound = (random.standard_normal((2, int(random.integers(1, 6_000)))) * 0.3).astype(np.float32)
        sound[0, 0] = np.nan if turn % 10 == 3 else 0.0
        out = run_kernel(device.KERNEL, state, sound, int(random.integers(1, 65)))
        assert np.abs(out).max() < 30.0
    tail = run_kernel(device.KERNEL, state, np.zeros((2, 12 * RATE), np.float32))
    assert not tail[:, -RATE:].any()


@pytest.mark.alone
def test_no_block_costs_much_more_than_another():
    """Each of 64 cells takes its share of the long partitions: the least of 12 rounds by place, beside their mean."""
    state = convolution.prepare(RATE, convolution.DEVICE.values({"decay_s": 5.0}))
    sound = (np.random.default_rng(3).standard_normal((2, 64)) * 0.1).astype(np.float32)
    call, area = convolution.KERNEL.ctypes, np.ascontiguousarray(sound)
    pointer = area.ctypes.data_as(call.argtypes[1])
    costs = np.full(64, np.inf)
    for _ in range(12):
        for place in range(64):
            area[:] = sound
            started = time.perf_counter()
            call(state.ctypes.data, pointer, 64)
            costs[place] = min(costs[place], time.perf_counter() - started)
    assert costs.max() < 2.0 * costs.mean()
