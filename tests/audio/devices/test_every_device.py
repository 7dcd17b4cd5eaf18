"""Every device of the engine, by its declaration: knobs are heard, moves do not click, presets differ, tails end."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from maxbooster_desktop.cli.bench.devices import row as run_row
from maxbooster_desktop.engine.graph.devices import device_ids, module_of
from maxbooster_desktop.engine.graph.presets import PresetError, preset_of, presets_of
from tests.factories.device_render import run_kernel

RATE = 48_000
AUDIBLE_DB = -40.0
#: A device for measuring, whose one number depends on the material alone.
WITHOUT_PRESETS = {"delays.sample_delay"}
every_device = pytest.mark.parametrize("device_id", device_ids())


@cache
def _programme():
    """Stereo: hits and a tone of other pitch on each side, 1.5 s, peaks near -3 dBFS."""
    frames = RATE * 3 // 2
    n = np.arange(frames)
    random = np.random.default_rng(5)
    hits = random.standard_normal((2, frames)) * np.exp(-(n % (RATE // 4)) / 1_500) * 0.2
    tones = np.stack([np.sin(2 * np.pi * 110 * n / RATE), np.sin(2 * np.pi * 1_320 * n / RATE)]) * 0.25
    return (hits + tones).astype(np.float32)


def _heard(device_id, values):
    module = module_of(device_id)
    return run_kernel(module.KERNEL, module.prepare(RATE, module.DEVICE.values(values)), _programme())


def _difference_db(one, other):
    loudest = max(np.sqrt(np.mean(one**2)), np.sqrt(np.mean(other**2)), 1e-9)
    return 20 * np.log10(np.sqrt(np.mean((one - other) ** 2)) / loudest + 1e-12)


def _bases(device_id):
    """Default values first, then those of presets: some knobs do nothing until another one is up."""
    return [{}, *(dict(preset.values) for preset in presets_of(device_id))]


def _parameters():
    return [(each, parameter.name) for each in device_ids() for parameter in module_of(each).DEVICE.parameters]


@pytest.mark.parametrize(("device_id", "name"), _parameters())
def test_every_parameter_is_heard(device_id, name):
    [parameter] = [each for each in module_of(device_id).DEVICE.parameters if each.name == name]
    found = -120.0
    for base in _bases(device_id):
        low, high = (_heard(device_id, base | {name: value}) for value in (parameter.low, parameter.high))
        found = max(found, _difference_db(low, high))
        if found > AUDIBLE_DB:
            break
    assert found > AUDIBLE_DB


@every_device
def test_every_choice_is_heard(device_id):
    """Each word of a choice differs from the one before, untouched or in one of the presets."""
    for parameter in module_of(device_id).DEVICE.parameters:
        if len(parameter.choices) > 2:
            assert any(_are_apart(device_id, parameter, base) for base in _bases(device_id)), parameter.name


def _are_apart(device_id, parameter, base):
    before = None
    for place in range(len(parameter.choices)):
        sound = _heard(device_id, base | {parameter.name: place})
        if before is not None and _difference_db(before, sound) <= AUDIBLE_DB:
            return False
        before = sound
    return True


@every_device
def test_five_presets_differ_from_the_default_and_from_each_other(device_id):
    if device_id in WITHOUT_PRESETS:
        assert presets_of(device_id) == ()
        return
    presets = presets_of(device_id)
    assert len(presets) >= 5
    sounds = [_heard(device_id, {}), *(_heard(device_id, preset.values) for preset in presets)]
    for place, sound in enumerate(sounds):
        assert np.isfinite(sound).all()
        assert np.abs(sound).max() < 4.0
        for other in sounds[:place]:
            assert _difference_db(sound, other) > AUDIBLE_DB
    assert all(len(preset.use) > 15 and preset.use.endswith(".") for preset in presets)


def _click_db(device_id, name, before, after):
    """What a move adds above 9 kHz to a tone of 200 Hz at -6 dBFS, in dBFS of its highest peak."""
    module, frames = module_of(device_id), RATE // 2
    tone = 0.5 * np.sin(2 * np.pi * 200 * np.arange(frames) / RATE)
    sound = np.stack([tone, tone * 0.5]).astype(np.float32)
    state = module.prepare(RATE, module.DEVICE.values({name: before}))
    first = run_kernel(module.KERNEL, state, sound)
    state[module.DEVICE.slot_of(name)] = after
    whole = np.concatenate([first, run_kernel(module.KERNEL, state, sound)], axis=1)
    spectrum = np.fft.rfft(whole * np.hanning(2 * frames))
    spectrum[:, : 9_000 * 2 * frames // RATE] = 0
    return 20 * np.log10(np.abs(np.fft.irfft(spectrum)).max() + 1e-9)


#: What may step: a delay in samples, and a look-ahead, for which the engine starts another instance and fades.
STEPS = {"samples", "look_ahead_ms"}


@pytest.mark.parametrize(("device_id", "name"), [each for each in _parameters() if each[1] not in STEPS])
def test_a_moved_parameter_does_not_click(device_id, name):
    [parameter] = [each for each in module_of(device_id).DEVICE.parameters if each.name == name]
    for before, after in ((parameter.low, parameter.high), (parameter.high, parameter.low)):
        still = max(_click_db(device_id, name, before, before), _click_db(device_id, name, after, after))
        assert _click_db(device_id, name, before, after) < max(-50.0, still + 6.0)


@every_device
def test_a_tail_ends(device_id):
    """Twenty seconds after the last sound, what leaves is below -120 dBFS."""
    module = module_of(device_id)
    state = module.prepare(RATE, module.DEVICE.values({}))
    run_kernel(module.KERNEL, state, _programme()[:, : RATE // 2])
    tail = run_kernel(module.KERNEL, state, np.zeros((2, 20 * RATE), np.float32))
    assert np.abs(tail[:, -RATE:]).max() < 1e-6


def test_a_preset_that_does_not_fit_is_named():
    device = module_of("dynamics.compressor").DEVICE
    entry = {"id": "x", "title": "X", "use": "Nothing.", "values": {"ratio": 40.0}}
    with pytest.raises(PresetError, match=r"sets ratio to 40\.0, which Compressor does not allow"):
        preset_of(device, entry)
    with pytest.raises(PresetError, match="sets colour to"):
        preset_of(device, entry | {"values": {"colour": 1.0}})
    with pytest.raises(PresetError, match="lacks use, values"):
        preset_of(device, {"id": "x", "title": "X"})


def test_the_page_of_figures_has_a_row_for_every_device():
    page = (Path(__file__).parents[3] / "docs/devices.md").read_text(encoding="utf-8")
    for device_id in device_ids():
        [row] = [line for line in page.splitlines() if f"`{device_id}`" in line]
        figures = run_row(module_of(device_id), 0.01)
        cells = [cell.strip() for cell in row.split("|")[1:-1]]
        assert cells[0] == module_of(device_id).DEVICE.title
        assert (int(cells[4]), int(cells[7])) == (figures["latency"], figures["presets"])
        assert float(cells[5]) == pytest.approx(figures["gain_db"], abs=0.02)
        assert float(cells[6]) == pytest.approx(figures["other_db"], abs=3.0)
