"""Every instrument, by its declaration: knobs are heard, presets differ, notes end, nothing plays without a note."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from maxbooster_desktop.cli.bench.instruments import instrument_row
from maxbooster_desktop.engine.graph.devices import device_ids, instrument_ids, module_of
from maxbooster_desktop.engine.graph.presets import presets_of
from tests.factories.played_instruments import RATE, play

AUDIBLE_DB = -40.0
every_instrument = pytest.mark.parametrize("device_id", instrument_ids())
#: Every pad's key and one of its own for keys, each twice, hard and soft, long and short.
PHRASE = [
    (3_000 * place + 1_000 * again, 3_000 * place + 1_500 + 5_000 * again, key, 0.9 - 0.5 * again)
    for place, key in enumerate((36, 37, 38, 39, 42, 45, 46, 50, 60))
    for again in range(2)
]


@cache
def heard(device_id, values):
    return play(module_of(device_id), dict(values), PHRASE, RATE * 3 // 4)


def difference_db(one, other):
    loudest = max(np.sqrt(np.mean(one**2)), np.sqrt(np.mean(other**2)), 1e-9)
    return 20 * np.log10(np.sqrt(np.mean((one - other) ** 2)) / loudest + 1e-12)


def test_the_page_of_figures_has_a_row_for_every_instrument():
    page = (Path(__file__).parents[3] / "docs/devices.md").read_text(encoding="utf-8")
    for device_id in instrument_ids():
        [row] = [line for line in page.splitlines() if f"`{device_id}`" in line]
        figures = instrument_row(module_of(device_id), 0.01)
        cells = [cell.strip() for cell in row.split("|")[1:-1]]
        assert cells[0] == module_of(device_id).DEVICE.title
        assert float(cells[5]) == pytest.approx(figures["peak_db"], abs=0.06)
        assert (cells[6] == "-") == (figures["alias_db"] is None)
        assert cells[6] == "-" or float(cells[6]) == pytest.approx(figures["alias_db"], abs=1.0)
        assert int(cells[7]) == figures["presets"]


def parameters():
    return [(each, parameter.name) for each in instrument_ids() for parameter in module_of(each).DEVICE.parameters]


@every_instrument
def test_the_declaration_is_sound(device_id):
    device = module_of(device_id).DEVICE
    assert device.check() == []
    assert device.is_instrument
    assert device_id not in device_ids()


@pytest.mark.parametrize(("device_id", "name"), parameters())
def test_every_parameter_is_heard(device_id, name):
    [parameter] = [each for each in module_of(device_id).DEVICE.parameters if each.name == name]
    found = -120.0
    for base in [{}, *(dict(preset.values) for preset in presets_of(device_id))]:
        low, high = (
            heard(device_id, tuple((base | {name: value}).items())) for value in (parameter.low, parameter.high)
        )
        found = max(found, difference_db(low, high))
        if found > AUDIBLE_DB:
            break
    assert found > AUDIBLE_DB


@every_instrument
def test_five_presets_differ_from_the_default_and_from_each_other(device_id):
    presets = presets_of(device_id)
    assert len(presets) >= 5
    sounds = [heard(device_id, ()), *(heard(device_id, tuple(preset.values.items())) for preset in presets)]
    for place, sound in enumerate(sounds):
        assert np.isfinite(sound).all()
        assert 0.01 < np.abs(sound).max() < 4.0
        for other in sounds[:place]:
            assert difference_db(sound, other) > AUDIBLE_DB
    assert all(len(preset.use) > 15 and preset.use.endswith(".") for preset in presets)


@every_instrument
def test_nothing_sounds_without_a_note_and_what_sounded_ends(device_id):
    module = module_of(device_id)
    assert np.abs(play(module, {}, [], 4_800)).max() == 0.0
    assert np.abs(play(module, {}, PHRASE, 5 * RATE)[:, -RATE:]).max() == 0.0


@every_instrument
def test_what_is_in_the_block_already_stays(device_id):
    from tests.factories.device_render import run_kernel

    module = module_of(device_id)
    sound = np.full((2, 100), 0.25, np.float32)
    assert (run_kernel(module.KERNEL, module.prepare(RATE, module.DEVICE.values({})), sound) == sound).all()
