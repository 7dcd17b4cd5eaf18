"""What a killed render leaves is cleared away by the next one; what a running one has is not."""

import subprocess
import sys
from pathlib import Path

import pytest

from maxbooster_desktop.engine.render.files import render_project
from maxbooster_desktop.engine.render.settings import RenderSettings
from maxbooster_desktop.engine.render.writer import AudioWriter
from tests.factories.engine_projects import Song, noise
from tests.factories.numpy_renderer import numpy_renderer

_RENDER = """
import sys, pathlib, numpy as np
from maxbooster_desktop.engine.render.writer import AudioWriter
writer = AudioWriter(pathlib.Path(sys.argv[1]), 48_000, 2, sys.argv[2])
writer.write(np.zeros((5_000, 2), np.float32))
if sys.argv[3] == "finished":
    writer.finish()
print("written", flush=True)
sys.stdin.read()
writer.commit()
"""


def _begun(folder: Path, file_format: str, stage: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", _RENDER, str(folder / f"{stage}.{file_format}"), file_format, stage]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _render(folder: Path) -> list[str]:
    """Render a short song into a folder; return the names in it."""
    song = Song()
    song.clip(song.track(), noise(4_800))
    render_project(song.state, song.pool, numpy_renderer, RenderSettings(target=folder / "mix.wav"))
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="there an open file says itself that it is in use")
def test_what_a_killed_render_left_is_cleared_and_what_a_running_one_writes_is_not(tmp_path: Path) -> None:
    renders = [_begun(tmp_path, "wav", "killed"), _begun(tmp_path, "flac", "finished")]
    try:
        for render in renders:
            assert render.stdout is not None
            assert render.stdout.readline() == "written\n"
        others = [".maxbooster-notes.partial", ".partial-0123456789abcdef"]
        for name in others:
            (tmp_path / name).write_bytes(b"somebody's own")
        assert len(list(tmp_path.glob(".maxbooster-*.partial"))) == 3
        renders[0].kill()
        renders[0].wait()
        left = _render(tmp_path)
        assert len(left) == 4
        assert [name for name in left if name in (*others, "mix.wav")] == sorted((*others, "mix.wav"))
        # The one that is still there goes on undisturbed.
        out, _ = renders[1].communicate()
        assert renders[1].returncode == 0, out
        assert _render(tmp_path) == sorted([*others, "mix.wav", "finished.flac"])
    finally:
        for render in renders:
            render.kill()
            render.communicate()


def test_a_render_takes_no_file_of_its_own_for_a_leftover(tmp_path: Path) -> None:
    with AudioWriter(tmp_path / "other.wav", 48_000):
        assert len(_render(tmp_path)) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mix.wav", "other.wav"]
