"""The version that the program tells is the one that the project is published under."""

import tomllib
from pathlib import Path

from maxbooster_desktop.cli.main import main
from maxbooster_desktop.foundation.version import VERSION


def test_version_is_told_and_is_the_projects(capsys):
    declared = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"maxbooster {declared}\n"
    assert declared == VERSION
