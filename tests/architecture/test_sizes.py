"""Files and functions stay small: what is larger is listed in `size_baseline.toml`, which may only shrink."""

import ast
import tomllib

from tests.architecture.source_tree import ROOT, modules, statements, tree

FILE_LINES = 500
FUNCTION_STATEMENTS = 50
BASELINE = tomllib.loads((ROOT / "tests/architecture/size_baseline.toml").read_text(encoding="utf-8"))


def _file_sizes() -> dict[str, int]:
    return {path.as_posix(): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in modules()}


def _function_sizes() -> dict[str, int]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        f"{path.as_posix()}::{node.name}": statements(node)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, kinds)
    }


def _too_large(sizes: dict[str, int], limit: int, known: dict[str, int]) -> list[str]:
    return [f"{name}: {size}" for name, size in sizes.items() if size > known.get(name, limit)]


def _stale(sizes: dict[str, int], limit: int, known: dict[str, int]) -> list[str]:
    """Return entries that could be removed or lowered: a baseline that is too generous invites growth."""
    found = {name: sizes.get(name, 0) for name, size in known.items() if sizes.get(name, 0) < size}
    return [f"{name}: now {size}" + ("" if size > limit else ", remove the entry") for name, size in found.items()]


def test_no_file_is_longer_than_the_limit():
    assert _too_large(_file_sizes(), FILE_LINES, BASELINE["files"]) == []


def test_no_function_is_longer_than_the_limit():
    assert _too_large(_function_sizes(), FUNCTION_STATEMENTS, BASELINE["functions"]) == []


def test_the_baseline_only_shrinks():
    assert _stale(_file_sizes(), FILE_LINES, BASELINE["files"]) == []
    assert _stale(_function_sizes(), FUNCTION_STATEMENTS, BASELINE["functions"]) == []


def test_statements_are_counted_without_the_docstring():
    function = ast.parse('def f():\n    """Doc."""\n    a = 1\n    if a:\n        return 2\n').body[0]
    assert statements(function) == 3
