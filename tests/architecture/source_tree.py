"""The tracked files of the checkout and their syntax trees, read once for all architecture tests."""

import ast
import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("maxbooster_desktop", "dsp", "plugins_host", "sync", "cloud", "resources")
_CODE = (*PACKAGES, "tests", "scripts")


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Return every file that git tracks or would track, relative to the checkout, sorted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(sorted(Path(name) for name in set(listed.split("\0")) if name and (ROOT / name).is_file()))


@functools.cache
def modules(*roots: str) -> tuple[Path, ...]:
    """Return the Python files below `roots` (all code by default), relative to the checkout."""
    return tuple(path for path in tracked() if path.suffix == ".py" and path.parts[0] in (roots or _CODE))


@functools.cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file given relative to the checkout."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def statements(function: ast.AST) -> int:
    """Return how many statements a function has, those of inner functions included, its docstring not."""
    count = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
    has_docstring = isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(function)
    return count - bool(has_docstring)
