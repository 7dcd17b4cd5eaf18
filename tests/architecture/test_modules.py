"""Every module says what it is, packages hold nothing but that sentence, and no name is a drawer."""

import ast
import re

import pytest

from tests.architecture.source_tree import PACKAGES, modules, tree

DRAWERS = {"util", "utils", "helper", "helpers", "manager", "managers", "service", "services", "common", "misc"}
#: Families of edits: one module to callers (`clips.split_clips`), several files to readers.
RE_EXPORTING = {
    "maxbooster_desktop/project/edits/channel/__init__.py",
    "maxbooster_desktop/project/edits/clips/__init__.py",
    "maxbooster_desktop/project/edits/takes/__init__.py",
    "maxbooster_desktop/project/edits/tracks/__init__.py",
    # Where data files lie: the package is the folder, so its one function lives here.
    "resources/__init__.py",
}


def _words(name: str) -> set[str]:
    return set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_"))


def test_every_module_has_a_docstring():
    assert [str(path) for path in modules() if not ast.get_docstring(tree(path))] == []


def test_packages_hold_a_docstring_only():
    packages = [path for path in modules(*PACKAGES) if path.name == "__init__.py"]
    fuller = {path.as_posix() for path in packages if len(tree(path).body) != 1}
    assert fuller == RE_EXPORTING


def test_every_folder_with_modules_is_a_package():
    folders = {path.parent for path in modules(*PACKAGES)}
    assert [str(folder) for folder in folders if folder / "__init__.py" not in modules(*PACKAGES)] == []


def test_edit_families_only_re_export():
    for path in modules("maxbooster_desktop"):
        if path.as_posix() in RE_EXPORTING:
            kinds = {type(node) for node in tree(path).body}
            assert kinds <= {ast.Expr, ast.ImportFrom, ast.Assign}, path


def test_no_file_folder_or_class_is_a_drawer():
    named = {part.removesuffix(".py") for path in modules() for part in path.parts}
    classes = {node.name for path in modules() for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)}
    assert [name for name in named | classes if _words(name) & DRAWERS] == []


@pytest.mark.parametrize("name", ["TrackManager", "audio_utils", "misc", "HelperThread"])
def test_drawers_are_recognised(name):
    assert _words(name) & DRAWERS
