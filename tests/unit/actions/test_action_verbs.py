"""Every verb that an action or panel names exists among the edits."""

import re
from pathlib import Path

import pytest

import maxbooster_desktop
from maxbooster_desktop.actions.studio import verb_named

ROOT = Path(maxbooster_desktop.__file__).parent
FAMILIES = "tracks|channel|clips|comments|markers|tempo|meta|automation|assets|takes"
NAMED = sorted(
    {
        name
        for folder in ("actions", "ui")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(rf'(?:do|verb_named)\(\s*"((?:{FAMILIES})\.\w+)"', path.read_text(encoding="utf-8"))
    }
)


def test_there_are_verbs_to_check():
    assert len(NAMED) > 20


@pytest.mark.parametrize("name", NAMED)
def test_named_verb_exists(name):
    assert callable(verb_named(name))
