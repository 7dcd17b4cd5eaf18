"""The program's own folders: where they lie, and one sentence where they cannot be made."""

from pathlib import Path

import pytest

from maxbooster_desktop.foundation import paths
from maxbooster_desktop.foundation.errors import MaxBoosterError


@pytest.mark.parametrize("place", [paths.config_folder, paths.cache_folder, paths.logs_folder])
def test_a_home_that_is_no_folder_is_named_with_the_way_out(tmp_path: Path, monkeypatch, place) -> None:
    (tmp_path / "home").write_text("a file")
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path / "home"))
    with pytest.raises(
        MaxBoosterError, match=r"home.* cannot be made \(Not a directory\): set MAXBOOSTER_HOME"
    ) as failure:
        place()
    assert isinstance(failure.value, OSError)


def test_a_home_is_made_when_it_is_missing(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path / "a" / "b"))
    assert paths.config_folder() == tmp_path / "a" / "b" / "config"
    assert paths.config_folder().is_dir()
