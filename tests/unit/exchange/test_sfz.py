"""SFZ files: inheritance, opcodes, defines and includes; hostile ones are refused or told of, never followed."""

import os
import time

import pytest

from maxbooster_desktop.project.exchange.sampled_instrument import InstrumentRefusedError
from maxbooster_desktop.project.exchange.sfz_zones import read_sfz
from tests.factories.sample_files import write_sfz

SOUNDS = {"samples/low c.wav": 130.8, "samples/High.wav": 523.3}


def read(tmp_path, text, samples=SOUNDS):
    return read_sfz(write_sfz(tmp_path, text, samples))


def test_regions_inherit_from_group_master_and_global(tmp_path):
    made = read(
        tmp_path,
        """// a comment
<control> default_path=samples/ /* and another
over lines */
<global> ampeg_release=0.5 volume=-6
<master> tune=10
<group> lovel=1 hivel=63 pan=-50
<region> sample=low c.wav lokey=c2 hikey=b3 pitch_keycenter=c3
<region> sample=High.wav key=72 volume=3 ampeg_release=0.25
<group> lovel=64
<region> sample=HIGH.WAV lokey=48 hikey=127 pitch_keycenter=72 tune=-20 transpose=12
<master>
<region> sample=High.wav key=40
""",
    )
    fields = [zone.fields for zone in made.zones]
    assert [zone.sound.name for zone in made.zones] == ["low c.wav", "High.wav", "High.wav", "High.wav"]
    assert [(f["low_key"], f["high_key"], f["root_key"]) for f in fields] == [
        (36, 59, 48),
        (72, 72, 72),
        (48, 127, 72),
        (40, 40, 40),
    ]
    assert [(f["low_velocity"], f["high_velocity"]) for f in fields] == [(1, 63), (1, 63), (64, 127), (1, 127)]
    assert [f["gain_db"] for f in fields] == [-6.0, 3.0, -6.0, -6.0]
    assert [f["tune_cents"] for f in fields] == [10.0, 10.0, 1_180.0, 0.0]
    assert [f.get("pan") for f in fields] == [-0.5, -0.5, None, None]
    assert [f["release_ms"] for f in fields] == [500.0, 250.0, 500.0, 500.0]
    assert made.sentences() == ()


def test_loops_envelopes_turns_and_choking(tmp_path):
    made = read(
        tmp_path,
        """<group> group=3 off_by=3 seq_length=2
<region> sample=samples/High.wav loop_mode=loop_continuous loop_start=100 loop_end=1099 seq_position=1
loop_crossfade=0.02 ampeg_delay=0.1 ampeg_attack=0.2 ampeg_hold=0.3 ampeg_decay=0.4 ampeg_sustain=50
<region> sample=samples/High.wav loop_mode=one_shot seq_position=2 offset=10 end=99
<region> sample=samples/High.wav loopmode=loop_sustain loopstart=5 loopend=9 pitch_keytrack=0
""",
    )
    first, second, third = (zone.fields for zone in made.zones)
    assert (first["loop_mode"], first["loop_start"], first["loop_end"], first["crossfade_ms"]) == (
        "forward", 100, 1_100, 20.0,
    )  # fmt: skip
    stages = [first[name] for name in ("delay_ms", "attack_ms", "hold_ms", "decay_ms", "sustain_percent")]
    assert stages == pytest.approx([100.0, 200.0, 300.0, 400.0, 50.0])
    assert [(zone.fields["turn"], zone.fields["turns"], zone.fields["choke"]) for zone in made.zones] == [
        (1, 2, 3), (2, 2, 3), (1, 2, 3),
    ]  # fmt: skip
    assert (second["is_one_shot"], second["start_frame"], second["end_frame"]) == (True, 10, 100)
    assert (third["loop_mode"], third["loop_start"], third["loop_end"]) == ("sustain", 5, 10)
    assert third["key_track_percent"] == 0.0


