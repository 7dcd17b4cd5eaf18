"""SF2 files: generators of instruments and presets, samples written out; hostile ones are refused, never followed."""

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.project.exchange import sf2_zones as sf2
from maxbooster_desktop.project.exchange.sampled_instrument import InstrumentRefusedError
from maxbooster_desktop.project.exchange.sf2_chunks import read_soundfont
from tests.factories.sample_files import sample_head, sine16, soundfont, tables

LOW, HIGH = sine16(110.0, 8_000), sine16(440.0, 4_000)
SOUND = np.concatenate((LOW, np.zeros(46, np.int16), HIGH, np.zeros(46, np.int16)))
HEADS = [
    sample_head("Low / A", 0, 8_000, (1_000, 7_000), key=45, cents=-7),
    sample_head("High", 8_046, 12_046, (100, 3_900), rate=22_050, key=69),
    sample_head("In ROM", 0, 100, kind=0x8001),
]
INSTRUMENT = (
    "Keys",
    [
        [(sf2.RELEASE, 0), (sf2.PAN, 250), (8, 6_000)],
        [(sf2.KEYS, (0, 59)), (sf2.VELOCITIES, (1, 90)), (sf2.MODES, 1), (sf2.SAMPLE, 0)],
        [(sf2.KEYS, (60, 127)), (sf2.RELEASE, 1_200), (sf2.ROOT, 70), (sf2.MODES, 3), (sf2.START, 10), (sf2.SAMPLE, 1)],
        [(sf2.SAMPLE, 2)],
    ],
)
PRESETS = [
    ("Second", 0, 5, [[(sf2.COARSE_TUNE, 1), (sf2.INSTRUMENT, 0)]]),
    ("First", 0, 1, [[(sf2.ATTENUATION, 60)], [(sf2.KEYS, (40, 70)), (sf2.FINE_TUNE, 20), (sf2.INSTRUMENT, 0)]]),
]


def good(**changed):
    return tables(PRESETS, [INSTRUMENT], HEADS) | changed


def write(tmp_path, pdta=None, samples=SOUND):
    path = tmp_path / "font.sf2"
    path.write_bytes(soundfont(pdta or good(), samples))
    return path


def test_a_preset_becomes_zones_with_its_samples_written_out(tmp_path):
    made = sf2.read_sf2(write(tmp_path), tmp_path)
    assert made.name == "First"
    low, high = made.zones
    assert (low.fields["low_key"], low.fields["high_key"], low.fields["high_velocity"]) == (40, 59, 90)
    assert (high.fields["low_key"], high.fields["high_key"], high.fields["high_velocity"]) == (60, 70, 127)
    assert (low.fields["root_key"], low.fields["tune_cents"]) == (45, 13.0)
    assert (high.fields["root_key"], high.fields["tune_cents"]) == (70, 20.0)
    assert (low.fields["gain_db"], low.fields["pan"]) == (-6.0, 0.5)
    assert (low.fields["loop_mode"], low.fields["loop_start"], low.fields["loop_end"]) == ("forward", 1_000, 7_000)
    assert (high.fields["loop_mode"], high.fields["start_frame"]) == ("sustain", 10)
    # Timecents 0 are a second, 1200 two; they take 100 dB, ours 60.
    assert (low.fields["release_ms"], high.fields["release_ms"]) == (600.0, 1_200.0)
    heard, rate = soundfile.read(high.sound, dtype="int16")
    assert rate == 22_050
    assert (heard == HIGH).all()
    assert (soundfile.read(low.sound, dtype="int16")[0] == LOW).all()
    assert made.sentences() == (
        "the filter cutoff is not understood",
        "zones are left out: their sample is not in the file",
    )


def test_presets_are_listed_by_bank_and_program_and_can_be_chosen(tmp_path):
    path = write(tmp_path)
    presets = sf2.presets_of(read_soundfont(path))
    assert [(each.program, each.name, each.index) for each in presets] == [(1, "First", 1), (5, "Second", 0)]
    made = sf2.read_sf2(path, tmp_path, presets[1].index)
    assert made.zones[0].fields["tune_cents"] == 93.0
    assert made.zones[0].fields["low_key"] == 0
    with pytest.raises(InstrumentRefusedError, match="no such preset"):
        sf2.read_sf2(path, tmp_path, 7)


def test_a_file_cut_off_anywhere_is_refused(tmp_path):
    whole = soundfont(good(), SOUND)
    path = tmp_path / "font.sf2"
    for length in [0, 1, 11, 12, 20, 60, *range(100, len(whole) - 1, 997), *range(len(whole) - 60, len(whole) - 1, 7)]:
        path.write_bytes(whole[:length])
        with pytest.raises(InstrumentRefusedError) as caught:
            sf2.read_sf2(path, tmp_path)
        assert "font.sf2" in str(caught.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"phdr": b""},
        {"phdr": bytes(38)},
        {"pbag": b"\xff" * 12},
        {"ibag": b"\x05\x00\x00\x00\x01\x00\x00\x00" * 3},
        {"inst": b"x" * 22},
        {"igen": bytes(6)},
        {"shdr": bytes(46)},
        {"shdr": b"\xff" * 46 * 3 + bytes(46)},
        {"igen": b"\xff" * (4 * 20)},
        {"pgen": b"\xff" * (4 * 20)},
    ],
)
def test_tables_that_contradict_each_other_are_refused(tmp_path, changed):
    with pytest.raises(InstrumentRefusedError):
        sf2.read_sf2(write(tmp_path, good(**changed)), tmp_path)


def test_samples_that_lie_over_each_other_do_not_fill_the_disk(tmp_path):
    heads = [sample_head(f"s{number}", 0, len(SOUND)) for number in range(2_000)]
    zones = [[(sf2.SAMPLE, number)] for number in range(2_000)]
    pdta = tables([("All", 0, 0, [[(sf2.INSTRUMENT, 0)]])], [("All", zones)], heads)
    with pytest.raises(InstrumentRefusedError, match="over each other"):
        sf2.read_sf2(write(tmp_path, pdta), tmp_path)
    assert list(tmp_path.glob("*.wav")) == []


def test_a_preset_of_enormously_many_zones_is_cut(tmp_path):
    instrument = ("Many", [[(sf2.SAMPLE, 0)]] * 300)
    pdta = tables([("All", 0, 0, [[(sf2.INSTRUMENT, 0)]] * 300)], [instrument], HEADS)
    made = sf2.read_sf2(write(tmp_path, pdta), tmp_path)
    assert len(made.zones) == 4_096
    assert any("4,096 zones" in sentence for sentence in made.sentences())


def test_random_damage_never_gives_anything_but_zones_or_a_sentence(tmp_path):
    whole = bytearray(soundfont(good(), SOUND[:200]))
    whole = bytearray(soundfont(good(), SOUND))
    first = whole.index(b"pdta")
    random = np.random.default_rng(5)
    path = tmp_path / "font.sf2"
    refused = 0
    for _ in range(300):
        damaged = bytearray(whole)
        for place in random.integers(first, len(whole), 4):
            damaged[place] = random.integers(0, 256)
        path.write_bytes(damaged)
        try:
            made = sf2.read_sf2(path, tmp_path)
        except InstrumentRefusedError:
            refused += 1
        else:
            assert all(zone.sound.is_relative_to(tmp_path) for zone in made.zones)
    assert 0 < refused < 300
