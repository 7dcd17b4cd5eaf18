"""Settings survive, refuse nonsense, and fall back when their file is damaged."""

import json
import os

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


_ODD = [None, True, -(10**400), 1e999, float("nan"), "\ud800", "a\0b", [[]], [None], ["x", 1], [1, "x"], [1.5, 2],
        {}, [{}], [True, False], [0, 0], [-1, 2], [10**30, 1], ["\ud800"], ["\0"], list(range(1, 2_000)),
        ["x"] * 50]  # fmt: skip


@pytest.mark.parametrize("setting", DECLARED.values(), ids=lambda setting: setting.id)
@pytest.mark.parametrize("value", _ODD, ids=lambda value: repr(value)[:20])
def test_a_value_of_any_shape_is_taken_only_where_it_fits(tmp_path, setting, value):
    """The window takes what `get` returns without looking: it must be of the declared shape, items included."""
    (tmp_path / FILE_NAME).write_text(json.dumps({setting.id: value, "transport.clock": "time"}))
    settings = Settings(tmp_path)
    found = settings.get(setting.id)
    assert type(found) is type(setting.default)
    if isinstance(found, list):
        assert all(type(item) is setting.items for item in found)
        assert setting.id != "audio.output_channels" or found == [1, 2]
    if type(value) is type(setting.default) is bool:
        assert found is value
    elif setting.id not in {"transport.clock", "window.panels", "midi.learned"}:
        assert settings.get("transport.clock") == "time"
        assert found == setting.default
        assert [problem for problem in settings.problems if setting.id in problem]
        assert len(settings.problems[0]) < 300


def test_numbers_may_be_written_without_a_point(tmp_path):
    (tmp_path / FILE_NAME).write_text(json.dumps({"transport.metronome_gain_db": -12}))
    assert Settings(tmp_path).get("transport.metronome_gain_db") == -12
    (tmp_path / FILE_NAME).write_text("\ufeff" + json.dumps({"transport.clock": "time"}), encoding="utf-8")
    assert Settings(tmp_path).get("transport.clock") == "time"


def test_names_of_folders_that_are_no_text_survive(tmp_path):
    folder = os.fsdecode(b"/caf\xe9")
    Settings(tmp_path).set("export.folder", folder)
    settings = Settings(tmp_path)
    assert settings.get("export.folder") == folder
    assert settings.problems == []


@pytest.mark.parametrize(
    "content", [b"{", b"\xff\xfe{}", b"[" * 100_000, b'{"a": ' * 50_000, b"[1]", b" " * (2 << 20), b""]
)
def test_a_file_that_cannot_be_taken_over_is_kept_before_it_is_replaced(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)
    settings = Settings(tmp_path)
    assert len(settings.problems) == 1
    assert "defaults are used" in settings.problems[0]
    assert (tmp_path / FILE_NAME).read_bytes() == content
    settings.set("audio.block_frames", 64)
    settings.set("audio.block_frames", 256)
    assert [path.read_bytes() for path in tmp_path.glob("settings.kept-*")] == [content]
    assert Settings(tmp_path).problems == []


def test_each_damaged_file_is_kept_under_its_own_name(tmp_path):
    for content in ('{"audio.sample_rate": 7}', "{"):
        (tmp_path / FILE_NAME).write_text(content)
        Settings(tmp_path).set("audio.block_frames", 64)
    assert (tmp_path / "settings.kept-1.json").read_text() == '{"audio.sample_rate": 7}'
    assert (tmp_path / "settings.kept-2.json").read_text() == "{"


def test_what_is_no_file_is_not_waited_for(tmp_path):
    (tmp_path / FILE_NAME).mkdir()
    settings = Settings(tmp_path)
    assert "it is no ordinary file" in settings.problems[0]
    settings.set("audio.block_frames", 64)
    assert Settings(tmp_path).get("audio.block_frames") == 64
    if hasattr(os, "mkfifo"):
        (tmp_path / FILE_NAME).unlink()
        os.mkfifo(tmp_path / FILE_NAME)
        assert "it is no ordinary file" in Settings(tmp_path).problems[0]


def test_what_cannot_be_written_is_refused_or_holds_for_now(tmp_path):
    settings = Settings(tmp_path)
    (tmp_path / "settings.tmp").mkdir()
    with pytest.raises(SettingsError, match="cannot be written"):
        settings.set("cloud.address", "https://cloud.example")
    assert settings.get("cloud.address") == ""
    assert "cannot be written" in settings.remember("window.browser_width", 300)
    assert settings.get("window.browser_width") == 300
    assert "is no value" in settings.remember("window.browser_width", 9_999)
    assert settings.get("window.browser_width") == 300
    (tmp_path / "settings.tmp").rmdir()
    assert settings.remember("window.browser_width", 310) == ""
    assert Settings(tmp_path).get("window.browser_width") == 310
