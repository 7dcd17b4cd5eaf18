"""Keys, velocities and turns from the names of files."""

from pathlib import Path

import pytest

from maxbooster_desktop.project.exchange.note_names import key_in, key_named, zones_by_name


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Piano C4", 60), ("Piano C#3 soft", 49), ("Rhodes_Bb2_v2", 46), ("a4", 69), ("Bass-e-1", 4), ("G9", 127),
        ("Cymbal", None), ("A4x", None), ("take2", None), ("H3", None), ("C10", None), ("A9", None), ("Pad A1 C3", 48),
    ],
)  # fmt: skip
def test_the_last_note_of_a_name_counts(name, key):
    assert key_in(name) == key


def test_a_note_alone():
    assert (key_named("c4"), key_named("60"), key_named("db4"), key_named("C4 ")) == (60, None, 61, 60)


def ranges(*names):
    zones = zones_by_name([Path(f"{name}.wav") for name in names])
    return [(z.sound.stem, z.fields["root_key"], z.fields["low_key"], z.fields["high_key"]) for z in zones]


def test_every_key_plays_the_nearest_note():
    assert ranges("P C4", "P C3", "P C5") == [("P C3", 48, 0, 54), ("P C4", 60, 55, 66), ("P C5", 72, 67, 127)]


def test_numbers_are_keys_when_they_tell_the_files_apart():
    assert [row[1] for row in ranges("kit 36", "kit 38")] == [36, 38]
    assert [row[1] for row in ranges("kit a 120", "kit b 120")] == [36, 37]


def test_files_without_notes_lie_key_by_key_and_one_alone_on_all():
    zones = zones_by_name([Path("Kick.wav"), Path("Snare.wav")])
    assert [(z.fields["low_key"], z.fields["high_key"], z.fields["is_one_shot"]) for z in zones] == [
        (36, 36, True),
        (37, 37, True),
    ]
    [alone] = zones_by_name([Path("Vox.wav")])
    assert alone.fields == {"root_key": 60}


def test_layers_share_the_velocities_and_turns_count():
    files = [Path(f"P C4 {part}.wav") for part in ("v1 rr1", "v1 rr2", "v2", "v3")]
    fields = [zone.fields for zone in zones_by_name(files)]
    assert [(f["low_velocity"], f["high_velocity"]) for f in fields] == [(1, 42), (1, 42), (43, 84), (85, 127)]
    assert [(f["turn"], f["turns"]) for f in fields] == [(1, 2), (2, 2), (1, 1), (1, 1)]
