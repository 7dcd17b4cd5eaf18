"""What no tracked file may contain: colours outside the theme, this machine's paths, registries' hosts."""

import re

import pytest

from tests.architecture.source_tree import ROOT, tracked

_COLOUR = re.compile(r"""["']#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})["']""")
_BINARY = {".ttf", ".png", ".wav", ".flac", ".ico", ".icns"}
#: Folders that are a developer's, never a reader's. Put together here so that this file does not contain them.
_MACHINE_PATH = re.compile("(?<![A-Za-z0-9_.~-])/" + r"(?:work|root|home/[a-z]+|Users/[A-Za-z]+|tmp/[A-Za-z])/")
_HOSTS = tuple(name + ending for name, ending in [("pypi", ".org"), ("pythonhosted", ".org"), ("anaconda", ".org")])


def _texts(*, below: tuple[str, ...] = ()):
    for path in tracked():
        if path.suffix not in _BINARY and (not below or path.parts[0] in below):
            yield path, (ROOT / path).read_text(encoding="utf-8")


def _found(pattern: re.Pattern[str], texts) -> list[str]:
    return [f"{path}: {match.group()}" for path, text in texts for match in pattern.finditer(text)]


def test_colours_are_written_in_the_theme_only():
    assert _found(_COLOUR, _texts(below=("maxbooster_desktop", "dsp", "sync"))) == []


def test_no_machine_paths():
    assert _found(_MACHINE_PATH, _texts()) == []


def test_no_registry_hosts():
    pattern = re.compile("|".join(re.escape(host) for host in _HOSTS))
    assert _found(pattern, _texts()) == []


def test_locks_hold_versions_and_hashes_only():
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index-url" not in text
        assert text.count("--hash=sha256:") > 0


@pytest.mark.parametrize("text", ["'#fff'", '"#0E1116"', '"#80FFFFFF"'])
def test_a_colour_is_recognised(text):
    assert _COLOUR.search(text)


@pytest.mark.parametrize(("path", "is_one"), [("/ro" + "ot/x", True), ("~/work/x", False), ("net/work/x", False)])
def test_a_machine_path_is_recognised(path, is_one):
    assert bool(_MACHINE_PATH.search(path)) is is_one
