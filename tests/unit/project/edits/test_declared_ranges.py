"""Strip and device values against their declarations: the sentence names the parameter, the range and the unit."""

import pytest

from dsp.strips.parameters import STRIP
from maxbooster_desktop.project.edits import automation, channel
from maxbooster_desktop.project.edits.errors import UnknownParameter, ValueNotAllowed
from tests.unit.project.edits.songs import only, small_song


def test_every_strip_parameter_takes_both_ends_of_its_range_and_nothing_beyond():
    song = small_song()
    for end in ("low", "high"):
        channel.set_strip(song.project, song.drums, {one.name: getattr(one, end) for one in STRIP})
        assert song.state.tracks[song.drums].strip == {one.name: float(getattr(one, end)) for one in STRIP}
    for one in STRIP:
        for beyond in (one.low - 0.001, one.high + 0.001):
            with pytest.raises(ValueNotAllowed, match=one.title):
                channel.set_strip(song.project, song.drums, {"eq_on": 1.0, one.name: beyond})


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"hp_hz": 9.0}, "High-pass frequency must lie between 20 and 2000 Hz; 9.0 does not."),
        ({"comp_ratio": 0.5}, "Ratio must lie between 1 and 20; 0.5 does not."),
        ({"shine": 1.0}, "The channel strip has no parameter 'shine'; choose one of its own."),
    ],
)
def test_a_refused_strip_value_says_what_is_possible(values, sentence):
    song = small_song()
    before = song.state
    with pytest.raises(ValueNotAllowed) as refused:
        channel.set_strip(song.project, song.drums, values)
    assert str(refused.value) == sentence
    assert song.state is before


def test_a_device_takes_what_it_declares():
    song = small_song()
    with pytest.raises(ValueNotAllowed, match=r"Ceiling must lie between -12 and 0 dBTP; 1\.0 does not\."):
        channel.set_insert(song.project, song.vox, song.insert, {"ceiling_dbtp": 1.0})
    with pytest.raises(ValueNotAllowed, match="true peak limiter has no parameter 'punch'"):
        channel.add_insert(song.project, song.vox, "dynamics.true_peak_limiter", {"punch": 1.0})
    channel.set_insert(song.project, song.vox, song.insert, {"ceiling_dbtp": -12.0})


@pytest.mark.parametrize("device", ["dynamics.later", "later.reverb", "dynamics.compressor_curve", "core.compiled"])
def test_a_device_of_a_later_version_takes_any_finite_value(device):
    song = small_song()
    channel.add_insert(song.project, song.drums, device, {"anything": 1e6})
    assert song.state.tracks[song.drums].inserts[-1].values == {"anything": 1e6}


def test_automation_of_strip_and_devices_stays_in_range():
    song = small_song()
    strip = only(automation.add_lane(song.project, song.vox, "strip.band1_gain_db").created)
    device = only(automation.add_lane(song.project, song.vox, f"insert.{song.insert}.drive_db").created)
    with pytest.raises(ValueNotAllowed, match="Band 1 gain must lie between -18 and 18 dB"):
        automation.set_points(song.project, strip, [(0, 18.5, 0.0)])
    with pytest.raises(ValueNotAllowed, match=r"must lie between .* dB"):
        automation.set_points(song.project, device, [(0, 900.0, 0.0)])
    with pytest.raises(UnknownParameter):
        automation.add_lane(song.project, song.vox, "strip.shine")
    automation.set_points(song.project, strip, [(0, -18.0, 0.0)])


@pytest.mark.parametrize(
    ("device", "name", "moves"),
    [
        ("delays.sample_delay", "samples", True),
        ("dynamics.compressor", "look_ahead_ms", True),
        ("dynamics.compressor", "ratio", False),
        ("dynamics.true_peak_limiter", "ceiling_dbtp", False),
    ],
)
def test_what_decides_how_long_the_sound_takes_is_set_and_not_automated(device, name, moves):
    song = small_song()
    channel.add_insert(song.project, song.bass, device)
    insert = song.state.tracks[song.bass].inserts[-1]
    lane = only(automation.add_lane(song.project, song.bass, f"insert.{insert.id}.{name}").created)
    value = -1.0 if name.startswith("ceiling") else 3.0
    if not moves:
        automation.set_points(song.project, lane, [(0, value, 0.0)])
        return
    with pytest.raises(ValueNotAllowed, match="cannot move while it plays: set it once"):
        automation.set_points(song.project, lane, [(0, value, 0.0)])
    assert song.state.lanes[lane].points == ()