def test_defines_and_includes(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/regions.inc").write_text("<region> sample=samples/$NAME.wav key=$KEY\n")
    made = read(
        tmp_path,
        '#define $KEY 61\n#define $NAME High\n#include "parts/regions.inc"\n'
        '#define $KEY 62\n#include "parts/regions.inc"\n',
    )
    assert [zone.fields["root_key"] for zone in made.zones] == [61, 62]


def test_what_is_not_understood_is_told_item_by_item(tmp_path):
    made = read(
        tmp_path,
        """<region> sample=samples/High.wav cutoff=500 fil_type=lpf_2p
<region> sample=samples/High.wav cutoff=900
<region> sample=samples/High.wav trigger=release
<region> sample=samples/High.wav locc64=64
<region> sample=*sine
<region> sample=samples/gone.wav volume=loud
<curve> curve_index=7
""",
    )
    assert len(made.zones) == 2
    said = made.sentences()
    assert "the opcode 'cutoff' is not understood (2 times)" in said
    for part in ("'fil_type'", "'release'", "'locc64'", "'*sine'", "'samples/gone.wav'", "'volume=loud'", "<curve>"):
        assert any(part in sentence for sentence in said), part


def test_samples_and_includes_outside_the_folder_are_not_read(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret.wav").write_bytes(b"x")
    (tmp_path / "secret.inc").write_text("<region> sample=ok.wav\n")
    os.symlink(tmp_path / "secret.wav", inner / "link.wav")
    text = f"""#include "../secret.inc"
#include "{tmp_path}/secret.inc"
<region> sample=../secret.wav
<region> sample=..\\secret.wav
<region> sample={tmp_path}/secret.wav
<region> sample=link.wav
<region> sample=a/../../secret.wav
<region> sample=ok.wav
"""
    made = read_sfz(write_sfz(inner, text, {"ok.wav": 440.0}))
    assert [zone.sound.name for zone in made.zones] == ["ok.wav"]
    assert sum(made.left_out.values()) == 7


def test_includes_that_go_round_end(tmp_path):
    (tmp_path / "a.inc").write_text('#include "b.inc"\n<region> sample=samples/High.wav\n')
    (tmp_path / "b.inc").write_text('#include "a.inc"\n#include "instrument.sfz"\n')
    made = read(tmp_path, '#include "a.inc"\n')
    assert len(made.zones) == 1
    assert sum("includes itself" in sentence for sentence in made.sentences()) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<region>",
        "sample=samples/High.wav",
        "\0\xff" * 1_000,
        "<region> sample=samples/High.wav end=-1",
        "<region> sample=samples/High.wav lokey=80 hikey=70",
        "<region> sample=samples/High.wav hikey=-1",
        "#define $A " + "x" * 9_000 + "\n#define $B $A$A\n#define $C $B$B\n<region> sample=$C\n",
        "<region> " * 100_000,
        "".join(f"#define $V{number} 1\n" for number in range(2_000)),
    ],
)
def test_a_file_without_a_playable_region_is_refused_with_a_sentence(tmp_path, text):
    started = time.monotonic()
    with pytest.raises(InstrumentRefusedError) as caught:
        read(tmp_path, text)
    assert "instrument.sfz" in str(caught.value)
    assert time.monotonic() - started < 5.0


def test_enormous_files_are_refused_and_enormous_counts_are_cut(tmp_path):
    path = write_sfz(tmp_path, "<region> sample=samples/High.wav\n" * 5_000, SOUNDS)
    made = read_sfz(path)
    assert len(made.zones) == 4_096
    assert any("4,096 zones" in sentence for sentence in made.sentences())
    path.write_bytes(b"//" + b"x" * (9 << 20))
    with pytest.raises(InstrumentRefusedError, match="longer"):
        read_sfz(path)
    deep = tmp_path / "deep.inc"
    deep.write_text("".join(f'#include "many{number}.inc"\n' for number in range(300)))
    for number in range(300):
        (tmp_path / f"many{number}.inc").write_text("\n")
    path.write_text('#include "deep.inc"\n')
    with pytest.raises(InstrumentRefusedError, match="longer"):
        read_sfz(path)


def test_numbers_that_are_none_or_absurd_become_values_a_zone_can_have(tmp_path):
    made = read(
        tmp_path,
        "<region> sample=samples/High.wav volume=1e99 tune=nan pan=inf seq_length=-5 key=400\n"
        "loop_end=999999999999999\n",
    )
    [zone] = made.zones
    assert (zone.fields["gain_db"], zone.fields["tune_cents"], zone.fields["pan"]) == (24.0, 0.0, 1.0)
    assert (zone.fields["turns"], zone.fields["root_key"]) == (1, 127)
