"""Amp and cabinet: what the stages add and do not alias, knobs and loudspeaker as their formulas say."""

import numpy as np
import pytest

from dsp.distortion import amp, cabinets
from tests.factories.device_render import both_sides, rendered, run_kernel

RATE = 48_000
CLEAN, LEAD = 0, 2
BARE = {"cabinet": 0, "presence_db": 0, "level_db": 0}
QUIET = BARE | {"voice": CLEAN, "drive_db": -12}


def _response_db(rate=RATE, loudness=1e-3, **values):
    """Return the level at each Hz, by an impulse so quiet that nothing bends."""
    impulse = np.zeros((2, rate))
    impulse[:, 0] = loudness
    return 20 * np.log10(np.abs(np.fft.rfft(rendered(amp, impulse, rate, **values)[0])) / loudness + 1e-9)


def _spectrum(hz, tone_db, **values):
    """Return the levels of a tone's second half by Hz, of which it fills whole periods; 0 dB is full scale."""
    out = rendered(amp, both_sides(hz, tone_db, 2.0), **values)[0, RATE:]
    return 20 * np.log10(2 * np.abs(np.fft.rfft(out)) / out.size + 1e-9)


@pytest.mark.parametrize(("voice", "drive_db", "bar"), [(CLEAN, 24, -110.0), (1, 12, -75.0), (LEAD, 24, -40.0)])
def test_what_is_bent_hardly_aliases(voice, drive_db, bar):
    """All below 18 kHz that is no harmonic of a tone of 5 kHz, beside that tone; above is where the filters open."""
    spectrum = 10 ** (_spectrum(5_000, -12.0, **(BARE | {"voice": voice, "drive_db": drive_db})) / 10)
    harmonics = np.zeros(spectrum.size, bool)
    harmonics[::5_000] = True
    others = spectrum[20:18_000][~harmonics[20:18_000]].sum()
    assert 10 * np.log10(others / spectrum[5_000]) < bar


@pytest.mark.parametrize("voice", range(4))
def test_more_drive_gives_more_harmonics_of_both_kinds(voice):
    second, third = [], []
    for drive_db in (-12, 6, 24):
        spectrum = _spectrum(200, -24.0, **(BARE | {"voice": voice, "drive_db": drive_db}))
        second.append(spectrum[400] - spectrum[200])
        third.append(spectrum[600] - spectrum[200])
    assert third[0] < third[1] < third[2]
    assert max(second) > -40.0
    assert third[2] > (-40.0 if voice == CLEAN else -20.0)


def test_voices_bend_one_more_than_another():
    thirds = [np.subtract(*_spectrum(200, -30.0, **(BARE | {"voice": voice}))[[600, 200]]) for voice in (0, 1, 2)]
    assert thirds[0] < thirds[1] - 6.0 < thirds[2] - 12.0


def test_drive_is_in_db_where_nothing_bends():
    quiet = _response_db(loudness=1e-5, **QUIET)
    louder = _response_db(loudness=1e-5, **(QUIET | {"drive_db": 0}))
    assert (louder - quiet)[100:10_000] == pytest.approx(12.0, abs=0.05)


@pytest.mark.parametrize("knob", ["bass_percent", "middle_percent", "treble_percent"])
def test_a_tone_knob_turns_where_it_should(knob):
    """Up against down: bass most at 50 Hz, middle most around 400 Hz, treble most at 5 kHz."""
    low, high = (_response_db(**(QUIET | {knob: value})) for value in (0, 100))
    change = {hz: high[hz] - low[hz] for hz in (50, 400, 5_000)}
    own = {"bass_percent": 50, "middle_percent": 400, "treble_percent": 5_000}[knob]
    assert change[own] == max(change.values())
    assert change[own] > 3.5


@pytest.mark.parametrize("presence_db", [4.0, 12.0])
def test_presence_raises_what_lies_above(presence_db):
    change = _response_db(**(QUIET | {"presence_db": presence_db})) - _response_db(**QUIET)
    hz = np.arange(100, 20_000, 100)
    kept = np.exp(-2 * np.pi * amp._PRESENCE_HZ / RATE)
    low = (1 - kept) / (1 - kept * np.exp(-2j * np.pi * hz / RATE))
    expected = 20 * np.log10(np.abs(1 + (10 ** (presence_db / 20) - 1) * (1 - low)))
    assert change[hz] == pytest.approx(expected, abs=0.1)
    assert expected[-1] > 0.85 * presence_db


@pytest.mark.parametrize("cabinet", range(1, len(cabinets.CABINETS)))
def test_a_cabinet_rolls_off_on_both_sides(cabinet):
    """Below its box by about 12 dB an octave, above its cone by about 24."""
    response = _response_db(96_000, **(QUIET | {"cabinet": cabinet, "edge_percent": 0})) - _response_db(96_000, **QUIET)
    box_hz, _, top_hz = cabinets._TABLE[cabinet, :3]
    assert 8.0 < response[int(box_hz / 2)] - response[int(box_hz / 4)] < 16.0
    octave = response[int(1.5 * top_hz)] - response[int(3 * top_hz)]
    assert 18.0 < octave < 34.0


@pytest.mark.parametrize("cabinet", [2, 4])
def test_a_cabinet_is_the_same_at_every_rate(cabinet):
    values = QUIET | {"cabinet": cabinet}
    responses = [_response_db(rate, **values)[80:6_000] for rate in (44_100, 48_000, 96_000, 192_000)]
    spread = np.ptp([np.convolve(response, np.ones(60) / 60, "same")[60:-60] for response in responses], axis=0)
    assert spread.max() < 1.5


def test_towards_the_edge_it_gets_darker():
    levels = [
        _response_db(**(QUIET | {"cabinet": 4, "edge_percent": edge}))[3_500:5_000].mean() for edge in (0, 50, 100)
    ]
    assert levels[0] > levels[1] + 4.0 > levels[2] + 8.0


def test_level_and_mix():
    noise = np.random.default_rng(0).standard_normal((2, 9_000)).astype(np.float32) * np.float32(0.2)
    loud, quiet = rendered(amp, noise, level_db=0), rendered(amp, noise, level_db=-12)
    assert quiet == pytest.approx(loud * 10 ** (-12 / 20), abs=1e-6)
    dry = rendered(amp, noise, mix_percent=0)
    assert np.array_equal(dry[:, amp.LATENCY :], noise[:, : -amp.LATENCY])
    half = rendered(amp, noise, level_db=0, mix_percent=50)
    assert half == pytest.approx(0.5 * (loud + dry), abs=1e-6)


def test_a_moved_cabinet_ends_as_if_it_had_always_been():
    tone = both_sides(220, -12.0, 3.0).astype(np.float32)
    state = amp.prepare(RATE, amp.DEVICE.values({"cabinet": 4}))
    first = run_kernel(amp.KERNEL, state, tone[:, :RATE])
    state[amp.DEVICE.slot_of("cabinet")], state[amp.DEVICE.slot_of("edge_percent")] = 1, 80
    out = np.concatenate([first, run_kernel(amp.KERNEL, state, tone[:, RATE:])], axis=1)
    after = rendered(amp, tone, cabinet=1, edge_percent=80)
    assert np.abs(out[:, 2 * RATE :] - after[:, 2 * RATE :]).max() < 1e-5
    assert np.abs(rendered(amp, tone, cabinet=4)[:, 2 * RATE :] - after[:, 2 * RATE :]).max() > 0.01
