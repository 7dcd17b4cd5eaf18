"""A render never replaces what the project itself is made of."""

from pathlib import Path

import pytest

from maxbooster_desktop.engine.render.settings import RenderError, check_outside


@pytest.mark.parametrize("place", ["audio/ab/cd/kick.flac", "backups/x.wav", "project.sqlite", "mix/../audio/x.wav"])
def test_the_projects_own_places_are_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(RenderError, match="own files"):
        check_outside(tmp_path, None, tmp_path / place)


def test_a_link_into_the_sounds_is_refused(tmp_path: Path) -> None:
    (tmp_path / "audio").mkdir()
    (tmp_path / "way").symlink_to(tmp_path / "audio")
    with pytest.raises(RenderError, match="own files"):
        check_outside(tmp_path, tmp_path / "way" / "x.wav")


def test_a_mix_beside_the_project_is_welcome(tmp_path: Path) -> None:
    check_outside(tmp_path, tmp_path / "mix.wav", tmp_path / "stems", None)
