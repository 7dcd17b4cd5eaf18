"""Factory sounds of the sampler: every key answers, in tune, the same bytes each time; the strings loop evenly."""

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.actions.instruments import PATCHES as OFFERED
from maxbooster_desktop.project.exchange.factory_sounds import PATCHES, make_patch
from tests.factories.played_instruments import RATE
from tests.factories.sampled_notes import play_zones, zone


@pytest.fixture(scope="module", params=PATCHES)
def patch(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("patch")
    return request.param, make_patch(request.param, folder)


def sounding(made):
    """Return the patch's zones as the kernel plays them."""
    return [_played(planned) for planned in made.zones]


def _played(planned):
    samples, rate = soundfile.read(planned.sound, dtype="float32", always_2d=True)
    assert rate == RATE
    fields = dict(planned.fields)
    given = {"root": fields["root_key"], "crossfade": round(fields.get("crossfade_ms", 0.0) * RATE / 1_000)}
    names = {"low_key", "high_key", "low_velocity", "high_velocity", "loop_mode", "loop_start", "loop_end"}
    names |= {"is_one_shot", "turn", "turns", "choke"}
    return zone(np.ascontiguousarray(samples.T), **given, **{key: fields[key] for key in names & fields.keys()})


def test_what_is_offered_is_what_there_is():
    assert {patch: title.casefold() for patch, (title, _) in PATCHES.items()} == OFFERED


def test_the_same_bytes_each_time(patch, tmp_path):
    name, made = patch
    again = make_patch(name, tmp_path)
    assert [zone.sound.read_bytes() for zone in again.zones] == [zone.sound.read_bytes() for zone in made.zones]
    assert [zone.fields for zone in again.zones] == [zone.fields for zone in made.zones]


def test_notes_sound_in_tune_and_at_a_level_of_use(patch):
    name, made = patch
    zones = sounding(made)
    if name == "studio_kit":
        for key in (36, 37, 38, 39, 42, 45, 46, 50):
            assert 0.02 < np.abs(play_zones(zones, [(0, 100, key, 1.0)], RATE // 4)).max() < 1.0
        return
    for key in (40, 57, 69, 80):
        heard = play_zones(zones, [(0, 2 * RATE, key, 1.0)], 2 * RATE)[0]
        assert 0.05 < np.abs(heard).max() < 1.0
        power = np.abs(np.fft.rfft(heard[4_800 : 4_800 + RATE] * np.hanning(RATE))) ** 2
        hz = 440.0 * 2 ** ((key - 69) / 12)
        around = power[round(hz * 0.94) : round(hz * 1.06)]
        # Nothing a semitone away is louder than what lies on the note.
        assert abs(1_200 * np.log2((round(hz * 0.94) + around.argmax()) / hz)) < 35


def test_held_strings_go_on_evenly(patch):
    name, made = patch
    if name != "strings":
        return
    heard = play_zones(sounding(made), [(0, 12 * RATE, 60, 1.0)], 10 * RATE)
    levels = [np.sqrt(np.mean(heard[:, at : at + RATE // 2] ** 2)) for at in range(2 * RATE, 10 * RATE, RATE // 2)]
    assert 20 * np.log10(max(levels) / min(levels)) < 6.0
