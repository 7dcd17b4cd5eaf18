"""Nothing below the window knows Qt: neither in its imports nor when it runs."""

import ast
import subprocess
import sys

import pytest

from tests.architecture.source_tree import PACKAGES, ROOT, modules, tree

#: The window, and the module that builds it.
_WITH_QT = (("maxbooster_desktop", "ui"), ("maxbooster_desktop", "bootstrap.py"))
_BLOCK = """
import importlib.abc, importlib, sys

class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "shiboken6"):
            raise ImportError(f"{name} is blocked here")

sys.meta_path.insert(0, Blocked())
for name in sys.argv[1:]:
    importlib.import_module(name)
print(len(sys.argv) - 1)
"""


def _names_below_the_window() -> list[str]:
    paths = [path for path in modules(*PACKAGES) if path.parts[:2] not in _WITH_QT and path.name != "__main__.py"]
    return [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths]


def test_no_import_of_qt_below_the_window():
    guilty = []
    for path in modules(*PACKAGES):
        if path.parts[:2] in _WITH_QT:
            continue
        for node in ast.walk(tree(path)):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                imported = [node.module]
            guilty += [f"{path}: {name}" for name in imported if name.startswith(("PySide6", "shiboken6"))]
    assert guilty == []


@pytest.mark.timeout(400)  # a cold cache compiles every kernel here
def test_everything_below_the_window_loads_where_qt_is_absent():
    names = [name for name in _names_below_the_window() if not name.startswith("maxbooster_desktop.cli.bench")]
    names.remove("cloud.foundation.migrations.env")  # a script: only alembic can run it
    ran = subprocess.run([sys.executable, "-c", _BLOCK, *names], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [str(len(names))]


def test_the_block_blocks():
    ran = subprocess.run(
        [sys.executable, "-c", _BLOCK, "maxbooster_desktop.ui.theme.style"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "PySide6 is blocked here" in ran.stderr or "PySide6.QtGui is blocked here" in ran.stderr
