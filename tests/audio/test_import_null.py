"""A file goes in through a real project and comes out of a render: the same samples, whatever it was packed in."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.files import render_project
from maxbooster_desktop.engine.render.settings import RenderSettings
from maxbooster_desktop.project.exchange.import_audio import import_audio
from maxbooster_desktop.project.store.opening import create_project
from tests.factories.audio_files import FORMATS, noise, quantised, write_audio
from tests.factories.numpy_renderer import numpy_renderer


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_was_imported_nulls_against_what_is_rendered(tmp_path: Path, suffix: str) -> None:
    path = write_audio(tmp_path / f"in{suffix}", quantised(noise(48_001), 24))
    with create_project(tmp_path / "Song") as project:
        import_audio(project, [path])
        pool = MediaPool(project.audio, 48_000, tmp_path / "cache")
        pool.require(project.state.assets.values())
        assert pool.wait(project.state.assets, 20.0)
        settings = RenderSettings(tmp_path / "out.wav", bits=32)
        render_project(project.state, pool, numpy_renderer, settings)
        pool.close()
    rendered = soundfile.read(tmp_path / "out.wav", dtype="float32")[0]
    assert np.array_equal(rendered, soundfile.read(path, dtype="float32")[0])
