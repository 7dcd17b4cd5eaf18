"""Settings survive, refuse nonsense, and fall back when their file is damaged."""

import json

import pytest

from maxbooster_desktop.settings.declared import DECLARED
from maxbooster_desktop.settings.store import FILE_NAME, Settings, SettingsError


@pytest.mark.parametrize("setting", DECLARED.values(), ids=lambda setting: setting.id)
def test_declaration_is_sound(setting):
    assert setting.accepts(setting.default)
    assert json.loads(json.dumps(setting.default)) == setting.default
    assert setting.help.endswith(".")


def test_values_survive(tmp_path):
    Settings(tmp_path).set("audio.block_frames", 256)
    assert Settings(tmp_path).get("audio.block_frames") == 256
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize(
    ("setting_id", "value"),
    [
        ("audio.block_frames", 100),
        ("audio.sample_rate", "48000"),
        ("window.browser_width", 5),
        ("audio.block_frames", True),
    ],
)
def test_nonsense_is_refused_by_name(tmp_path, setting_id, value):
    with pytest.raises(SettingsError, match=setting_id):
        Settings(tmp_path).set(setting_id, value)


@pytest.mark.parametrize("content", ["{", "[1]", "\x00"])
def test_damaged_file_gives_defaults_and_says_so(tmp_path, content):
    (tmp_path / FILE_NAME).write_text(content)
    settings = Settings(tmp_path)
    assert settings.get("audio.sample_rate") == 48_000
    assert len(settings.problems) == 1


def test_one_bad_value_costs_only_itself_and_unknown_ones_are_kept(tmp_path):
    (tmp_path / FILE_NAME).write_text(json.dumps({"audio.sample_rate": 7, "audio.block_frames": 64, "later.new": 1}))
    settings = Settings(tmp_path)
    assert (settings.get("audio.sample_rate"), settings.get("audio.block_frames")) == (48_000, 64)
    assert "audio.sample_rate" in settings.problems[0]
    settings.set("audio.host_api", "ALSA")
    assert json.loads((tmp_path / FILE_NAME).read_text())["later.new"] == 1


def test_unwritable_folder_is_named(tmp_path):
    settings = Settings(tmp_path / "missing")
    with pytest.raises(SettingsError, match="missing"):
        settings.set("audio.block_frames", 64)


def test_recent_projects_are_unique_latest_first_and_exist(tmp_path):
    settings = Settings(tmp_path)
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in (*folders, folders[0]):
        folder.mkdir(exist_ok=True)
        settings.remember_project(folder)
    assert settings.recent_projects() == folders
    folders[1].rmdir()
    assert Settings(tmp_path).recent_projects() == folders[:1]
