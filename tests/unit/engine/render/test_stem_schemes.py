"""Schemes that name stems: what tokens become, what is refused and how it says so, names that would be equal."""

import pytest

from maxbooster_desktop.engine.render.settings import RenderError
from maxbooster_desktop.engine.render.stem_names import TOKENS, check_scheme, stem_names

TOLD = {"project": "Night Drive", "bpm": "93.5", "key": "A minor", "rate": "48"}


def test_every_token_becomes_what_it_says():
    scheme = "{project} - {number} {track} ({bpm} bpm, {key}, {rate} kHz)"
    assert stem_names(["Kick", "Vox"], "flac", scheme, TOLD) == [
        "Night Drive - 01 Kick (93.5 bpm, A minor, 48 kHz).flac",
        "Night Drive - 02 Vox (93.5 bpm, A minor, 48 kHz).flac",
    ]
    assert all(f"{{{token}}}" in scheme for token in TOKENS)


def test_a_token_without_a_value_leaves_no_gap():
    assert stem_names(["Kick"], "wav", "{key} {track}", {**TOLD, "key": ""}) == ["Kick.wav"]
    assert stem_names(["Kick"], "wav", "{track} {key} {bpm}", {**TOLD, "key": ""}) == ["Kick 93.5.wav"]


def test_names_that_are_equal_on_some_disk_are_numbered():
    assert stem_names(["Vox", "vox", "Vox"], "wav", "{track}") == ["Vox.wav", "vox 2.wav", "Vox 3.wav"]


def test_no_name_leads_elsewhere_or_is_a_device():
    assert stem_names(["../up", "CON", "nul.x"], "wav", "a/{track}") == ["a_.._up.wav", "a_CON.wav", "a_nul.x.wav"]
    assert stem_names(["CON", "nul.x", "Kick"], "wav", "{track}") == ["_CON.wav", "_nul.x.wav", "Kick.wav"]


@pytest.mark.parametrize(
    ("scheme", "sentence"),
    [
        ("{tempo} {track}", "“{tempo}” is nothing a stem can be named after; choose from {number}, {track}"),
        ("{track:>40}", "“{track}” is nothing"),
        ("{track!r}", "“{track}” is nothing"),
        ("{0} {track}", "“{0}” is nothing"),
        ("{track.__class__}", "is nothing a stem"),
        ("{project}", "would give all stems one name"),
        ("", "would give all stems one name"),
        ("{track", "has a brace without its other"),
        ("track}", "has a brace without its other"),
    ],
)
def test_what_cannot_name_stems_is_refused(scheme, sentence):
    with pytest.raises(RenderError) as refused:
        check_scheme(scheme)
    assert sentence in str(refused.value)
